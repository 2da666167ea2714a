"""「担当者と話したい」 while somebody is at the desk: the customer waits, and is told so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.model import Kind, Owner
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.desk.handing import Handing
from madoguchi.desk.model import Reason
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.person_words import PersonWords
from madoguchi.desk.reception import Reception
from madoguchi.desk.tables import AgentRow
from madoguchi.dialogue.context import Context
from tests.actions.conftest import NOW, OpenTalk, context_of, take_down
from tests.actions.rentals import LOSS, PAYMENT_ERROR, Script, follow, started
from tests.support.databases import TestClock

PERSON = ("担当者と話したい", "smalltalk_human")


@pytest.fixture
def ownership(database: AsyncEngine, clock: TestClock) -> Ownership:
    """Who has which chat."""
    return Ownership(database, clock, Streams())


@pytest.fixture
def context(database: AsyncEngine, clock: TestClock, ownership: Ownership) -> Context:
    """What the skills work with, in a shop with a desk."""
    context = context_of(database, clock)
    words = PersonWords(context.words, context.sentences, context.business)
    handing = Handing(database, clock)
    return replace(context, desk=Reception(database, clock, ownership, handing, words))


@pytest.fixture
async def sato(database: AsyncEngine) -> str:
    """An agent who is there."""
    async with AsyncSession(database) as session, session.begin():
        session.add(
            AgentRow(
                id="sato",
                login="sato",
                name="佐藤 花子",
                role="agent",
                password_hash="x",
                failed=0,
                capacity=4,
                presence="online",
                presence_at=as_utc(NOW),
                created_at=as_utc(NOW),
            )
        )
    return "sato"


async def test_who_asks_for_a_person_waits_for_one(
    talk: OpenTalk, sato: str, database: AsyncEngine, clock: TestClock
) -> None:
    customer = await talk(site="store")
    await customer.say(*PERSON)
    assert customer.last.kind is Kind.HANDOFF
    assert customer.text.startswith("担当者をお呼びしました。次にご案内します")
    store = ConversationStore(database, clock)
    assert (await store.get(customer.id)).owner is Owner.QUEUE


async def test_the_second_customer_hears_how_many_wait_before(talk: OpenTalk, sato: str) -> None:
    first, second = await talk(site="store"), await talk(site="store")
    await first.say(*PERSON)
    await second.say(*PERSON)
    assert "先に1名の方がお待ちです" in second.text


async def test_what_the_customer_wrote_is_the_agent_s_first_glance(
    talk: OpenTalk, sato: str, ownership: Ownership
) -> None:
    customer = await talk(site="store")
    await customer.say("届いたバッグの持ち手が切れていました", "store_return_damaged")
    await customer.say(*PERSON)
    handoff = await ownership.open_handoff(customer.id)
    assert handoff is not None
    assert handoff.goal == "届いたバッグの持ち手が切れていました"


@pytest.mark.parametrize("gone", ["away", "closed desk", "removed"])
async def test_with_nobody_there_the_inquiry_is_offered(
    talk: OpenTalk, sato: str, database: AsyncEngine, clock: TestClock, gone: str
) -> None:
    values: dict[str, dict[str, Any]] = {
        "away": {"presence": "away"},
        "closed desk": {"presence_at": as_utc(NOW) - timedelta(minutes=4)},
        "removed": {"removed_at": as_utc(NOW)},
    }
    async with AsyncSession(database) as session, session.begin():
        await session.execute(update(AgentRow).values(**values[gone]))
    customer = await talk(site="store")
    await customer.say(*PERSON)
    assert "お電話 0120-778-407" in customer.text
    store = ConversationStore(database, clock)
    assert (await store.get(customer.id)).owner is Owner.BOT


async def test_an_open_desk_keeps_its_agent_there(
    talk: OpenTalk, sato: str, database: AsyncEngine, clock: TestClock, ownership: Ownership
) -> None:
    clock.at += timedelta(minutes=4)
    handing = Handing(database, clock)
    assert not await handing.somebody_is_there()
    await handing.seen("sato")
    assert await handing.somebody_is_there()


@pytest.mark.parametrize(
    ("script", "matter"), [(LOSS, "紛失・盗難の件"), (PAYMENT_ERROR, "決済の件")]
)
async def test_what_a_skill_has_reported_brings_a_person(
    talk: OpenTalk,
    sato: str,
    ownership: Ownership,
    numbers: Mapping[str, str],
    *,
    script: Script,
    matter: str,
) -> None:
    customer = await started(talk, script.act, numbers[script.name], script.opening)
    await follow(customer, script)
    assert await ownership.open_handoff(customer.id) is None
    await customer.tap(script.yes)
    done, called = customer.replies
    assert done.text.startswith(script.done)
    assert called.text.startswith(f"{matter}は、担当者が直接うかがいます。担当者をお呼びしました。")
    handoff = await ownership.open_handoff(customer.id)
    assert handoff is not None
    assert handoff.reason is Reason.RULE


async def test_what_was_not_reported_brings_nobody(
    talk: OpenTalk, sato: str, ownership: Ownership, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, LOSS.act, numbers[LOSS.name], LOSS.opening)
    await follow(customer, LOSS)
    await customer.tap(LOSS.no)
    assert len(customer.replies) == 1
    assert await ownership.open_handoff(customer.id) is None


async def test_with_nobody_there_a_report_ends_with_the_day_of_the_answer(
    talk: OpenTalk, ownership: Ownership, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, LOSS.act, numbers[LOSS.name], LOSS.opening)
    await follow(customer, LOSS)
    await customer.tap(LOSS.yes)
    [done] = customer.replies
    assert done.text.startswith(LOSS.done)
    assert "お問い合わせを残していただければ、12月4日(金)までにご返信します。" in done.text
    assert [choice.act for choice in done.choices].count("inquiry") == 1
    assert await ownership.open_handoff(customer.id) is None


async def test_a_system_that_is_away_brings_a_person(
    talk: OpenTalk, sato: str, ownership: Ownership, database: AsyncEngine
) -> None:
    await take_down(database)
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say("注文の状況", "act_order_status")
    handoff = await ownership.open_handoff(customer.id)
    assert handoff is not None
    assert (handoff.reason, handoff.detail) == (Reason.SYSTEM, "shop")


async def test_who_cannot_answer_a_skill_gets_a_person_and_keeps_the_question(
    talk: OpenTalk, sato: str, ownership: Ownership
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況", "act_order_status")
    for text in ("えっと", "うーん", "ええと"):
        assert await ownership.open_handoff(customer.id) is None
        await customer.say(text)
    called, question = customer.replies
    assert "担当者をお呼びしました" in called.text
    assert question.kind is Kind.ASK
    handoff = await ownership.open_handoff(customer.id)
    assert handoff is not None
    assert handoff.reason is Reason.FAILED
