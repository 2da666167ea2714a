"""Every topic is answered, completely and shortly, and every button leads somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.knowledge.catalogue import Topic, catalogue
from tests.support.training import domain, responses, rules

TOPICS = list(catalogue().topics.values())
LONGEST_FIRST_LINE = 90
LONGEST_TITLE = 20

each_response = pytest.mark.parametrize("name", responses())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_a_topics_answer_says_all_that_it_must(topic: Topic) -> None:
    text = responses()[f"utter_{topic.intent}"]["text"]
    assert [words for words in topic.must_say if words not in text] == []


@pytest.mark.parametrize("act", catalogue().acts.values(), ids=lambda act: act.id)
def test_an_act_is_done_by_the_skill_of_its_name(act: Any) -> None:
    [rule] = [rule for rule in rules() if {"intent": act.intent} in rule["steps"]]
    assert rule["steps"][-1] == {"action": f"action_{act.id}"}


@each_response
def test_an_answer_begins_with_a_short_line(name: str) -> None:
    first = responses()[name]["text"].splitlines()[0]
    assert 0 < len(first) <= LONGEST_FIRST_LINE
    assert first == first.strip()


@each_response
def test_a_button_names_what_it_leads_to(name: str) -> None:
    buttons = responses()[name].get("buttons", [])
    for button in buttons:
        assert button["payload"].removeprefix("/") in domain()["intents"]
        assert button["payload"].startswith("/")
        assert 0 < len(button["title"]) <= LONGEST_TITLE
    assert len({button["payload"] for button in buttons}) == len(buttons)
    assert len({button["title"] for button in buttons}) == len(buttons)


@each_response
def test_a_button_does_not_lead_back_to_its_own_answer(name: str) -> None:
    payloads = {button["payload"] for button in responses()[name].get("buttons", [])}
    assert f"/{name.removeprefix('utter_')}" not in payloads


@each_response
def test_every_answer_is_said_by_a_rule(name: str) -> None:
    said = {step.get("action") for rule in rules() for step in rule["steps"]}
    assert name in said


@pytest.mark.parametrize("intent", domain()["intents"])
def test_every_intent_has_a_rule_of_its_own(intent: str) -> None:
    begun = [rule for rule in rules() if {"intent": intent} in rule["steps"]]
    assert len(begun) == 1


def test_every_rule_does_what_exists() -> None:
    known = {*responses(), *domain()["actions"]}
    assert {
        step["action"] for rule in rules() for step in rule["steps"] if "action" in step
    } <= known
    assert len({rule["rule"] for rule in rules()}) == len(rules())
