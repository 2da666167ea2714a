"""A model of another dictionary or embedding is refused instead of misreading everyone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.exceptions import RasaException

from bot.compatibility import ModelVersionError
from bot.embedding_featurizer import EmbeddingFeaturizer
from bot.embeddings import version_of
from bot.morphology import dictionary_version
from bot.tests.support.rasa import RESOURCE, create, load, training_data
from bot.tokenizer import JapaneseTokenizer

COMPONENTS = [
    pytest.param(JapaneseTokenizer, {}, dictionary_version(), id="dictionary"),
    pytest.param(EmbeddingFeaturizer, {"model": "e5"}, version_of("e5"), id="embedding"),
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rewrite_version(storage: LocalModelStorage, version: str) -> None:
    """Make the stored model one that was trained with another version."""
    with storage.write_to(RESOURCE) as folder:
        (file,) = folder.glob("*version*.json")
        assert json.loads(file.read_text(encoding="utf-8"))["version"] != version
        file.write_text(json.dumps({"version": version}), encoding="utf-8")


@pytest.mark.parametrize(("component", "config", "installed"), COMPONENTS)
def test_a_model_of_the_installed_version_is_loaded(
    storage: LocalModelStorage, component: Any, config: dict[str, str], installed: str
) -> None:
    create(component, storage, **config).train(training_data())
    assert isinstance(load(component, storage, **config), component)
    assert component.resource_version({**component.get_default_config(), **config}) == installed


@pytest.mark.parametrize(("component", "config", "installed"), COMPONENTS)
def test_a_model_of_another_version_is_refused(
    storage: LocalModelStorage, component: Any, config: dict[str, str], installed: str
) -> None:
    create(component, storage, **config).train(training_data())
    rewrite_version(storage, "another-0.0.1")
    with pytest.raises(ModelVersionError) as refused:
        load(component, storage, **config)
    said = str(refused.value)
    assert "another-0.0.1" in said
    assert installed in said
    assert component.__name__ in said
    assert "make train" in said


def test_a_model_of_the_other_embedding_is_refused(storage: LocalModelStorage) -> None:
    create(EmbeddingFeaturizer, storage, model="e5").train(training_data())
    with pytest.raises(ModelVersionError, match="make train") as refused:
        load(EmbeddingFeaturizer, storage, model="use")
    assert version_of("e5") in str(refused.value)
    assert version_of("use") in str(refused.value)


@pytest.mark.parametrize(("component", "config", "installed"), COMPONENTS)
def test_rasas_cache_keeps_nothing_of_another_version(
    component: Any, config: dict[str, str], installed: str
) -> None:
    assert component.fingerprint_addon({**component.get_default_config(), **config}) == installed


def test_rasa_takes_the_refusal_for_its_own() -> None:
    assert issubclass(ModelVersionError, RasaException)
