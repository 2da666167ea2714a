"""The form of ``business.yml``: what may stand in it, checked key by key."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from madoguchi.rules.calendar import Closure, YearlyClosure
from madoguchi.rules.hours import OpeningHours, Span
from madoguchi.rules.transfers import STORES, store_kind

# Whoever closes for longer has mistyped a year.
LONGEST_CLOSURE_DAYS = 60
TEAMS = ("online_store", "rental_support")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = 5
_HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_CLOSED = "closed"
_LEAP_YEAR = 2000


def _spans(written: object) -> object:
    """Return the hours of a day from how they are written."""
    if written == _CLOSED:
        return ()
    parts = [_HOURS.fullmatch(part.strip()) for part in str(written).split(",")]
    try:
        times = [[int(number) for number in part.groups()] for part in parts if part is not None]
        spans = tuple(Span(time(a, b), time(c, d)) for a, b, c, d in times)
    except ValueError as error:
        raise ValueError(f"{written!r}: {error}") from None
    if None in parts:
        raise ValueError(
            f'{written!r} are no hours; write "12:00-17:00" in quotes, '
            f'with a break "11:00-13:00, 14:00-19:00", or {_CLOSED}'
        )
    return spans


def _month_day(written: object) -> object:
    """Return month and day from ``12-29``."""
    match = _MONTH_DAY.fullmatch(str(written))
    try:
        found = match and date(_LEAP_YEAR, int(match[1]), int(match[2]))
    except ValueError:
        found = None
    if not found:
        raise ValueError(f'{written!r} is no day of the year; write month-day in quotes: "12-29"')
    return (found.month, found.day)


type _Spans = Annotated[tuple[Span, ...], BeforeValidator(_spans)]
type _MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]
type _Words = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    # A misspelt key is an error, not something that is silently without effect.
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClosureEntry(_Entry):
    """Days off, once."""

    first: date
    last: date
    reason: _Words

    @model_validator(mode="after")
    def _believable(self) -> Self:
        closed = (self.last - self.first).days + 1
        if not 0 < closed <= LONGEST_CLOSURE_DAYS:
            raise ValueError(
                f"{self.first} to {self.last} are {closed} days, and a closure has "
                f"1 to {LONGEST_CLOSURE_DAYS}"
            )
        return self

    def closure(self) -> Closure:
        """Return the closure for the calendar."""
        return Closure(self.first, self.last, self.reason)


class YearlyEntry(_Entry):
    """Days off in every year."""

    first: _MonthDay
    last: _MonthDay
    reason: _Words

    @model_validator(mode="after")
    def _believable(self) -> Self:
        first, last = date(_LEAP_YEAR, *self.first), date(_LEAP_YEAR, *self.last)
        if last < first:
            last = date(_LEAP_YEAR + 1, self.last[0], min(self.last[1], 28))
        closed = (last - first).days + 1
        if closed > LONGEST_CLOSURE_DAYS:
            raise ValueError(
                f"{closed} days from first to last, and a closure has 1 to {LONGEST_CLOSURE_DAYS}"
            )
        return self

    def closure(self) -> YearlyClosure:
        """Return the closure for the calendar."""
        return YearlyClosure(self.first, self.last, self.reason)


class HoursEntry(_Entry):
    """Hours by day of the week; a single day wins over several."""

    every_day: _Spans | None = None
    weekdays: _Spans | None = None
    weekend: _Spans | None = None
    monday: _Spans | None = None
    tuesday: _Spans | None = None
    wednesday: _Spans | None = None
    thursday: _Spans | None = None
    friday: _Spans | None = None
    saturday: _Spans | None = None
    sunday: _Spans | None = None
    open_on_holidays: bool = False
    follows_closures: bool = True
    closures: tuple[ClosureEntry, ...] = ()
    _hours: OpeningHours = PrivateAttr()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        # Made here, so that what is wrong with it is said with its key.
        self._hours = OpeningHours(
            {number: self._of(name, number) for number, name in enumerate(_DAYS)},
            open_on_holidays=self.open_on_holidays,
            follows_closures=self.follows_closures,
            closures=tuple(entry.closure() for entry in self.closures),
        )
        return self

    def _of(self, name: str, number: int) -> tuple[Span, ...]:
        several = self.weekdays if number < _WEEKDAYS else self.weekend
        written: tuple[tuple[Span, ...] | None, ...] = (getattr(self, name), several)
        return next((spans for spans in written if spans is not None), self.every_day or ())

    def hours(self) -> OpeningHours:
        """Return the hours as the rules know them."""
        return self._hours


class TeamEntry(_Entry):
    """A team that customers can reach."""

    name: _Words
    phone: _Words | None = None
    email: _Words | None = None
    hours: HoursEntry

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.phone is None and self.email is None:
            raise ValueError("a team needs a phone or an email")
        return self


class StoreEntry(_Entry):
    """A store that items are brought to."""

    phone: _Words | None = None
    hours: HoursEntry


class BusinessFile(_Entry):
    """The whole file."""

    yearly_closures: tuple[YearlyEntry, ...] = ()
    closures: tuple[ClosureEntry, ...] = ()
    teams: dict[str, TeamEntry]
    stores: dict[str, StoreEntry]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := set(TEAMS) - set(self.teams):
            raise ValueError(f"teams: {', '.join(sorted(missing))} is missing")
        if missing := set(STORES) - set(self.stores):
            raise ValueError(f"stores: {', '.join(sorted(missing))} is missing")
        if unknown := [name for name in self.stores if store_kind(name) is None]:
            raise ValueError(f"stores: {', '.join(unknown)}: no items are brought there")
        return self
