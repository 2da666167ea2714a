"""お問い合わせ: takes the customer's matter for a person, shown back, with its number."""

from __future__ import annotations

from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Option, Pick
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn

_TOPICS = {
    "store": ("order", "return", "payment", "store", "product", "other"),
    "rental": ("application", "billing", "rental_return", "buyout", "loss", "other"),
}
_BOTH = ("order", "return", "payment", "application", "billing", "rental_return", "other")


class InquirySkill(Skill):
    """Takes an inquiry."""

    act = "inquiry"

    async def steps(self, turn: Turn) -> None:
        """Ask what it is about and for the words, then how to answer."""
        words = turn.context.words
        topics = [
            Option(words(f"inquiry.topics.{topic}"), topic)
            for topic in _TOPICS.get(turn.site or "", _BOTH)
        ]
        topic = await turn.ask("inquiry.topic", Pick(topics))
        summary = await turn.ask("inquiry.details", FreeText(shortest=2))
        subject = await _proven_subject(turn)
        raise await take_inquiry(turn, Matter(str(topic), str(summary), subject))


async def _proven_subject(turn: Turn) -> str | None:
    """Return the order or rental that was talked about and is proven to be the customer's."""
    memory = turn.opened.memory
    proven = {proof.number for proof in await turn.context.proofs.of(turn.opened.conversation.id)}
    for number in (memory.order, memory.rental):
        if number is not None and (turn.member_id is not None or number in proven):
            return number
    return None
