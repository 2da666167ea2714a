"""What Rasa says becomes typed messages; what cannot be shown is a failure, never a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from madoguchi.conversations.model import Choice, Draft, Kind
from madoguchi.engine.client import EngineFailedError, EngineReply
from madoguchi.engine.interpret import interpret, topic_of
from madoguchi.knowledge.catalogue import catalogue
from tests.support.engine import rasa_message

UNDERSTOOD = {"intent": "store_shipping_fee", "confidence": 0.93}


def drafts_of(*messages: Any) -> list[Draft]:
    return interpret(EngineReply(list(messages), UNDERSTOOD), catalogue())


def draft_of(message: Any) -> Draft:
    [draft] = drafts_of(message)
    return draft


@pytest.mark.parametrize("topic", catalogue().topics.values(), ids=lambda topic: topic.id)
def test_the_response_of_a_topic_is_its_answer(topic: Any) -> None:
    draft = draft_of(rasa_message("答え", f"utter_{topic.intent}"))
    assert (draft.kind, draft.topic, draft.act) == (Kind.ANSWER, topic.id, None)


def test_a_skills_own_message_takes_the_place_that_rasa_kept_for_it() -> None:
    spoken = [
        Draft(Kind.ASK, "注文番号は？", act="order_status"),
        Draft(Kind.RESULT, "発送済みです"),
    ]
    reply = EngineReply(
        [
            rasa_message("-", None, custom={"reply": 1}),
            rasa_message("答え"),
            rasa_message("-", None, custom={"reply": 0}),
        ],
        UNDERSTOOD,
    )
    drafts = interpret(reply, catalogue(), spoken)
    assert [draft.text for draft in drafts] == ["発送済みです", "答え", "注文番号は？"]
    assert (drafts[2].kind, drafts[2].act) == (Kind.ASK, "order_status")
    assert all(draft.understanding == UNDERSTOOD for draft in drafts)


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_a_skills_message_that_was_not_kept_is_a_failure(place: int) -> None:
    reply = EngineReply([rasa_message("-", None, custom={"reply": place})], UNDERSTOOD)
    with pytest.raises(EngineFailedError):
        interpret(reply, catalogue(), [Draft(Kind.RESULT, "発送済みです")])


@pytest.mark.parametrize(
    ("utterance", "kind", "act"),
    [
        ("utter_smalltalk_greet", Kind.SMALLTALK, None),
        ("utter_fallback", Kind.FALLBACK, None),
        ("utter_fallback_far", Kind.FALLBACK, None),
        ("utter_clarify_none", Kind.NOTICE, None),
        ("utter_store_unheard_of", Kind.NOTICE, None),
        (None, Kind.NOTICE, None),
    ],
)
def test_other_responses_say_their_kind_by_their_name(
    utterance: str | None, kind: Kind, act: str | None
) -> None:
    draft = draft_of({"utter_action": utterance, "text": "はい"})
    assert (draft.kind, draft.topic, draft.act) == (kind, None, act)


def test_what_an_action_says_of_itself_counts_more_than_its_name() -> None:
    custom = {"kind": "result", "topic": None, "act": "order_status", "card": {"status": "発送"}}
    draft = draft_of(rasa_message("発送済みです。", "utter_store_shipping_fee", custom=custom))
    assert (draft.kind, draft.topic, draft.act) == (Kind.RESULT, None, "order_status")
    assert draft.card == {"status": "発送"}


def test_buttons_become_choices_with_their_topics_and_acts() -> None:
    buttons = [
        {"title": "送料はいくら？", "payload": "/store_shipping_fee"},
        {"title": "注文の状況", "payload": '/act_order_status{"order_number": "A1"}'},
        {"title": "どれでもない", "payload": "/none_of_these"},
    ]
    assert draft_of(rasa_message("どれですか？", buttons=buttons)).choices == (
        Choice("送料はいくら？", "/store_shipping_fee", topic="store/shipping_fee"),
        Choice("注文の状況", '/act_order_status{"order_number": "A1"}', act="order_status"),
        Choice("どれでもない", "/none_of_these"),
    )


def test_what_was_understood_is_kept_with_each_message() -> None:
    drafts = drafts_of(rasa_message("一つ目"), rasa_message("二つ目"))
    assert [draft.text for draft in drafts] == ["一つ目", "二つ目"]
    assert [draft.understanding for draft in drafts] == [UNDERSTOOD, UNDERSTOOD]


def test_messages_without_a_text_are_not_shown() -> None:
    assert [draft.text for draft in drafts_of(rasa_message(" "), rasa_message(" はい\n"))] == [
        "はい"
    ]


@pytest.mark.parametrize("messages", [[], [rasa_message("")], [{"text": None}], [{}]])
def test_an_answer_that_shows_nothing_is_a_failure(messages: list[Any]) -> None:
    with pytest.raises(EngineFailedError, match="no text"):
        drafts_of(*messages)


@pytest.mark.parametrize(
    "message",
    [
        None,
        "はい",
        ["はい"],
        {"text": ["はい"]},
        rasa_message("はい\0"),
        rasa_message("\ud800"),
        rasa_message("はい", custom="answer"),
        rasa_message("はい", custom={"kind": "surprise"}),
        rasa_message("はい", custom={"kind": ["answer"]}),
        rasa_message("はい", custom={"topic": {}}),
        rasa_message("はい", custom={"topic": "x" * 65}),
        rasa_message("はい", custom={"card": [1]}),
        rasa_message("はい", buttons="none"),
        rasa_message("はい", buttons=["none"]),
        rasa_message("はい", buttons=[{"title": "はい"}]),
        rasa_message("はい", buttons=[{"payload": "/x"}]),
        rasa_message("はい", buttons=[{"title": "x" * 201, "payload": "/x"}]),
        rasa_message("はい", buttons=[{"title": "はい", "payload": "/" + "x" * 500}]),
    ],
)
def test_an_answer_that_cannot_be_shown_or_stored_is_a_failure(message: Any) -> None:
    with pytest.raises(EngineFailedError, match="shape"):
        drafts_of(message)


def test_the_topic_of_an_answer_is_the_one_that_was_answered_last() -> None:
    fee, receipt = rasa_message("a"), rasa_message("b", "utter_store_receipt")
    talk = rasa_message("c", "utter_smalltalk_thanks")
    assert topic_of(drafts_of(fee, receipt, talk)) == "store/receipt"
    assert topic_of(drafts_of(talk)) is None
    assert topic_of([]) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
utterances = st.sampled_from(["utter_store_receipt", "utter_act_inquiry", "utter_", "utter_x_y"])
buttons = st.fixed_dictionaries({}, optional={"title": json_values, "payload": json_values})
customs = st.fixed_dictionaries(
    {},
    optional={
        "reply": st.integers(-2, 2) | json_values,
        "kind": st.sampled_from([*Kind, "x"]) | json_values,
        "topic": json_values,
        "act": json_values,
        "card": json_values,
    },
)
jsonish_messages = json_values | st.fixed_dictionaries(
    {},
    optional={
        "utter_action": utterances | json_values,
        "text": st.text() | json_values,
        "buttons": st.lists(buttons, max_size=3) | json_values,
        "custom": customs | json_values,
    },
)


@given(st.lists(jsonish_messages, max_size=3))
@example([rasa_message("はい", custom={"kind": "answer"})])
def test_whatever_comes_is_shown_or_is_a_failure(messages: list[Any]) -> None:
    try:
        drafts = drafts_of(*messages)
    except EngineFailedError:
        return
    assert drafts
    for draft in drafts:
        assert draft.text.strip()
        assert "\0" not in draft.text
        assert isinstance(draft.kind, Kind)
        for name in (draft.topic, draft.act):
            assert name is None or len(name) <= 64
        for choice in draft.choices:
            assert len(choice.title) <= 200
            assert len(choice.payload) <= 500
