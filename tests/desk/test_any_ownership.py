"""Any order of calls, takings, messages and endings: one holder, and only the holder speaks."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import sampled_from
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.model import Customer, Draft, Inbound, Kind, Owner, Sender
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.database import migrate, open_database
from madoguchi.desk.agent import Presence
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.audit import Audit
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.ownership import NotOwnerError, Ownership
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow
from tests.support.databases import TestClock

AGENTS = sampled_from(["sato", "suzuki"])


class OwnershipMachine(RuleBasedStateMachine):
    """The real ownership beside the simplest one that could be right."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database(f"sqlite+aiosqlite:///{Path(self.folder.name) / 'm.db'}")
        self.clock = TestClock(datetime(2026, 12, 1, 13, tzinfo=TOKYO))
        self.store = ConversationStore(self.database, self.clock)
        self.ownership = Ownership(self.database, self.clock, Streams())
        self.assigning = Assigning(self.database, self.clock, self.ownership)
        self.audit = Audit(self.database, self.clock)
        self.owner = Owner.BOT
        self.agent: str | None = None
        self.unanswered: list[Inbound] = []
        self.said: list[Sender] = []
        self.number = 0
        self.deeds = 0

    def do[T](self, step: Coroutine[Any, Any, T]) -> T:
        """Return what a step returns."""
        return self.loop.run_until_complete(step)

    def teardown(self) -> None:
        """Close the database."""
        self.do(self.database.dispose())
        self.loop.close()
        self.folder.cleanup()

    @initialize()
    def open(self) -> None:
        """Open the chat."""
        self.do(migrate(self.database))
        conversation, _, _ = self.do(self.store.open(Customer("web"), []))
        self.chat = conversation.id
        for name in ("sato", "suzuki"):
            self.do(self.hire(name))

    async def hire(self, name: str) -> None:
        """Store an agent, whose id is their name."""
        row = AgentRow(
            id=name,
            login=name,
            name=name,
            role=Role.AGENT,
            password_hash="!",
            failed=0,
            capacity=1,
            presence=Presence.ONLINE,
            created_at=as_utc(self.clock.now()),
        )
        async with AsyncSession(self.database) as session, session.begin():
            session.add(row)

    @rule()
    def customer_writes(self) -> None:
        """The customer's message is the bot's to answer unless an agent has the chat."""
        self.number += 1
        inbound, _ = self.do(self.store.receive(self.chat, f"e{self.number}", text="質問"))
        self.said.append(Sender.CUSTOMER)
        if self.owner is Owner.CLOSED:
            self.owner = Owner.BOT
        assert inbound.done == (self.owner is Owner.AGENT)
        if not inbound.done:
            self.unanswered.append(inbound)

    @rule()
    def bot_answers(self) -> None:
        """The bot's answer is said only while no agent has the chat, however old the question."""
        if not self.unanswered:
            return
        inbound = self.unanswered.pop(0)
        replies = self.do(self.store.answer(inbound, [Draft(Kind.ANSWER, "答え")]))
        silenced = self.owner is Owner.AGENT or inbound.id in self.silenced
        assert bool(replies) != silenced
        if replies:
            self.said.append(Sender.BOT)

    @rule()
    def customer_calls(self) -> None:
        """A call puts the chat into the queue unless a stretch is open already."""
        handoff = self.do(self.ownership.call(self.chat, Reason.CUSTOMER, ""))
        if self.owner in {Owner.BOT, Owner.CLOSED}:
            self.owner = Owner.QUEUE
        assert handoff.stage is (Stage.TAKEN if self.owner is Owner.AGENT else Stage.WAITING)

    @rule(agent=AGENTS)
    def take(self, agent: str) -> None:
        """Whoever comes first has it."""
        free = self.owner is not Owner.AGENT or self.agent == agent
        assert self.do(self.ownership.take(self.chat, agent)) == free
        if self.owner is not Owner.AGENT:
            self.silenced |= {inbound.id for inbound in self.unanswered}
            self.owner, self.agent = Owner.AGENT, agent
            self.deeds += 1

    @rule(agent=AGENTS)
    def assign(self, agent: str) -> None:
        """What waits or is an agent's becomes the one's that a lead names."""
        free = self.owner in {Owner.QUEUE, Owner.AGENT}
        assert self.do(self.assigning.assign(self.chat, agent, "lead")) == free
        if not free or self.agent == agent:
            return
        if self.owner is Owner.QUEUE:
            self.silenced |= {inbound.id for inbound in self.unanswered}
        self.owner, self.agent = Owner.AGENT, agent
        self.deeds += 1

    @rule(agent=AGENTS)
    def agent_speaks(self, agent: str) -> None:
        """Only the holder is heard."""
        self.number += 1
        holds = self.owner is Owner.AGENT and self.agent == agent
        try:
            self.do(self.ownership.say(self.chat, agent, "担当です", f"k{self.number}"))
        except NotOwnerError:
            assert not holds
        else:
            assert holds
            self.said.append(Sender.AGENT)
            self.deeds += 1

    @rule(agent=AGENTS, how=sampled_from(["release", "give_back", "close"]))
    def leave(self, agent: str, how: str) -> None:
        """Only the holder gives it away."""
        holds = self.owner is Owner.AGENT and self.agent == agent
        if how == "close":
            done = self.do(self.ownership.close(self.chat, agent, "solved"))
        else:
            done = self.do(getattr(self.ownership, how)(self.chat, agent))
        assert done == holds
        if holds:
            left = {"release": Owner.QUEUE, "give_back": Owner.BOT, "close": Owner.CLOSED}
            self.owner, self.agent = left[how], None
            self.deeds += 1

    @rule(agent=AGENTS, other=AGENTS)
    def transfer(self, agent: str, other: str) -> None:
        """Only the holder hands it over."""
        holds = self.owner is Owner.AGENT and self.agent == agent
        assert self.do(self.ownership.transfer(self.chat, agent, other)) == holds
        if holds:
            self.agent = other
            self.deeds += 1

    @rule(minutes=sampled_from([1, 20]))
    def time_passes(self, minutes: int) -> None:
        """An agent who leaves the customer waiting loses the chat to the queue, and only then."""
        self.clock.at += timedelta(minutes=minutes)
        returned = self.do(self.ownership.return_idle(timedelta(minutes=15)))
        if returned:
            assert self.owner is Owner.AGENT
            last = [each for each in self.said if each is not Sender.BOT][-1]
            assert last is Sender.CUSTOMER
            self.owner, self.agent = Owner.QUEUE, None
            self.deeds += 1

    @initialize()
    def nothing_is_silenced(self) -> None:
        """Begin with no question that was left to an agent."""
        self.silenced: set[int] = set()

    @invariant()
    def the_database_says_the_same(self) -> None:
        """Who has the chat, and what was said, is as expected after every step."""
        if not hasattr(self, "chat"):
            return
        assert self.do(self.store.get(self.chat)).owner is self.owner
        messages = self.do(self.store.messages_after(self.chat, 0))
        assert [message.sender for message in messages] == self.said
        handoff = self.do(self.ownership.open_handoff(self.chat))
        assert (handoff is not None) == (self.owner in {Owner.QUEUE, Owner.AGENT})
        logged = self.do(self.audit.entries(conversation_id=self.chat, limit=1000))
        assert len(logged) == self.deeds


TestAnyOwnership = OwnershipMachine.TestCase
TestAnyOwnership.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
