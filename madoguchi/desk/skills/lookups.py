"""A customer's orders, rentals and visits as they are now, with what the rules say of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.access.proofs import Proof
from madoguchi.conversations.model import Conversation
from madoguchi.desk.skills.deeds import Kind
from madoguchi.desk.skills.snapshot import Snapshot
from madoguchi.desk.skills.verdicts import Verdict, verdicts
from madoguchi.dialogue.cards import (
    Card,
    order_card,
    product_card,
    rental_card,
    visit_card,
)
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.found import find
from madoguchi.systems.model import Order, Product, Rental, Visit

# What is looked at with all its verdicts at once; an agent finds the others by their numbers.
MOST = 5

type Thing = Order | Rental | Product | Visit


@dataclass(frozen=True)
class Seen:
    """One thing as it is now. ``proven`` says by what the customer may see it: member, proof."""

    kind: Kind
    number: str
    proven: str | None
    card: Card
    verdicts: Sequence[Verdict]

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's page gets it."""
        return {
            "kind": self.kind,
            "number": self.number,
            "proven": self.proven,
            "card": self.card,
            "verdicts": [verdict.as_json() for verdict in self.verdicts],
        }


@dataclass(frozen=True)
class Known:
    """The customer's own things that are shown, and how many more there are."""

    things: Sequence[Seen]
    more: int


class Lookups:
    """Looks into the shop's systems for an agent; every call may raise SystemUnavailableError."""

    def __init__(self, context: Context) -> None:
        """Look by the systems, proofs and rules that the assistant uses."""
        self._context = context

    async def own(self, conversation: Conversation, kind: Kind) -> Known:
        """Return what the customer has proven in the chat, and the member's own, newest first."""
        proofs = await self._context.proofs.of(conversation.id)
        things = await self._own(conversation, kind, proofs)
        seen = [self._seen(conversation, kind, each, proofs) for each in things[:MOST]]
        return Known(await asyncio.gather(*seen), max(0, len(things) - MOST))

    async def by_number(self, conversation: Conversation, kind: Kind, number: str) -> Seen | None:
        """Return the thing of a number, whoever's it is; None when there is none."""
        proofs = await self._context.proofs.of(conversation.id)
        thing = await self._get(kind, number)
        if thing is None:
            return None
        return await self._seen(conversation, kind, thing, proofs)

    async def is_proven(self, conversation: Conversation, kind: Kind, number: str) -> bool:
        """Return whether the customer may see the thing: proven in the chat, or the member's."""
        if kind == "product":
            return True
        proofs = await self._context.proofs.of(conversation.id)
        if any((proof.kind, proof.number) == (kind, number) for proof in proofs):
            return True
        if conversation.member_id is None:
            return False
        thing = await self._get(kind, number)
        return thing is not None and _is_of(conversation, thing)

    async def _own(
        self, conversation: Conversation, kind: Kind, proofs: Sequence[Proof]
    ) -> list[Thing]:
        """Return the customer's things: what was proven in the chat comes first."""
        numbers = [proof.number for proof in reversed(proofs) if proof.kind == kind]
        proven = [await self._get(kind, number) for number in numbers]
        found: list[Thing] = [each for each in proven if each is not None]
        if conversation.member_id is not None:
            listed = await self._of_member(kind, conversation.member_id)
            found += [each for each in listed if each.number not in numbers]
        return found

    async def _of_member(self, kind: Kind, member: str) -> Sequence[Thing]:
        systems = self._context.systems
        if kind == "order":
            return await systems.orders.of_member(member)
        if kind == "rental":
            return await systems.rentals.of_member(member)
        return await systems.stores.visits_of_member(member) if kind == "visit" else []

    async def _get(self, kind: Kind, number: str) -> Thing | None:
        systems = self._context.systems
        get: dict[Kind, Callable[[str], Awaitable[Thing | None]]] = {
            "order": systems.orders.get,
            "rental": systems.rentals.get,
            "product": systems.stores.product,
            "visit": systems.stores.visit,
        }
        return await get[kind](number)

    async def _seen(
        self, conversation: Conversation, kind: Kind, thing: Thing, proofs: Sequence[Proof]
    ) -> Seen:
        known = () if isinstance(thing, Visit) else (thing,)
        snapshot = Snapshot.of(self._context.systems, *known)
        proven = "member" if _is_of(conversation, thing) else None
        if any((proof.kind, proof.number) == (kind, thing.number) for proof in proofs):
            proven = "proof"
        found = await verdicts(self._context, conversation, kind, thing.number, snapshot)
        return Seen(kind, thing.number, proven, _card(thing, found), found)


def number_in(kind: Kind, written: str) -> str | None:
    """Return the number of the kind that somebody wrote, as the shop writes it."""
    if kind == "visit":
        return written.strip().upper()[:40] or None
    found = find(written, kind)
    numbers = {"order": found.orders, "rental": found.rentals, "product": found.products}
    return next(iter(numbers[kind]), None)


def _card(thing: Thing, found: Sequence[Verdict]) -> Card:
    """Return the thing's card as its state is told with, and what a transfer's card adds."""
    told = [verdict.card for verdict in found if verdict.card is not None]
    if not told:
        return _plain_card(thing)
    rows = {row["label"]: row for card in reversed(told) for row in card["rows"]}
    first = [rows.pop(row["label"]) for row in told[0]["rows"]]
    return {**told[0], "rows": [*first, *rows.values()]}


def _plain_card(thing: Thing) -> Card:
    if isinstance(thing, Order):
        return order_card(thing)
    if isinstance(thing, Rental):
        return rental_card(thing)
    return product_card(thing) if isinstance(thing, Product) else visit_card(thing)


def _is_of(conversation: Conversation, thing: Thing) -> bool:
    """Return whether the thing is the signed-in member's; items are nobody's secret."""
    if isinstance(thing, Product):
        return True
    return thing.member_id is not None and thing.member_id == conversation.member_id
