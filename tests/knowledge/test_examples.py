"""The training phrases: enough for every intent, and each of them once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from madoguchi.knowledge.catalogue import catalogue
from madoguchi.settings import PROJECT
from tests.support.training import domain, examples, normalised

ENOUGH = 40
ENOUGH_OUT_OF_SCOPE = 400
ENOUGH_PROOFS = 25
# What nobody learns from: the decision itself names it (bot/decision.py), or only a button does.
DECIDED = {"nlu_fallback", "continue"}
NEVER_TRAINED_ON = PROJECT.parent / "shared" / "evaluation" / "dev.jsonl"
OWN_EVALUATION = sorted((PROJECT / "evaluation").glob("*.jsonl"))

LEARNT = [
    *(topic.intent for topic in catalogue().topics.values()),
    *(act.intent for act in catalogue().acts.values()),
    *(intent for intent in domain()["intents"] if intent.startswith("smalltalk_")),
]


def count_of(intent: str) -> int:
    return len({normalised(example.text) for example in examples() if example.intent == intent})


@pytest.mark.parametrize("intent", LEARNT)
def test_every_intent_has_enough_phrases(intent: str) -> None:
    assert count_of(intent) >= ENOUGH


@pytest.mark.parametrize("intent", ["proofs_show", "proofs_end"])
def test_what_is_mostly_tapped_has_enough_phrases_to_be_said(intent: str) -> None:
    assert count_of(intent) >= ENOUGH_PROOFS


def test_what_is_not_answered_has_enough_phrases() -> None:
    assert count_of("out_of_scope") >= ENOUGH_OUT_OF_SCOPE
    assert count_of("out_of_scope_far") >= ENOUGH


def test_every_intent_of_the_phrases_is_in_the_domain_and_the_other_way_round() -> None:
    assert {example.intent for example in examples()} | DECIDED == set(domain()["intents"])


def test_no_phrase_stands_twice() -> None:
    places = defaultdict(list)
    for example in examples():
        places[normalised(example.text)].append(example.place)
    assert [found for found in places.values() if len(found) > 1] == []


def test_a_phrase_is_no_command_and_no_blank() -> None:
    """Rasa reads a phrase that begins with a slash as the name of an intent."""
    assert [e for e in examples() if normalised(e.text).startswith("/")] == []
    assert [e for e in examples() if not normalised(e.text)] == []


def test_every_file_is_about_what_its_name_says() -> None:
    strangers = Counter(
        (example.file, example.intent)
        for example in examples()
        if example.file.startswith(("nlu/store/", "nlu/rental/"))
        and example.file != f"nlu/{example.intent.replace('_', '/', 1)}.yml"
    )
    assert strangers == {}


def phrases_in(file: Path) -> set[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {normalised(json.loads(line)["text"]) for line in lines if line.strip()}


@pytest.mark.skipif(not NEVER_TRAINED_ON.exists(), reason="the evaluation's file is not here")
def test_no_phrase_is_one_that_the_assistant_is_measured_with() -> None:
    """Only its place is told, so that none of them gets into a report."""
    measured = phrases_in(NEVER_TRAINED_ON)
    assert [e.place for e in examples() if normalised(e.text) in measured] == []


@pytest.mark.parametrize("file", OWN_EVALUATION, ids=lambda file: file.name)
def test_no_phrase_is_one_of_the_projects_own_evaluation(file: Path) -> None:
    measured = phrases_in(file)
    assert measured
    assert [e.place for e in examples() if normalised(e.text) in measured] == []
