"""What every skill works with, put together once per service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from madoguchi.access.proofs import Proofs
from madoguchi.clock import Clock
from madoguchi.conversations.model import Draft
from madoguchi.dialogue.store import DialogueStore
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import Business
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.knowledge.sentences import Sentences
from madoguchi.knowledge.words import Words
from madoguchi.systems.interfaces import Systems


class Desk(Protocol):
    """The people that a conversation can be handed to."""

    async def asked_for(self, conversation_id: str, site: str | None) -> Draft:
        """Return what to say to a customer who wants a person."""
        ...


@dataclass(frozen=True)
class Context:
    """The parts of the service that skills use."""

    systems: Systems
    dialogues: DialogueStore
    proofs: Proofs
    inquiries: InquiryStore
    business: Business
    clock: Clock
    catalogue: Catalogue
    sentences: Sentences
    words: Words
    # None where there are no agents: the shop answers by telephone and inquiries alone.
    desk: Desk | None = None
