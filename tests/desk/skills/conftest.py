"""An agent with a chat and a shop that is reached in each of the ways there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.proofs import Proofs
from madoguchi.conversations.model import Conversation, Customer, Owner
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.audit import Audit
from madoguchi.desk.skills.deeds import DEEDS
from madoguchi.desk.skills.doing import Doing, Done
from madoguchi.desk.skills.ledger import Ledger
from madoguchi.desk.skills.lookups import Lookups, Seen
from madoguchi.desk.skills.verdicts import Verdict
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.store import DialogueStore
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import business
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words
from madoguchi.systems.interfaces import Systems
from tests.support.databases import TestClock
from tests.support.shop import NOW, Shop
from tests.systems.conftest import databases, shop

__all__ = ["databases", "shop"]


def context_of(systems: Systems, database: AsyncEngine) -> Context:
    """Return what skills work with, in front of these systems."""
    about, clock = business(), TestClock(NOW)
    return Context(
        systems=systems,
        dialogues=DialogueStore(database, clock),
        proofs=Proofs(database, clock),
        inquiries=InquiryStore(database, clock, about.calendar),
        business=about,
        clock=clock,
        catalogue=catalogue(),
        sentences=sentences(),
        words=words(),
    )


@dataclass(frozen=True)
class Counter:
    """An agent's view of one customer."""

    context: Context
    database: AsyncEngine
    chat: Conversation
    agent: str = "sato"

    @property
    def audit(self) -> Audit:
        """The log."""
        return Audit(self.database, self.context.clock)

    @property
    def lookups(self) -> Lookups:
        """What is looked up."""
        return Lookups(self.context)

    async def seen(self, kind: Any, number: str) -> Seen:
        """Return a thing as the agent sees it."""
        found = await self.lookups.by_number(self.chat, kind, number)
        assert found is not None
        return found

    async def verdict(self, act: str, number: str) -> Verdict:
        """Return what the rules say of a deed."""
        seen = await self.seen(DEEDS[act].kind, number)
        return next(verdict for verdict in seen.verdicts if verdict.act == act)

    async def do(self, act: str, number: str, key: str = "k1", **said: Any) -> Done:
        """Do it."""
        deed = DEEDS[act]
        form = deed.form.model_validate({"subject": number, **said})
        doing = Doing(self.context, Ledger(self.database, self.audit))
        return await doing.do(self.chat, self.agent, deed, form, key, proven=True)

    async def log(self) -> list[tuple[str, str | None, Mapping[str, Any]]]:
        """Return the chat's entries, the oldest first."""
        entries = await self.audit.entries(conversation_id=self.chat.id)
        return [(entry.action, entry.agent_id, entry.detail) for entry in reversed(entries)]

    async def outcomes(self) -> list[str]:
        """Return what the log tells of the deeds."""
        return [detail["outcome"] for _, _, detail in await self.log()]

    def of(self, agent: str) -> Counter:
        """Return the view of another agent."""
        return replace(self, agent=agent)

    def on(self, systems: Systems) -> Counter:
        """Return the view on other systems."""
        return replace(self, context=replace(self.context, systems=systems))


async def counter_of(systems: Systems, database: AsyncEngine, **customer: Any) -> Counter:
    """Open a customer's chat, which is the agent's."""
    context = context_of(systems, database)
    store = ConversationStore(database, context.clock)
    chat, _, _ = await store.open(replace(Customer("web"), **customer), [])
    await given_to(database, chat.id, "sato")
    return Counter(context, database, chat)


async def given_to(database: AsyncEngine, chat: str, agent: str | None) -> None:
    """Have the chat be the agent's, or the bot's."""
    async with AsyncSession(database) as session, session.begin():
        row = await session.get_one(ConversationRow, chat)
        row.owner, row.agent_id = (Owner.AGENT if agent else Owner.BOT), agent


@pytest.fixture
async def counter(shop: Shop) -> Counter:
    """The chat of a customer whom nobody knows."""
    return await counter_of(shop.systems, shop.database)
