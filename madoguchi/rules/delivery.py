"""When orders are shipped and arrive."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.payment import cod_sent_back
from madoguchi.rules.states import Decision, OrderState
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: Time slots, as orders hold them; the hours are Asia/Tokyo.
TIME_SLOTS = ("午前中", "14-16", "16-18", "18-20", "19-21")


class Reason(StrEnum):
    """Why a delivery cannot be changed, or is (not) late."""

    NOT_AFTER_ORDERING = "not_after_ordering"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    SENT_BACK = "sent_back"
    NO_DAY_KNOWN = "no_day_known"
    ON_TIME = "on_time"
    DUE_TODAY = "due_today"
    LATE = "late"


_OVER = {
    OrderState.DELIVERED: Reason.DELIVERED,
    OrderState.CANCELLED: Reason.CANCELLED,
    OrderState.RETURNED: Reason.RETURNED,
}


def delivery_change(order: OrderFacts) -> Verdict:
    """Return that the delivery's day and time stay. Business rules: Delivery date/time change."""
    return Verdict(Decision.NO, _OVER.get(order.state, Reason.NOT_AFTER_ORDERING))


def next_shipping_day(day: date, calendar: BusinessCalendar) -> date:
    """Return the first day on or after the day on which parcels leave. Business rules: Shipping."""
    return calendar.on_or_after(day)


def lateness(order: OrderFacts, today: date) -> Verdict:
    """Return whether the expected day has passed without a delivery.

    ``until`` is the expected day. Late: the shop looks into it on inquiry.
    """
    if order.state in _OVER:
        return Verdict(Decision.NO, _OVER[order.state])
    if cod_sent_back(order, today).yes:
        return Verdict(Decision.NO, Reason.SENT_BACK, next_step=NextStep.REORDER)
    if order.expected_on is None:
        return Verdict(Decision.NO, Reason.NO_DAY_KNOWN, next_step=NextStep.INQUIRY)
    if today > order.expected_on:
        return Verdict(Decision.YES, Reason.LATE, order.expected_on, NextStep.INQUIRY)
    reason = Reason.DUE_TODAY if today == order.expected_on else Reason.ON_TIME
    return Verdict(Decision.NO, reason, order.expected_on, NextStep.WAIT)
