"""Agents do for customers what the assistant does: by the same rules, once, and in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from madoguchi.clock import as_utc
from madoguchi.database import Base
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.skills.doing import ChangeUnknownError, RuleRefusedError
from madoguchi.desk.skills.ledger import DeedKeyReusedError
from madoguchi.rules.states import OrderState, PaymentMethod
from madoguchi.systems.interfaces import OrderSystem
from madoguchi.systems.model import Receipt, SystemUnavailableError
from tests.desk.skills.conftest import Counter, counter_of, given_to
from tests.support.shop import (
    EMAIL,
    ITEM,
    MEMBER,
    NOW,
    ORDER,
    RENTAL,
    STORE,
    TODAY,
    Shop,
    a_rental,
    a_transfer,
    a_visit,
    an_item,
    an_order,
    times_of,
)


def unpaid() -> Base:
    """An order that its customer may cancel."""
    return an_order(OrderState.PENDING, payment=PaymentMethod.BANK_TRANSFER)


@dataclass(frozen=True)
class Case:
    """A deed that the rules allow, and what the shop holds for it."""

    act: str
    rows: Callable[[], Sequence[Base]]
    said: dict[str, Any] = field(default_factory=dict)
    number: str = ORDER
    # What the assistant says when it is done.
    told: str = "done"


def cases() -> list[Case]:
    long_ago = as_utc(NOW - timedelta(hours=2))
    sold: dict[str, Any] = {"location": None}
    day = TODAY + timedelta(days=1)
    loss = {"loss": "lost", "circumstances": "昨日、駅のどこかでなくしました"}
    return [
        Case("order_cancel", lambda: [an_item(), unpaid()]),
        Case(
            "order_cancel",
            lambda: [an_item(), an_order(OrderState.CONFIRMED)],
            {"inquiry": True},
            told="inquiry_opened",
        ),
        Case("return_eligibility", lambda: [an_item(), an_order()], {"reason": "サイズが合わない"}),
        Case(
            "return_eligibility",
            lambda: [an_item(), an_order()],
            {"reason": "金具がない", "pick_up": True},
            told="pick_up_opened",
        ),
        Case("receipt", lambda: [an_item(), an_order()]),
        Case(
            "receipt",
            lambda: [an_item(), an_order(payment=PaymentMethod.BANK_TRANSFER)],
            {"inquiry": True, "addressee": "株式会社はな"},
            told="inquiry_opened",
        ),
        Case(
            "store_transfer_cancel",
            lambda: [an_item(), an_order(OrderState.ORDERED), a_transfer()],
            told="done_cancel",
        ),
        Case(
            "store_transfer_store",
            lambda: [an_item(), an_order(OrderState.ORDERED), a_transfer(requested_at=long_ago)],
            {"inquiry": True},
            told="inquiry_opened",
        ),
        Case(
            "store_transfer_visit",
            lambda: [
                an_item(),
                an_order(OrderState.ORDERED),
                a_transfer(store="なんぼや 銀座本店"),
            ],
            {"wished": "12月10日の15時ごろ"},
            told="inquiry_opened",
        ),
        Case(
            "rental_return",
            lambda: [a_rental()],
            {"sending_on": str(TODAY + timedelta(days=1))},
            RENTAL,
            told="done",
        ),
        Case("rental_buyout", lambda: [a_rental()], {"email": EMAIL}, RENTAL),
        Case("rental_loss_report", lambda: [a_rental()], loss, RENTAL),
        Case(
            "rental_payment_error",
            lambda: [a_rental(payment_errors=1)],
            {"cause": "カードの再発行", "next_week": "問題なくできる"},
            RENTAL,
        ),
        Case(
            "store_visit",
            lambda: [an_item(), *times_of()],
            {
                "store": STORE,
                "day": str(day),
                "time": "13:00〜14:00",
                "name": "渡辺 由美",
                "contact": "090-1234-5678",
            },
            ITEM,
        ),
        Case(
            "restock_request",
            lambda: [an_item(**sold)],
            {"wish": "黒のハンドバッグ", "email": EMAIL},
            ITEM,
        ),
    ]


EVERY = pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.act}-{case.told}")


@EVERY
async def test_a_deed_is_done_once_however_often_it_is_asked_for(
    shop: Shop, counter: Counter, case: Case
) -> None:
    await shop.has(*case.rows())
    first = await counter.do(case.act, case.number, **case.said)
    assert first.said.rpartition(".")[2] == case.told
    assert first.text
    assert "None" not in first.text
    again = await counter.do(case.act, case.number, **case.said)
    assert (again.said, again.text) == (first.said, first.text)


@EVERY
async def test_what_can_be_done_is_said_to_be_possible(
    shop: Shop, counter: Counter, case: Case
) -> None:
    await shop.has(*case.rows())
    verdict = await counter.verdict(case.act, case.number)
    # An item that arrived damaged is an inquiry where the return service is open.
    inquiry = case.told == "inquiry_opened"
    assert verdict.ruling.value == ("inquiry" if inquiry else "yes")
    assert verdict.reason
    assert not verdict.reason.endswith(("？", "?"))


async def test_a_guest_s_visit_is_found_by_its_number_and_changed_by_an_inquiry(
    shop: Shop,
) -> None:
    visit = a_visit(TODAY + timedelta(days=1), id=701, member_id=None)
    await shop.has(an_item(), *times_of(), visit)
    counter = await counter_of(shop.systems, shop.database)
    seen = await counter.seen("visit", "V-000701")
    # Nobody has proven to be that guest.
    assert (seen.number, seen.proven) == ("V-000701", None)
    assert [each.ruling for each in seen.verdicts] == ["inquiry"]
    done = await counter.do("store_visit_change", "V-000701", details="翌週の同じ時間に")
    assert done.said == "booked_visits.inquiry_opened"


async def test_a_member_s_visit_is_not_taken_for_another_customer_s(shop: Shop) -> None:
    await shop.has(an_item(), *times_of(), a_visit(TODAY + timedelta(days=1), id=702))
    guest = await counter_of(shop.systems, shop.database)
    member = await counter_of(shop.systems, shop.database, member_id=MEMBER)
    assert (await guest.seen("visit", "V-000702")).proven is None
    assert (await member.seen("visit", "V-000702")).proven == "member"
    assert not await guest.lookups.is_proven(guest.chat, "visit", "V-000702")
    assert await member.lookups.is_proven(member.chat, "visit", "V-000702")


async def test_a_visit_is_changed_by_an_inquiry(shop: Shop) -> None:
    await shop.has(an_item(), *times_of(), a_visit(TODAY + timedelta(days=1)))
    counter = await counter_of(shop.systems, shop.database, member_id=MEMBER)
    [visit] = (await counter.lookups.own(counter.chat, "visit")).things
    done = await counter.do("store_visit_change", visit.number, details="翌週の同じ時間に")
    assert done.said == "booked_visits.inquiry_opened"
    [inquiry] = await counter.context.inquiries.of_customer(counter.chat.id, None)
    assert visit.number in inquiry.summary
    assert "翌週の同じ時間に" in inquiry.summary


async def test_what_the_rules_forbid_is_refused_with_their_sentence(
    shop: Shop, counter: Counter
) -> None:
    await shop.has(an_item(), an_order(OrderState.PREPARING))
    verdict = await counter.verdict("order_cancel", ORDER)
    assert verdict.ruling.value == "no"
    with pytest.raises(RuleRefusedError) as refused:
        await counter.do("order_cancel", ORDER)
    assert refused.value.verdict.reason == verdict.reason
    assert "出荷の準備に入っているため" in verdict.reason
    order = await shop.systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.PREPARING
    assert await counter.outcomes() == ["begun", "refused"]


async def test_what_needs_an_inquiry_is_not_simply_done(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), an_order(OrderState.CONFIRMED))
    with pytest.raises(RuleRefusedError):
        await counter.do("order_cancel", ORDER)
    assert await counter.context.inquiries.of_customer(counter.chat.id, None) == []


async def test_what_can_be_done_at_once_is_not_made_an_inquiry(
    shop: Shop, counter: Counter
) -> None:
    await shop.has(an_item(), unpaid())
    with pytest.raises(RuleRefusedError):
        await counter.do("order_cancel", ORDER, inquiry=True)
    assert await counter.context.inquiries.of_customer(counter.chat.id, None) == []


async def test_the_log_tells_who_did_what_to_which_order(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), unpaid())
    await counter.do("order_cancel", ORDER, "key-7")
    begun, done = await counter.log()
    for action, agent, detail in (begun, done):
        assert (action, agent) == ("skill.order_cancel", "sato")
        assert (detail["subject"], detail["key"]) == (ORDER, "key-7")
    assert (begun[2]["outcome"], done[2]["outcome"]) == ("begun", "done")


async def test_the_log_holds_no_words_of_the_customer(shop: Shop, counter: Counter) -> None:
    await shop.has(a_rental())
    await counter.do(
        "rental_loss_report", RENTAL, loss="lost", circumstances="ひみつの場所で", police="A-12"
    )
    assert "ひみつ" not in str(await counter.log())


async def test_somebody_who_does_not_have_the_chat_does_nothing(
    shop: Shop, counter: Counter
) -> None:
    await shop.has(an_item(), unpaid())
    with pytest.raises(NotOwnerError):
        await counter.of("suzuki").do("order_cancel", ORDER)
    await given_to(counter.database, counter.chat.id, None)
    with pytest.raises(NotOwnerError):
        await counter.do("order_cancel", ORDER)
    order = await shop.systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.PENDING
    assert await counter.log() == []


async def test_a_key_is_good_for_one_deed(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), an_order())
    await counter.do("return_eligibility", ORDER, "one", reason="サイズが合わない")
    with pytest.raises(DeedKeyReusedError):
        await counter.do("receipt", ORDER, "one")
    with pytest.raises(DeedKeyReusedError):
        await counter.do("return_eligibility", ORDER, "one", reason="別の理由です")


async def test_an_unknown_number_is_none(counter: Counter) -> None:
    with pytest.raises(LookupError):
        await counter.do("order_cancel", "A-20261120-0009")
    assert await counter.outcomes() == ["begun", "failed"]


async def test_the_same_deed_at_once_is_one_change(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), unpaid())
    done = await asyncio.gather(*(counter.do("order_cancel", ORDER, "same") for _ in range(4)))
    assert {each.text for each in done} == {done[0].text}
    outcomes = await counter.outcomes()
    assert outcomes.count("begun") == outcomes.count("done") == 4


async def test_two_agents_cancel_at_once_and_one_of_them_has_done_it(shop: Shop) -> None:
    await shop.has(an_item(), unpaid())
    here = await counter_of(shop.systems, shop.database)
    there = (await counter_of(shop.systems, shop.database)).of("suzuki")
    await given_to(there.database, there.chat.id, "suzuki")
    results = await asyncio.gather(
        here.do("order_cancel", ORDER, "a"),
        there.do("order_cancel", ORDER, "b"),
        return_exceptions=True,
    )
    [refused] = [each for each in results if isinstance(each, RuleRefusedError)]
    assert "すでにキャンセルになっています" in refused.verdict.reason
    assert sorted([*await here.outcomes(), *await there.outcomes()]) == [
        "begun",
        "begun",
        "done",
        "refused",
    ]


async def test_a_time_that_was_taken_meanwhile_is_not_booked(shop: Shop, counter: Counter) -> None:
    day = TODAY + timedelta(days=1)
    await shop.has(an_item(), *times_of(), a_visit(day))
    said = {"store": STORE, "day": str(day), "name": "渡辺 由美", "contact": EMAIL}
    with pytest.raises(RuleRefusedError) as refused:
        await counter.do("store_visit", ITEM, time="13:00〜14:00", **said)
    assert "ご予約いただけません" in refused.value.verdict.reason


class Away:
    """An order system that goes away: before a change is made, or with its answer."""

    def __init__(self, real: OrderSystem, *, made: bool) -> None:
        self._real = real
        self._made = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def cancel(self, number: str, key: str) -> Receipt:
        if self._made:
            await self._real.cancel(number, key)
        raise SystemUnavailableError("away")


@dataclass(frozen=True)
class WithOrders:
    """The shop's systems with another one for the orders."""

    shop: Shop
    orders: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shop.systems, name)


@pytest.mark.parametrize("made", [True, False])
async def test_after_an_unknown_outcome_the_same_key_finds_out(
    shop: Shop, counter: Counter, *, made: bool
) -> None:
    await shop.has(an_item(), unpaid())
    away: Any = WithOrders(shop, Away(shop.systems.orders, made=made))
    with pytest.raises(ChangeUnknownError):
        await counter.on(away).do("order_cancel", ORDER, "same")
    done = await counter.do("order_cancel", ORDER, "same")
    assert done.said == "order_cancel.done"
    order = await shop.systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.CANCELLED
    assert await counter.outcomes() == ["begun", "unknown", "begun", "done"]


async def test_a_system_that_is_away_before_the_change_has_changed_nothing(
    shop: Shop, counter: Counter
) -> None:
    class NoOrders(Away):
        async def get(self, number: str) -> None:
            raise SystemUnavailableError("away")

    away: Any = WithOrders(shop, NoOrders(shop.systems.orders, made=False))
    with pytest.raises(SystemUnavailableError):
        await counter.on(away).do("order_cancel", ORDER)
    assert await counter.outcomes() == ["begun", "unavailable"]
