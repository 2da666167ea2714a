"""When somebody outside the desk's pages is told; every rule is a pure function of state and time.

The desk's hours are those of the team that the chat is for; without a site, whichever is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.hours import NeverOpenError, OpeningHours
from madoguchi.rules.tokyo import in_tokyo

# Who was told and did not come is told once more.
REMINDER_AFTER = timedelta(minutes=15)


class Step(StrEnum):
    """Which of the two tellings of a waiting chat."""

    FIRST = "first"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Waiting:
    """A chat that waits for a person; its handoff's id, and since when."""

    handoff_id: int
    conversation_id: str
    reason: str
    asked_at: datetime
    # The hours of the teams that could take it: at least one.
    hours: tuple[OpeningHours, ...]


@dataclass(frozen=True)
class There:
    """An agent who is there: how many chats they take, have, and when the last one came."""

    capacity: int
    chats: int
    last_taken_at: datetime | None


@dataclass(frozen=True)
class DeskState:
    """What the rules look at."""

    waiting: tuple[Waiting, ...]
    there: tuple[There, ...]
    calendar: BusinessCalendar


@dataclass(frozen=True)
class Due:
    """A chat of which somebody is to be told now, unless that was done already."""

    chat: Waiting
    step: Step


def due_notifications(state: DeskState, now: datetime, after: timedelta) -> tuple[Due, ...]:
    """Return which waiting chats are to be told of, the longest waiting first.

    ``after`` is for how long a customer waits before somebody is told, and for how long all agents
    have to be busy. The same is returned until the chat is taken: each step counts once. Raises
    ValueError for a time without zone.
    """
    if not unattended(state.there, now, after):
        return ()
    dues = ((chat, _step(chat, state.calendar, now, after)) for chat in state.waiting)
    found = [Due(chat, step) for chat, step in dues if step is not None]
    return tuple(sorted(found, key=lambda due: (due.chat.asked_at, due.chat.handoff_id)))


def unattended(there: Sequence[There], now: datetime, after: timedelta) -> bool:
    """Return whether nobody is there, or all who are there have been busy for so long."""
    return all(_busy(agent, now, after) for agent in there)


def _busy(agent: There, now: datetime, after: timedelta) -> bool:
    if agent.chats < agent.capacity:
        return False
    # Who takes no chats at all has been busy from the beginning.
    return agent.last_taken_at is None or now - agent.last_taken_at > after


def _step(
    chat: Waiting, calendar: BusinessCalendar, now: datetime, after: timedelta
) -> Step | None:
    """Return the latest step that is due; what was missed before it is not made up for."""
    if not is_open(chat.hours, now, calendar):
        return None
    first = _when_open(chat.hours, chat.asked_at + after, calendar)
    if now < first:
        return None
    reminder = _when_open(chat.hours, first + REMINDER_AFTER, calendar)
    return Step.FIRST if now < reminder else Step.REMINDER


def is_open(hours: Iterable[OpeningHours], at: datetime, calendar: BusinessCalendar) -> bool:
    """Return whether one of the teams is there at the moment."""
    return any(each.is_open(at, calendar) for each in hours)


def _when_open(hours: Sequence[OpeningHours], at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return the moment, or the next opening when nobody is there at it."""
    if is_open(hours, at, calendar):
        return at
    openings = [found for each in hours if (found := _next_opening(each, at, calendar))]
    return min(openings, default=at)


def _next_opening(hours: OpeningHours, at: datetime, calendar: BusinessCalendar) -> datetime | None:
    try:
        return hours.next_opening(at, calendar)
    except NeverOpenError:
        return None


def inquiries_day(
    hours: Sequence[OpeningHours], calendar: BusinessCalendar, now: datetime
) -> date | None:
    """Return the day in Tokyo whose list of due inquiries is to be told by now, if any.

    It is told once a day, when the first team begins; None while no team is there.
    """
    return in_tokyo(now).date() if is_open(hours, now, calendar) else None
