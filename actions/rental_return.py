"""返却・解約: until when a watch has to be back, what a late one costs, and the request for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from madoguchi.dialogue.cards import Card, rental_card
from madoguchi.dialogue.dates import read_date
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.identify import own_rental
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import Option, Read
from madoguchi.dialogue.rental_words import arrival_line, plan_facts, plan_rows, rental_facts
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import day_in_full, yen
from madoguchi.rules.billing import next_billing_date
from madoguchi.rules.rental_returns import Reason, ReturnPlan, return_plan, return_request
from madoguchi.rules.stages import RENTAL_BEFORE_SHIPPING, RENTAL_WITH_CUSTOMER
from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import Verdict
from madoguchi.systems.model import NotAllowedError, Rental

# So far ahead a sending day may lie: further away, nobody has to decide today.
_DAYS = 60
_NOT_NOW = "not_now"


@dataclass(frozen=True)
class _Way:
    """What sending the watch on a day leads to."""

    sending_on: date
    # The plan that the parcel is likely to keep.
    plan: ReturnPlan
    # The billing dates that come before it, and so are still charged.
    charged: Sequence[date]


class RentalReturn(Skill):
    """Tells until when to return a watch, and asks for the return."""

    act = "rental_return"

    async def steps(self, turn: Turn) -> None:
        """Find the rental, ask for the sending day, and ask for the return when confirmed."""
        rental = await own_rental(turn, lambda each: each.state in RENTAL_WITH_CUSTOMER)
        verdict = return_request(rental, turn.today)
        done = verdict.reason == Reason.ALREADY_REQUESTED and turn.agrees("rental_return.confirm")
        if verdict.decision is Decision.NO and not done:
            raise _refused(turn, rental, verdict)
        if verdict.decision is Decision.INQUIRY or rental.shipped_on is None:
            raise await _by_inquiry(turn, rental, verdict)
        way = _way(turn, rental.shipped_on, await _sending_day(turn, rental, rental.shipped_on))
        facts = rental_facts(rental) | _way_facts(way, rental)
        text = "confirm_late" if way.charged else "confirm"
        if not await turn.confirm(
            "rental_return.confirm",
            text=f"rental_return.{text}",
            card=_way_card(rental, way),
            **facts,
        ):
            raise turn.finish("rental_return.kept", **facts)
        raise await _request(turn, rental, way)


async def _sending_day(
    turn: Turn, rental: Rental, shipped_on: date, text: str | None = None
) -> date:
    """Return the day on which the watch is sent, asking until it is one that can be."""
    plan = return_plan(shipped_on, turn.today, turn.context.business.calendar)
    latest = turn.today + timedelta(days=_DAYS)
    reachable = _reachable(plan)
    said = str(
        await turn.ask(
            "rental_return.sending_on",
            Read(lambda heard: _day_in(heard, turn.today), _days(turn, plan)),
            text=text or f"rental_return.{'too_late' if plan.too_late else 'in_time'}",
            card=rental_card(rental, *plan_rows(plan), ("send_by", day_in_full(plan.send_by))),
            last=day_in_full(latest),
            next_arrive_by=day_in_full(reachable.arrive_by),
            next_send_by=day_in_full(reachable.send_by),
            **rental_facts(rental),
            **plan_facts(plan),
        )
    )
    if said == _NOT_NOW:
        raise turn.finish("rental_return.kept", **rental_facts(rental))
    day = date.fromisoformat(said)
    if turn.today <= day <= latest:
        return day
    turn.forget("rental_return.sending_on")
    return await _sending_day(turn, rental, shipped_on, "rental_return.day_not_possible")


def _days(turn: Turn, plan: ReturnPlan) -> list[Option]:
    """Return today, tomorrow and the last day that is in time, none after it, and the way out."""
    words = turn.context.words
    last = _reachable(plan).send_by
    days = {turn.today, turn.today + timedelta(days=1), last}
    options = []
    for day in sorted(day for day in days if day <= last):
        name = "option_today" if day == turn.today else "option"
        title = words(f"rental_return.{name}{'_last' if day == last else ''}", day=day_in_full(day))
        options.append(Option(title, day.isoformat()))
    return [*options, Option(words("rental_return.not_now"), _NOT_NOW)]


def _reachable(plan: ReturnPlan) -> ReturnPlan:
    """Return the first plan that is not too late."""
    while plan.following is not None:
        plan = plan.following
    return plan


def _day_in(heard: Heard, today: date) -> str | None:
    day = read_date(heard.text, today)
    return day.isoformat() if day is not None else None


def _way(turn: Turn, shipped_on: date, sending_on: date) -> _Way:
    """Return which billing dates a parcel of the day is likely to miss, and the one it makes."""
    plan = _reachable(return_plan(shipped_on, sending_on, turn.context.business.calendar))
    charged = []
    billing = next_billing_date(shipped_on, turn.today)
    while billing < plan.next_billing:
        charged.append(billing)
        billing = next_billing_date(shipped_on, billing)
    return _Way(sending_on, plan, charged)


def _way_facts(way: _Way, rental: Rental) -> dict[str, Any]:
    return {
        **plan_facts(way.plan),
        "sending": day_in_full(way.sending_on),
        "charged": "、".join(day_in_full(day) for day in way.charged),
        "total": yen(rental.monthly_fee_yen * len(way.charged)),
    }


def _way_card(rental: Rental, way: _Way) -> Card:
    return rental_card(rental, ("sending_on", day_in_full(way.sending_on)), *plan_rows(way.plan))


async def _request(turn: Turn, rental: Rental, way: _Way) -> DoneError:
    """Ask for the return; somebody may have done it elsewhere a moment ago."""
    rentals = turn.context.systems.rentals
    try:
        await rentals.request_return(rental.number, way.sending_on, key=turn.key("return"))
    except NotAllowedError:
        rental = await rentals.get(rental.number) or rental
        verdict = return_request(rental, turn.today)
        if verdict.decision is Decision.NO:
            return _refused(turn, rental, verdict)
        raise
    rental = await rentals.get(rental.number) or rental
    return turn.finish(
        f"rental_return.{'done_late' if way.charged else 'done'}",
        card=_way_card(rental, way),
        **rental_facts(rental),
        **_way_facts(way, rental),
    )


def _refused(turn: Turn, rental: Rental, verdict: Verdict) -> DoneError:
    facts = rental_facts(rental) | {"arrival": arrival_line(turn, rental)}
    back = verdict.reason == Reason.RETURN_AT_ONCE and rental.received_on is not None
    text = Reason.ENDED if back else verdict.reason
    return turn.finish(f"rental_return.{text}", card=rental_card(rental), **facts)


async def _by_inquiry(turn: Turn, rental: Rental, verdict: Verdict) -> DoneError:
    """Take what the shop decides as an inquiry, with the rental attached."""
    facts: dict[str, Any] = rental_facts(rental)
    why = str(verdict.reason)
    if verdict.reason != Reason.LOST and rental.state not in RENTAL_BEFORE_SHIPPING:
        why = "shipping_day_unknown"
    if not await turn.confirm(
        "rental_return.ask_inquiry", text=f"rental_return.{why}", card=rental_card(rental), **facts
    ):
        raise turn.finish("rental_return.kept", **facts)
    summary = turn.context.words(f"rental_return.summary_{why}", **facts)
    matter = Matter("rental_return", summary, rental.number)
    return await take_inquiry(turn, matter, "rental_return.inquiry_opened")
