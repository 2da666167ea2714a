"""レンタルの決済日: the next billing date, the amount, why that day, and when billing stops."""

from __future__ import annotations

from datetime import date

from madoguchi.dialogue.cards import rental_card
from madoguchi.dialogue.identify import own_rental
from madoguchi.dialogue.rental_words import arrival_line, plan_facts, plan_rows, rental_facts
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.rules.billing import BILLED_STATES, billing_date, is_billed
from madoguchi.rules.loss import Reason as LossReason
from madoguchi.rules.loss import loss_report
from madoguchi.rules.payment_errors import Reason as ErrorReason
from madoguchi.rules.payment_errors import payment_error
from madoguchi.rules.rental_returns import late_return, return_plan
from madoguchi.rules.stages import RENTAL_BEFORE_SHIPPING
from madoguchi.rules.states import Decision, RentalState
from madoguchi.systems.model import Rental

# Every month has these days.
_SHORTEST_MONTH = 28


class RentalBilling(Skill):
    """Tells when the next monthly fee is charged."""

    act = "rental_billing"

    async def steps(self, turn: Turn) -> None:
        """Find the rental, then say what is charged next, or that nothing is."""
        rental = await own_rental(turn, lambda each: each.state in BILLED_STATES)
        if rental.shipped_on is None or not is_billed(rental):
            raise turn.finish(
                f"rental_billing.{_not_billed(rental)}",
                card=rental_card(rental),
                **rental_facts(rental),
            )
        if rental.state is RentalState.INSPECTION and rental.received_on is not None:
            raise _inspected(turn, rental, rental.shipped_on, rental.received_on)
        raise _next(turn, rental, rental.shipped_on)


def _not_billed(rental: Rental) -> str:
    """Return the text for a rental without a next billing date."""
    if rental.state in RENTAL_BEFORE_SHIPPING:
        return "not_begun"
    if rental.state in BILLED_STATES:
        return "day_unknown"
    held = rental.state is RentalState.TERMINATED and rental.received_on is None
    return "terminated" if held else "over"


def _inspected(turn: Turn, rental: Rental, shipped_on: date, received_on: date) -> DoneError:
    """Say whether a watch that is back arrived before its next billing date."""
    plan = return_plan(shipped_on, received_on, turn.context.business.calendar)
    late = late_return(received_on, plan.arrive_by).decision is Decision.YES
    return turn.finish(
        f"rental_billing.inspection_{'late' if late else 'in_time'}",
        card=rental_card(rental, ("received_on", day_in_full(received_on))),
        **rental_facts(rental),
        **plan_facts(plan),
    )


def _next(turn: Turn, rental: Rental, shipped_on: date) -> DoneError:
    plan = return_plan(shipped_on, turn.today, turn.context.business.calendar)
    facts = {
        **rental_facts(rental),
        **plan_facts(plan),
        "day": shipped_on.day,
        "month": plan.next_billing.month,
        "today": day_in_full(turn.today),
        "arrival": arrival_line(turn, rental),
    }
    words, more = turn.context.words, []
    lines = [words(f"rental_billing.{_stop(rental, too_late=plan.too_late)}", **facts)]
    if billing_date(shipped_on, turn.today.year, turn.today.month) == turn.today > shipped_on:
        lines.insert(0, words("rental_billing.today", **facts))
    if _has_unreported_error(rental):
        lines.append(words("rental_billing.errors", **facts))
        more = list(turn.intents(["act_rental_payment_error"]))
    return turn.finish(
        "rental_billing.next",
        card=rental_card(rental, *plan_rows(plan)),
        more=more,
        why=words(f"rental_billing.{_why(shipped_on, plan.next_billing)}", **facts),
        stop="\n".join(lines),
        **facts,
    )


def _why(shipped_on: date, billing: date) -> str:
    """Return the text that says why it is this day of the month."""
    if billing.day != shipped_on.day:
        return "why_month_end"
    return "why_same_day" if shipped_on.day <= _SHORTEST_MONTH else "why_same_day_or_end"


def _stop(rental: Rental, *, too_late: bool) -> str:
    """Return the text that says when billing stops."""
    if loss_report(rental).reason == LossReason.ALREADY_REPORTED:
        return "stop_lost"
    if rental.state in {RentalState.RETURN_REQUESTED, RentalState.INSPECTION}:
        return f"stop_{rental.state}"
    return "stop_too_late" if too_late else "stop"


def _has_unreported_error(rental: Rental) -> bool:
    to_report = payment_error(rental.payment_errors).reason == ErrorReason.REPORT_AT_ONCE
    return to_report and rental.payment_error_reported_on is None
