"""TF-IDF of a message's lemmas, characters or readings, as sentence features."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.normalise import normalise

_BLANKS = re.compile(r"\s+")
_SMALL = 1000
_UNITS = ("lemma", "character", "reading")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LexicalFeaturizer(GraphComponent):
    """Weighs the n-grams of each unit that its settings name, every unit a block of its own.

    Lemmas join the forms of a verb, characters survive typing errors, and readings join
    「領収書」, 「りょうしゅうしょ」 and a wrong conversion such as 「両収書」.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return what has to stand before it in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: each unit's shortest and longest n-gram, and how often it occurs."""
        return {
            "blocks": {"lemma": [1, 2], "character": [1, 4], "reading": [2, 4]},
            "min_examples": 2,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        vectorizers: Optional[Dict[Text, TfidfVectorizer]] = None,
    ) -> None:
        """Keep the settings; without vectorizers it has to be trained first."""
        unknown = set(config["blocks"]) - set(_UNITS)
        if unknown:
            raise ValueError(f"LexicalFeaturizer: blocks are {', '.join(_UNITS)}, not {unknown}")
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._vectorizers = vectorizers or {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LexicalFeaturizer":
        """Create an untrained featurizer."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LexicalFeaturizer":
        """Load a trained featurizer."""
        with model_storage.read_from(resource) as folder:
            vectorizers = {unit: _read(folder, unit) for unit in config["blocks"]}
        return cls(config, model_storage, resource, vectorizers)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which n-grams occur and how rare they are."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        # In a small data set almost every n-gram is the only one of its kind.
        minimum = self._config["min_examples"] if len(examples) > _SMALL else 1
        with self._model_storage.write_to(self._resource) as folder:
            for unit in self._config["blocks"]:
                vectorizer = _new_vectorizer(minimum)
                vectorizer.fit([self._ngrams(example, unit) for example in examples])
                self._vectorizers[unit] = vectorizer
                _write(folder, unit, vectorizer)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to every training example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the features to every message that has a text."""
        withtext = [message for message in messages if message.get(TEXT)]
        for unit, vectorizer in self._vectorizers.items():
            if not withtext:
                break
            rows = vectorizer.transform([self._ngrams(message, unit) for message in withtext])
            rows = sparse.csr_matrix(rows, dtype=np.float32)
            for index, message in enumerate(withtext):
                row = rows[index] if len(withtext) > 1 else rows
                message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, unit))
        return messages

    def _ngrams(self, message: Message, unit: Text) -> List[Text]:
        low, high = self._config["blocks"][unit]
        if unit == "character":
            return _pieces(_BLANKS.sub("", normalise(message.get(TEXT)).text), low, high)
        tokens: List[Token] = message.get("text_tokens") or []
        if unit == "reading":
            return _pieces("".join(token.get("reading", "") for token in tokens), low, high)
        lemmas = [token.lemma for token in tokens]
        return [
            "\t".join(lemmas[start : start + length])
            for length in range(low, high + 1)
            for start in range(len(lemmas) - length + 1)
        ]


def _write(folder: Path, unit: Text, vectorizer: TfidfVectorizer) -> None:
    vocabulary = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    text = json.dumps(vocabulary, ensure_ascii=False)
    (folder / f"{unit}.json").write_text(text, encoding="utf-8")
    np.save(folder / f"{unit}.npy", vectorizer.idf_, allow_pickle=False)


def _read(folder: Path, unit: Text) -> TfidfVectorizer:
    vocabulary = json.loads((folder / f"{unit}.json").read_text(encoding="utf-8"))
    vectorizer = _new_vectorizer()
    vectorizer.vocabulary_ = {ngram: index for index, ngram in enumerate(vocabulary)}
    vectorizer.idf_ = np.load(folder / f"{unit}.npy", allow_pickle=False)
    return vectorizer


def _pieces(text: Text, low: int, high: int) -> List[Text]:
    return [
        text[start : start + length]
        for length in range(low, high + 1)
        for start in range(len(text) - length + 1)
    ]


def _as_is(ngrams: List[Text]) -> List[Text]:
    return ngrams


def _new_vectorizer(min_examples: int = 1) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=_as_is, min_df=min_examples, sublinear_tf=True)
