"""The service's own words: complete, and every choice in them exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import madoguchi
from madoguchi.conversations.model import Draft, Kind, Sender
from madoguchi.knowledge.catalogue import SITES, catalogue
from madoguchi.knowledge.sentences import sentences
from tests.support.training import domain, responses, rules

TEXTS: dict[str, Any] = yaml.safe_load(
    (Path(madoguchi.__file__).parent / "knowledge" / "messages" / "ja.yml").read_text("utf-8")
)
EVERY_SITE = [*SITES, None]


def intents_in(entry: Any) -> Iterator[str]:
    """Return every intent that is listed as a choice below an entry."""
    if isinstance(entry, dict):
        for name, value in entry.items():
            if name == "choices" and isinstance(value, list):
                yield from value
            elif name == "choices":
                for listed in value.values():
                    yield from listed
            else:
                yield from intents_in(value)


CHOICES = sorted(set(intents_in(TEXTS)))


def test_the_choices_are_found() -> None:
    assert {"act_order_status", "store_contact_phone", "smalltalk_help"} <= set(CHOICES)


@pytest.mark.parametrize("intent", [*CHOICES, *TEXTS["titles"]])
def test_every_choice_is_something_that_the_assistant_answers(intent: str) -> None:
    [rule] = [rule for rule in rules() if {"intent": intent} in rule["steps"]]
    [answer] = [step["action"] for step in rule["steps"] if "action" in step]
    assert answer in {*responses(), *domain()["actions"]}


@pytest.mark.parametrize("intent", CHOICES)
def test_every_choice_has_a_title_for_customers(intent: str) -> None:
    [choice] = sentences().choices([intent])
    assert choice.payload == f"/{intent}"
    assert choice.title != intent
    assert 0 < len(choice.title) <= 20
    topic, act = catalogue().topic_of(intent), catalogue().act_of(intent)
    assert choice.topic == (topic.id if topic else None)
    assert choice.act == (act.id if act else None)


@pytest.mark.parametrize("site", EVERY_SITE)
def test_each_site_is_greeted_with_six_choices_of_its_own(site: str | None) -> None:
    greeting = sentences().greeting(site)
    assert greeting.kind is Kind.SMALLTALK
    assert greeting.text.startswith("こんにちは。")
    assert len({choice.title for choice in greeting.choices}) == 6
    for choice in greeting.choices:
        of = catalogue().topics[choice.topic].site if choice.topic else None
        of = catalogue().acts[choice.act].site if choice.act else of
        assert of in ({site} if site else set(SITES))


@pytest.mark.parametrize("site", EVERY_SITE)
def test_who_gets_no_answer_gets_a_way_on(site: str | None) -> None:
    apology = sentences().could_not_answer(site)
    assert apology.kind is Kind.FALLBACK
    assert apology.text.startswith("申し訳ありません")
    assert any(choice.topic and "contact" in choice.topic for choice in apology.choices)


def test_a_notice_comes_from_the_system() -> None:
    notice = sentences().engine_away()
    assert notice == Draft(Kind.NOTICE, TEXTS["engine_away"]["text"], sender=Sender.SYSTEM)


def test_the_question_before_candidates_has_a_way_out() -> None:
    assert sentences().clarify.endswith("？")
    assert 0 < len(sentences().none_of_these) <= 20


@pytest.mark.parametrize(
    ("code", "values", "filled"),
    [
        ("text_too_long", {"limit": 5000}, "5000文字まで"),
        ("body_invalid", {"where": "site、text"}, "site、textをご確認"),
        ("too_many_requests", {"seconds": 12}, "12秒ほど"),
        ("text_too_long", {"limit": "{limit}"}, "{limit}文字まで"),
    ],
)
def test_what_a_sentence_leaves_open_is_filled_in(
    code: str, values: dict[str, object], filled: str
) -> None:
    assert filled in sentences().problem(code, **values)


@pytest.mark.parametrize("text", [TEXTS["engine_away"]["text"], *TEXTS["problems"].values()])
def test_every_sentence_is_polite_and_complete(text: str) -> None:
    assert text.rstrip().endswith("。")
    assert text == text.strip()
