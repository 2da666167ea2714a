"""When a person is called without being asked for: by rule, after failures, never twice over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Kind
from madoguchi.desk.calling import (
    Call,
    Ended,
    Exchange,
    Matter,
    Reply,
    asks_how_long,
    calling_rules,
    decide,
)
from madoguchi.desk.model import Reason
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.words import words
from tests.support.training import domain, responses

RULES = calling_rules()
NOW = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
DAMAGED = "store/damaged_on_arrival"


def said(name: str, kind: Kind = Kind.RESULT) -> Exchange:
    """Return an exchange in which the text was said."""
    return Exchange("はい", (Reply(kind, name),), NOW)


def answered(topic: str, written: str | None) -> Exchange:
    """Return an exchange in which the topic was answered."""
    return Exchange(written, (Reply(Kind.ANSWER, topic=topic),), NOW)


def replied(
    kind: Kind, intent: str | None = None, ago: int = 0, written: str = "あれは"
) -> Exchange:
    """Return an exchange of some minutes ago."""
    return Exchange(written, (Reply(kind, intent=intent),), NOW - timedelta(minutes=ago))


@pytest.mark.parametrize(
    ("name", "matter"),
    [
        ("rental_loss_report.done", Matter.LOSS),
        ("rental_loss_report.inquiry_opened", Matter.LOSS),
        ("return_eligibility.pick_up_opened", Matter.DAMAGED),
        ("utter_smalltalk_complaint", Matter.COMPLAINT),
        ("rental_payment_error.done", Matter.PAYMENT),
        ("rental_payment_error.contract_ended", Matter.PAYMENT),
    ],
)
def test_what_was_reported_calls_by_rule(name: str, matter: Matter) -> None:
    call = decide(said(name), [], None, RULES)
    assert call is not None
    assert (call.reason, call.detail) == (Reason.RULE, matter)


@pytest.mark.parametrize("topic", sorted(set(catalogue().topics) - {DAMAGED}))
def test_a_question_about_the_guide_calls_nobody(topic: str) -> None:
    assert decide(answered(topic, "時計をなくしたらどうなりますか"), [], None, RULES) is None


@pytest.mark.parametrize(
    "written",
    [
        "届いたバッグの持ち手が切れていました",
        "箱を開けたらガラスが割れてた",
        "落としたりもしていないのに動きません",
        "梱包の中で割れたらしく、だめになっています",
    ],
)
def test_damage_on_arrival_that_has_happened_calls(written: str) -> None:
    call = decide(answered(DAMAGED, written), [], None, RULES)
    assert call == Call(Reason.RULE, Matter.DAMAGED)


@pytest.mark.parametrize(
    "written",
    [
        "破損していた場合は交換できますか",
        "もし壊れて届いたらどうなりますか",
        "不良品が届いたときはどうすればいいですか",
        "届いたものが壊れていたら返品できる？",
    ],
)
def test_damage_that_is_only_supposed_calls_nobody(written: str) -> None:
    assert decide(answered(DAMAGED, written), [], None, RULES) is None


def test_a_topic_that_was_tapped_says_not_that_it_happened() -> None:
    assert decide(answered(DAMAGED, None), [], None, RULES) is None


def test_a_topic_tapped_when_asked_which_is_meant_is_what_was_written_before() -> None:
    asked = replied(Kind.CLARIFY, written="着いたバッグの金具が取れてる")
    call = decide(answered(DAMAGED, None), [asked], None, RULES)
    assert call == Call(Reason.RULE, Matter.DAMAGED)


@pytest.mark.parametrize("name", ["common.system_unavailable", "common.change_unknown"])
def test_a_system_that_is_away_in_a_skill_calls(name: str) -> None:
    call = decide(said(name, Kind.FALLBACK), [], None, RULES)
    assert call is not None
    assert call.reason is Reason.SYSTEM


def test_every_text_and_topic_of_the_rules_exists() -> None:
    utterances = set(responses())
    names = {name for rule in RULES.rules for name in rule.said} | RULES.system | RULES.failed
    for name in names:
        assert name in utterances or words().has(name)
    assert {topic for rule in RULES.rules for topic in rule.topics} <= set(catalogue().topics)
    assert RULES.failing_intents | RULES.not_failing_intents <= set(domain()["intents"])
    for matter in Matter:
        assert words().has(f"person.matters.{matter}")


@pytest.mark.parametrize("first", [Kind.FALLBACK, Kind.CLARIFY])
@pytest.mark.parametrize("second", [Kind.FALLBACK, Kind.CLARIFY])
def test_two_failures_in_a_row_call(first: Kind, second: Kind) -> None:
    assert decide(replied(second), [replied(first, ago=1)], None, RULES) == Call(Reason.FAILED)
    assert decide(replied(second), [], None, RULES) is None


def test_none_of_these_is_the_second_failure() -> None:
    now = Exchange(None, (Reply(Kind.NOTICE, intent="none_of_these"),), NOW)
    assert decide(now, [replied(Kind.CLARIFY, ago=1)], None, RULES) == Call(Reason.FAILED)


@pytest.mark.parametrize("settled", [Kind.ANSWER, Kind.RESULT, Kind.ASK, Kind.HANDOFF])
def test_what_was_answered_between_two_failures_ends_the_row(settled: Kind) -> None:
    before = [replied(Kind.FALLBACK, ago=2), replied(settled, ago=1)]
    assert decide(replied(Kind.FALLBACK), before, None, RULES) is None


@pytest.mark.parametrize("between", [Kind.SMALLTALK, Kind.NOTICE])
def test_small_talk_between_two_failures_is_no_answer(between: Kind) -> None:
    before = [replied(Kind.FALLBACK, ago=2), replied(between, ago=1)]
    assert decide(replied(Kind.FALLBACK), before, None, RULES) == Call(Reason.FAILED)


def test_failures_hours_apart_are_not_in_a_row() -> None:
    assert decide(replied(Kind.FALLBACK), [replied(Kind.FALLBACK, ago=61)], None, RULES) is None


def test_what_has_nothing_to_do_with_the_shop_is_no_failure() -> None:
    weather = replied(Kind.FALLBACK, "out_of_scope_far", ago=1)
    assert decide(weather, [weather], None, RULES) is None
    assert decide(replied(Kind.FALLBACK), [weather], None, RULES) is None


def test_an_answer_beside_a_failure_is_an_answer() -> None:
    half = Exchange("二つ", (Reply(Kind.FALLBACK), Reply(Kind.ANSWER, topic="store/receipt")), NOW)
    assert decide(half, [replied(Kind.FALLBACK, ago=1)], None, RULES) is None


def test_a_third_failure_is_known_as_a_repetition() -> None:
    before = [replied(Kind.FALLBACK, ago=2), replied(Kind.FALLBACK, ago=1)]
    assert decide(replied(Kind.FALLBACK), before, None, RULES) == Call(Reason.FAILED, repeated=True)


def test_what_an_agent_has_just_dealt_with_calls_nobody_again() -> None:
    ended = Ended(Reason.RULE, Matter.COMPLAINT, NOW - timedelta(minutes=10))
    assert decide(said("utter_smalltalk_complaint"), [], ended, RULES) is None
    assert decide(said("rental_loss_report.done"), [], ended, RULES) is not None
    long_ago = Ended(Reason.RULE, Matter.COMPLAINT, NOW - timedelta(minutes=31))
    assert decide(said("utter_smalltalk_complaint"), [], long_ago, RULES) is not None


KINDS = st.sampled_from(list(Kind))
EXCHANGES = st.builds(
    Exchange,
    st.one_of(st.none(), st.text(max_size=10)),
    st.lists(st.builds(Reply, KINDS), max_size=3).map(tuple),
    st.integers(0, 120).map(lambda minutes: NOW - timedelta(minutes=minutes)),
)


@given(EXCHANGES, st.lists(EXCHANGES, max_size=6))
def test_without_a_rule_only_a_failure_of_now_calls(now: Exchange, before: list[Exchange]) -> None:
    call = decide(now, before, None, RULES)
    if call is None:
        return
    assert call.reason is Reason.FAILED
    assert any(reply.kind in {Kind.FALLBACK, Kind.CLARIFY} for reply in now.replies)
    earlier = [reply.kind for exchange in before for reply in exchange.replies]
    assert {Kind.FALLBACK, Kind.CLARIFY} & set(earlier)


@pytest.mark.parametrize(
    "text",
    [
        "まだですか",
        "まだ？",
        "まだかかりますか",
        "あと何人ですか",
        "あと何分くらいかかりますか",
        "何番目ですか",
        "どれくらい待ちますか",
        "順番はまだですか",
        "いつつながりますか",
        "待ってるんですが",
        "まだですか！！",
    ],
)
def test_who_waits_and_asks_how_long_is_understood(text: str) -> None:
    assert asks_how_long(text, RULES)


@pytest.mark.parametrize(
    "text",
    [
        "まだ届きません",
        "送料は",
        "担当者と話したい",
        "どれくらいで届きますか",
        "まだ返品できますか",
        "何日かかりますか",
        "",
    ],
)
def test_other_questions_are_not_about_the_waiting(text: str) -> None:
    assert not asks_how_long(text, RULES)
