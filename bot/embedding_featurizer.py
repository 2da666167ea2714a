"""The meaning of a message as a dense sentence feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.compatibility import VersionedComponent
from bot.embeddings import Embedding, version_of
from bot.normalise import normalise

_CACHE = Path(".rasa") / "embeddings"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EmbeddingFeaturizer(VersionedComponent, GraphComponent):
    """Adds a standardised sentence embedding of about unit length."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return what has to stand before it in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: which embedding."""
        return {"model": "use"}

    @classmethod
    def resource_version(cls, config: Dict[Text, Any]) -> Text:
        """Return the embedding's version: another one means something else by each number."""
        return version_of(config["model"])

    def __init__(self, config: Dict[Text, Any]) -> None:
        """Open the embedding that the settings name."""
        self._config = config
        self._embedding = Embedding(config["model"], _CACHE)
        self._mean = np.zeros(1, dtype=np.float32)
        self._scale = np.ones(1, dtype=np.float32)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EmbeddingFeaturizer":
        """Load the featurizer. Raises ModelVersionError when the embedding is another."""
        component = super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as folder:
            component._mean = np.load(folder / "mean.npy", allow_pickle=False)
            component._scale = np.load(folder / "scale.npy", allow_pickle=False)
        return component  # type: ignore[no-any-return]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn each number's mean and spread over the training texts."""
        rows = self._embedding.many(_texts(training_data.training_examples))
        self._mean = rows.mean(axis=0)
        spread = rows.std(axis=0) + 1e-6
        length = np.sqrt((((rows - self._mean) / spread) ** 2).sum(axis=1).mean())
        self._scale = (1.0 / (spread * length)).astype(np.float32)
        self.store_version(self._config)
        with self._model_storage.write_to(self._resource) as folder:
            np.save(folder / "mean.npy", self._mean, allow_pickle=False)
            np.save(folder / "scale.npy", self._scale, allow_pickle=False)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the feature to every training example."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        if examples:
            for example, row in zip(examples, self._embedding.many(_texts(examples))):
                self._add(example, row)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the feature to every message that has a text."""
        for message in messages:
            if message.get(TEXT):
                self._add(message, self._embedding.one(normalise(message.get(TEXT)).text))
        return messages

    def _add(self, message: Message, row: np.ndarray) -> None:
        values = ((row - self._mean) * self._scale).reshape(1, -1)
        name = self._config["model"]
        message.add_features(Features(values, FEATURE_TYPE_SENTENCE, TEXT, name))


def _texts(examples: List[Message]) -> List[Text]:
    return [normalise(example.get(TEXT)).text for example in examples if example.get(TEXT)]
