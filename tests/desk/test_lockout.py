"""Five wrong tries lock for a quarter of an hour, and nothing else does."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.lockout import (
    LOCKED_FOR,
    MOST_FAILURES,
    NONE,
    Strangers,
    Tries,
    counted,
    is_locked,
    taken_back,
)
from tests.desk.signin_parts import NOW

MINUTES = st.lists(st.integers(0, 20), max_size=40)


def after(count: int, now: datetime = NOW) -> Tries:
    tries = NONE
    for _ in range(count):
        tries = counted(tries, now)
    return tries


def test_the_fifth_wrong_try_locks_for_fifteen_minutes() -> None:
    assert not is_locked(after(MOST_FAILURES - 1), NOW)
    locked = after(MOST_FAILURES)
    assert locked.locked_until == NOW + timedelta(minutes=15)
    assert is_locked(locked, NOW + timedelta(minutes=14, seconds=59))
    assert not is_locked(locked, NOW + timedelta(minutes=15))


def test_after_a_lock_there_are_five_tries_again() -> None:
    later = NOW + LOCKED_FOR
    tries = after(MOST_FAILURES)
    for _ in range(MOST_FAILURES - 1):
        tries = counted(tries, later)
        assert not is_locked(tries, later)
    assert is_locked(counted(tries, later), later)


@given(MINUTES)
def test_however_tries_are_spread_no_more_than_five_are_taken_between_locks(
    pauses: list[int],
) -> None:
    tries, now, taken = NONE, NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(minutes=pause)
        if not is_locked(tries, now):
            tries = counted(tries, now)
            taken.append(now)
    for first, sixth in zip(taken, taken[MOST_FAILURES:], strict=False):
        assert sixth - first >= LOCKED_FOR


@given(st.lists(st.booleans(), max_size=60))
def test_a_try_that_is_taken_back_was_never_there(steps: list[bool]) -> None:
    tries, wrong = NONE, 0
    for is_wrong in steps:
        if is_locked(tries, NOW):
            break
        tries = counted(tries, NOW)
        if is_wrong:
            wrong += 1
        else:
            tries = taken_back(tries)
        assert tries.failed == wrong
        assert is_locked(tries, NOW) == (wrong >= MOST_FAILURES)


@given(st.lists(st.sampled_from(["try", "back"]), max_size=60))
def test_the_count_is_never_below_nothing_and_a_lock_has_its_reason(steps: list[str]) -> None:
    tries = NONE
    for step in steps:
        tries = counted(tries, NOW) if step == "try" else taken_back(tries)
        assert tries.failed >= 0
        assert is_locked(tries, NOW) == (tries.failed >= MOST_FAILURES)


@given(MINUTES)
def test_a_name_that_nobody_has_locks_as_one_that_somebody_has(pauses: list[int]) -> None:
    tries, now, strangers = NONE, NOW, Strangers()
    for pause in pauses:
        now += timedelta(minutes=pause)
        until = strangers.count("nobody", now)
        assert until == (tries.locked_until if is_locked(tries, now) else None)
        if until is None:
            tries = counted(tries, now)


def test_names_lock_for_themselves() -> None:
    strangers = Strangers()
    for _ in range(MOST_FAILURES):
        assert strangers.count("one", NOW) is None
    assert strangers.count("one", NOW) == NOW + LOCKED_FOR
    assert strangers.count("two", NOW) is None


def test_only_the_latest_names_are_remembered() -> None:
    strangers = Strangers(most=3)
    for _ in range(MOST_FAILURES):
        strangers.count("first", NOW)
    for name in ("a", "b", "c"):
        strangers.count(name, NOW)
    assert strangers.count("first", NOW) is None
    assert len(strangers._tries) == 3
