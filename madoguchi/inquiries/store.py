"""Stores inquiries; opening one twice with the same key opens one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.inquiries.history import NewStep, Step, history_of, note
from madoguchi.inquiries.model import Inquiry, InquiryState, NewInquiry
from madoguchi.inquiries.promise import due_on
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.notifications.model import Recipient, Via
from madoguchi.rules.calendar import BusinessCalendar

_NUMBER_TRIES = 20


class InquiryStore:
    """Inquiries, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, calendar: BusinessCalendar) -> None:
        """Store in the engine's database; the calendar says when an answer is due."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._calendar = calendar

    async def open(self, new: NewInquiry, key: str) -> Inquiry:
        """Return the inquiry of this key, opened now when there was none.

        Raises RuntimeError when every number that was tried is taken.
        """
        for _ in range(_NUMBER_TRIES):
            known = await self._by_key(key)
            if known is not None:
                return known
            try:
                return await self._insert(new, key)
            except IntegrityError:
                # Somebody took the number, or opened this very inquiry, between look and write.
                continue
        raise RuntimeError("no free inquiry number was found")

    async def get(self, number: str) -> Inquiry | None:
        """Return an inquiry by its number."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(InquiryRow, number)
            return _inquiry(row) if row is not None else None

    async def of_customer(self, conversation_id: str, member_id: str | None) -> list[Inquiry]:
        """Return what was opened in the conversation or by the member, the newest first."""
        theirs = InquiryRow.conversation_id == conversation_id
        if member_id is not None:
            theirs = or_(theirs, InquiryRow.member_id == member_id)
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(InquiryRow)
                .where(theirs)
                .order_by(InquiryRow.created_at.desc(), InquiryRow.number.desc())
                .limit(20)
            )
            return [_inquiry(row) for row in rows]

    async def answer_to(self, number: str) -> Step | None:
        """Return what the customer was told last about an inquiry, None when nothing is noted."""
        async with AsyncSession(self._reads) as session:
            answers = [step for step in await history_of(session, number) if step.answers]
        return answers[-1] if answers else None

    async def reopen(self, number: str, said: tuple[str, int], key: str) -> Inquiry:
        """Open an inquiry again, once per key, because its customer has written about it.

        ``said`` is the message, by its conversation and number. It is due anew. Raises LookupError
        and HistoryFullError.
        """
        now = self._clock.now()
        async with AsyncSession(self._engine) as session, session.begin():
            chat = await session.scalar(
                select(InquiryRow.conversation_id).where(InquiryRow.number == number)
            )
            # The conversation's row first, as everywhere.
            await session.execute(
                select(ConversationRow.id).where(ConversationRow.id == chat).with_for_update()
            )
            row = await session.scalar(
                select(InquiryRow).where(InquiryRow.number == number).with_for_update()
            )
            if row is None:
                raise LookupError(number)
            known = await history_of(session, number)
            if not any(step.key == key for step in known):
                today = now.astimezone(TOKYO).date()
                row.state, row.updated_at = InquiryState.OPEN, as_utc(now)
                row.due_on = self.due_on(today, urgent=row.urgent)
                details = {"chat": said[0], "seq": said[1], "key": key}
                step = NewStep(Recipient(Via.DESK), InquiryState.OPEN, details, chat)
                await note(session, number, known, step, as_utc(now))
            return _inquiry(row)

    def due_on(self, today: date, *, urgent: bool) -> date:
        """Return the business day by whose end an inquiry opened today is answered."""
        return due_on(self._calendar, today, urgent=urgent)

    async def _by_key(self, key: str) -> Inquiry | None:
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(select(InquiryRow).where(InquiryRow.key == key))
            return _inquiry(row) if row is not None else None

    async def _insert(self, new: NewInquiry, key: str) -> Inquiry:
        now = self._clock.now()
        today = now.astimezone(TOKYO).date()
        async with AsyncSession(self._engine) as session, session.begin():
            row = InquiryRow(
                number=await _next_number(session, today),
                key=key,
                conversation_id=new.conversation_id,
                member_id=new.member_id,
                site=new.site,
                topic=new.topic,
                summary=new.summary,
                subject=new.subject,
                contact=new.contact,
                name=new.name,
                state=InquiryState.OPEN,
                urgent=new.urgent,
                due_on=self.due_on(today, urgent=new.urgent),
                created_at=as_utc(now),
                updated_at=as_utc(now),
            )
            session.add(row)
            await session.flush()
            return _inquiry(row)


async def _next_number(session: AsyncSession, today: date) -> str:
    first = f"Q-{today:%Y%m%d}-"
    last = await session.scalar(
        select(func.max(InquiryRow.number)).where(InquiryRow.number.startswith(first))
    )
    return f"{first}{int(last[-4:]) + 1 if last else 1:04d}"


def _inquiry(row: InquiryRow) -> Inquiry:
    created: datetime = as_utc(row.created_at).astimezone(TOKYO)
    return Inquiry(
        number=row.number,
        topic=row.topic,
        summary=row.summary,
        contact=row.contact,
        state=InquiryState(row.state),
        due_on=row.due_on,
        created_at=created,
        site=row.site,
        conversation_id=row.conversation_id,
        member_id=row.member_id,
        name=row.name,
        subject=row.subject,
        urgent=row.urgent,
    )
