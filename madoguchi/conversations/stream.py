"""Tells every open page of a conversation what has just happened in it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from madoguchi.conversations.model import Message

# A reader that fell this far behind reads on from the database instead.
_QUEUE_LENGTH = 256


@dataclass(frozen=True)
class Event:
    """Something a page shows: a stored message, or a passing state such as typing."""

    name: str
    data: Message | dict[str, Any]


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
    """The open streams of this process, by conversation."""

    def __init__(self, per_conversation: int = 20) -> None:
        """Allow each conversation so many streams."""
        self._streams: dict[str, set[Stream]] = defaultdict(set)
        self._limit = per_conversation
        self._closed = False

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
        """Hand an event to every stream of the conversation."""
        for stream in self._streams.get(conversation_id, ()):
            stream.put(event)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for streams in self._streams.values():
            for stream in streams:
                stream.put(None)
