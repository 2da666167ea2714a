"""Ending a rental: until when the watch has to be back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from madoguchi.rules.billing import next_billing_date
from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import RentalFacts
from madoguchi.rules.stages import RENTAL_BEFORE_SHIPPING
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep, Verdict

# Reading: the guide says only that sending the watch the day before does not arrive in time.
# Two business days on the way are the advice given here.
BUSINESS_DAYS_ON_THE_WAY = 2


class Reason(StrEnum):
    """Why a return can or cannot be asked for, or what a late one costs."""

    CAN_RETURN = "can_return"
    NOT_SHIPPED_YET = "not_shipped_yet"
    ALREADY_REQUESTED = "already_requested"
    BEING_INSPECTED = "being_inspected"
    ENDED = "ended"
    REJECTED = "rejected"
    CANCELLED_SOLD = "cancelled_sold"
    RETURN_AT_ONCE = "return_at_once"
    LOST = "lost"
    IN_TIME = "in_time"
    NEXT_MONTH_CHARGED = "next_month_charged"


@dataclass(frozen=True)
class ReturnPlan:
    """The days (Asia/Tokyo) for a return that avoids the next month's fee."""

    # The last business day before the next billing date: the watch is at the shop on it.
    arrive_by: date
    # Advice: sent on this day at the latest, it arrives in time.
    send_by: date
    next_billing: date
    # Today is after send_by: the next fee is likely to be charged.
    too_late: bool = False
    # The plan for the month after; there is one when this one is too late.
    following: ReturnPlan | None = None


_NOT_NOW = {
    RentalState.RETURN_REQUESTED: (Reason.ALREADY_REQUESTED, None),
    RentalState.INSPECTION: (Reason.BEING_INSPECTED, NextStep.WAIT),
    RentalState.ENDED: (Reason.ENDED, None),
    RentalState.REJECTED: (Reason.REJECTED, None),
    RentalState.CANCELLED_SOLD: (Reason.CANCELLED_SOLD, None),
    RentalState.TERMINATED: (Reason.RETURN_AT_ONCE, NextStep.RETURN_NOW),
}


def return_plan(shipped_on: date, today: date, calendar: BusinessCalendar) -> ReturnPlan:
    """Return until when to send the watch and when it has to be back.

    Business rules: Return must arrive by. Raises NoBusinessDayError when everything is closed.
    """
    return _plan_before(next_billing_date(shipped_on, today), shipped_on, today, calendar)


def _plan_before(
    billing: date, shipped_on: date, today: date, calendar: BusinessCalendar
) -> ReturnPlan:
    arrive_by = calendar.previous_business_day(billing)
    send_by = calendar.add_business_days(arrive_by, -BUSINESS_DAYS_ON_THE_WAY)
    if today <= send_by:
        return ReturnPlan(arrive_by, send_by, billing)
    following = _plan_before(next_billing_date(shipped_on, billing), shipped_on, today, calendar)
    return ReturnPlan(arrive_by, send_by, billing, too_late=True, following=following)


def return_request(rental: RentalFacts, today: date) -> Verdict:
    """Return whether the customer may ask for the return, and so for the rental's end, today.

    Until when the watch has to be back is ``return_plan``'s to say.
    """
    if rental.state in _NOT_NOW:
        reason, next_step = _NOT_NOW[rental.state]
        return Verdict(Decision.NO, reason, next_step=next_step)
    if rental.state in RENTAL_BEFORE_SHIPPING or not _has_left(rental, today):
        # Reading: the guide says nothing of ending a rental before its shipping; the shop decides.
        return Verdict(Decision.INQUIRY, Reason.NOT_SHIPPED_YET, next_step=NextStep.INQUIRY)
    if rental.loss_reported_on is not None:
        return Verdict(Decision.INQUIRY, Reason.LOST, next_step=NextStep.INQUIRY)
    return Verdict(Decision.YES, Reason.CAN_RETURN, next_step=NextStep.CONFIRM_AND_DO)


def _has_left(rental: RentalFacts, today: date) -> bool:
    return rental.shipped_on is not None and rental.shipped_on <= today


def late_return(arrived_on: date, arrive_by: date) -> Verdict:
    """Return whether a watch that arrived on a day costs the next month's fee.

    ``until`` is the day by which it had to arrive. Business rules: Arrives late.
    """
    if arrived_on <= arrive_by:
        return Verdict(Decision.NO, Reason.IN_TIME, arrive_by)
    return Verdict(Decision.YES, Reason.NEXT_MONTH_CHARGED, arrive_by)
