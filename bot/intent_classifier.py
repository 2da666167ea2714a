"""Chooses the intent: logistic regression over blocks of sparse and dense features."""

from __future__ import annotations

import json
import zlib
from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer  # noqa: F401
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from bot import logistic
from bot.inner_products import Block, InnerProducts

_RANKING = 10
_FEWEST_TO_CALIBRATE = 100
_MANY_FEATURES = 2000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class BlockClassifier(IntentClassifier, GraphComponent):
    """Weighs each featurizer's block by its setting and keeps the blocks apart when predicting.

    Its confidences are calibrated on examples held out while training, so 0.8 is right in
    about eight of ten messages.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: the weight of each block by its featurizer's name."""
        return {
            "weights": {"lemma": 1.0, "character": 1.0, "reading": 1.0, "use": 0.7},
            "strength": 30.0,
            "iterations": 40,
            # One example in so many is held out for the calibration; 0 leaves it out.
            "calibration_share": 6,
            # 0 has it found; another value is used as it is, and the bounds of the decision
            # keep their meaning from one training to the next.
            "temperature": 0.0,
        }

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Keep the settings; it understands nothing until it is trained or loaded."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._labels: List[Text] = []
        self._bias = np.zeros(0, dtype=np.float32)
        self._blocks: Dict[Text, np.ndarray] = {}
        self._temperature = 1.0

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BlockClassifier":
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "BlockClassifier":
        """Load a trained classifier."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            head = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                component._bias = stored["bias"]
                component._blocks = {name: stored[f"block_{name}"] for name in head["blocks"]}
        component._labels = head["labels"]
        component._temperature = head["temperature"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights, and the temperature on held-out examples."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        if not examples:
            return self._resource
        self._labels = sorted({example.get(INTENT) for example in examples})
        index = {label: number for number, label in enumerate(self._labels)}
        labels = np.array([index[example.get(INTENT)] for example in examples])
        blocks = self._stack(examples)
        duals = self._fit(blocks, labels, self._config["iterations"])
        self._temperature = self._calibrate(blocks, labels, examples, duals)
        self._bias = duals.sum(axis=0)
        self._blocks = {
            name: _stored(np.asarray(block.T @ duals)) for name, block in blocks.items()
        }
        self._persist()
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data as it is: later components learn nothing from the intent."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set every message's intent and the ranking of all that come into question."""
        for message in messages:
            ranking = self._rank(message)
            message.set("intent", ranking[0] if ranking else _NOTHING, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> List[Dict[Text, Any]]:
        if not message.get(TEXT) or not self._labels:
            return []
        scores = self._bias.copy()
        for name, weights in self._blocks.items():
            features = _block_of(message, name)
            if features is None:
                continue
            if sparse.issparse(features):
                row = features.tocsr()
                scores += self._weight(name) * (row.data @ weights[row.indices].astype(np.float32))
            else:
                scores += self._weight(name) * (features[0] @ weights)
        probabilities = logistic.softmax(scores / self._temperature)
        best = np.argsort(-probabilities)[:_RANKING]
        return [
            {"name": self._labels[number], "confidence": float(probabilities[number])}
            for number in best
        ]

    def _weight(self, name: Text) -> float:
        return float(self._config["weights"].get(name, 1.0))

    def _stack(self, examples: List[Message]) -> Dict[Text, Block]:
        names = [
            name for name in self._config["weights"] if _block_of(examples[0], name) is not None
        ]
        blocks: Dict[Text, Block] = {}
        for name in names:
            rows = [_block_of(example, name) for example in examples]
            stacked = (
                sparse.vstack(rows, format="csr") if sparse.issparse(rows[0]) else np.vstack(rows)
            )
            blocks[name] = (stacked * self._weight(name)).astype(np.float32)
        return blocks

    def _fit(
        self,
        blocks: Dict[Text, Block],
        labels: np.ndarray,
        iterations: int,
        start: Optional[np.ndarray] = None,
    ) -> np.ndarray:
        return logistic.fit(
            InnerProducts(list(blocks.values())),
            labels,
            len(self._labels),
            strength=self._config["strength"],
            iterations=iterations,
            start=start,
        )

    def _calibrate(
        self,
        blocks: Dict[Text, Block],
        labels: np.ndarray,
        examples: List[Message],
        duals: np.ndarray,
    ) -> float:
        """Return the temperature that makes confidences honest on examples left out.

        Without their own weights the held-out examples have no part in the model any more, and
        the others settle without them.
        """
        if self._config["temperature"]:
            return float(self._config["temperature"])
        share = self._config["calibration_share"]
        if not share or len(examples) < _FEWEST_TO_CALIBRATE:
            return 1.0
        # Chosen by the text itself, so that the same data always gives the same model.
        held = np.array([zlib.crc32(e.get(TEXT).encode("utf-8")) % share == 0 for e in examples])
        kept = {name: block[~held] for name, block in blocks.items()}
        settled = self._fit(kept, labels[~held], self._config["iterations"], duals[~held])
        scores = settled.sum(axis=0) + sum(
            block[held] @ (kept[name].T @ settled) for name, block in blocks.items()
        )
        return logistic.temperature(scores, labels[held])

    def _persist(self) -> None:
        head = {
            "labels": self._labels,
            "blocks": list(self._blocks),
            "temperature": self._temperature,
        }
        arrays = {f"block_{name}": block for name, block in self._blocks.items()}
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps(head, ensure_ascii=False)
            (folder / "classifier.json").write_text(text, encoding="utf-8")
            np.savez(folder / "weights.npz", bias=self._bias, **arrays)

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return what has to stand before it: the blocks are checked when it is trained."""
        return []


_NOTHING = {"name": None, "confidence": 0.0}


def _stored(weights: np.ndarray) -> np.ndarray:
    # Half precision halves the model and the engine's memory; the ranking does not change by it.
    precision = np.float16 if len(weights) > _MANY_FEATURES else np.float32
    return weights.astype(precision)


def _block_of(message: Message, name: Text) -> Optional[Block]:
    for features in message.features:
        if features.origin == name and features.attribute == TEXT:
            return features.features  # type: ignore[no-any-return]
    return None
