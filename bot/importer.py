"""Reads the training data once: Rasa's own importer reads every file three times."""

from __future__ import annotations

import copy
from typing import Any, Dict, Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Phrase(Message):
    """A training example that is cheap to copy and to tell from another.

    Rasa copies every example nine times and takes its fingerprint twenty times before it trains.
    """

    def set(self, prop: Text, info: Any, add_to_output: bool = False) -> None:  # noqa: FBT001, FBT002 - Rasa's own signature
        """Set a property; the fingerprint stays known when that changes nothing."""
        if add_to_output or not isinstance(info, str) or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def __deepcopy__(self, memo: Dict[int, Any]) -> "Phrase":
        """Return a copy that shares nothing which can change."""
        data = {
            name: value if isinstance(value, str) else copy.deepcopy(value, memo)
            for name, value in self.data.items()
        }
        features = copy.deepcopy(self.features, memo)
        copied = Phrase(data, set(self.output_properties), self.time, features)
        copied._cached_fingerprint = self._cached_fingerprint
        return copied


class ReadOnceImporter(RasaFileImporter):
    """Rasa's file importer with a memory; of its formats only Dialogflow's has a language."""

    _nlu_data: Optional[TrainingData] = None

    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        """Return the training data, read from the files at the first call."""
        if self._nlu_data is None:
            self._nlu_data = super().get_nlu_data(language)
            self._nlu_data.training_examples = [
                Phrase(example.data, example.output_properties, example.time, example.features)
                for example in self._nlu_data.training_examples
            ]
        return self._nlu_data
