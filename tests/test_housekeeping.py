"""What has served its purpose is deleted, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import LinkNonceRow
from madoguchi.conversations.channel_tables import ChannelEventRow
from madoguchi.conversations.outbox import machine_time
from madoguchi.desk.tables import DeskChangeRow
from madoguchi.housekeeping import tidy
from madoguchi.notifications.model import Kind, NewNotification, Recipient, State, Via
from madoguchi.notifications.outbox import put
from madoguchi.notifications.tables import NotificationRow


async def test_old_nonces_events_and_changes_go_and_new_ones_stay(database: AsyncEngine) -> None:
    now = machine_time()
    async with AsyncSession(database) as session, session.begin():
        for name, age in (("old", timedelta(days=40)), ("new", timedelta(minutes=1))):
            at = now - age
            session.add(LinkNonceRow(nonce_hash=name, member_id="M", ends_at=at))
            session.add(DeskChangeRow(conversation_id=name, kind="chat", at=at))
            for state in ("done", "failed"):
                session.add(
                    ChannelEventRow(
                        channel="line",
                        event_id=f"{name} {state}",
                        state=state,
                        attempts=0,
                        at=at,
                        received_at=at,
                        next_at=at,
                    )
                )
    assert await tidy(database) == 3
    async with AsyncSession(database) as session:
        assert list(await session.scalars(select(LinkNonceRow.nonce_hash))) == ["new"]
        assert list(await session.scalars(select(DeskChangeRow.conversation_id))) == ["new"]
        # What could not be worked on stays for somebody to look at.
        events = set(await session.scalars(select(ChannelEventRow.event_id)))
        assert events == {"new done", "new failed", "old failed"}


async def test_what_was_told_goes_after_a_month_but_for_answers_to_inquiries(
    database: AsyncEngine,
) -> None:
    old = machine_time() - timedelta(days=40)
    to = Recipient(Via.EMAIL, "lead@example.jp")
    async with AsyncSession(database) as session, session.begin():
        for kind in (Kind.CHAT_WAITS, Kind.INQUIRY_REPLY, Kind.INQUIRY_CHANGE):
            for state in (State.SENT, State.PARKED):
                new = NewNotification(f"{kind} {state}", kind, to, state=state)
                await put(session, [new], old)
    assert await tidy(database) == 1
    async with AsyncSession(database) as session:
        left = set(await session.scalars(select(NotificationRow.key)))
    assert "chat_waits sent" not in left
    assert len(left) == 5
