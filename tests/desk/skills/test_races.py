"""Agents, the assistant and two services at once: one change, and everybody hears the truth."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import FixedClock
from madoguchi.conversations.store import ConversationStore
from madoguchi.database import open_database
from madoguchi.desk.skills.doing import Done, RuleRefusedError
from madoguchi.rules.states import OrderState, PaymentMethod
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.interfaces import Systems
from tests.desk.skills.conftest import Counter, context_of, counter_of
from tests.support.shop import MEMBER, NOW, ORDER, Shop, an_item, an_order
from tests.support.skills import with_customer


def systems_on(database: AsyncEngine) -> Systems:
    return EmbeddedSystems(database, FixedClock(NOW), lambda _store, _day: True)


async def sell(database: AsyncEngine) -> None:
    """Have an order that its customer may cancel."""
    unpaid = an_order(OrderState.PENDING, payment=PaymentMethod.BANK_TRANSFER, member_id=MEMBER)
    await Shop(systems_on(database), database).has(an_item(), unpaid)


async def test_the_assistant_and_an_agent_cancel_at_once_and_one_has_done_it(
    database: AsyncEngine,
) -> None:
    await sell(database)
    context = context_of(systems_on(database), database)
    store = ConversationStore(database, context.clock)
    customer = await with_customer(context, store, site="store", member_id=MEMBER).open()
    await customer.say(f"{ORDER}をキャンセルしたい", "act_order_cancel")
    agent = await counter_of(systems_on(database), database)
    _, deed = await asyncio.gather(
        customer.tap("キャンセルする"), agent.do("order_cancel", ORDER), return_exceptions=True
    )
    by_agent = isinstance(deed, Done)
    assert by_agent or isinstance(deed, RuleRefusedError)
    by_assistant = "ご注文をキャンセルしました。" in customer.text
    assert by_agent != by_assistant
    assert await agent.outcomes() == ["begun", "done" if by_agent else "refused"]
    order = await context.systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.CANCELLED


async def test_two_services_do_the_same_deed_of_a_key_once(database: AsyncEngine) -> None:
    await sell(database)
    url = database.url.render_as_string(hide_password=False)
    here = await counter_of(systems_on(database), database)
    other = open_database(url)
    try:
        there = Counter(context_of(systems_on(other), other), other, here.chat)
        done = await asyncio.gather(
            *(counter.do("order_cancel", ORDER, "same") for counter in (here, there) * 3)
        )
    finally:
        await other.dispose()
    assert {each.text for each in done} == {done[0].text}
    outcomes = await here.outcomes()
    assert sorted(outcomes) == ["begun"] * 6 + ["done"] * 6
