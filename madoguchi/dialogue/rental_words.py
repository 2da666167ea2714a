"""What the texts about a rental have in common: its number, watch, fee and days."""

from __future__ import annotations

from datetime import date
from typing import Any

from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.japanese import day_in_full, yen
from madoguchi.rules.rental_returns import ReturnPlan, late_return, return_plan
from madoguchi.rules.states import Decision
from madoguchi.systems.model import Rental

_SHOWN = 120


def rental_facts(rental: Rental) -> dict[str, Any]:
    """Return the values that every text about a rental may name; unknown days are empty."""
    return {
        "number": rental.number,
        "watch": rental.watch,
        "fee": yen(rental.monthly_fee_yen),
        "errors": rental.payment_errors,
        "shipped": _day(rental.shipped_on),
        "passed": _day(rental.screening_passed_on),
        "received": _day(rental.received_on),
        "ended": _day(rental.ended_on),
        "loss_reported": _day(rental.loss_reported_on),
        "buyout_requested": _day(rental.buyout_requested_on),
        "error_reported": _day(rental.payment_error_reported_on),
    }


def plan_facts(plan: ReturnPlan) -> dict[str, Any]:
    """Return the days of a return, as its texts name them."""
    return {
        "arrive_by": day_in_full(plan.arrive_by),
        "send_by": day_in_full(plan.send_by),
        "billing": day_in_full(plan.next_billing),
    }


def plan_rows(plan: ReturnPlan) -> list[tuple[str, str | None]]:
    """Return a card's rows with the next billing date and the day by which to be back."""
    return [
        ("next_billing", day_in_full(plan.next_billing)),
        ("return_arrive_by", day_in_full(plan.arrive_by)),
    ]


def arrival_line(turn: Turn, rental: Rental) -> str:
    """Return what it means for the next fee when a watch on its way back arrives."""
    if rental.shipped_on is None:
        return turn.context.words("rental_words.arrival_unknown")
    plan = return_plan(rental.shipped_on, turn.today, turn.context.business.calendar)
    late = late_return(turn.today, plan.arrive_by).decision is Decision.YES
    name = "rental_words.arrives_late" if late else "rental_words.arrives_in_time"
    return turn.context.words(name, **rental_facts(rental), **plan_facts(plan))


def shown_back(text: str) -> str:
    """Return the customer's own words in one line, shortened for a confirmation."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def _day(day: date | None) -> str:
    return day_in_full(day) if day is not None else ""
