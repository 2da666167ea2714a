"""Works on the events of messaging channels: one of a customer at a time, in their order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from madoguchi.conversations.arrivals import Arrivals
from madoguchi.conversations.channel import MessagingChannel, Recipient
from madoguchi.conversations.channel_events import SETTLE, EventStore
from madoguchi.conversations.leases import Exclusion
from madoguchi.conversations.people import People
from madoguchi.logs import log
from madoguchi.metrics import CHANNEL_EVENTS
from madoguchi.periodic import ended

_LOOK_SECONDS = 1.0


class IntakeWorker:
    """Takes stored events where they belong, and looks up who customers are meanwhile."""

    def __init__(
        self,
        events: EventStore,
        arrivals: Arrivals,
        people: People,
        channels: Mapping[str, MessagingChannel],
        exclusion: Exclusion,
    ) -> None:
        """Understand each channel's events with that channel."""
        self._events = events
        self._arrivals = arrivals
        self._people = people
        self._channels = channels
        self._exclusion = exclusion
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._profiles: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._looker: asyncio.Task[None] | None = None
        self._log = log("intake")

    async def start(self) -> None:
        """Begin, with what an earlier process left waiting."""
        self._stopping = False
        self._looker = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop between two events; one that is not done stays waiting."""
        self._stopping = True
        self._woken.set()
        looker = [self._looker] if self._looker is not None else []
        await ended(*self._tasks.values(), *self._profiles, *looker)

    def wake(self) -> None:
        """Look for events as soon as those that just came have settled."""
        self._woken.set()

    async def _look(self) -> None:
        while not self._stopping:
            try:
                for key in await self._events.users_due(list(self._channels)):
                    if key not in self._tasks:
                        self._tasks[key] = asyncio.create_task(self._drain(*key))
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("events not read")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)
                self._woken.clear()
                await asyncio.sleep(SETTLE.total_seconds())

    async def _drain(self, channel_name: str, user: str) -> None:
        channel = self._channels[channel_name]
        try:
            async with self._exclusion.held(f"events:{channel_name}:{user}") as got:
                while got and not self._stopping and await self._one(channel, user):
                    pass
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001  (the next look takes it up again)
            self._log.exception("customer failed", channel=channel_name)
        finally:
            self._tasks.pop((channel_name, user), None)

    async def _one(self, channel: MessagingChannel, user: str) -> bool:
        """Return whether an event was worked on, so that another may follow."""
        event = await self._events.next_of(channel.name, user)
        if event is None:
            return False
        incoming = channel.understand(event.raw)
        try:
            person = await self._arrivals.take(channel, event, incoming)
        except Exception:  # noqa: BLE001  (whatever it is, the other events must not wait for it)
            given_up = await self._events.failed(event)
            self._log.exception(
                "event failed", channel=channel.name, kind=incoming.kind, attempts=event.attempts
            )
            return given_up
        await self._events.done(event, incoming.kind)
        CHANNEL_EVENTS.labels(channel.name, incoming.kind).inc()
        if person is not None and person.wants_profile:
            self._learn_name(channel, person.recipient)
        return True

    def _learn_name(self, channel: MessagingChannel, recipient: Recipient) -> None:
        """Ask the platform who it is, apart from the message: it must not wait for that."""
        task = asyncio.create_task(self._profile(channel, recipient))
        self._profiles.add(task)
        task.add_done_callback(self._profiles.discard)

    async def _profile(self, channel: MessagingChannel, recipient: Recipient) -> None:
        try:
            profile = await channel.profile(recipient.external_id)
            await self._people.profiled(recipient, profile)
        except Exception:  # noqa: BLE001  (without a name the chat goes on all the same)
            self._log.exception("profile not read", channel=channel.name)
