"""Refuses a trained model whose dictionary or embedding is not the installed one."""

from __future__ import annotations

import json
from typing import Any, Dict, Text

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.training_data import TrainingData

_FILE = "resource_version.json"


class ModelVersionError(RasaException):
    """The model was trained with another version of something that it depends on."""


class VersionedComponent:
    """A component that stores the version of its outside resource and checks it when loaded.

    Rasa would load such a model without a word and then understand nothing, because every
    feature means something else.
    """

    _model_storage: ModelStorage
    _resource: Resource

    @classmethod
    def resource_version(cls, config: Dict[Text, Any]) -> Text:
        """Return the version of the dictionary or embedding in use now."""
        raise NotImplementedError

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Text:
        """Return the version, so that Rasa's cache does not keep results of another one."""
        return cls.resource_version(config)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Any:
        """Create a new component that remembers where its model is stored."""
        component = cls(config)  # type: ignore[call-arg]
        component._model_storage = model_storage
        component._resource = resource
        return component

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Any:
        """Load the component. Raises ModelVersionError when the versions differ."""
        component = cls.create(config, model_storage, resource, execution_context)
        component.check_version(config)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Store the version with the model."""
        self.store_version(self._config)  # type: ignore[attr-defined]
        return self._resource

    def store_version(self, config: Dict[Text, Any]) -> None:
        """Write the version in use now into the model."""
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps({"version": self.resource_version(config)})
            (folder / _FILE).write_text(text, encoding="utf-8")

    def check_version(self, config: Dict[Text, Any]) -> None:
        """Raise ModelVersionError when the model's version is not the installed one."""
        with self._model_storage.read_from(self._resource) as folder:
            trained = json.loads((folder / _FILE).read_text(encoding="utf-8"))["version"]
        installed = self.resource_version(config)
        if trained != installed:
            raise ModelVersionError(
                f"This model was trained with {trained}, but {installed} is installed. "
                f"{type(self).__name__} would misread every message. "
                "Run 'make train' to train a model for what is installed."
            )
