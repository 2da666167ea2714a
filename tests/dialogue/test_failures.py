"""What a skill says when a system fails, or refuses what was possible a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import OrderState
from madoguchi.systems.model import KeyReusedError, NotAllowedError, SystemUnavailableError
from tests.support.failing import FailingSystems
from tests.support.skills import Talk, with_customer

STATUS = ("注文の状況を教えて", "act_order_status")
YES = "キャンセルする"


async def state_of(context: Context, number: str) -> OrderState:
    order = await context.systems.orders.get(number)
    assert order is not None
    return order.state


@pytest.fixture
def failing(context: Context) -> FailingSystems:
    """The shop's systems, to be made to fail."""
    return FailingSystems(context.systems)


@pytest.fixture
async def unlucky(context: Context, database: AsyncEngine, failing: FailingSystems) -> Talk:
    """A conversation whose systems can be made to fail."""
    store = ConversationStore(database, context.clock)
    return await with_customer(replace(context, systems=failing), store, site="store").open()


@pytest.mark.parametrize("call", ["verified", "get"])
async def test_a_system_that_does_not_answer_is_said_and_nothing_is_claimed(
    unlucky: Talk, failing: FailingSystems, numbers: Mapping[str, str], call: str
) -> None:
    failing.before[call] = SystemUnavailableError("timed out")
    await unlucky.say(f"{numbers['bank-pending']} 090-0000-0252", "act_order_cancel")
    assert unlucky.last.kind is Kind.FALLBACK
    assert "お手続きは何も変わっていません" in unlucky.text
    assert unlucky.titles[0] == "問い合わせる・担当者と話す"
    failing.before.clear()
    await unlucky.say(f"{numbers['bank-pending']} 090-0000-0252", "act_order_cancel")
    assert YES in unlucky.titles


@pytest.mark.parametrize("lost", ["question", "answer"])
async def test_a_change_whose_outcome_is_unknown_is_not_said_to_be_made_or_not(
    unlucky: Talk,
    context: Context,
    failing: FailingSystems,
    numbers: Mapping[str, str],
    lost: str,
) -> None:
    number = numbers["bank-pending"]
    await unlucky.say(f"{number} 090-0000-0252", "act_order_cancel")
    failures = failing.before if lost == "question" else failing.after
    failures["cancel"] = SystemUnavailableError("timed out")
    await unlucky.tap(YES)
    assert "お手続きが完了したかどうかを確認できませんでした" in unlucky.text
    assert "何も変わっていません" not in unlucky.text
    cancelled = await state_of(context, number) is OrderState.CANCELLED
    assert cancelled is (lost == "answer")
    await unlucky.say(*STATUS)
    assert ("キャンセルになっています" in unlucky.text) is cancelled


@pytest.mark.parametrize("error", [NotAllowedError(), KeyReusedError(), LookupError("gone")])
async def test_a_change_that_is_refused_says_so(
    unlucky: Talk,
    context: Context,
    failing: FailingSystems,
    numbers: Mapping[str, str],
    error: Exception,
) -> None:
    await unlucky.say(f"{numbers['bank-pending']} 090-0000-0252", "act_order_cancel")
    failing.before["cancel"] = error
    await unlucky.tap(YES)
    assert "状況が変わったため、このお手続きはできませんでした" in unlucky.text
    assert unlucky.last.kind is Kind.RESULT
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING
    failing.before.clear()
    await unlucky.say("はい", "smalltalk_affirm")
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING


async def test_an_order_that_is_gone_since_it_was_chosen_is_said_to_have_changed(
    unlucky: Talk, failing: FailingSystems, numbers: Mapping[str, str]
) -> None:
    await unlucky.say(f"{numbers['bank-pending']} 090-0000-0252", "act_order_cancel")
    failing.before["get"] = LookupError("gone")
    await unlucky.tap(YES)
    assert "状況が変わった" in unlucky.text
