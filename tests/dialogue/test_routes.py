"""The table of answers by intent says the same as the rules that Rasa follows."""

from __future__ import annotations

import pytest

from actions import SKILLS
from madoguchi.dialogue.routes import action_for, answers_itself, ends_skills, is_act
from madoguchi.knowledge.catalogue import catalogue
from tests.support.training import domain, rules


def ruled(intent: str) -> str:
    """Return the action that the rule of an intent names."""
    [rule] = [rule for rule in rules() if {"intent": intent} in rule["steps"]]
    [action] = [step["action"] for step in rule["steps"] if "action" in step]
    return str(action)


@pytest.mark.parametrize("intent", domain()["intents"])
def test_every_intent_is_answered_as_its_rule_says(intent: str) -> None:
    assert action_for(intent) == ruled(intent)


@pytest.mark.parametrize("intent", ["", "unheard_of", "act"])
def test_an_intent_that_nobody_knows_is_outside(intent: str) -> None:
    assert action_for(intent) == ruled("out_of_scope")


def test_every_act_of_the_catalogue_has_a_skill_and_the_other_way_round() -> None:
    acts = [skill.act for skill in SKILLS]
    assert sorted(acts) == sorted(catalogue().acts)
    assert len(set(acts)) == len(acts)


@pytest.mark.parametrize("intent", domain()["intents"])
def test_what_starts_a_skill_is_an_act(intent: str) -> None:
    assert is_act(intent) == (catalogue().act_of(intent) is not None)


@pytest.mark.parametrize(
    "intent",
    [
        *(topic.intent for topic in catalogue().topics.values()),
        "smalltalk_thanks",
        "smalltalk_help",
        "proofs_show",
    ],
)
def test_a_question_with_an_answer_is_answered_in_the_middle_of_a_skill(intent: str) -> None:
    assert answers_itself(intent)


@pytest.mark.parametrize(
    "intent",
    ["smalltalk_affirm", "smalltalk_deny", "nlu_fallback", "out_of_scope", "act_receipt", ""],
)
def test_a_word_that_means_nothing_alone_is_none(intent: str) -> None:
    assert not answers_itself(intent)


def test_a_person_and_the_end_of_proofs_end_skills() -> None:
    ending = {intent for intent in domain()["intents"] if ends_skills(intent)}
    assert ending == {"smalltalk_human", "proofs_end"}
