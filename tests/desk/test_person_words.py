"""What customers are told about people: whatever the time, a promise that the calendar keeps."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Draft, Kind, Sender
from madoguchi.desk.calling import Call, Matter
from madoguchi.desk.model import Reason
from madoguchi.desk.person_words import CALLED, PersonWords, Queue
from madoguchi.knowledge.business import business
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words

SHOP = business()
WORDS = PersonWords(words(), sentences(), SHOP)
SITES = st.sampled_from(["store", "rental", None])
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 20)).map(  # noqa: DTZ001  (any zone's)
    lambda at: at.replace(tzinfo=TOKYO)
)
CALLS = st.sampled_from(
    [
        *(Call(Reason.RULE, matter) for matter in Matter),
        Call(Reason.FAILED),
        Call(Reason.SYSTEM, "shop"),
    ]
)
ANSWER = Draft(Kind.FALLBACK, "申し訳ありません。", choices=sentences().choices(["act_inquiry"]))
_DAY = re.compile(r"(\d+)月(\d+)日\((.)\)")
_OPENS = re.compile(r"(\d+)月(\d+)日\(.\) (\d+):(\d+)から")
_CLOSES = re.compile(r"本日(?:の受付は)?(\d+):(\d+)まで")
_DUE = re.compile(r"(\d+)月(\d+)日\(.\)までに")
WEDNESDAY_AT_ONE = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
NEW_YEAR_S_EVE = datetime(2026, 12, 31, 20, tzinfo=TOKYO)


def day_after(now: datetime, month: str, day: str) -> date:
    """Return the next day of that name from today on."""
    found = date(now.year, int(month), int(day))
    return found if found >= now.date() else date(now.year + 1, int(month), int(day))


def promises_hold(text: str, site: str | None, now: datetime) -> None:
    """Check every day and time that the text names."""
    hours = (SHOP.rental_support if site == "rental" else SHOP.online_store).hours
    for month, day, hour, minute in _OPENS.findall(text):
        opening = day_after(now, month, day)
        at = datetime(
            opening.year, opening.month, opening.day, int(hour), int(minute), tzinfo=TOKYO
        )
        assert at > now
        assert hours.is_open(at, SHOP.calendar)
        assert not hours.is_open(at - timedelta(minutes=1), SHOP.calendar)
    for hour, minute in _CLOSES.findall(text):
        assert hours.is_open(now, SHOP.calendar)
        closes = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        assert hours.closes_at(now, SHOP.calendar) == closes > now
    for month, day in _DUE.findall(text):
        due = day_after(now, month, day)
        assert due > now.date()
        assert SHOP.calendar.is_business_day(due)
    for month, day, weekday in _DAY.findall(text):
        assert "月火水木金土日"[day_after(now, month, day).weekday()] == weekday


@given(site=SITES, now=TIMES, desk=st.booleans())
def test_with_nobody_there_the_promise_is_one_that_the_calendar_keeps(
    *, site: str | None, now: datetime, desk: bool
) -> None:
    said = WORDS.nobody(site, now, desk=desk)
    promises_hold(said.text, site, now)
    assert _DUE.search(said.text)
    assert bool(_OPENS.search(said.text)) is not WORDS.is_open(site, now)
    assert "お呼びしました" not in said.text
    assert said.choices[0].act == "inquiry"


@given(SITES, TIMES, CALLS)
def test_the_offer_at_an_answer_s_end_is_one_that_the_calendar_keeps(
    site: str | None, now: datetime, call: Call
) -> None:
    said = WORDS.offered(ANSWER, call, site, now)
    assert said.text.startswith(ANSWER.text)
    assert _DUE.search(said.text)
    promises_hold(said.text, site, now)
    assert [choice.act for choice in said.choices] == ["inquiry"]
    assert "お呼びしました" not in said.text


@given(site=SITES, now=TIMES, there=st.booleans())
def test_who_waits_for_nobody_in_sight_hears_when_somebody_comes(
    *, site: str | None, now: datetime, there: bool
) -> None:
    queue = Queue(there, 2)
    for said in (WORDS.still_waiting(queue, site, now), WORDS.unanswered(queue, site, now)):
        promises_hold(said.text, site, now)
        assert ("先に2名の方がお待ち" in said.text) is there
        assert bool(_OPENS.search(said.text)) is (not there and not WORDS.is_open(site, now))


@pytest.mark.parametrize("matter", list(Matter))
def test_with_nobody_there_the_offer_names_the_matter(matter: Matter) -> None:
    said = WORDS.offered(ANSWER, Call(Reason.RULE, matter), "store", NEW_YEAR_S_EVE)
    assert words()(f"person.matters.{matter}") in said.text
    assert "次の受付は1月4日(月) 12:00から" in said.text


def test_with_nobody_there_no_button_for_a_person_stands_beside_the_inquiry() -> None:
    both = sentences().choices(["smalltalk_human", "smalltalk_help"])
    sorry = Draft(Kind.SMALLTALK, "ご不快な思いをおかけし、申し訳ありません。", choices=both)
    said = WORDS.offered(sorry, Call(Reason.RULE, Matter.COMPLAINT), "store", WEDNESDAY_AT_ONE)
    assert [choice.payload for choice in said.choices] == ["/smalltalk_help", "/act_inquiry"]


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize(
    ("waiting", "before"), [(0, "次にご案内します"), (3, "先に3名の方がお待ちです")]
)
def test_who_is_called_for_hears_how_many_wait_before(
    reason: Reason, waiting: int, before: str
) -> None:
    detail = Matter.DAMAGED if reason is Reason.RULE else None
    said = WORDS.called(Call(reason, detail), Queue(there=True, waiting=waiting))
    assert said.kind is Kind.HANDOFF
    assert before in said.text
    assert "お呼びしました" in said.text
    assert "自動応答でお答えします" in said.text
    assert (said.name == CALLED) is (reason is Reason.CUSTOMER)


def test_an_answer_without_a_way_to_an_inquiry_gets_one() -> None:
    bare = Draft(Kind.SMALLTALK, "申し訳ありません。")
    said = WORDS.offered(bare, Call(Reason.RULE, Matter.COMPLAINT), "store", WEDNESDAY_AT_ONE)
    assert [choice.act for choice in said.choices] == ["inquiry"]


def test_what_nobody_asked_for_is_told_as_the_service() -> None:
    assert WORDS.given_back().sender is Sender.SYSTEM
    assert WORDS.given_back().text.startswith("担当者から自動応答に戻りました。")
    assert "順番は前のまま" in WORDS.returned().text
