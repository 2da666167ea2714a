"""Buying the watch that one rents (Business rules: Buy-out)."""

from __future__ import annotations

from enum import StrEnum

from madoguchi.rules.facts import RentalFacts
from madoguchi.rules.stages import RENTAL_COMING_BACK, RENTAL_WITH_CUSTOMER
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep, Verdict


class Reason(StrEnum):
    """Why a watch can or cannot be bought out of its rental."""

    ASK_BY_EMAIL = "ask_by_email"
    ALREADY_REQUESTED = "already_requested"
    # Who lost the watch pays for it anyway: the shop settles both together.
    LOST = "lost"
    ON_ITS_WAY_BACK = "on_its_way_back"
    RETURN_AT_ONCE = "return_at_once"
    NOT_BEFORE_THE_RENTAL = "not_before_the_rental"
    OVER = "over"


def buyout(rental: RentalFacts) -> Verdict:
    """Return whether the customer may ask for the price to buy the watch.

    The price is that day's, asked and answered by e-mail only, and never before the rental.
    **Reading:** the guide says nothing of a watch on its way back, or lost; the shop decides.
    """
    if rental.state is RentalState.TERMINATED:
        return Verdict(Decision.NO, Reason.RETURN_AT_ONCE, next_step=NextStep.RETURN_NOW)
    if rental.state in RENTAL_COMING_BACK:
        return Verdict(Decision.INQUIRY, Reason.ON_ITS_WAY_BACK, next_step=NextStep.INQUIRY)
    if rental.state in RENTAL_WITH_CUSTOMER:
        return _with_customer(rental)
    ended = rental.state in {
        RentalState.ENDED,
        RentalState.REJECTED,
        RentalState.CANCELLED_SOLD,
    }
    return Verdict(Decision.NO, Reason.OVER if ended else Reason.NOT_BEFORE_THE_RENTAL)


def _with_customer(rental: RentalFacts) -> Verdict:
    if rental.loss_reported_on is not None:
        return Verdict(Decision.INQUIRY, Reason.LOST, next_step=NextStep.INQUIRY)
    if rental.buyout_requested_on is not None:
        return Verdict(Decision.NO, Reason.ALREADY_REQUESTED, next_step=NextStep.WAIT)
    return Verdict(Decision.YES, Reason.ASK_BY_EMAIL, next_step=NextStep.CONFIRM_AND_DO)
