"""A customer proves an order in the form that an agent has shown: once, counted, and here alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import FixedClock
from madoguchi.conversations.model import Customer, Message, Owner
from madoguchi.conversations.receiving import KeyReusedError
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import InboxRow, MessageRow
from madoguchi.desk.identification import (
    Claimed,
    Identification,
    NoFormError,
    NotAskedError,
    StillCheckingError,
    UnreadableError,
    claimed,
)
from madoguchi.desk.ownership import NotOwnerError, Ownership
from madoguchi.desk.person_words import PersonWords
from madoguchi.desk.skills.ledger import Ledger
from madoguchi.desk.skills.proving import ProofsLockedError, prove
from madoguchi.knowledge.business import business
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.model import Order, SystemUnavailableError
from tests.desk.skills.conftest import Counter, context_of
from tests.support.databases import TestClock
from tests.support.shop import NOW, ORDER, PHONE, RENTAL, Shop, a_rental, an_item, an_order

RIGHT = Claimed("order", ORDER, PHONE)
WRONG = Claimed("order", ORDER, "09099999999")


@dataclass
class Watched:
    """Orders whose look-ups are counted and can be held up, or away."""

    orders: Any
    gate: asyncio.Event
    entered: asyncio.Event
    looked: int = 0
    away: bool = False

    async def verified(self, number: str, contact: str) -> Order | None:
        """Return the order as its system does, once it may."""
        self.looked += 1
        self.entered.set()
        await self.gate.wait()
        if self.away:
            raise SystemUnavailableError("orders")
        found: Order | None = await self.orders.verified(number, contact)
        return found


@dataclass
class Chat:
    """A customer's chat that Sato has."""

    counter: Counter
    ownership: Ownership
    identification: Identification
    orders: Watched

    @property
    def id(self) -> str:
        return self.counter.chat.id

    async def ask(self, agent: str = "sato") -> None:
        await self.identification.ask(self.id, agent)

    async def answer(self, said: Claimed = RIGHT, key: str = "k1") -> Sequence[Message]:
        return await self.identification.answer(self.id, key, said)

    async def acts(self) -> list[str]:
        """Return what the transcript has of it."""
        async with AsyncSession(self.counter.database) as session:
            found = await session.scalars(
                select(MessageRow.act)
                .where(MessageRow.conversation_id == self.id, MessageRow.act.is_not(None))
                .order_by(MessageRow.seq)
            )
            return [str(act) for act in found]

    async def proven(self) -> list[str]:
        return [proof.number for proof in await self.counter.context.proofs.of(self.id)]

    async def give_back(self) -> None:
        given = PersonWords(words(), sentences(), business()).given_back()
        assert await self.ownership.give_back(self.id, "sato", notice=given)


def watched(systems: Systems) -> tuple[Watched, Systems]:
    """Return systems whose orders can be held up."""
    orders = Watched(systems.orders, asyncio.Event(), asyncio.Event())
    orders.gate.set()
    parts = SimpleNamespace(orders=orders, rentals=systems.rentals, stores=systems.stores)
    return orders, cast("Systems", parts)


@pytest.fixture
async def chat(database: AsyncEngine) -> Chat:
    return await chat_of(database, "web")


async def chat_of(database: AsyncEngine, channel: str, **customer: Any) -> Chat:
    """Return a customer's chat that Sato has, in a shop with one order and one rental."""
    embedded = EmbeddedSystems(database, FixedClock(NOW), lambda _store, _day: True)
    if await embedded.orders.get(ORDER) is None:
        await Shop(embedded, database).has(an_item(), an_order(OrderState.DELIVERED), a_rental())
    orders, systems = watched(embedded)
    context = context_of(systems, database)
    store = ConversationStore(database, context.clock)
    opened, _, _ = await store.open(replace(Customer(channel), **customer), [])
    streams = Streams()
    ownership = Ownership(database, context.clock, streams)
    assert await ownership.take(opened.id, "sato")
    parts = (database, context.clock, streams, context.systems, context.proofs)
    return Chat(Counter(context, database, opened), ownership, Identification(*parts), orders)


