"""A silent agent's chat goes back: the customer hears it on their channel, and leads are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Owner
from madoguchi.conversations.outbox import Outbox, State
from madoguchi.conversations.people import People
from madoguchi.desk.idle import return_idle
from madoguchi.desk.model import Reason
from tests.desk.reception_desk import WEDNESDAY_AT_ONE, ReceptionDesk
from tests.support.channel import NAME
from tests.support.databases import TestClock
from tests.support.engine import ScriptedEngine

PATIENCE = timedelta(minutes=15)


class Leads:
    """Those who are told, and whoever delivers."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.woken = 0

    async def chat_returned(self, conversation_id: str) -> None:
        """Hear of a chat."""
        self.told.append(conversation_id)

    def wake(self) -> None:
        """Deliver."""
        self.woken += 1


@pytest.fixture
def desk(database: AsyncEngine, clock: TestClock, engine: ScriptedEngine) -> ReceptionDesk:
    """The parts at each database; nothing is to be answered here."""
    clock.at = WEDNESDAY_AT_ONE
    return ReceptionDesk(database, clock, engine)


async def test_the_customer_is_sent_word_once_and_the_leads_are_told(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    person = await People(desk.database, clock).meet(NAME, "hana", None)
    chat, leads = person.conversation_id, Leads()
    await desk.ownership.call(chat, Reason.CUSTOMER, "相談")
    await desk.ownership.take(chat, "sato")
    clock.at += timedelta(minutes=1)
    await desk.store.receive(chat, "q", text="もしもし")
    clock.at += timedelta(minutes=16)
    for _ in range(3):
        await return_idle(desk.ownership, PATIENCE, desk.words.returned(), leads, leads.wake)
    assert leads.told == [chat]
    assert leads.woken == 1
    assert await desk.owner(chat) is Owner.QUEUE
    [entry] = await Outbox(desk.database).entries(list(State))
    assert entry.state is State.WAITING
    [told] = await desk.told(chat)
    assert told == desk.words.returned().text


async def test_an_agent_who_answers_in_the_last_moment_keeps_the_chat_in_silence(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    chat, leads = await desk.open(), Leads()
    await desk.ownership.take(chat, "sato")
    await desk.store.receive(chat, "q", text="もしもし")
    clock.at += timedelta(minutes=16)
    await desk.ownership.say(chat, "sato", "はい、担当です。", "k")
    await return_idle(desk.ownership, PATIENCE, desk.words.returned(), leads, leads.wake)
    assert (leads.told, await desk.told(chat)) == ([], [])
    assert await desk.owner(chat) is Owner.AGENT
