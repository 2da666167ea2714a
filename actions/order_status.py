"""注文の状況: where an order stands, when it arrives, and what to do when it is late."""

from __future__ import annotations

from madoguchi.dialogue.cards import order_card
from madoguchi.dialogue.identify import another, own_order
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.japanese import day_in_full, time_slot
from madoguchi.rules.delivery import lateness, next_shipping_day
from madoguchi.rules.payment import Reason, cod_sent_back, loan_stuck
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.systems.model import Order

_ON_THE_WAY = {
    OrderState.ORDERED,
    OrderState.PENDING,
    OrderState.CONFIRMED,
    OrderState.PREPARING,
    OrderState.SHIPPED,
}


class OrderStatus(Skill):
    """Tells where an order stands."""

    act = "order_status"

    async def steps(self, turn: Turn) -> None:
        """Find the order, then say what its state means for the customer."""
        order = await own_order(turn, lambda each: each.state in _ON_THE_WAY)
        calendar = turn.context.business.calendar
        loan = loan_stuck(order, turn.today, calendar)
        turn.say(
            f"order_status.{_situation(turn, order)}",
            card=order_card(order),
            number=order.number,
            product=order.product.name,
            tracking=f" {order.tracking_number} " if order.tracking_number else "",
            more=another(turn, "order"),
            expected=day_in_full(order.expected_on) if order.expected_on else "",
            delivered=day_in_full(order.delivered_on) if order.delivered_on else "",
            next_shipping=day_in_full(next_shipping_day(turn.today, calendar)),
            loan_until=day_in_full(loan.until) if loan.until else "",
            slot=f" {time_slot(order.time_slot)}" if order.time_slot else "",
        )


def _situation(turn: Turn, order: Order) -> str:
    """Return the text that fits: its state, or what has gone wrong on the way."""
    if order.state is not OrderState.SHIPPED:
        loan = loan_stuck(order, turn.today, turn.context.business.calendar)
        if loan.reason is Reason.LOAN_DEADLINE_PASSED:
            return "loan_deadline_passed"
        waits = order.state is OrderState.PENDING
        return f"pending_{order.payment}" if waits and order.payment in _WAITED_FOR else order.state
    if (
        order.payment is PaymentMethod.CASH_ON_DELIVERY
        and cod_sent_back(order, turn.today).decision is Decision.YES
    ):
        return "sent_back"
    if lateness(order, turn.today).decision is Decision.YES:
        return "late"
    return "shipped" if order.expected_on else "shipped_unknown_day"


_WAITED_FOR = {
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CONVENIENCE_STORE,
    PaymentMethod.LOAN_ORICO,
    PaymentMethod.LOAN_JACCS,
}
