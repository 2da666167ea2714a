"""Reply tokens: each is the right to one free answer, within about a minute.

A token is bound to a delivery before it is tried. When the process dies in between, the next try
uses the same token again, and LINE's refusal then says that the first one had arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, exists, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import ReplyTokenRow
from madoguchi.clock import as_utc
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.outbox import State, machine_time
from madoguchi.conversations.tables import InboxRow
from madoguchi.database import only_reading

# LINE promises a minute from when it sent the webhook, which was before it came.
FRESH = timedelta(seconds=50)


@dataclass(frozen=True)
class Taken:
    """A token that belongs to one delivery now.

    ``again`` says that an earlier try of the same delivery had it; ``fresh`` that LINE has to
    accept it unless it was used.
    """

    token: str
    again: bool
    fresh: bool


class ReplyTokens:
    """Tokens, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Store in the engine's database."""
        self._engine = engine
        self._reads = only_reading(engine)

    @staticmethod
    async def keep(
        session: AsyncSession,
        conversation_id: str,
        inbound_id: int | None,
        token: str,
        *,
        at: datetime,
    ) -> None:
        """Store an event's token, in the transaction that stores what the event brought.

        Its minute began when the event came (``at``), however late this is.
        """
        known = await session.scalar(select(ReplyTokenRow.id).where(ReplyTokenRow.token == token))
        if known is None:
            session.add(
                ReplyTokenRow(
                    conversation_id=conversation_id,
                    inbound_id=inbound_id,
                    token=token,
                    refused=False,
                    at=at,
                )
            )

    async def reopen(self, tokens: list[str]) -> None:
        """Note that LINE sent events again, which makes their tokens good for another minute."""
        if not tokens:
            return
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(ReplyTokenRow)
                .where(ReplyTokenRow.token.in_(tokens), ReplyTokenRow.delivery_id.is_(None))
                .values(at=machine_time())
            )

    async def take(
        self, delivery_id: int, conversation_id: str, inbound_id: int | None
    ) -> Taken | None:
        """Return the token for a delivery, None when it has to be pushed.

        It is the one it had before, else the fresh one of the message that it answers, else the
        newest fresh one that belongs to no message. An agent's words, which answer no message by
        its number, also take the one of a message that is no longer to be answered.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                select(ReplyTokenRow).where(ReplyTokenRow.delivery_id == delivery_id)
            )
            if row is not None and row.refused:
                return None
            if row is not None:
                return Taken(row.token, again=True, fresh=self._is_fresh(row))
            mine = ReplyTokenRow.inbound_id == inbound_id
            others = _nobody_needs() if inbound_id is None else false()
            row = await session.scalar(
                select(ReplyTokenRow)
                .where(
                    ReplyTokenRow.conversation_id == conversation_id,
                    ReplyTokenRow.delivery_id.is_(None),
                    ReplyTokenRow.at > machine_time() - FRESH,
                    or_(ReplyTokenRow.inbound_id.is_(None), mine, others),
                )
                .order_by(case((mine, 0), else_=1), ReplyTokenRow.id.desc())
                .limit(1)
            )
            if row is None:
                return None
            row.delivery_id = delivery_id
            return Taken(row.token, again=False, fresh=True)

    @staticmethod
    async def free(session: AsyncSession, conversation_id: str) -> ReplyTokenRow | None:
        """Return the newest token that a delivery could use now, None without one."""
        found: ReplyTokenRow | None = await session.scalar(
            select(ReplyTokenRow)
            .where(
                ReplyTokenRow.conversation_id == conversation_id,
                ReplyTokenRow.delivery_id.is_(None),
                ReplyTokenRow.refused.is_(False),
                ReplyTokenRow.at > machine_time() - FRESH,
            )
            .order_by(ReplyTokenRow.id.desc())
            .limit(1)
        )
        return found

    async def give_up(self, delivery_id: int, conversation_id: str) -> None:
        """Note, before the first push, that a delivery uses no token any more.

        A push whose end is not seen is repeated with its key; a reply could then arrive besides.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                select(ReplyTokenRow).where(ReplyTokenRow.delivery_id == delivery_id)
            )
            if row is not None:
                row.refused = True
                return
            session.add(
                ReplyTokenRow(
                    conversation_id=conversation_id,
                    token=f"none:{delivery_id}",
                    delivery_id=delivery_id,
                    refused=True,
                    at=machine_time(),
                )
            )

    async def gave_up(self, delivery_id: int) -> bool:
        """Return whether a delivery has been pushed, or was about to be."""
        async with AsyncSession(self._reads) as session:
            found = await session.scalar(
                select(ReplyTokenRow.id).where(
                    ReplyTokenRow.delivery_id == delivery_id, ReplyTokenRow.refused.is_(True)
                )
            )
            return found is not None

    async def allow(self, delivery_id: int) -> None:
        """Note that nothing was pushed after all, so that a new token may be used."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(ReplyTokenRow).where(
                    ReplyTokenRow.delivery_id == delivery_id, ReplyTokenRow.refused.is_(True)
                )
            )

    async def spent_on_another(self, delivery_id: int, inbound_id: int | None) -> bool:
        """Return whether the message's token went to a notice that the answer comes later."""
        if inbound_id is None:
            return False
        async with AsyncSession(self._reads) as session:
            found = await session.scalar(
                select(ReplyTokenRow.id).where(
                    ReplyTokenRow.inbound_id == inbound_id,
                    ReplyTokenRow.delivery_id.is_not(None),
                    ReplyTokenRow.delivery_id != delivery_id,
                    ReplyTokenRow.refused.is_(False),
                )
            )
            return found is not None

    @staticmethod
    def _is_fresh(row: ReplyTokenRow) -> bool:
        return as_utc(row.at) > machine_time() - FRESH


def _nobody_needs() -> ColumnElement[bool]:
    """Return whether a token's message was answered, or is an agent's to answer.

    An answer that is still on its way keeps the token: without it the customer would have to fetch
    an answer that nobody told them of.
    """
    on_its_way = (State.WAITING, State.SENDING, State.HELD)
    return and_(
        exists().where(InboxRow.id == ReplyTokenRow.inbound_id, InboxRow.state != "pending"),
        ~exists().where(
            OutboxRow.conversation_id == ReplyTokenRow.conversation_id,
            OutboxRow.inbound_id == ReplyTokenRow.inbound_id,
            OutboxRow.state.in_(on_its_way),
        ),
    )
