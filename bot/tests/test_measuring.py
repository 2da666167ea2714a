"""The pure parts of what measures in the engine's environment."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.crossvalidation import deal, summary
from benchmarks.generality import cases, pipeline, replaced
from benchmarks.intent_sets import Entry
from benchmarks.pipelines import right_intents
from benchmarks.report.pictures import draw_confidence, draw_matrix, tenths
from benchmarks.stock.compare import with_epochs

_PROJECT = Path(__file__).resolve().parent.parent.parent
_FAMILIES: Dict[str, List[str]] = {
    "store_receipt": ["act_receipt"],
    "act_receipt": ["store_receipt"],
}


@given(st.lists(st.sampled_from("abc")), st.integers(2, 5))
def test_every_fold_gets_its_share_of_every_intent(labels: List[str], folds: int) -> None:
    dealt = deal(labels, folds, 1)
    assert len(dealt) == len(labels)
    for label in set(labels):
        shares = [
            sum(place == fold and name == label for place, name in zip(dealt, labels))
            for fold in range(folds)
        ]
        assert max(shares) - min(shares) <= 1


def test_the_same_wish_is_right_and_the_commonest_mistake_comes_first() -> None:
    said = [
        ("store_receipt", "store_receipt"),
        ("store_receipt", "act_receipt"),
        ("act_receipt", "rental_buyout"),
        ("store_receipt", "rental_buyout"),
        ("store_receipt", "rental_buyout"),
    ]
    found = summary(said, _FAMILIES)
    assert (found["phrases"], found["right"], found["right_or_same_wish"]) == (5, 1, 2)
    assert found["confused"][0] == ["store_receipt", "rental_buyout", 2]


def test_a_topic_and_its_act_are_both_right() -> None:
    assert right_intents(["store/receipt"], _FAMILIES) == {"store_receipt", "act_receipt"}
    assert right_intents(["rental/how_to_rent"], _FAMILIES) == {"rental_how_to_rent"}


def test_the_tenths_hold_every_question_once_and_nothing_from_outside() -> None:
    sure = [(1.0, "right"), (0.95, "wrong"), (0.31, "right"), (0.9, "outside the guides")]
    found = tenths(sure)
    assert [(part["from"], part["count"], part["right"]) for part in found] == [
        (0.3, 1, 1),
        (0.9, 2, 1),
    ]


def test_both_pictures_are_drawn(tmp_path: Path) -> None:
    draw_matrix(tmp_path / "matrix.png", ["a", "b"], ["a", "b", "c"], [[3, 0, 1], [0, 2, 0]])
    draw_confidence(tmp_path / "confidence.png", [(0.9, "right"), (0.2, "wrong")])
    for file in tmp_path.iterdir():
        assert file.read_bytes().startswith(b"\x89PNG")


def test_only_the_number_of_epochs_changes() -> None:
    config = (_PROJECT / "benchmarks" / "stock" / "config.yml").read_text("utf-8")
    changed = yaml.safe_load(with_epochs(config, 7))
    diet = next(part for part in changed["pipeline"] if part["name"] == "DIETClassifier")
    assert diet["epochs"] == 7
    diet["epochs"] = 100
    assert changed == yaml.safe_load(config)


def test_a_configuration_without_epochs_is_refused() -> None:
    with pytest.raises(ValueError, match="epochs"):
        with_epochs("pipeline: []", 7)


def test_a_phrase_of_another_data_set_becomes_a_line_that_can_be_asked() -> None:
    entry = Entry("六時半に起こして", "alarm_set", "alarm", "test")
    assert cases([entry]) == [{"text": "六時半に起こして", "gold": ["alarm_set"], "style": "alarm"}]


def test_a_data_set_that_is_measured_again_has_its_new_figures_only() -> None:
    known = [{"name": "one", "tested": 1}, {"name": "two", "tested": 2}]
    assert replaced(known, {"name": "one", "tested": 3}) == [
        {"name": "two", "tested": 2},
        {"name": "one", "tested": 3},
    ]


def test_another_data_set_is_understood_by_our_classifier_and_no_catalogue() -> None:
    config = pipeline((_PROJECT / "config.yml").read_text("utf-8"))
    names = [part["name"] for part in yaml.safe_load(config)["pipeline"]]
    assert names[-1] == "bot.intent_classifier.BlockClassifier"
    assert "temperature" not in yaml.safe_load(config)["pipeline"][-1]
