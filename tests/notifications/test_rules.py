"""When somebody who is not at the desk is told: once, once more, never at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO
from madoguchi.notifications.rules import (
    REMINDER_AFTER,
    DeskState,
    Step,
    There,
    Waiting,
    due_notifications,
    inquiries_day,
    is_open,
    unattended,
)
from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.hours import OpeningHours, Span

AFTER = timedelta(seconds=60)
CALENDAR = BusinessCalendar()
HOURS = OpeningHours(dict.fromkeys(range(5), (Span(time(12), time(17)),)))
EARLIER = OpeningHours(dict.fromkeys(range(5), (Span(time(10), time(17)),)))
FREE = There(capacity=4, chats=3, last_taken_at=None)

moments = st.datetimes(
    datetime(2026, 11, 1),  # noqa: DTZ001  (the zone is given beside it)
    datetime(2027, 2, 1),  # noqa: DTZ001
    timezones=st.just(TOKYO),
)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment in December 2026, whose first day is a Tuesday."""
    return datetime(2026, 12, day, hour, minute, second, tzinfo=TOKYO)


def chat(asked_at: datetime, number: int = 1, hours: OpeningHours = HOURS) -> Waiting:
    """Return a chat that waits since then."""
    return Waiting(number, f"chat-{number}", "customer", asked_at, (hours,))


def steps(asked_at: datetime, now: datetime, *there: There) -> list[Step]:
    """Return what is due of one chat."""
    state = DeskState((chat(asked_at),), there, CALENDAR)
    return [due.step for due in due_notifications(state, now, AFTER)]


@pytest.mark.parametrize(
    ("asked", "now", "expected"),
    [
        (at(4, 13), at(4, 13, 0, 59), []),
        (at(4, 13), at(4, 13, 1), [Step.FIRST]),
        (at(4, 13), at(4, 13, 15, 59), [Step.FIRST]),
        (at(4, 13), at(4, 13, 16), [Step.REMINDER]),
        # Asked in the last minute: told when the team is back, after the weekend.
        (at(4, 16, 59, 30), at(4, 17, 0, 30), []),
        (at(4, 16, 59, 30), at(5, 13), []),
        (at(4, 16, 59, 30), at(7, 11, 59), []),
        (at(4, 16, 59, 30), at(7, 12), [Step.FIRST]),
        # Asked at night: once at the next opening, and once more.
        (at(3, 2), at(3, 2, 5), []),
        (at(3, 2), at(3, 12), [Step.FIRST]),
        (at(3, 2), at(3, 12, 15), [Step.REMINDER]),
        # Told in the last quarter of an hour: the reminder waits for the morning.
        (at(3, 16, 50), at(3, 16, 59), [Step.FIRST]),
        (at(3, 16, 50), at(3, 17, 6), []),
        (at(3, 16, 50), at(4, 12), [Step.REMINDER]),
    ],
)
def test_a_waiting_chat_is_told_of_in_the_team_s_hours(
    asked: datetime, now: datetime, expected: list[Step]
) -> None:
    assert steps(asked, now) == expected


def test_while_somebody_is_free_nobody_is_told() -> None:
    assert steps(at(4, 13), at(4, 13, 30), FREE) == []


@pytest.mark.parametrize(
    ("busy_since", "told"),
    [(at(4, 13, 29, 30), False), (at(4, 13, 28, 59), True), (None, True)],
)
def test_when_all_are_busy_for_that_long_somebody_is_told(
    busy_since: datetime | None,
    told: bool,  # noqa: FBT001  (a parameter of the table above)
) -> None:
    busy = There(capacity=2, chats=2, last_taken_at=busy_since)
    assert bool(steps(at(4, 13), at(4, 13, 30), busy)) is told
    assert steps(at(4, 13), at(4, 13, 30), busy, FREE) == []


def test_a_chat_of_no_site_is_for_whichever_team_is_there() -> None:
    waiting = Waiting(1, "chat", "customer", at(4, 10), (HOURS, EARLIER))
    state = DeskState((waiting,), (), CALENDAR)
    assert [due.step for due in due_notifications(state, at(4, 10, 1), AFTER)] == [Step.FIRST]


def test_who_waits_longest_stands_first() -> None:
    state = DeskState((chat(at(4, 13, 5), 2), chat(at(4, 13), 3)), (), CALENDAR)
    dues = due_notifications(state, at(4, 13, 10), AFTER)
    assert [due.chat.handoff_id for due in dues] == [3, 2]


@given(asked=moments, waited=st.timedeltas(timedelta(), timedelta(days=9)))
def test_nobody_is_told_outside_the_team_s_hours(asked: datetime, waited: timedelta) -> None:
    now = asked + waited
    if not is_open((HOURS,), now, CALENDAR):
        assert steps(asked, now) == []


@given(asked=moments, waited=st.timedeltas(timedelta(), AFTER - timedelta(microseconds=1)))
def test_nobody_is_told_before_the_wait_is_over(asked: datetime, waited: timedelta) -> None:
    assert steps(asked, asked + waited) == []


@given(
    asked=moments,
    first=st.timedeltas(timedelta(), timedelta(days=9)),
    more=st.timedeltas(timedelta(), timedelta(days=9)),
)
def test_a_chat_never_goes_back_to_an_earlier_step(
    asked: datetime, first: timedelta, more: timedelta
) -> None:
    earlier, later = steps(asked, asked + first), steps(asked, asked + first + more)
    if earlier == [Step.REMINDER] and later:
        assert later == [Step.REMINDER]


@given(asked=moments)
def test_whoever_waits_is_told_of_at_some_time_and_reminded_of_later(asked: datetime) -> None:
    first = asked + AFTER
    opens = first if HOURS.is_open(first, CALENDAR) else HOURS.next_opening(first, CALENDAR)
    assert steps(asked, opens) == [Step.FIRST]
    again = opens + REMINDER_AFTER
    opens = again if HOURS.is_open(again, CALENDAR) else HOURS.next_opening(again, CALENDAR)
    assert steps(asked, opens) == [Step.REMINDER]


agents = st.builds(
    There,
    capacity=st.integers(0, 5),
    chats=st.integers(0, 6),
    last_taken_at=st.none() | st.just(at(4, 13)) | st.just(at(4, 14)),
)


@given(st.lists(agents), agents)
def test_one_more_who_is_there_never_makes_a_desk_unattended(
    there: list[There], another: There
) -> None:
    if unattended([*there, another], at(4, 14, 0, 30), AFTER):
        assert unattended(there, at(4, 14, 0, 30), AFTER)


@pytest.mark.parametrize(
    ("now", "told"),
    [(at(4, 9, 59), False), (at(4, 10), True), (at(4, 17), False), (at(5, 12), False)],
)
def test_the_day_s_inquiries_are_told_from_the_first_team_s_opening_on(
    now: datetime,
    told: bool,  # noqa: FBT001  (a parameter of the table above)
) -> None:
    assert (inquiries_day((HOURS, EARLIER), CALENDAR, now) == now.date()) is told