async def test_the_right_contact_proves_the_order_and_the_chat_stays_the_agent_s(
    chat: Chat,
) -> None:
    await chat.ask()
    [told] = await chat.answer()
    assert told.text.startswith(f"{ORDER} について、ご本人の確認ができました。")
    assert await chat.proven() == [ORDER]
    assert await chat.acts() == ["identify", "identify_sent", "identify_done"]
    shown = await chat.ownership.shown(chat.id)
    assert shown["owner"] == Owner.AGENT
    assert [action for action, _, _ in await chat.counter.log()] == [
        "chat.take",
        "identity.ask",
        "skill.proof",
    ]
    # A right try leaves nothing to count.
    assert await chat.counter.context.proofs.locked_until([f"number:{ORDER}"]) is None
    with pytest.raises(NotAskedError):
        await chat.answer(key="k2")


async def test_what_was_written_is_nowhere_to_be_read(chat: Chat) -> None:
    await chat.ask()
    await chat.answer(WRONG)
    await chat.answer(RIGHT, "k2")
    async with AsyncSession(chat.counter.database) as session:
        texts = list(await session.scalars(select(MessageRow.text)))
        rows = list(await session.scalars(select(InboxRow)))
    log = str(await chat.counter.log())
    assert len(rows) == 2
    assert not any(PHONE in text or WRONG.contact in text for text in texts)
    assert PHONE not in log
    assert WRONG.contact not in log
    # Nothing of it waits for the assistant.
    assert {row.state for row in rows} == {"done"}


async def test_a_rental_is_proven_the_same_way(chat: Chat) -> None:
    await chat.ask()
    await chat.answer(claimed("r‐000001", " ０９０-1234-5678 "))
    assert await chat.proven() == [RENTAL]


async def test_no_such_number_and_somebody_else_s_are_told_alike(chat: Chat) -> None:
    await chat.ask()
    [no_such] = await chat.answer(Claimed("order", "A-20200101-9999", PHONE), "a")
    [not_theirs] = await chat.answer(WRONG, "b")
    assert no_such.text == not_theirs.text
    assert (no_such.act, not_theirs.act) == ("identify", "identify")
    assert await chat.proven() == []


async def test_five_wrong_tries_lock_over_the_form_the_agent_and_the_assistant(
    chat: Chat,
) -> None:
    """Three in the form, two told to the agent: the sixth is not even looked at."""
    context, audit = chat.counter.context, chat.counter.audit
    await chat.ask()
    for key in "abc":
        await chat.answer(WRONG, key)
    ledger = Ledger(chat.counter.database, audit)
    for key in "de":
        assert not await prove(
            context,
            ledger,
            chat.counter.chat,
            "sato",
            kind="order",
            number=ORDER,
            contact=WRONG.contact,
            event=key,
        )
    looked = chat.orders.looked
    [told] = await chat.answer(RIGHT, "f")
    assert "10:00までご本人の確認を止めています" in told.text
    assert (chat.orders.looked, await chat.proven()) == (looked, [])
    with pytest.raises(NotAskedError):
        await chat.answer(RIGHT, "g")
    with pytest.raises(ProofsLockedError):
        await chat.ask()
    # What the assistant asks before it tries, too.
    assert await context.proofs.locked_until([f"conversation:{chat.id}"]) is not None


async def test_however_many_come_at_once_five_are_looked_at(chat: Chat) -> None:
    await chat.ask()
    chat.orders.gate.clear()
    tries = [asyncio.create_task(chat.answer(WRONG, f"k{number}")) for number in range(12)]
    await chat.orders.entered.wait()
    chat.orders.gate.set()
    await asyncio.gather(*tries, return_exceptions=True)
    assert 1 <= chat.orders.looked <= 5
    until = await chat.counter.context.proofs.locked_until([f"conversation:{chat.id}"])
    assert until is not None


async def test_the_same_try_twice_is_one_with_one_answer(chat: Chat) -> None:
    await chat.ask()
    first = await chat.answer(WRONG)
    again = await chat.answer(RIGHT)
    assert [message.seq for message in again] == [message.seq for message in first]
    assert (chat.orders.looked, await chat.proven()) == (1, [])


async def test_a_try_that_is_still_made_is_not_made_again(chat: Chat) -> None:
    await chat.ask()
    chat.orders.gate.clear()
    first = asyncio.create_task(chat.answer(WRONG))
    await chat.orders.entered.wait()
    with pytest.raises(StillCheckingError):
        await chat.answer(RIGHT)
    chat.orders.gate.set()
    [told] = await first
    assert told.act == "identify"


