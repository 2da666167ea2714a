"""Tells every open page of a conversation what has just happened in it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from madoguchi.conversations.bus import Bus, LocalBus, Notice
from madoguchi.conversations.model import Message

# A reader that fell this far behind reads on from the database instead.
_QUEUE_LENGTH = 256
# That a customer writes is for agents; the customer's own pages have no use for it.
CUSTOMER_TYPING = "customer_typing"
# That an agent has the conversation open is for their colleagues.
AGENT_LOOKS = "agent_looks"
_FOR_THE_DESK = frozenset({CUSTOMER_TYPING, AGENT_LOOKS})


@dataclass(frozen=True)
class Stored:
    """A message that another process has stored: the database has it.

    Without a number there may be any messages, or none.
    """

    seq: int | None = None


@dataclass(frozen=True)
class Event:
    """Something a page shows: a stored message, or a passing state such as typing."""

    name: str
    data: Message | Stored | dict[str, Any]


class TooManyStreamsError(Exception):
    """The conversation has as many open streams as it may have."""


class Stream:
    """One reader's events, in order. A lost event shows as ``lagged``, never as silence."""

    def __init__(self) -> None:
        """Start empty."""
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(_QUEUE_LENGTH)
        self.lagged = False

    def put(self, event: Event | None) -> None:
        """Hand the reader an event; None ends the stream."""
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self.lagged = True
            if event is None:  # the end is the one event that must not get lost
                self._events.get_nowait()
                self._events.put_nowait(None)

    async def next(self, timeout: float) -> Event | None:
        """Return the next event, None at the end. Raises TimeoutError after so many seconds."""
        return await asyncio.wait_for(self._events.get(), timeout)


class Streams:
    """The open streams of this process, by conversation; ``bus`` brings what others publish."""

    def __init__(self, per_conversation: int = 20, *, bus: Bus | None = None) -> None:
        """Allow each conversation so many streams."""
        self._streams: dict[str, set[Stream]] = defaultdict(set)
        self._limit = per_conversation
        self._bus = bus if bus is not None else LocalBus()
        self._watchers: list[Callable[[str | None], None]] = []
        self._followers: list[Callable[[str, Event], None]] = []
        self._closed = False

    @property
    def hears_others(self) -> bool:
        """Whether what other processes publish arrives at once."""
        return self._bus.hears_others

    @property
    def closed(self) -> bool:
        """Whether the service is stopping, so that every stream has to end."""
        return self._closed

    def watch(self, changed: Callable[[str | None], None]) -> None:
        """Call back whenever another process has stored a message.

        It is handed the conversation, or None when any conversation may have one.
        """
        self._watchers.append(changed)

    def follow(self, happened: Callable[[str, Event], None]) -> None:
        """Call back for every event of any conversation, of this process and the others."""
        self._followers.append(happened)

    @contextmanager
    def subscribe(self, conversation_id: str) -> Iterator[Stream]:
        """Open a stream for the length of the block. Raises TooManyStreamsError."""
        streams = self._streams[conversation_id]
        if len(streams) >= self._limit:
            raise TooManyStreamsError
        stream = Stream()
        streams.add(stream)
        if self._closed:
            stream.put(None)
        try:
            yield stream
        finally:
            streams.discard(stream)
            if not streams:
                self._streams.pop(conversation_id, None)

    def publish(self, conversation_id: str, event: Event) -> None:
        """Hand an event to every stream of the conversation, in this process and the others."""
        self._hand_out(conversation_id, event)
        if isinstance(event.data, Message):
            self._bus.publish(Notice(conversation_id, event.name, seq=event.data.seq))
        elif isinstance(event.data, dict):
            self._bus.publish(Notice(conversation_id, event.name, data=event.data))

    def heard(self, notice: Notice) -> None:
        """Hand out what another process has published."""
        if notice.seq is None:
            self._hand_out(notice.conversation_id, Event(notice.name, notice.data or {}))
            return
        self._hand_out(notice.conversation_id, Event(notice.name, Stored(notice.seq)))
        for changed in self._watchers:
            changed(notice.conversation_id)

    def missed(self) -> None:
        """Have everyone look into the database: what others published may have got lost."""
        for conversation_id in self._streams:
            self._hand_out(conversation_id, Event("message", Stored()))
        for changed in self._watchers:
            changed(None)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for streams in self._streams.values():
            for stream in streams:
                stream.put(None)

    def _hand_out(self, conversation_id: str, event: Event) -> None:
        for happened in self._followers:
            happened(conversation_id, event)
        if event.name in _FOR_THE_DESK:
            return
        for stream in self._streams.get(conversation_id, ()):
            stream.put(event)
