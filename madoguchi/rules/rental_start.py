"""How a rental begins: screening, card, one watch per person, shipping."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import RentalFacts
from madoguchi.rules.stages import (
    RENTAL_BEFORE_SHIPPING,
    RENTAL_COMING_BACK,
    RENTAL_NEVER_BEGUN,
)
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: "within 7 business days after the screening is passed".
SHIPPING_BUSINESS_DAYS = 7


class CardKind(StrEnum):
    """What kind of card is to be registered."""

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"


class Reason(StrEnum):
    """Why a rental begins or does not."""

    FIRST_ONE = "first_one"
    ONE_PER_PERSON = "one_per_person"
    # The guide's swap: the next one is shipped when the present one is back.
    AFTER_THE_RETURN = "after_the_return"
    THROUGH_FAMILY = "through_family"
    CONTRACT_TERMINATED = "contract_terminated"
    SOLD_BEFORE_SHIPPING = "sold_before_shipping"
    CANCELLED_SOLD = "cancelled_sold"
    RENTED_ALREADY = "rented_already"
    OWN_CREDIT_CARD = "own_credit_card"
    NOT_OWN_NAME = "not_own_name"
    DEBIT_CARD = "debit_card"
    PREPAID_CARD = "prepaid_card"
    SCREENING_TO_COME = "screening_to_come"
    BEING_SCREENED = "being_screened"
    PASSED = "passed"
    NO_SECOND_LOOK = "no_second_look"


def ships_by(passed_on: date, calendar: BusinessCalendar) -> date:
    """Return the last day on which the watch leaves; the day of passing does not count.

    Business rules: Shipping lead time.
    """
    return calendar.add_business_days(passed_on, SHIPPING_BUSINESS_DAYS)


def second_rental(rentals: Iterable[RentalFacts], *, through_family: bool = False) -> Verdict:
    """Return whether a person with these rentals may order one more.

    NO: the order would be cancelled, or rejected when it is made through family. With a return
    asked for, the next watch may be ordered and waits for it. Business rules: How many.
    """
    if through_family:
        return Verdict(Decision.NO, Reason.THROUGH_FAMILY)
    states = {rental.state for rental in rentals}
    if RentalState.TERMINATED in states:
        # Reading: after a forced termination the shop decides whether it rents again.
        return Verdict(Decision.INQUIRY, Reason.CONTRACT_TERMINATED, next_step=NextStep.INQUIRY)
    running = states - RENTAL_NEVER_BEGUN - {RentalState.ENDED}
    if not running:
        return Verdict(Decision.YES, Reason.FIRST_ONE)
    if running <= RENTAL_COMING_BACK:
        return Verdict(Decision.YES, Reason.AFTER_THE_RETURN, next_step=NextStep.WAIT)
    return Verdict(Decision.NO, Reason.ONE_PER_PERSON)


def purchase_wins(rental: RentalFacts) -> Verdict:
    """Return whether a purchase of the watch cancels the rental: until it is shipped.

    Business rules: Purchase and rental at the same time.
    """
    if rental.state is RentalState.CANCELLED_SOLD:
        return Verdict(Decision.YES, Reason.CANCELLED_SOLD, next_step=NextStep.REORDER)
    if rental.state in RENTAL_BEFORE_SHIPPING:
        return Verdict(Decision.YES, Reason.SOLD_BEFORE_SHIPPING, next_step=NextStep.REORDER)
    return Verdict(Decision.NO, Reason.RENTED_ALREADY)


def card_accepted(kind: CardKind, own_name: bool) -> Verdict:  # noqa: FBT001  (the fact asked for)
    """Return whether a card may be registered for the monthly fee. Business rules: Card."""
    if kind is CardKind.CREDIT and own_name:
        return Verdict(Decision.YES, Reason.OWN_CREDIT_CARD)
    refused = {CardKind.DEBIT: Reason.DEBIT_CARD, CardKind.PREPAID: Reason.PREPAID_CARD}
    reason = refused.get(kind, Reason.NOT_OWN_NAME)
    return Verdict(Decision.NO, reason, next_step=NextStep.USE_OWN_CREDIT_CARD)


def screening(rental: RentalFacts) -> Verdict:
    """Return how the screening stands: YES when it is passed.

    A rejection gets no second look and no reasons, and personal data is deleted.
    Business rules: Screening result.
    """
    if rental.state is RentalState.REJECTED:
        return Verdict(Decision.NO, Reason.NO_SECOND_LOOK)
    if rental.state in {RentalState.ORDERED, RentalState.PHONE_VERIFICATION}:
        return Verdict(Decision.NO, Reason.SCREENING_TO_COME, next_step=NextStep.WAIT)
    if rental.state is RentalState.SCREENING:
        return Verdict(Decision.NO, Reason.BEING_SCREENED, next_step=NextStep.WAIT)
    if rental.state is RentalState.CANCELLED_SOLD:
        return Verdict(Decision.NO, Reason.CANCELLED_SOLD, next_step=NextStep.REORDER)
    return Verdict(Decision.YES, Reason.PASSED)
