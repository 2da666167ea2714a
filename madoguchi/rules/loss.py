"""A rented watch that is lost or stolen (Business rules: Loss or theft)."""

from __future__ import annotations

from enum import StrEnum

from madoguchi.rules.facts import RentalFacts
from madoguchi.rules.stages import RENTAL_NEVER_BEGUN
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep, Verdict


class Reason(StrEnum):
    """Why a loss can or cannot be reported."""

    REPORT_AT_ONCE = "report_at_once"
    ALREADY_REPORTED = "already_reported"
    NOT_SHIPPED_YET = "not_shipped_yet"
    BACK_ALREADY = "back_already"
    NEVER_BEGUN = "never_begun"


# A terminated rental's watch may still be with the customer, and so may one that is to go back.
LOSABLE_STATES = frozenset(
    {
        RentalState.SHIPPED,
        RentalState.IN_USE,
        RentalState.RETURN_REQUESTED,
        RentalState.TERMINATED,
    }
)


def loss_report(rental: RentalFacts) -> Verdict:
    """Return whether the watch can be reported as lost or stolen.

    YES: tell the shop and the police at once; the customer pays for an equivalent, and the fee
    runs until then.
    """
    if rental.loss_reported_on is not None:
        return Verdict(Decision.NO, Reason.ALREADY_REPORTED, next_step=NextStep.INQUIRY)
    if rental.state in LOSABLE_STATES:
        return Verdict(Decision.YES, Reason.REPORT_AT_ONCE, next_step=NextStep.REPORT_NOW)
    if rental.state in {RentalState.INSPECTION, RentalState.ENDED}:
        return Verdict(Decision.NO, Reason.BACK_ALREADY)
    if rental.state in RENTAL_NEVER_BEGUN:
        return Verdict(Decision.NO, Reason.NEVER_BEGUN)
    return Verdict(Decision.NO, Reason.NOT_SHIPPED_YET)
