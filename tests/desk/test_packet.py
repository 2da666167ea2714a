"""The packet's suggestions and what it names: real answers, in the words of the catalogue."""

from __future__ import annotations

from typing import Any

from madoguchi.desk.packet import mood, suggestions, tried
from madoguchi.knowledge.answers import answers
from madoguchi.knowledge.catalogue import catalogue


def _message(**given: Any) -> dict[str, Any]:
    usual = {"from": "bot", "kind": "answer", "topic": None, "act": None, "text": "", "at": "2026"}
    return usual | {"understanding": None} | given


def _understood(intent: str, **others: float) -> dict[str, Any]:
    candidates = [{"intent": name, "confidence": sure} for name, sure in others.items()]
    return {"intent": intent, "confidence": 0.9, "candidates": candidates}


def _suggested(understanding: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    message = _message(understanding=understanding, **given)
    return suggestions([message], catalogue(), answers())


def test_a_suggestion_is_the_answer_that_the_assistant_would_give() -> None:
    [first] = _suggested(_understood("store_shipping_fee"))
    assert first["title"] == catalogue().topics["store/shipping_fee"].title
    assert first["text"] == answers()["utter_store_shipping_fee"]


def test_an_unlikely_candidate_is_no_suggestion() -> None:
    found = _suggested(_understood("nlu_fallback", store_receipt=0.4, store_discount=0.01))
    assert [each["topic"] for each in found] == ["store/receipt"]


def test_an_act_suggests_the_answer_to_its_question_on_the_chat_s_site() -> None:
    several = next(act for act in catalogue().acts.values() if len(act.topics) > 1)
    for site, topic in several.topics.items():
        [found] = _suggested(_understood(several.intent), topic=f"{site}/anything")
        assert found["topic"] == topic


def test_what_has_no_answer_is_not_offered() -> None:
    assert _suggested(_understood("smalltalk_thanks")) == []
    assert suggestions([], catalogue(), answers()) == []


def test_without_the_assistant_s_texts_what_it_said_stands_in() -> None:
    said = _message(
        understanding=_understood("store_receipt"), topic="store/receipt", text="領収書は…"
    )
    [found] = suggestions([said], catalogue(), {})
    assert found["text"] == "領収書は…"


def test_what_was_tried_is_named_in_words() -> None:
    [asked, did, odd] = tried(
        [
            _message(topic="store/receipt"),
            _message(act="order_cancel", kind="result"),
            _message(topic="no/such"),
        ]
    )
    assert asked["title"] == catalogue().topics["store/receipt"].title
    assert did["title"] == "注文をキャンセルする"
    assert odd["title"] == "その他"


def test_the_mood_is_the_worst_of_what_was_said() -> None:
    assert mood(["送料はいくらですか"]) == "calm"
    assert mood(["何度も聞いています", "送料はいくらですか"]) == "unhappy"
    assert mood(["最悪です", "何度も聞いています"]) == "angry"
