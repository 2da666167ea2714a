"""A worker with its reception at one database, customers who write, and agents who are there."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.calling import Calling
from madoguchi.conversations.model import Customer, Message, Owner, Sender
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.worker import InboxWorker
from madoguchi.desk.handing import Handing
from madoguchi.desk.model import Handoff
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.person_words import PersonWords
from madoguchi.desk.reception import Reception
from madoguchi.desk.tables import AgentRow, HandoffRow
from madoguchi.desk.unanswered import Unanswered
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import EngineReply
from madoguchi.knowledge.business import business
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words
from tests.support.databases import TestClock
from tests.support.engine import Behaviour, ScriptedEngine, rasa_message

WEDNESDAY_AT_ONE = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
LONG = 60.0
PATIENCE = timedelta(seconds=60)


class ReceptionDesk:
    """The parts that call people, around an engine that does as it is told."""

    def __init__(self, database: AsyncEngine, clock: TestClock, engine: ScriptedEngine) -> None:
        self.database = database
        self.clock = clock
        self.engine = engine
        self.store = ConversationStore(database, clock)
        self.dialogues = DialogueStore(database, clock)
        self.ownership = Ownership(database, clock, Streams())
        self.words = PersonWords(words(), sentences(), business())
        handing = Handing(database, clock)
        self.reception = Reception(database, clock, self.ownership, handing, self.words)
        self.unanswered = Unanswered(database, clock, self.ownership, self.reception, self.words)
        self.worker = self.new_worker(self.reception)
        self._keys = itertools.count(1)

    def new_worker(self, calling: Calling) -> InboxWorker:
        """Return another worker at the same inbox."""
        return InboxWorker(
            self.store,
            Streams(),
            self.engine,
            catalogue(),
            sentences(),
            dialogues=self.dialogues,
            calling=calling,
        )

    async def agent(self, login: str = "sato", **changed: Any) -> str:
        """Have an agent be there."""
        now = as_utc(self.clock.now())
        usual: dict[str, Any] = {"presence": "online", "presence_at": now}
        async with AsyncSession(self.database) as session, session.begin():
            session.add(
                AgentRow(
                    id=login,
                    login=login,
                    name="佐藤 花子",
                    role="agent",
                    password_hash="x",
                    failed=0,
                    capacity=4,
                    created_at=now,
                    **(usual | changed),
                )
            )
        return login

    async def open(self, site: str | None = "store") -> str:
        """Return a new chat."""
        conversation, _, _ = await self.store.open(Customer("web", site), [])
        return conversation.id

    async def write(self, chat: str, text: str, *behaviours: Behaviour) -> list[Message]:
        """Write, the engine doing as told, and return what was replied."""
        self.engine.will(*behaviours)
        inbound, _ = await self.store.receive(chat, f"k{next(self._keys)}", text=text)
        return await self._answered(chat, inbound.id)

    async def tap(self, chat: str, choice: str, *behaviours: Behaviour) -> list[Message]:
        """Tap a choice by its id, and return what was replied."""
        self.engine.will(*behaviours)
        inbound, _ = await self.store.receive(chat, f"k{next(self._keys)}", choice_id=choice)
        return await self._answered(chat, inbound.id)

    async def _answered(self, chat: str, inbound_id: int) -> list[Message]:
        inbound = await self.store.inbound(inbound_id)
        self.worker.wake(chat)
        async with asyncio.timeout(LONG):
            while not inbound.done:
                inbound = await self.worker.wait(inbound, 1)
        return list(inbound.replies)

    async def owner(self, chat: str) -> Owner:
        """Return who answers in a chat."""
        return (await self.store.get(chat)).owner

    async def handoffs(self, chat: str) -> list[HandoffRow]:
        """Return all stretches of a chat."""
        async with AsyncSession(self.database) as session:
            rows = await session.scalars(
                select(HandoffRow).where(HandoffRow.conversation_id == chat).order_by(HandoffRow.id)
            )
            return list(rows)

    async def called(self, chat: str) -> Handoff:
        """Return the stretch that is open."""
        found = await self.ownership.open_handoff(chat)
        assert found is not None
        return found

    async def told(self, chat: str) -> list[str]:
        """Return what the service itself has told the customer."""
        messages = await self.store.messages_after(chat, 0)
        return [message.text for message in messages if message.sender is Sender.SYSTEM]


def understands(intent: str, *messages: Any) -> Behaviour:
    """Return the instruction to understand this and answer with these messages of Rasa."""

    async def say(*_: object) -> EngineReply:
        return EngineReply(list(messages), {"intent": intent, "confidence": 0.9})

    return say


def fallback() -> Behaviour:
    """Return the instruction to know no answer."""
    return understands(
        "out_of_scope", rasa_message("ご案内できる情報がありません。", "utter_fallback")
    )


def asks_which() -> Behaviour:
    """Return the instruction to ask which topic is meant."""
    buttons = [
        {"title": "送料はいくら？", "payload": "/store_shipping_fee"},
        {"title": "どれでもない", "payload": "/none_of_these"},
    ]
    asked = rasa_message(
        "次のどれについてですか？", "", buttons=buttons, custom={"kind": "clarify"}
    )
    return understands("nlu_fallback", asked)


def wants_person(desk: ReceptionDesk) -> Behaviour:
    """Return the instruction to do what the action for 「担当者と話したい」 does."""

    async def say(conversation: Any, _inbound: Any) -> EngineReply:
        draft = await desk.reception.asked_for(conversation.id, conversation.site)
        custom = {"kind": "handoff", "act": draft.act, "name": draft.name}
        buttons = [{"title": each.title, "payload": each.payload} for each in draft.choices]
        said = rasa_message(draft.text, "", buttons=buttons, custom=custom)
        return EngineReply([said], {"intent": "smalltalk_human", "confidence": 0.9})

    return say
