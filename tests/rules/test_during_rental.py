"""Failed payments, damage, loss and buying the watch."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules import buyout as buyouts
from madoguchi.rules import damage as damages
from madoguchi.rules import loss as losses
from madoguchi.rules import payment_errors as errors
from madoguchi.rules.buyout import buyout
from madoguchi.rules.damage import Damage, repair
from madoguchi.rules.loss import loss_report
from madoguchi.rules.payment_errors import payment_error
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep
from tests.rules.things import RENTAL_UNSHIPPED, a_rental

REPORTED_ON = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("count", "decision", "reason", "step"),
    [
        (0, Decision.YES, errors.Reason.NO_ERROR, None),
        (1, Decision.YES, errors.Reason.REPORT_AT_ONCE, NextStep.REPORT_NOW),
        (2, Decision.YES, errors.Reason.REPORT_AT_ONCE, NextStep.REPORT_NOW),
        (3, Decision.NO, errors.Reason.CONTRACT_ENDED, NextStep.RETURN_NOW),
        (4, Decision.NO, errors.Reason.CONTRACT_ENDED, NextStep.RETURN_NOW),
    ],
)
def test_the_third_failed_payment_in_total_ends_the_contract(
    count: int, decision: Decision, reason: errors.Reason, step: NextStep | None
) -> None:
    verdict = payment_error(count)
    assert (verdict.decision, verdict.reason, verdict.next_step) == (decision, reason, step)


@given(st.integers(max_value=-1))
def test_fewer_than_no_failed_payments_cannot_be(count: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        payment_error(count)


@pytest.mark.parametrize(
    ("damage", "decision"),
    [
        (Damage.NORMAL_WEAR, Decision.YES),
        (Damage.INNER_FAILURE, Decision.YES),
        (Damage.BELT, Decision.YES),
        (Damage.IMPACT, Decision.NO),
        (Damage.PARTS, Decision.NO),
        (Damage.CRYSTAL, Decision.NO),
        (Damage.OTHER, Decision.INQUIRY),
    ],
)
def test_normal_use_is_free_and_impact_parts_and_crystal_are_charged(
    damage: Damage, decision: Decision
) -> None:
    assert repair(damage).decision is decision


def test_every_kind_of_damage_is_decided() -> None:
    assert {repair(damage).reason for damage in Damage} == set(damages.Reason)


@pytest.mark.parametrize("state", RentalState)
def test_a_loss_is_reported_while_the_watch_is_out(state: RentalState) -> None:
    verdict = loss_report(a_rental(state))
    assert verdict.yes == (
        state
        in {
            RentalState.SHIPPED,
            RentalState.IN_USE,
            RentalState.RETURN_REQUESTED,
            RentalState.TERMINATED,
        }
    )
    assert (verdict.next_step is NextStep.REPORT_NOW) == verdict.yes


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RentalState.INSPECTION, losses.Reason.BACK_ALREADY),
        (RentalState.ENDED, losses.Reason.BACK_ALREADY),
        (RentalState.REJECTED, losses.Reason.NEVER_BEGUN),
        (RentalState.CANCELLED_SOLD, losses.Reason.NEVER_BEGUN),
        (RentalState.APPROVED, losses.Reason.NOT_SHIPPED_YET),
    ],
)
def test_why_nothing_can_be_lost(state: RentalState, reason: losses.Reason) -> None:
    assert loss_report(a_rental(state)).reason == reason


def test_a_loss_is_reported_once() -> None:
    verdict = loss_report(a_rental(loss_reported_on=REPORTED_ON))
    assert (verdict.decision, verdict.reason) == (Decision.NO, losses.Reason.ALREADY_REPORTED)


@pytest.mark.parametrize("state", [RentalState.SHIPPED, RentalState.IN_USE])
def test_every_watch_can_be_bought_while_it_is_rented(state: RentalState) -> None:
    verdict = buyout(a_rental(state))
    assert (verdict.decision, verdict.reason) == (Decision.YES, buyouts.Reason.ASK_BY_EMAIL)
    assert verdict.next_step is NextStep.CONFIRM_AND_DO


@pytest.mark.parametrize("state", RENTAL_UNSHIPPED)
def test_no_price_is_named_before_the_rental(state: RentalState) -> None:
    verdict = buyout(a_rental(state))
    assert (verdict.decision, verdict.reason) == (
        Decision.NO,
        buyouts.Reason.NOT_BEFORE_THE_RENTAL,
    )


@pytest.mark.parametrize(
    ("state", "decision", "reason"),
    [
        (
            RentalState.RETURN_REQUESTED,
            *(Decision.INQUIRY, buyouts.Reason.ON_ITS_WAY_BACK),
        ),
        (RentalState.INSPECTION, Decision.INQUIRY, buyouts.Reason.ON_ITS_WAY_BACK),
        (RentalState.ENDED, Decision.NO, buyouts.Reason.OVER),
        (RentalState.REJECTED, Decision.NO, buyouts.Reason.OVER),
        (RentalState.CANCELLED_SOLD, Decision.NO, buyouts.Reason.OVER),
        (RentalState.TERMINATED, Decision.NO, buyouts.Reason.RETURN_AT_ONCE),
    ],
)
def test_other_rentals_are_not_bought_out(
    state: RentalState, decision: Decision, reason: buyouts.Reason
) -> None:
    verdict = buyout(a_rental(state))
    assert (verdict.decision, verdict.reason) == (decision, reason)


def test_a_price_is_asked_for_once_and_not_for_a_lost_watch() -> None:
    asked = a_rental(buyout_requested_on=REPORTED_ON)
    assert buyout(asked).reason == buyouts.Reason.ALREADY_REQUESTED
    lost = a_rental(loss_reported_on=REPORTED_ON, buyout_requested_on=REPORTED_ON)
    assert buyout(lost).reason == buyouts.Reason.LOST
