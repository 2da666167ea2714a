"""Stores running skills so that a message may be worked on twice and counts once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Choice, Conversation, Draft, Inbound, Kind, Sender
from madoguchi.conversations.reading import read_inbound
from madoguchi.conversations.rows import conversation_of
from madoguchi.conversations.tables import ConversationRow, InboxRow
from madoguchi.database import only_reading
from madoguchi.dialogue.found import find
from madoguchi.dialogue.state import Memory, SkillState, Standing
from madoguchi.dialogue.tables import DialogueRow, DialogueTurnRow

# After so long a silence the customer has something else in mind.
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass
class OpenTurn:
    """One message that a skill works on: who says what, and where the skill stands."""

    conversation: Conversation
    inbound: Inbound
    state: SkillState | None
    memory: Memory
    replies: list[Draft]


class DialogueStore:
    """Running skills, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def begin(self, inbound: Inbound) -> Standing:
        """Return where the conversation stands, and forget earlier tries to answer the message."""
        async with AsyncSession(self._reads) as session:
            tried = await session.get(DialogueTurnRow, inbound.id)
            row = await session.get(DialogueRow, inbound.conversation_id)
            state = self._remembered(row)
            fresh = row is not None and self._is_fresh(row)
            memory = Memory(**row.memory) if row is not None and fresh else Memory()
        if tried is not None:
            async with AsyncSession(self._engine) as session, session.begin():
                await session.execute(
                    delete(DialogueTurnRow).where(DialogueTurnRow.inbound_id == inbound.id)
                )
        return Standing(state.skill if state is not None else None, _own(memory, inbound.text))

    async def turn(self, conversation_id: str, inbound_id: int) -> OpenTurn:
        """Return the turn of a message. Raises LookupError when there is no such message."""
        async with AsyncSession(self._reads) as session:
            inbox = await session.get(InboxRow, inbound_id)
            conversation = await session.get(ConversationRow, conversation_id)
            if inbox is None or conversation is None or inbox.conversation_id != conversation_id:
                raise LookupError("there is no such message")
            inbound = await read_inbound(session, inbox)
            tried = await session.get(DialogueTurnRow, inbound_id)
            row = await session.get(DialogueRow, conversation_id)
        if tried is not None:
            state = SkillState.from_json(tried.state) if tried.state else None
            replies = [_draft(stored) for stored in tried.replies]
            return OpenTurn(
                conversation_of(conversation), inbound, state, Memory(**tried.memory), replies
            )
        memory = Memory(**row.memory) if row is not None and self._is_fresh(row) else Memory()
        return OpenTurn(conversation_of(conversation), inbound, self._remembered(row), memory, [])

    async def keep(self, turn: OpenTurn) -> None:
        """Keep where the turn stands, for the next action of the same message."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.merge(
                DialogueTurnRow(
                    inbound_id=turn.inbound.id,
                    conversation_id=turn.conversation.id,
                    state=turn.state.to_json() if turn.state is not None else None,
                    memory=asdict(turn.memory),
                    replies=[_stored(draft) for draft in turn.replies],
                )
            )

    async def replies(self, inbound_id: int) -> list[Draft]:
        """Return what skills said to a message so far, in order."""
        async with AsyncSession(self._reads) as session:
            tried = await session.get(DialogueTurnRow, inbound_id)
            return [_draft(stored) for stored in tried.replies] if tried is not None else []

    async def settle(self, session: AsyncSession, inbound_id: int) -> None:
        """Make the turn count, in the transaction that stores its replies."""
        tried = await session.scalar(
            select(DialogueTurnRow).where(DialogueTurnRow.inbound_id == inbound_id)
        )
        if tried is None:
            return
        await session.merge(
            DialogueRow(
                conversation_id=tried.conversation_id,
                state=tried.state,
                memory=tried.memory,
                updated_at=as_utc(self._clock.now()),
            )
        )
        await session.delete(tried)

    async def drop(self, conversation_id: str) -> None:
        """End the conversation's skill, for example because a person takes over."""
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.get(DialogueRow, conversation_id)
            if row is not None:
                row.state = None

    def _remembered(self, row: DialogueRow | None) -> SkillState | None:
        if row is None or row.state is None or not self._is_fresh(row):
            return None
        return SkillState.from_json(row.state)

    def _is_fresh(self, row: DialogueRow) -> bool:
        now: datetime = as_utc(self._clock.now())
        return now - as_utc(row.updated_at) < FORGOTTEN_AFTER


def _own(memory: Memory, text: str) -> tuple[str, ...]:
    """Return which things of the customer's own are spoken of, now or just before."""
    found = find(text)
    spoken_of = {
        "order": memory.order is not None or bool(found.orders),
        "rental": memory.rental is not None or bool(found.rentals),
    }
    return tuple(kind for kind, spoken in spoken_of.items() if spoken)


def _stored(draft: Draft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "text": draft.text,
        "topic": draft.topic,
        "act": draft.act,
        "choices": [asdict(choice) for choice in draft.choices],
        "card": draft.card,
        "sender": draft.sender,
        "name": draft.name,
    }


def _draft(stored: dict[str, Any]) -> Draft:
    return Draft(
        kind=Kind(stored["kind"]),
        text=stored["text"],
        topic=stored["topic"],
        act=stored["act"],
        choices=tuple(Choice(**choice) for choice in stored["choices"]),
        card=stored["card"],
        sender=Sender(stored["sender"]),
        name=stored.get("name"),
    )
