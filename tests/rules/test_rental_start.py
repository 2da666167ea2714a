"""How a rental begins: lead time, one per person, purchases, cards, screening."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from madoguchi.rules.rental_start import (
    CardKind,
    Reason,
    card_accepted,
    purchase_wins,
    screening,
    second_rental,
    ships_by,
)
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep
from tests.rules.things import RENTAL_UNSHIPPED, SHOP, a_rental, days


@pytest.mark.parametrize(
    ("passed_on", "leaves_by"),
    [
        (date(2026, 11, 2), date(2026, 11, 12)),  # the 3rd is a holiday
        (date(2026, 11, 7), date(2026, 11, 17)),  # a Saturday
        (date(2026, 12, 25), date(2027, 1, 12)),  # new year, and the 11th is a holiday
        (date(2026, 4, 30), date(2026, 5, 14)),
    ],
)
def test_a_watch_leaves_within_seven_business_days_after_the_screening(
    passed_on: date, leaves_by: date
) -> None:
    assert ships_by(passed_on, SHOP) == leaves_by


@given(days)
def test_the_last_day_to_leave_is_a_business_day(passed_on: date) -> None:
    leaves_by = ships_by(passed_on, SHOP)
    assert SHOP.is_business_day(leaves_by)
    assert (leaves_by - passed_on).days >= 9


def test_a_first_rental_is_welcome() -> None:
    assert second_rental([]).reason == Reason.FIRST_ONE
    over = [a_rental(RentalState.ENDED), a_rental(RentalState.REJECTED)]
    assert second_rental(over).reason == Reason.FIRST_ONE


@pytest.mark.parametrize("state", [*RENTAL_UNSHIPPED, RentalState.SHIPPED, RentalState.IN_USE])
def test_a_second_watch_at_the_same_time_is_cancelled(state: RentalState) -> None:
    verdict = second_rental([a_rental(RentalState.ENDED), a_rental(state)])
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.ONE_PER_PERSON)


@pytest.mark.parametrize("state", [RentalState.RETURN_REQUESTED, RentalState.INSPECTION])
def test_the_next_watch_may_be_ordered_while_the_present_one_goes_back(state: RentalState) -> None:
    verdict = second_rental([a_rental(state)])
    assert (verdict.decision, verdict.reason) == (Decision.YES, Reason.AFTER_THE_RETURN)
    with_another = second_rental([a_rental(state), a_rental(RentalState.ORDERED)])
    assert with_another.reason == Reason.ONE_PER_PERSON


def test_an_order_through_family_is_rejected_whoever_rents() -> None:
    for rentals in ([], [a_rental()]):
        verdict = second_rental(rentals, through_family=True)
        assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.THROUGH_FAMILY)


def test_after_a_forced_termination_the_shop_decides() -> None:
    verdict = second_rental([a_rental(RentalState.TERMINATED)])
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.CONTRACT_TERMINATED)


@pytest.mark.parametrize("state", RentalState)
def test_a_purchase_wins_until_the_watch_is_shipped(state: RentalState) -> None:
    verdict = purchase_wins(a_rental(state))
    assert verdict.yes == (state in {*RENTAL_UNSHIPPED, RentalState.CANCELLED_SOLD})


@pytest.mark.parametrize(
    ("kind", "own_name", "decision", "reason"),
    [
        (CardKind.CREDIT, True, Decision.YES, Reason.OWN_CREDIT_CARD),
        (CardKind.CREDIT, False, Decision.NO, Reason.NOT_OWN_NAME),
        (CardKind.DEBIT, True, Decision.NO, Reason.DEBIT_CARD),
        (CardKind.DEBIT, False, Decision.NO, Reason.DEBIT_CARD),
        (CardKind.PREPAID, True, Decision.NO, Reason.PREPAID_CARD),
    ],
)
def test_only_a_credit_card_in_the_own_name_is_registered(
    kind: CardKind,
    own_name: bool,  # noqa: FBT001  (a case)
    decision: Decision,
    reason: Reason,
) -> None:
    verdict = card_accepted(kind, own_name)
    assert (verdict.decision, verdict.reason) == (decision, reason)


def test_a_rejection_gets_no_second_look() -> None:
    verdict = screening(a_rental(RentalState.REJECTED))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.NO_SECOND_LOOK)
    assert verdict.next_step is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RentalState.ORDERED, Reason.SCREENING_TO_COME),
        (RentalState.PHONE_VERIFICATION, Reason.SCREENING_TO_COME),
        (RentalState.SCREENING, Reason.BEING_SCREENED),
        (RentalState.CARD_REGISTERED, Reason.PASSED),
        (RentalState.IN_USE, Reason.PASSED),
        (RentalState.CANCELLED_SOLD, Reason.CANCELLED_SOLD),
    ],
)
def test_how_the_screening_stands(state: RentalState, reason: Reason) -> None:
    verdict = screening(a_rental(state))
    assert verdict.reason == reason
    assert verdict.yes == (reason is Reason.PASSED)
    if reason in {Reason.SCREENING_TO_COME, Reason.BEING_SCREENED}:
        assert verdict.next_step is NextStep.WAIT
