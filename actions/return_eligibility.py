"""返品: whether and until when an order can be returned, and the application for it."""

from __future__ import annotations

import re
from typing import Any

from madoguchi.dialogue.cards import order_card
from madoguchi.dialogue.identify import own_order
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Option
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import day_in_full, month_day, yen
from madoguchi.knowledge.labels import labels
from madoguchi.rules.returns import Reason, damaged_on_arrival, return_dates, return_service
from madoguchi.rules.states import Decision, OrderState
from madoguchi.rules.verdict import Verdict
from madoguchi.systems.model import NotAllowedError, Order

_SENT = {OrderState.SHIPPED, OrderState.DELIVERED}
_REASONS = ("impression", "size", "not_needed", "damaged")
# What arrived damaged is fetched by the shop: the customer need not use the return service.
_DAMAGE = re.compile(r"壊れ|こわれ|破損|破れ|割れ|欠け|不良|不備|故障|動か|傷|キズ|きず|汚れ|汚損")
_SHORTEST_REASON = 2


class ReturnEligibility(Skill):
    """Tells whether an order can be returned, and applies for it."""

    act = "return_eligibility"

    async def steps(self, turn: Turn) -> None:
        """Find the order, apply today's rule, and apply for the return when that is confirmed."""
        order = await own_order(turn, lambda each: each.state in _SENT)
        if turn.state.answers.get("return_eligibility.pick_up"):
            raise await _pick_up(turn, order)
        verdict = return_service(order, turn.today)
        applied_now = verdict.reason == Reason.ALREADY_APPLIED and turn.agrees(
            "return_eligibility.confirm"
        )
        if verdict.decision is Decision.INQUIRY:
            raise await _by_inquiry(turn, order)
        if verdict.decision is Decision.NO and not applied_now:
            raise _refused(turn, order, verdict)
        facts = _facts(order, verdict)
        shown = order_card(order, *_dates(order))
        if not await turn.confirm("return_eligibility.eligible", card=shown, **facts):
            raise turn.finish("return_eligibility.kept", **facts)
        reason = str(await turn.ask("return_eligibility.reason", _reasons(turn), **facts))
        if _to_be_fetched(turn, order, reason) and await turn.confirm(
            "return_eligibility.pick_up", no_goes_on=True, card=order_card(order), **facts
        ):
            raise await _pick_up(turn, order)
        if not await turn.confirm("return_eligibility.confirm", card=shown, reason=reason, **facts):
            raise turn.finish("return_eligibility.kept", **facts)
        raise await _apply(turn, order, reason)


async def _apply(turn: Turn, order: Order, reason: str) -> DoneError:
    """Apply for the return; somebody may have done it elsewhere a moment ago."""
    orders = turn.context.systems.orders
    try:
        await orders.apply_for_return(order.number, reason, key=turn.key("return"))
    except NotAllowedError:
        order = await orders.get(order.number) or order
        verdict = return_service(order, turn.today)
        if verdict.decision is Decision.NO:
            return _refused(turn, order, verdict)
        raise
    order = await orders.get(order.number) or order
    return turn.finish(
        "return_eligibility.done", card=order_card(order, *_dates(order)), **_facts(order, None)
    )


def _to_be_fetched(turn: Turn, order: Order, reason: str) -> bool:
    """Return whether the reason is one for which the shop has the item fetched."""
    damaged = bool(_DAMAGE.search(reason))
    return damaged and damaged_on_arrival(order, turn.today).decision is Decision.INQUIRY


async def _pick_up(turn: Turn, order: Order) -> DoneError:
    """Take what arrived damaged as an inquiry; that needs no return service."""
    reason = " ".join(str(turn.state.answers["return_eligibility.reason"]).split())
    words, facts = turn.context.words, _facts(order, None)
    summary = words("return_eligibility.pick_up_summary", reason=reason, **facts)
    matter = Matter("damaged", summary, order.number, urgent=True)
    return await take_inquiry(turn, matter, "return_eligibility.pick_up_opened")


async def _by_inquiry(turn: Turn, order: Order) -> DoneError:
    """Have the shop find out the shipping day, which the order does not know."""
    facts = _facts(order, None)
    asked = "return_eligibility.shipping_day_unknown"
    if not await turn.confirm(asked, card=order_card(order), **facts):
        raise turn.finish("return_eligibility.kept", **facts)
    summary = turn.context.words("return_eligibility.summary", **facts)
    matter = Matter("return", summary, order.number, urgent=True)
    return await take_inquiry(turn, matter, "return_eligibility.inquiry_opened")


def _reasons(turn: Turn) -> FreeText:
    words = turn.context.words
    titles = [words(f"return_eligibility.reasons.{reason}") for reason in _REASONS]
    options = [Option(title, title) for title in titles]
    return FreeText(options, shortest=_SHORTEST_REASON, longest=500, questions=False)


def _refused(turn: Turn, order: Order, verdict: Verdict) -> DoneError:
    return turn.finish(
        f"return_eligibility.{verdict.reason}",
        card=order_card(order),
        **_facts(order, verdict),
    )


def _dates(order: Order) -> list[tuple[str, str | None]]:
    if order.shipped_on is None:
        return []
    dates = return_dates(order.shipped_on)
    return [
        ("return_by", day_in_full(dates.apply_by)),
        ("arrive_by", day_in_full(dates.arrive_by)),
    ]


def _facts(order: Order, verdict: Verdict | None) -> dict[str, Any]:
    dates = return_dates(order.shipped_on) if order.shipped_on is not None else None
    until = verdict.until if verdict is not None else None
    return {
        "number": order.number,
        "product": order.product.name,
        "price": yen(order.price_yen),
        "payment": labels().payment(order.payment),
        "shipped": month_day(order.shipped_on) if order.shipped_on else "",
        "apply_by": day_in_full(dates.apply_by) if dates else "",
        "arrive_by": day_in_full(dates.arrive_by) if dates else "",
        "until": day_in_full(until) if until is not None else "",
    }
