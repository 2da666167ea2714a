"""The platform with its customers and its courier: what tests and the sandbox talk to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.line_platform import ids
from tests.line_platform.bubbles import Bubble
from tests.line_platform.calls import Call
from tests.line_platform.clock import LineClock
from tests.line_platform.courier import Courier, Delivery, Signing
from tests.line_platform.customer import Customer
from tests.line_platform.events import Event, redelivered
from tests.line_platform.faults import ANY, Fault
from tests.line_platform.people import Channel, Group, User
from tests.line_platform.platform import Platform
from tests.line_platform.quota import FREE_PLAN, Quota

_NONCE_LENGTHS = range(10, 256)
HELD = "held"


@dataclass
class Habits:
    """How webhooks travel until it is changed: signed right, once, at once, in order."""

    signing: Signing = "right"
    copies: int = 1
    delay_seconds: float = 0.0
    # Every second webhook overtakes the one before it.
    swaps: bool = False


class Line:
    """Customers, chats, webhooks and faults of one bot's platform."""

    def __init__(
        self,
        channel: Channel | None = None,
        clock: LineClock | None = None,
        quota: int | None = FREE_PLAN,
    ) -> None:
        """Begin with nobody; the quota is in messages a month, None for as many as one likes."""
        self.channel = channel or Channel()
        self.clock = clock or LineClock()
        self.platform = Platform(self.channel, self.clock, Quota(quota))
        self.courier = Courier(self.channel, self.clock)
        self.habits = Habits()
        self._customers: dict[str, Customer] = {}
        self._held: list[Event] | None = None
        self._overtaken: Event | None = None

    # --- customers and their chats

    def user(self, who: str, name: str | None = None, *, friend: bool = True) -> Customer:
        """Return the customer of an id or a name; a new one is a friend of the bot already."""
        user_id = who if ids.USER_ID.fullmatch(who) else ids.user_id(who)
        if user_id not in self._customers:
            called = name or ("お客様" if who == user_id else who)
            user = User(user_id, called, friend=friend)
            self.platform.users[user_id] = user
            self._customers[user_id] = Customer(self, user)
            self.platform.changes.happened()
        return self._customers[user_id]

    @property
    def customers(self) -> list[Customer]:
        """Everybody, in the order they came."""
        return list(self._customers.values())

    def group(self, who: str, members: list[Customer]) -> Group:
        """Return the group (or room: ``R…``) of an id or a name, with these members."""
        known = any(form.fullmatch(who) for form in (ids.GROUP_ID, ids.ROOM_ID))
        group = Group(who if known else ids.group_id(who), [member.user for member in members])
        self.platform.groups[group.id] = group
        return group

    def sent(self, to: Customer | Group | str) -> list[Bubble]:
        """Return what the bot has sent into a chat, as the customer sees it, oldest first."""
        chat_id = to if isinstance(to, str) else to.id
        return [bubble for bubble in self.platform.chat(chat_id) if bubble.from_bot]

    # --- webhooks

    async def deliver(self, *events: Event, signing: Signing | None = None) -> Delivery:
        """Send one webhook with these events, and return what the bot answered."""
        if self._held is not None:
            self._held.extend(events)
            return Delivery(events, self.clock.now(), error=HELD)
        for event in events:
            if "replyToken" in event:
                self.platform.reply_tokens.open(event["replyToken"], self.clock.now())
        delivery = await self.courier.bring(events, signing or self.habits.signing)
        self.platform.changes.happened()
        return delivery

    async def deliver_twice(self, *events: Event) -> tuple[Delivery, Delivery]:
        """Send the same webhook twice at the same time."""
        return await asyncio.gather(self.deliver(*events), self.deliver(*events))

    async def redeliver(self, what: Delivery | Event) -> Delivery:
        """Send a webhook again, marked as LINE marks it, and open its reply tokens again."""
        events = what.events if isinstance(what, Delivery) else (what,)
        return await self.deliver(*(redelivered(event) for event in events))

    async def redeliver_failed(self) -> list[Delivery]:
        """Send again, in their order, all webhooks that the bot has not taken so far."""
        failed = [delivery for delivery in self.courier.deliveries if not delivery.ok]
        self.courier.deliveries = [each for each in self.courier.deliveries if each.ok]
        return [await self.redeliver(delivery) for delivery in failed]

    async def check_connection(self) -> Delivery:
        """Send a webhook without events, as the console's "Verify" does."""
        return await self.deliver()

    @contextmanager
    def holding(self) -> Iterator[list[Event]]:
        """Keep back the events of what customers do inside; ``deliver`` them as you like later."""
        self._held = []
        try:
            yield self._held
        finally:
            self._held = None

    async def hand_over(self, event: Event) -> Delivery:
        """Send a customer's event the way the habits say; return the last webhook's delivery."""
        if self.habits.delay_seconds:
            await self.platform.pause(self.habits.delay_seconds)
        if self.habits.swaps and self._overtaken is None:
            self._overtaken = event
            return Delivery((event,), self.clock.now(), error=HELD)
        delivery, *_ = await asyncio.gather(
            *(self.deliver(event) for _ in range(self.habits.copies))
        )
        if self._overtaken is not None:
            overtaken, self._overtaken = self._overtaken, None
            await self.deliver(overtaken)
        return delivery

    # --- account links

    async def link_account(self, token: str, nonce: str, opened_by: str | None = None) -> bool:
        """End an account link; False when the customer sees an error instead, without a webhook.

        Opened by another than the one the token was given out for, the link fails: LINE tells the
        bot so, and does not tell whose it was.
        """
        if len(nonce) not in _NONCE_LENGTHS:
            return False
        owner = self.platform.link_tokens.redeem(token, self.clock.now())
        if owner is None:
            return False
        user = self.platform.users[owner]
        ok = opened_by in {None, owner}
        if ok:
            user.linked_nonce = nonce
        await self.hand_over(self.platform.events.account_link(user.source, nonce, ok=ok))
        return True

    # --- what the bot has called, and what goes wrong

    def calls(self, endpoint: str = ANY) -> list[Call]:
        """Return the bot's requests to an endpoint, or all of them, oldest first."""
        return [call for call in self.platform.calls if endpoint in {ANY, call.endpoint}]

    async def called(self, endpoint: str, times: int = 1) -> list[Call]:
        """Return the requests to an endpoint once there are so many. Raises AssertionError."""

        def enough() -> list[Call] | None:
            found = [call for call in self.calls(endpoint) if call.done]
            return found if len(found) >= times else None

        try:
            return await self.platform.changes.until(enough)
        except TimeoutError:
            seen = [(call.endpoint, call.status) for call in self.platform.calls]
            raise AssertionError(f"{endpoint} was not called {times} times, only {seen}") from None

    def fail(self, endpoint: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next requests to an endpoint (``*``: any) fail; None: until ``mend``."""
        self.platform.faults.switch_on(endpoint, fault, times)

    def mend(self, endpoint: str = ANY) -> None:
        """Let an endpoint, or all of them, work again."""
        self.platform.faults.mend(endpoint)

    async def close(self) -> None:
        """Let go of everything that waits, and of the connections."""
        self.platform.close()
        await self.courier.close()
