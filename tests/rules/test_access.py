"""Who may what, how long a proof lasts, and the lock after wrong tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.knowledge.catalogue import catalogue
from madoguchi.rules.access import (
    LOCK,
    MAX_TRIES,
    NEEDED,
    TRIES_COUNT_FOR,
    Act,
    Level,
    locked_until,
    may,
    proof_ends,
)
from madoguchi.rules.tokyo import TOKYO

START = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  (the zone follows)
    datetime(2098, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
# Tries within three hours, by the second: dense enough to lock often.
tries = st.lists(st.integers(0, 3 * 3600).map(lambda s: START + timedelta(seconds=s)), max_size=15)


def minutes(*numbers: float) -> list[datetime]:
    return [START + timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize("act", [Act.FAQ, Act.STOCK_LOCATION, Act.INQUIRY])
def test_everybody_may_ask_look_for_stock_and_write_to_the_shop(act: Act) -> None:
    assert all(may(level, act) for level in Level)


@pytest.mark.parametrize(
    "act",
    [
        "order_status",
        "order_cancel",
        "receipt",
        "return_eligibility",
        "store_transfer",
        "rental_status",
        "rental_billing",
        "rental_return",
        "rental_buyout",
        "rental_loss_report",
        "rental_payment_error",
    ],
)
def test_one_s_own_order_or_rental_takes_a_proof(act: str) -> None:
    assert [may(level, act) for level in Level] == [False, True, True]


@pytest.mark.parametrize(
    "act", [Act.LIST_ORDERS, Act.LIST_RENTALS, Act.LIST_TRANSFERS, Act.LIST_VISITS]
)
def test_all_of_one_s_own_takes_signing_in(act: Act) -> None:
    assert [may(level, act) for level in Level] == [False, False, True]


def test_every_act_of_the_catalogue_has_its_level() -> None:
    assert set(catalogue().acts) <= {act.value for act in Act}
    assert set(NEEDED) == set(Act)


def test_an_unknown_act_is_an_error_and_not_a_permission() -> None:
    with pytest.raises(ValueError, match="everything"):
        may(Level.SIGNED_IN, "everything")


@pytest.mark.parametrize(
    ("proven_at", "ends"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=TOKYO), datetime(2026, 11, 21, tzinfo=TOKYO)),
        (datetime(2026, 11, 20, tzinfo=TOKYO), datetime(2026, 11, 21, tzinfo=TOKYO)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=TOKYO), datetime(2027, 1, 1, tzinfo=TOKYO)),
        # Tokyo's midnight is 15:00 in UTC.
        (datetime(2026, 11, 20, 14, 59, tzinfo=UTC), datetime(2026, 11, 20, 15, tzinfo=UTC)),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), datetime(2026, 11, 21, 15, tzinfo=UTC)),
    ],
)
def test_a_proof_lasts_until_midnight_in_tokyo(proven_at: datetime, ends: datetime) -> None:
    assert proof_ends(proven_at) == ends


@given(moments)
def test_a_proof_lasts_for_a_day_at_most(proven_at: datetime) -> None:
    ends = proof_ends(proven_at)
    assert timedelta() < ends - proven_at <= timedelta(days=1)
    assert (ends.hour, ends.minute, ends.tzinfo) == (0, 0, TOKYO)


def test_five_wrong_tries_lock_for_half_an_hour_from_the_fifth() -> None:
    wrong = minutes(0, 1, 2, 3, 4)
    assert locked_until(wrong[:4], START + timedelta(minutes=4)) is None
    until = START + timedelta(minutes=34)
    assert locked_until(wrong, START + timedelta(minutes=4)) == until
    assert locked_until(wrong, until - timedelta(microseconds=1)) == until
    assert locked_until(wrong, until) is None


def test_tries_that_are_half_an_hour_old_no_longer_count() -> None:
    assert locked_until(minutes(0, 10, 20, 25, 30), START + timedelta(minutes=30)) is None
    assert locked_until(minutes(0.1, 10, 20, 25, 30), START + timedelta(minutes=30)) is not None


def test_a_lock_does_not_end_early_because_its_first_tries_grow_old() -> None:
    wrong = minutes(0, 10, 20, 25, 29)
    assert locked_until(wrong, START + timedelta(minutes=45)) == START + timedelta(minutes=59)


def test_tries_during_a_lock_neither_lengthen_it_nor_count_for_the_next() -> None:
    wrong = minutes(0, 1, 2, 3, 4, 10, 20, 30, 33)
    assert locked_until(wrong, START + timedelta(minutes=33)) == START + timedelta(minutes=34)
    assert locked_until([*wrong, *minutes(35)], START + timedelta(minutes=35)) is None


def test_after_a_lock_five_more_lock_again() -> None:
    wrong = minutes(0, 1, 2, 3, 4, 34, 35, 36, 37)
    assert locked_until(wrong, START + timedelta(minutes=37)) is None
    again = [*wrong, *minutes(38)]
    assert locked_until(again, START + timedelta(minutes=38)) == START + timedelta(minutes=68)


def test_tries_are_the_same_in_any_order_and_zone() -> None:
    in_utc = [at.astimezone(UTC) for at in reversed(minutes(0, 1, 2, 3, 4))]
    until = locked_until(in_utc, START + timedelta(minutes=5))
    assert until == START + timedelta(minutes=34)
    assert until is not None
    assert until.tzinfo is TOKYO


@given(tries, st.integers(0, 4 * 3600))
def test_a_lock_takes_five_tries_within_half_an_hour_and_lasts_half_an_hour(
    wrong: list[datetime], later: int
) -> None:
    now = START + timedelta(seconds=later)
    until = locked_until([at for at in wrong if at <= now], now)
    if until is None:
        return
    fifth = until - LOCK
    assert now < until <= now + LOCK
    assert fifth in wrong
    assert sum(fifth - LOCK < at <= fifth for at in wrong) >= MAX_TRIES


@given(tries, st.integers(0, 4 * 3600))
def test_two_locks_back_is_far_enough_to_look(wrong: list[datetime], later: int) -> None:
    """Tries during a lock are not made, so none are stored; then older ones change nothing."""
    now, made = START + timedelta(seconds=later), list[datetime]()
    for at in sorted(wrong):
        if at <= now and locked_until(made, at) is None:
            made.append(at)
    recent = [at for at in made if at > now - TRIES_COUNT_FOR]
    assert locked_until(recent, now) == locked_until(made, now)
