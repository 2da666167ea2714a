"""Whatever LINE sends, every database takes it, and gives back what can be understood."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.channels.line.events import raw_events
from madoguchi.channels.line.meaning import Meaning
from madoguchi.channels.postbacks import Postbacks
from madoguchi.conversations.channel_events import EventStore
from tests.channels.line.conftest import NOW
from tests.channels.line.test_events import body_of, event


@pytest.fixture
def events(database: AsyncEngine) -> EventStore:
    """Stored events, on each kind of database."""
    return EventStore(database)


async def test_odd_events_are_stored_beside_the_others(events: EventStore) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = {"\0\ud83d": [deep]}
    body = body_of(
        event(webhookEventId=..., extra=deep),
        "odd",
        event(webhookEventId="i" * 128, replyToken="t" * 500, huge="HUGE"),
        event(source={"type": "user", "userId": "U\0\udc00" + "a" * 125}, webhookEventId="1\0"),
        event(message={"type": "text", "id": "9", "text": "送\0料\ud83dは？"}),
    ).replace(b'"HUGE"', b"-1e999")
    raws = raw_events(body, NOW)
    assert await events.store("line", raws) == set()
    assert await events.store("line", raws) == {raw.event_id for raw in raws}
    assert len({raw.event_id for raw in raws}) == 5


async def test_what_was_stored_is_understood(events: EventStore) -> None:
    message = {"type": "text", "id": "9", "text": "送\0料は😀？"}
    [raw] = raw_events(body_of(event(message=message)), NOW)
    await events.store("line", [raw])
    pending = await events.next_of("line", raw.user or "")
    while pending is None:  # events settle for a moment
        pending = await events.next_of("line", raw.user or "")
    assert pending.raw.payload == raw.payload
    incoming = Meaning(Postbacks("a secret"), {}).understand(pending.raw)
    assert (incoming.text, incoming.message_id) == ("送料は😀？", "9")
    assert incoming.reply_token == "a-token"
