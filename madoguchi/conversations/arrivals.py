"""What an event of a messaging channel does: one function for each kind, harmless when repeated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock
from madoguchi.conversations.channel import MEDIA, Incident, Incoming, MessagingChannel
from madoguchi.conversations.channel_events import EventStore, PendingEvent
from madoguchi.conversations.model import Draft, Sender
from madoguchi.conversations.outbox import Outbox, State
from madoguchi.conversations.people import People, Person
from madoguchi.conversations.store import Arrival, ConversationStore, UnknownChoiceError
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.withdrawals import Withdrawals
from madoguchi.knowledge.reactions import Reactions
from madoguchi.media.attachments import attach

# They become messages of the transcript, and are answered.
_MESSAGES = MEDIA | {
    Incident.TEXT,
    Incident.CHOICE,
    Incident.STICKER,
    Incident.LOCATION,
    Incident.FOLLOW,
}

type Forget = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Parts:
    """What arrivals are made of."""

    database: AsyncEngine
    clock: Clock
    store: ConversationStore
    events: EventStore
    people: People
    outbox: Outbox
    withdrawals: Withdrawals
    streams: Streams
    reactions: Reactions
    # Wakes the worker of a conversation; and the one that delivers.
    wake: Callable[[str], None]
    wake_delivery: Callable[[], None]
    # Has the engine forget a conversation.
    forget: Forget


class Arrivals:
    """Takes each event where it belongs."""

    def __init__(self, parts: Parts) -> None:
        """Work with the parts."""
        self._parts = parts

    async def take(
        self, channel: MessagingChannel, event: PendingEvent, incoming: Incoming
    ) -> Person | None:
        """Do what the event asks for. Repeated, it does nothing more.

        Returns the customer who wrote or tapped, None for an event that is about something else.
        """
        user = event.raw.user or ""
        if incoming.kind is Incident.UNSEND:
            await self._unsend(channel, user, incoming)
        elif incoming.kind is Incident.ECHO:
            if incoming.delivery_id is not None:
                await self._parts.outbox.confirm(incoming.delivery_id)
        elif incoming.kind is Incident.UNFOLLOW:
            await self._unfollow(channel, user)
        elif incoming.kind is not Incident.NOTHING:
            return await self._heard(channel, event, incoming)
        return None

    async def _heard(
        self, channel: MessagingChannel, event: PendingEvent, incoming: Incoming
    ) -> Person:
        user = event.raw.user or ""
        person = await self._parts.people.meet(channel.name, user, channel.site)
        await self._parts.people.heard(person.recipient, self._parts.clock.now())
        if incoming.kind in _MESSAGES:
            await self._message(channel, person, event, incoming)
        else:
            await self._request(channel, person, event, incoming)
        return person

    async def _message(
        self, channel: MessagingChannel, person: Person, event: PendingEvent, incoming: Incoming
    ) -> None:
        parts, conversation = self._parts, person.conversation_id
        if incoming.message_id is not None and await parts.withdrawals.withdrawn(
            channel.name, incoming.message_id
        ):
            return
        arrival = Arrival(
            kind=incoming.kind,
            payload=incoming.payload,
            external_id=incoming.message_id,
            sender=Sender.SYSTEM if incoming.kind is Incident.FOLLOW else Sender.CUSTOMER,
            # Another system has the chat: it is noted and not answered.
            answered=not incoming.standby,
            also=self._also(channel, conversation, incoming),
        )
        text = incoming.text or parts.reactions.event(incoming.kind)
        try:
            inbound, message = await parts.store.receive(
                conversation,
                event.raw.event_id,
                text=text if incoming.choice_id is None else None,
                choice_id=incoming.choice_id,
                arrival=arrival,
            )
        except UnknownChoiceError:
            await self._tell(person, event, incoming.kind, [parts.reactions.to("expired")])
            return
        if message is not None:
            for each in (message, *inbound.replies):
                parts.streams.publish(conversation, Event("message", each))
        if inbound.replies:
            parts.wake_delivery()
        if not inbound.done:
            parts.wake(conversation)

    def _also(
        self, channel: MessagingChannel, conversation: str, incoming: Incoming
    ) -> Callable[[AsyncSession, int], Awaitable[None]]:
        async def also(session: AsyncSession, inbound_id: int) -> None:
            await channel.keep(session, incoming, conversation, inbound_id)
            if incoming.media is not None:
                await attach(session, inbound_id, channel.name, incoming.kind, incoming.media)

        return also

    async def _request(
        self, channel: MessagingChannel, person: Person, event: PendingEvent, incoming: Incoming
    ) -> None:
        """Do what is for the channel itself: its answer is no message of the assistant."""
        async with AsyncSession(self._parts.database) as session, session.begin():
            await channel.keep(session, incoming, person.conversation_id, None)
        if incoming.standby:
            return
        if incoming.kind is Incident.EXPIRED:
            drafts: Sequence[Draft] = [self._parts.reactions.to("expired")]
        elif incoming.kind is Incident.FETCH:
            drafts = await self._fetched(person)
        else:
            drafts = await channel.after(incoming, person.recipient)
        await self._tell(person, event, incoming.kind, drafts)

    async def _fetched(self, person: Person) -> list[Draft]:
        """Let go what was held for the customer, or say how it stands."""
        if await self._parts.outbox.release(person.conversation_id):
            self._parts.wake_delivery()
            return []
        under_way = (State.WAITING, State.SENDING)
        if await self._parts.outbox.entries(under_way, person.conversation_id, limit=1):
            return []  # it is on its way
        waits = await self._parts.store.next_pending(person.conversation_id) is not None
        return [self._parts.reactions.to("working" if waits else "fetched")]

    async def _unsend(self, channel: MessagingChannel, user: str, incoming: Incoming) -> None:
        if incoming.message_id is None:
            return
        conversation = await self._parts.withdrawals.withdraw(
            channel.name, user, incoming.message_id
        )
        if conversation is not None:
            await self._parts.forget(conversation)
            self._parts.streams.publish(conversation, Event("withdrawn", {}))

    async def _unfollow(self, channel: MessagingChannel, user: str) -> None:
        person = await self._parts.people.find(channel.name, user)
        if person is None:
            return
        await self._parts.people.blocked(person.recipient, blocked=True)
        await self._parts.outbox.cancel(person.conversation_id, "blocked")

    async def _tell(
        self, person: Person, event: PendingEvent, kind: Incident, drafts: Sequence[Draft]
    ) -> None:
        """Tell the customer once, however often the event is worked on."""
        if not drafts:
            return

        async def claim(session: AsyncSession) -> bool:
            return await self._parts.events.claim_done(session, event, kind)

        for message in await self._parts.store.say(person.conversation_id, drafts, claim):
            self._parts.streams.publish(person.conversation_id, Event("message", message))
        self._parts.wake_delivery()
