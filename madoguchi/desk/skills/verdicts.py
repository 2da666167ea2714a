"""What the rules say of an order, a rental, an item or a visit right now, without changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from madoguchi.conversations.model import Conversation
from madoguchi.desk.skills.deeds import (
    DEEDS,
    INQUIRY_QUESTIONS,
    LOOKS,
    MERELY_TOLD,
    Deed,
    Kind,
    Look,
    answered_before,
)
from madoguchi.desk.skills.runs import Run, Said, run_skill
from madoguchi.desk.skills.snapshot import Snapshot
from madoguchi.desk.skills.wording import reason_of, skill_words, until_of
from madoguchi.dialogue.cards import Card
from madoguchi.dialogue.context import Context


class Ruling(StrEnum):
    """What a verdict leads to."""

    # The deed can be done now.
    YES = "yes"
    # The shop decides: it can be taken as an inquiry.
    INQUIRY = "inquiry"
    NO = "no"
    # Nothing to do; only to tell.
    TOLD = "told"


@dataclass(frozen=True)
class Verdict:
    """One rule's word on one thing.

    ``reason`` and ``until`` are for the agent; ``sentence`` is the assistant's own wording for the
    customer, None where it is a question.
    """

    act: str
    ruling: Ruling
    reason: str
    until: str | None
    sentence: str | None
    # The card that the assistant shows with it.
    card: Card | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's page gets it."""
        return {
            "act": self.act,
            "title": skill_words()(f"titles.{self.act}"),
            "ruling": self.ruling.value,
            "label": skill_words()(f"rulings.{self.ruling}"),
            "allowed": self.ruling in {Ruling.YES, Ruling.INQUIRY},
            "reason": self.reason,
            "until": self.until,
            "sentence": self.sentence,
        }


def ruling_of(said: Said) -> Ruling:
    """Return what the last words of a skill mean for the deed that was asked for."""
    if said.question in INQUIRY_QUESTIONS:
        return Ruling.INQUIRY
    if said.question is not None:
        return Ruling.YES
    return Ruling.TOLD if said.name in MERELY_TOLD else Ruling.NO


async def verdicts(
    context: Context, conversation: Conversation, kind: Kind, number: str, snapshot: Snapshot
) -> list[Verdict]:
    """Return what the rules say of one thing; the systems are asked through the snapshot alone.

    Raises SystemUnavailableError.
    """
    seen = replace(context, systems=snapshot)
    transfer = kind == "order" and await snapshot.stores.transfer(number) is not None

    def applies(act: str) -> bool:
        return transfer or not act.startswith("store_transfer")

    found = [
        await _told(seen, conversation, look, number)
        for look in LOOKS
        if look.kind == kind and applies(look.act)
    ]
    return found + [
        await rehearsed(seen, conversation, deed, number)
        for deed in DEEDS.values()
        if deed.kind == kind and applies(deed.act)
    ]


async def _told(context: Context, conversation: Conversation, look: Look, number: str) -> Verdict:
    said = await run_skill(Run(context, conversation, look.act, answers={look.kind: number}))
    return Verdict(look.act, Ruling.TOLD, reason_of(said), until_of(said), said.text, said.card)


async def rehearsed(
    context: Context, conversation: Conversation, deed: Deed, number: str
) -> Verdict:
    """Return the rules' word on a deed: how far its skill gets before anything is changed.

    ``context`` has to be one whose systems cannot be changed (``Snapshot``).
    """
    run = Run(
        context,
        conversation,
        deed.skill,
        given=_sample(deed, number),
        answers=answered_before(deed, number),
    )
    said = await run_skill(run)
    ruling = ruling_of(said)
    sentence = None if said.question is not None else said.text
    return Verdict(deed.act, ruling, reason_of(said), until_of(said), sentence)


def _sample(deed: Deed, number: str) -> Mapping[str, Any]:
    item = {"store_visit.product": number, "restock_request.wish": number}
    return {**deed.rehearsed, **(item if deed.kind == "product" else {})}
