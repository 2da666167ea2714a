"""The pipeline's settings are ones that its components know: Rasa ignores all others silently."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.utils.common import class_from_module_path

from bot.tests.support.rasa import PROJECT

CONFIG = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
PIPELINE = CONFIG["pipeline"]
PARTS = [*PIPELINE, *CONFIG["policies"]]


def class_of(part: dict[str, Any]) -> Any:
    """Return a component's class, as Rasa finds it."""
    return DefaultV1Recipe._from_registry(part["name"]).clazz


def settings_of(name: str) -> dict[str, Any]:
    """Return a component's settings: its own, changed by the pipeline."""
    (part,) = [part for part in PIPELINE if part["name"].endswith(f".{name}")]
    return {**class_of(part).get_default_config(), **part}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["name"])
def test_a_component_knows_each_of_its_settings(part: dict[str, Any]) -> None:
    known = class_of(part).get_default_config()
    assert set(part) - {"name"} <= set(known)


@pytest.mark.parametrize("part", PIPELINE, ids=lambda part: part["name"])
def test_a_setting_has_the_kind_of_value_that_it_usually_has(part: dict[str, Any]) -> None:
    known = class_of(part).get_default_config()
    for key in set(part) - {"name"}:
        assert isinstance(part[key], type(known[key]))


def test_every_weight_is_of_a_block_that_the_pipeline_makes() -> None:
    made = {
        *settings_of("LexicalFeaturizer")["blocks"],
        settings_of("EmbeddingFeaturizer")["model"],
    }
    assert set(settings_of("BlockClassifier")["weights"]) == made


def test_the_temperature_is_one_that_a_calibration_could_find() -> None:
    assert 0.3 <= (settings_of("BlockClassifier")["temperature"] or 1.0) <= 3.0


def test_the_thresholds_leave_room_for_every_outcome() -> None:
    decision = settings_of("AnswerDecision")
    assert 0 < decision["clarify_above"] < decision["answer_above"] < 1
    assert 0 < decision["outside_above"] < 1
    assert 0 < decision["outside_weight"] <= 1
    assert (PROJECT / decision["catalogue"]).is_dir()


@pytest.mark.parametrize("importer", CONFIG["importers"], ids=lambda importer: importer["name"])
def test_an_importer_is_one(importer: dict[str, Any]) -> None:
    assert set(importer) == {"name"}
    assert issubclass(class_from_module_path(importer["name"]), TrainingDataImporter)


def test_the_settings_have_no_part_that_rasa_does_not_know() -> None:
    known = {"recipe", "assistant_id", "language", "importers", "pipeline", "policies"}
    assert set(CONFIG) == known
