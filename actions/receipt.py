"""領収書: how an order's receipt is to be had; shows the one on My Page, once, when confirmed."""

from __future__ import annotations

from typing import Any

from madoguchi.dialogue.cards import order_card
from madoguchi.dialogue.identify import own_order
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Option
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.rules.receipts import Reason, receipt
from madoguchi.rules.states import Decision, OrderState
from madoguchi.rules.verdict import Verdict
from madoguchi.systems.model import NotAllowedError, Order

_SENT = {OrderState.SHIPPED, OrderState.DELIVERED}


class Receipt(Skill):
    """Tells how to get a receipt, and shows it or has it sent."""

    act = "receipt"

    async def steps(self, turn: Turn) -> None:
        """Find the order, say what its payment means for the receipt, and give it."""
        order = await own_order(turn, lambda each: each.state in _SENT)
        verdict = receipt(order, turn.today)
        shown_now = verdict.reason == Reason.SHOWN_ALREADY and turn.agrees("receipt.confirm")
        if verdict.decision is Decision.INQUIRY:
            raise await _by_inquiry(turn, order, verdict)
        if verdict.reason != Reason.MY_PAGE_NOW and not shown_now:
            raise _told(turn, order, verdict)
        facts = _facts(order, verdict)
        if not await turn.confirm("receipt.confirm", card=order_card(order), **facts):
            raise turn.finish("receipt.kept", **facts)
        raise await _show(turn, order)


async def _show(turn: Turn, order: Order) -> DoneError:
    """Give the address of the receipt; it may have been shown elsewhere a moment ago."""
    orders = turn.context.systems.orders
    try:
        url = await orders.receipt_link(order.number, key=turn.key("receipt"))
    except NotAllowedError:
        order = await orders.get(order.number) or order
        verdict = receipt(order, turn.today)
        if verdict.decision is Decision.NO:
            return _told(turn, order, verdict)
        raise
    return turn.finish(
        "receipt.done",
        card=order_card(order, links=[("receipt", url)]),
        url=url,
        **_facts(order, None),
    )


async def _by_inquiry(turn: Turn, order: Order, verdict: Verdict) -> DoneError:
    """Take the wish as an inquiry with the order attached, and what is to stand on the paper."""
    words, facts = turn.context.words, _facts(order, verdict)
    asked = f"receipt.{verdict.reason}"
    if not await turn.confirm("receipt.ask_inquiry", text=asked, card=order_card(order), **facts):
        raise turn.finish("receipt.not_sent", **facts)
    summary = words("receipt.summary", **facts)
    if verdict.reason == Reason.BY_POST:
        usual = words("receipt.usual_addressee")
        question = FreeText([Option(usual, usual)], longest=200, questions=False)
        addressee = str(await turn.ask("receipt.addressee", question))
        summary = words("receipt.summary_by_post", addressee=" ".join(addressee.split()), **facts)
    matter = Matter("receipt", summary, order.number)
    return await take_inquiry(turn, matter, "receipt.inquiry_opened")


def _told(turn: Turn, order: Order, verdict: Verdict) -> DoneError:
    facts = _facts(order, verdict)
    return turn.finish(f"receipt.{verdict.reason}", card=order_card(order), **facts)


def _facts(order: Order, verdict: Verdict | None) -> dict[str, Any]:
    until = verdict.until if verdict is not None else None
    return {
        "number": order.number,
        "product": order.product.name,
        "until": day_in_full(until) if until is not None else "",
        "shown": day_in_full(order.receipt_shown_on) if order.receipt_shown_on else "",
    }
