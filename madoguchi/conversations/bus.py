"""Carries what happened in a conversation from one service process to the others.

It carries hints, never messages: which conversation, what kind of thing, which number. A reader
that gets a hint looks into the database, and one that gets none looks there by itself, so a hint
that is lost delays something by seconds and loses nothing.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, Field, ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from madoguchi.logs import log

_CONNECT_SECONDS = 2.0
# After so long a silence the connection is tried, and after as long again it is given up.
_SILENCE_SECONDS = 5.0
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_KEPT = 1000
_FLUSH_SECONDS = 1.0


@dataclass(frozen=True)
class Notice:
    """A hint: message ``seq`` was stored, or else a passing state (typing, ownership) in ``data``.

    No text of a message is ever in it.
    """

    conversation_id: str
    name: str
    seq: int | None = None
    data: dict[str, Any] | None = None


class Listener(Protocol):
    """Whoever wants to know what happens in the other processes."""

    def heard(self, notice: Notice) -> None:
        """Take a notice of another process."""
        ...

    def missed(self) -> None:
        """Learn that notices may have got lost."""
        ...


class Bus(Protocol):
    """Between this process and the others."""

    @property
    def hears_others(self) -> bool:
        """Whether what other processes publish arrives at once."""
        ...

    async def start(self, listener: Listener) -> None:
        """Hand the listener, from now on, what others publish, in each one's order."""
        ...

    def publish(self, notice: Notice) -> None:
        """Tell the others. Never waits and never fails."""
        ...

    async def close(self) -> None:
        """Stop hearing and telling."""
        ...


class LocalBus:
    """The bus of a process that has no way to the others, or only to those at the same hub."""

    def __init__(self, hub: set[LocalBus] | None = None) -> None:
        """Reach those that share the hub, which live in the same process."""
        self._hub = hub if hub is not None else set()
        self._listener: Listener | None = None

    @property
    def hears_others(self) -> bool:
        """Return False: there may be processes beyond the hub."""
        return False

    async def start(self, listener: Listener) -> None:
        """Join the hub."""
        self._listener = listener
        self._hub.add(self)
        listener.missed()

    def publish(self, notice: Notice) -> None:
        """Hand the notice to the others at the hub."""
        if self not in self._hub:
            return
        for other in self._hub - {self}:
            if other._listener is not None:  # noqa: SLF001  (one of its own kind)
                other._listener.heard(notice)  # noqa: SLF001

    async def close(self) -> None:
        """Leave the hub."""
        self._hub.discard(self)


class _Wire(BaseModel):
    """A notice as it is sent: whoever can reach the Redis server may have written it."""

    origin: Annotated[str, Field(max_length=64)]
    conversation: Annotated[str, Field(max_length=64)]
    event: Annotated[str, Field(max_length=32)]
    seq: Annotated[int, Field(ge=1)] | None = None
    data: dict[str, Any] | None = None


class RedisBus:
    """Redis' publish and subscribe, on one channel for all conversations."""

    def __init__(self, url: str, prefix: str = "madoguchi") -> None:
        """Speak to the server at the URL; ``prefix`` keeps two services on one server apart."""
        self._redis = Redis.from_url(
            url,
            protocol=2,
            socket_connect_timeout=_CONNECT_SECONDS,
            socket_timeout=_SILENCE_SECONDS,
            # Connecting anew is done here, where it is known that something may be missing.
            retry=Retry(NoBackoff(), 0),
        )
        self._channel = f"{prefix}:conversations"
        self._origin = uuid.uuid4().hex
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_KEPT)
        self._tasks: list[asyncio.Task[None]] = []
        self._listening = self._telling = False
        self._log = log("bus")

    @property
    def hears_others(self) -> bool:
        """Whether Redis is there, as far as is known."""
        return self._listening

    async def start(self, listener: Listener) -> None:
        """Connect, and again whenever the connection is lost; does not wait for it."""
        self._telling = True
        self._tasks = [
            asyncio.create_task(self._listen(listener)),
            asyncio.create_task(self._tell()),
        ]

    def publish(self, notice: Notice) -> None:
        """Send the notice as soon as possible; a passing state only when that is now."""
        if not self._tasks or (notice.seq is None and not self._telling):
            return
        if self._waiting.full():
            # Its readers find out by themselves; the newest is worth the most.
            self._waiting.get_nowait()
            self._waiting.task_done()
        self._waiting.put_nowait(
            _Wire(
                origin=self._origin,
                conversation=notice.conversation_id,
                event=notice.name,
                seq=notice.seq,
                data=notice.data,
            ).model_dump_json(exclude_none=True)
        )

    async def close(self) -> None:
        """Send what still waits, for at most a second, and disconnect."""
        if self._telling:
            try:
                async with asyncio.timeout(_FLUSH_SECONDS):
                    await self._waiting.join()
            except TimeoutError:
                self._log.warning("notices not sent", count=self._waiting.qsize())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._listening = self._telling = False
        await self._redis.aclose()

    async def _listen(self, listener: Listener) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                await self._hear(listener)
            except (RedisError, OSError) as error:
                if self._listening:
                    self._log.warning("redis lost", error=type(error).__name__)
                    pause = _SHORTEST_PAUSE
            except Exception:  # noqa: BLE001  (one failure must not make the process deaf)
                self._log.exception("listening failed")
            if self._listening:
                # Whoever relied on being told has to look again, and more often from now on.
                self._listening = False
                listener.missed()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _hear(self, listener: Listener) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            asked = False
            while True:
                message = await subscription.get_message(timeout=_SILENCE_SECONDS)
                if message is None:
                    if asked:
                        raise ConnectionError("no answer")
                    await subscription.ping()
                    asked = True
                    continue
                asked = False
                if message["type"] == "subscribe":
                    # Also after a reconnection that the client made by itself.
                    self._listening = True
                    listener.missed()
                elif message["type"] == "message":
                    self._take(listener, message["data"])

    def _take(self, listener: Listener, data: bytes) -> None:
        try:
            wire = _Wire.model_validate_json(data)
        except ValidationError:
            self._log.warning("notice not understood")
            return
        if wire.origin != self._origin:
            listener.heard(Notice(wire.conversation, wire.event, wire.seq, wire.data))

    async def _tell(self) -> None:
        while True:
            notice = await self._waiting.get()
            await self._send(notice)
            self._waiting.task_done()

    async def _send(self, notice: str) -> None:
        """Send until it is sent: another process may hear Redis while this one does not."""
        pause = _SHORTEST_PAUSE
        while True:
            try:
                await self._redis.publish(self._channel, notice)
            except (RedisError, OSError):
                self._telling = False
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._telling = True
                return