async def test_a_message_s_key_is_no_try_s(chat: Chat) -> None:
    await chat.ask()
    store = ConversationStore(chat.counter.database, chat.counter.context.clock)
    await store.receive(chat.id, "k1", text="ありますか")
    with pytest.raises(KeyReusedError):
        await chat.answer()


@pytest.mark.parametrize(("said", "proven"), [(RIGHT, [ORDER]), (WRONG, [])])
async def test_the_agent_gives_back_while_it_is_looked_up(
    chat: Chat, said: Claimed, proven: list[str]
) -> None:
    """The customer is told what came of it, and asked for nothing more."""
    await chat.ask()
    chat.orders.gate.clear()
    trying = asyncio.create_task(chat.answer(said))
    await chat.orders.entered.wait()
    await chat.give_back()
    chat.orders.gate.set()
    [told] = await trying
    assert told.act == "identify_done"
    assert "もう一度" not in told.text
    assert await chat.proven() == proven
    assert (await chat.ownership.shown(chat.id))["owner"] == Owner.BOT


async def test_who_was_asked_before_the_chat_went_back_is_asked_no_more(chat: Chat) -> None:
    await chat.ask()
    await chat.give_back()
    with pytest.raises(NotAskedError):
        await chat.answer()
    # Nor when an agent has the chat again.
    assert await chat.ownership.take(chat.id, "suzuki")
    with pytest.raises(NotAskedError):
        await chat.answer()
    await chat.ask("suzuki")
    await chat.answer()
    assert await chat.proven() == [ORDER]


async def test_a_colleague_goes_on_with_what_was_asked(chat: Chat) -> None:
    await chat.ask()
    assert await chat.ownership.transfer(chat.id, "sato", "suzuki")
    await chat.answer()
    assert await chat.proven() == [ORDER]


async def test_asked_twice_in_a_row_the_form_is_there_once(chat: Chat) -> None:
    await asyncio.gather(chat.ask(), chat.ask())
    await chat.ownership.say(chat.id, "sato", "お手数をおかけします", "s1")
    await chat.ask()
    assert await chat.acts() == ["identify", "identify"]


async def test_only_the_one_who_has_the_chat_asks(chat: Chat) -> None:
    with pytest.raises(NotOwnerError):
        await chat.ask("suzuki")
    with pytest.raises(NotAskedError):
        await chat.answer()
    assert await chat.acts() == []


async def test_whoever_was_asked_is_not_kept_waiting_by_the_agent(chat: Chat) -> None:
    """To ask is an answer; what the customer sends wants one."""
    clock = chat.counter.context.clock
    assert isinstance(clock, TestClock)
    store = ConversationStore(chat.counter.database, clock)
    await store.receive(chat.id, "m1", text="注文を確認してほしい")
    clock.at += timedelta(minutes=1)
    await chat.ask()
    clock.at += timedelta(minutes=20)
    assert await chat.ownership.return_idle(timedelta(minutes=15)) == []
    await chat.answer()
    clock.at += timedelta(minutes=20)
    assert await chat.ownership.return_idle(timedelta(minutes=15)) == [chat.id]


async def test_a_platform_shows_no_form(database: AsyncEngine) -> None:
    chat = await chat_of(database, "line")
    with pytest.raises(NoFormError):
        await chat.ask()


async def test_what_is_proven_here_is_proven_in_no_other_chat(
    chat: Chat, database: AsyncEngine
) -> None:
    other = await chat_of(database, "web")
    await chat.ask()
    await chat.answer()
    assert await other.proven() == []
    with pytest.raises(NotAskedError):
        await other.answer()


async def test_a_system_that_is_away_costs_no_try(chat: Chat) -> None:
    await chat.ask()
    chat.orders.away = True
    for key in "abcdefg":
        [told] = await chat.answer(RIGHT, key)
        assert told.text.startswith("ただいまお店のシステムにつながらず")
    chat.orders.away = False
    await chat.answer(RIGHT, "z")
    assert await chat.proven() == [ORDER]


@pytest.mark.parametrize(
    ("number", "contact", "what"),
    [("山田", PHONE, "number"), (ORDER, "はい", "contact"), ("", "", "number")],
)
def test_what_is_no_number_or_contact_is_no_try(number: str, contact: str, what: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        claimed(number, contact)
    assert refused.value.what == what


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_is_read_or_refused(number: str, contact: str) -> None:
    try:
        said = claimed(number, contact)
    except UnreadableError:
        return
    assert said.number[:2] in {"A-", "R-"}
    assert said.contact
