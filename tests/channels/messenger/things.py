"""What these tests are about: messages, deliveries, and a channel against the stand-in for Meta."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from madoguchi.channels.messenger.channel import Account, MessengerChannel
from madoguchi.channels.messenger.client import Bounds, GraphClient
from madoguchi.channels.messenger.media import FileServers
from madoguchi.channels.messenger.products import INSTAGRAM, MESSENGER
from madoguchi.clock import TOKYO
from madoguchi.conversations.channel import Delivery, RawEvent, Recipient
from madoguchi.conversations.model import Choice, Kind, Message, Sender
from tests.messenger_platform.fake import FakeMeta
from tests.messenger_platform.platform import NOON, Person, Platform

BOUNDS = Bounds(connect=2.0, whole=5.0, aside=5.0)
IMPATIENT = Bounds(connect=2.0, whole=0.3, aside=0.3)


@dataclass
class PlatformClock:
    """Tells the platform's time, so that both agree on a window."""

    platform: Platform

    def now(self) -> datetime:
        """Return the time in Asia/Tokyo."""
        return self.platform.now.astimezone(TOKYO)


def sign(choice: Choice, user: str) -> str:
    """Return a payload that names the choice and the customer."""
    return f"signed/{choice.id}/{user}"


def read(payload: str, user: str) -> str | None:
    """Return the choice of a payload for this customer."""
    match payload.split("/"):
        case ["signed", choice, signed_for] if signed_for == user:
            return choice
    return None


def address(file: str, written_at: datetime) -> str | None:
    """Return where a file can be fetched."""
    return f"https://chat.example.jp/{file}?from={written_at:%Y%m%d}"


class MemoryProgress:
    """Progress that ends with the process: for tests."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._done: dict[int, int] = {}

    async def done(self, delivery_id: int) -> int:
        """Return how many parts were noted."""
        return self._done.get(delivery_id, 0)

    async def mark(self, delivery_id: int, parts: int) -> None:
        """Note the parts."""
        self._done[delivery_id] = max(parts, self._done.get(delivery_id, 0))

    def forget(self) -> None:
        """Know of nothing any more, as after a crash."""
        self._done.clear()


@dataclass
class Shop:
    """A channel of ours and the platform that it talks to."""

    meta: FakeMeta
    channel: MessengerChannel
    progress: MemoryProgress
    person: Person
    stored: list[tuple[str, list[RawEvent]]] = field(default_factory=list)

    @property
    def platform(self) -> Platform:
        """The platform's state."""
        return self.meta.platform

    @property
    def recipient(self) -> Recipient:
        """The customer as the core knows them."""
        return Recipient(
            self.channel.name, self.person.id, "conversation-1", heard_at=self.person.heard_at
        )

    async def store(self, name: str, events: list[RawEvent]) -> None:
        """Store events."""
        self.stored.append((name, events))

    @property
    def events(self) -> list[RawEvent]:
        """All events that were stored."""
        return [event for _, events in self.stored for event in events]

    def delivery(self, *messages: Message, number: int = 7, attempt: int = 1) -> Delivery:
        """Return a delivery to the customer."""
        return Delivery(
            id=number,
            recipient=self.recipient,
            messages=messages,
            retry_key=UUID(int=number),
            attempt=attempt,
            unsure=attempt > 1,
            created_at=NOON,
        )

    async def hears_echoes(self) -> None:
        """Have the channel told what the platform says of the messages it took."""
        await self.channel.note(
            [
                RawEvent(f"echo-{number}", self.person.id, NOON, {"event": echo})
                for number, echo in enumerate(self.platform.echoes)
            ]
        )
        self.platform.echoes.clear()

    async def close(self) -> None:
        """Close the channel."""
        await self.channel.close()


def shop_at(meta: FakeMeta, bounds: Bounds = BOUNDS, **account: Any) -> Shop:
    """Return a shop whose account is the platform's."""
    product = MESSENGER if meta.platform.object == "page" else INSTAGRAM
    progress = MemoryProgress()
    client = GraphClient(
        meta.platform.token, app_secret=meta.platform.app_secret, url=meta.url, bounds=bounds
    )
    known = {"id": meta.platform.account, "app_id": meta.platform.app_id}
    channel = MessengerChannel(
        Account(product, **(known | account)),
        client,
        progress,
        PlatformClock(meta.platform),
        sign=sign,
        read=read,
        address=address,
        servers=FileServers([meta.url]),
    )
    return Shop(meta, channel, progress, meta.platform.person())


def a_message(text: str = "全品送料無料です。", **changed: Any) -> Message:
    """Return a message of the bot's."""
    usual: dict[str, Any] = {"seq": 1, "sender": Sender.BOT, "kind": Kind.ANSWER, "at": NOON}
    return Message(text=text, **(usual | changed))


def an_agents_message(text: str = "お調べしました。") -> Message:
    """Return a message of a person's."""
    return a_message(text, sender=Sender.AGENT)


def choices(*titles: str) -> tuple[Choice, ...]:
    """Return choices with these titles and an id each."""
    return tuple(
        Choice(title, "/topic", id=f"choice-{number}") for number, title in enumerate(titles, 1)
    )
