"""An inquiry is opened once, has a number of its day and a day by which it is answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO
from madoguchi.inquiries.model import InquiryState, NewInquiry
from madoguchi.inquiries.store import InquiryStore
from madoguchi.rules.calendar import BusinessCalendar, Closure
from tests.support.databases import TestClock

# A Friday night.
NOW = datetime(2026, 12, 25, 23, 59, tzinfo=TOKYO)
NEW_YEAR = Closure(date(2026, 12, 29), date(2027, 1, 3), "年末年始")
NEW = NewInquiry(
    topic="order",
    summary="届いたバッグの金具が外れています",
    contact="hanako@example.jp",
    site="store",
    conversation_id="c1",
    subject="A-20261103-0042",
)


@pytest.fixture
def clock() -> TestClock:
    """A minute before midnight, in Tokyo."""
    return TestClock(NOW)


@pytest.fixture
def inquiries(database: AsyncEngine, clock: TestClock) -> InquiryStore:
    """An empty store on each kind of database."""
    return _store(database, clock)


def _store(database: AsyncEngine, clock: TestClock) -> InquiryStore:
    return InquiryStore(database, clock, BusinessCalendar([NEW_YEAR]))


async def test_an_inquiry_is_found_by_its_number_as_it_was_opened(inquiries: InquiryStore) -> None:
    opened = await inquiries.open(NEW, "k1")
    assert opened.number == "Q-20261225-0001"
    assert opened.state is InquiryState.OPEN
    assert (opened.summary, opened.contact, opened.subject) == (
        NEW.summary,
        NEW.contact,
        NEW.subject,
    )
    assert opened.created_at == NOW
    assert await inquiries.get("Q-20261225-0001") == opened
    assert await inquiries.get("Q-20261225-0002") is None


async def test_the_same_key_opens_one_inquiry(inquiries: InquiryStore) -> None:
    first = await inquiries.open(NEW, "k1")
    assert await inquiries.open(replace(NEW, summary="別の内容"), "k1") == first


async def test_the_same_key_at_the_same_moment_opens_one_inquiry(inquiries: InquiryStore) -> None:
    opened = await asyncio.gather(*(inquiries.open(NEW, "k1") for _ in range(4)))
    assert len({each.number for each in opened}) == 1


async def test_inquiries_at_the_same_moment_get_numbers_of_their_own(
    inquiries: InquiryStore,
) -> None:
    opened = await asyncio.gather(*(inquiries.open(NEW, f"k{each}") for each in range(6)))
    assert {each.number for each in opened} == {f"Q-20261225-{n:04d}" for n in range(1, 7)}


async def test_numbers_begin_anew_with_the_day_in_tokyo(
    inquiries: InquiryStore, clock: TestClock
) -> None:
    await inquiries.open(NEW, "k1")
    clock.at = datetime(2026, 12, 26, 0, 0, tzinfo=TOKYO)
    assert (await inquiries.open(NEW, "k2")).number == "Q-20261226-0001"


async def test_an_answer_is_due_by_business_days(inquiries: InquiryStore) -> None:
    # Friday; the weekend and the closure from Tuesday on do not count.
    assert (await inquiries.open(NEW, "k1")).due_on == date(2027, 1, 4)
    urgent = await inquiries.open(replace(NEW, urgent=True), "k2")
    assert urgent.due_on == date(2026, 12, 28)


async def test_a_customer_sees_their_own_inquiries_the_newest_first(
    inquiries: InquiryStore, clock: TestClock
) -> None:
    first = await inquiries.open(NEW, "k1")
    clock.at = datetime(2026, 12, 26, 9, 0, tzinfo=TOKYO)
    elsewhere = replace(NEW, conversation_id="c2", member_id="ALLU-1001")
    second = await inquiries.open(elsewhere, "k2")
    await inquiries.open(replace(NEW, conversation_id="c3"), "k3")
    assert await inquiries.of_customer("c1", None) == [first]
    assert await inquiries.of_customer("c1", "ALLU-1001") == [second, first]
