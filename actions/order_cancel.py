"""注文のキャンセル: cancels what may be cancelled, and says the way on where it may not."""

from __future__ import annotations

from typing import Any

from madoguchi.dialogue.cards import order_card
from madoguchi.dialogue.identify import own_order
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.japanese import day_in_full, month_day, yen
from madoguchi.rules.cancellation import Reason, cancellation
from madoguchi.rules.stages import BEFORE_SHIPPING
from madoguchi.rules.states import Decision
from madoguchi.systems.model import Order


class OrderCancel(Skill):
    """Cancels an order."""

    act = "order_cancel"

    async def steps(self, turn: Turn) -> None:
        """Find the order, apply the rules of this moment, and cancel when that is confirmed."""
        order = await own_order(turn, lambda each: each.state in BEFORE_SHIPPING)
        verdict = cancellation(order, turn.today)
        facts = _facts(order)
        done = verdict.reason == Reason.ALREADY_CANCELLED and turn.agrees("order_cancel.confirm")
        if verdict.decision is Decision.NO and not done:
            until = verdict.until
            raise turn.finish(
                f"order_cancel.{verdict.reason}",
                card=order_card(order),
                until=day_in_full(until) if until is not None else "",
                **facts,
            )
        if verdict.decision is Decision.INQUIRY:
            await _by_inquiry(turn, order)
        if not await turn.confirm("order_cancel.confirm", card=order_card(order), **facts):
            raise turn.finish("order_cancel.kept", **facts)
        await turn.context.systems.orders.cancel(order.number, key=turn.key("cancel"))
        changed = await turn.context.systems.orders.get(order.number) or order
        raise turn.finish("order_cancel.done", card=order_card(changed), **facts)


async def _by_inquiry(turn: Turn, order: Order) -> None:
    """Take the cancellation as an inquiry with the order attached; always ends the skill."""
    facts = _facts(order)
    if not await turn.confirm("order_cancel.ask_inquiry", card=order_card(order), **facts):
        raise turn.finish("order_cancel.kept", **facts)
    summary = turn.context.words("order_cancel.summary", **facts)
    matter = Matter("cancellation", summary, order.number, urgent=True)
    raise await take_inquiry(turn, matter, "order_cancel.inquiry_opened")


def _facts(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "product": order.product.name,
        "price": yen(order.price_yen),
        "ordered": month_day(order.ordered_at),
    }
