"""A channel whose other side is a real HTTP server on this machine."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.client import Bounds
from madoguchi.clock import FixedClock
from madoguchi.conversations.channel import Delivery, Recipient
from madoguchi.conversations.model import Choice, Kind, Message, Sender
from tests.channels.webhook.other import SECRETS, OtherSystem
from tests.support.server import serving

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)
RETRY_KEY = UUID("7d0c6a3e-54f2-4a0f-9a4e-0d3c6c0f7b11")
CUSTOMER = Recipient("webhook", "app-user-1", "conversation-1", name="山田 太郎")
ANSWER = Message(
    seq=2,
    sender=Sender.BOT,
    kind=Kind.ANSWER,
    text="全品送料無料です。",
    at=NOW,
    topic="store/shipping_fee",
    choices=(Choice("最短でいつ届く？", "/store_fastest_delivery", id="cumn7KWwMKUIkTcRXX0BpA"),),
)
# Made once: reading the machine's certificates takes longer than many a test.
TLS = ssl.create_default_context()
# Nothing on this machine takes that long, and no test waits for it.
PATIENT = Bounds(connect=20, answer=20, typing=20, file=20, rest=20)

type Connect = Callable[..., WebhookChannel]


def a_delivery(*messages: Message, **changed: Any) -> Delivery:
    """Return a delivery of the messages, or of one answer."""
    usual: dict[str, Any] = {
        "id": 7,
        "recipient": CUSTOMER,
        "messages": messages or (ANSWER,),
        "retry_key": RETRY_KEY,
        "attempt": 1,
        "unsure": False,
        "created_at": NOW,
    }
    return Delivery(**(usual | changed))


@pytest.fixture
def other() -> OtherSystem:
    """The other system; it takes everything until a test says otherwise."""
    return OtherSystem()


@pytest.fixture
async def address(other: OtherSystem) -> AsyncIterator[str]:
    """Where the other system is."""
    async with serving(other) as address:
        yield address


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes channels to an address, closed at the test's end."""
    async with AsyncExitStack() as open_channels:

        def to(url: str, **changed: Any) -> WebhookChannel:
            usual: dict[str, Any] = {"open_loopback": True, "bounds": PATIENT, "tls": TLS}
            secrets = changed.pop("secrets", SECRETS)
            channel = WebhookChannel(url, secrets, CLOCK, **(usual | changed))
            open_channels.push_async_callback(channel.close)
            return channel

        yield to


@pytest.fixture
def channel(connect: Connect, address: str) -> WebhookChannel:
    """A channel to the other system."""
    return connect(f"{address}/madoguchi")
