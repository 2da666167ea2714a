"""レンタルの状況: where a rental stands, and what that means for the customer."""

from __future__ import annotations

from madoguchi.dialogue.cards import rental_card
from madoguchi.dialogue.identify import another, own_rental
from madoguchi.dialogue.rental_words import arrival_line, plan_facts, plan_rows, rental_facts
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.rules.buyout import Reason as BuyoutReason
from madoguchi.rules.buyout import buyout
from madoguchi.rules.loss import Reason as LossReason
from madoguchi.rules.loss import loss_report
from madoguchi.rules.payment_errors import Reason as ErrorReason
from madoguchi.rules.payment_errors import payment_error
from madoguchi.rules.rental_returns import ReturnPlan, return_plan
from madoguchi.rules.rental_start import ships_by
from madoguchi.rules.stages import RENTAL_NEVER_BEGUN, RENTAL_WITH_CUSTOMER
from madoguchi.rules.states import RentalState
from madoguchi.systems.model import Rental

_OVER = RENTAL_NEVER_BEGUN | {RentalState.ENDED}


class RentalStatus(Skill):
    """Tells where a rental stands."""

    act = "rental_status"

    async def steps(self, turn: Turn) -> None:
        """Find the rental, then say what its state means for the customer."""
        rental = await own_rental(turn, lambda each: each.state not in _OVER)
        calendar = turn.context.business.calendar
        facts, rows = rental_facts(rental), _rows(rental)
        if rental.state in RENTAL_WITH_CUSTOMER and rental.shipped_on is not None:
            plan = return_plan(rental.shipped_on, turn.today, calendar)
            facts |= plan_facts(plan)
            situation = _with_customer(rental, plan)
            rows += plan_rows(plan)
        else:
            situation = _elsewhere(turn, rental)
        if rental.screening_passed_on is not None:
            facts["ships_by"] = day_in_full(ships_by(rental.screening_passed_on, calendar))
        turn.say(
            f"rental_status.{situation}",
            card=rental_card(rental, *rows),
            more=another(turn, "rental"),
            tracking=rental.tracking_number,
            arrival=arrival_line(turn, rental),
            **facts,
        )


def _rows(rental: Rental) -> list[tuple[str, str | None]]:
    if rental.state is RentalState.SHIPPED:
        return [("tracking_number", rental.tracking_number)]
    if rental.received_on is not None:
        return [("received_on", day_in_full(rental.received_on))]
    return []


def _with_customer(rental: Rental, plan: ReturnPlan) -> str:
    """Return the text for a watch that the customer has: what is most urgent comes first."""
    if loss_report(rental).reason == LossReason.ALREADY_REPORTED:
        return "lost"
    errors = payment_error(rental.payment_errors)
    if errors.reason == ErrorReason.CONTRACT_ENDED:
        return "terminated_errors"
    if errors.reason == ErrorReason.REPORT_AT_ONCE and rental.payment_error_reported_on is None:
        return "payment_error"
    if rental.state is RentalState.SHIPPED:
        return "shipped" if rental.tracking_number else "shipped_untracked"
    if buyout(rental).reason == BuyoutReason.ALREADY_REQUESTED:
        return "buyout"
    return "in_use_too_late" if plan.too_late else "in_use"


def _elsewhere(turn: Turn, rental: Rental) -> str:
    """Return the text for a watch that the customer does not have, or not any more."""
    if rental.state in RENTAL_WITH_CUSTOMER:
        return "day_unknown"
    if rental.state is RentalState.APPROVED:
        return _approved(turn, rental)
    if rental.state is RentalState.TERMINATED:
        return _terminated(rental)
    if rental.state is RentalState.INSPECTION and rental.received_on is None:
        return "inspection_unknown_day"
    if rental.state is RentalState.ENDED and rental.ended_on is None:
        return "ended_unknown_day"
    return rental.state


def _approved(turn: Turn, rental: Rental) -> str:
    if rental.screening_passed_on is None:
        return "approved_unknown_day"
    last = ships_by(rental.screening_passed_on, turn.context.business.calendar)
    return "approved_late" if turn.today > last else "approved"


def _terminated(rental: Rental) -> str:
    if rental.received_on is not None:
        return "terminated_back"
    by_errors = payment_error(rental.payment_errors).reason == ErrorReason.CONTRACT_ENDED
    return "terminated_errors" if by_errors else "terminated"
