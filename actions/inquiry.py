"""お問い合わせ: takes the customer's matter for a person, shown back, with its number."""

from __future__ import annotations

from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Option, Read
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.inquiry_topics import inquiry_topic

_TOPICS = {
    "store": ("order", "return", "payment", "store", "product", "other"),
    "rental": ("application", "billing", "rental_return", "buyout", "loss", "other"),
}
_BOTH = ("order", "return", "payment", "application", "billing", "rental_return", "other")
# A first message of this length says what it is about; a shorter one says that there is something.
_TELLS = 25


class InquirySkill(Skill):
    """Takes an inquiry."""

    act = "inquiry"

    async def steps(self, turn: Turn) -> None:
        """Ask what it is about and for the words, then how to answer."""
        if turn.starts and len(turn.heard.plain) >= _TELLS:
            turn.take("inquiry.topic", Read(_told))
        words = turn.context.words
        topics = [
            Option(words(f"inquiry.topics.{topic}"), {"topic": topic})
            for topic in _TOPICS.get(turn.site or "", _BOTH)
        ]
        matter = await turn.ask("inquiry.topic", Read(_told, topics))
        # Who began to tell at once is not asked to tell again.
        details = matter.get("details") or await turn.ask("inquiry.details", FreeText(shortest=2))
        subject = await _proven_subject(turn)
        raise await take_inquiry(turn, Matter(matter["topic"], str(details), subject))


def _told(heard: Heard) -> dict[str, str] | None:
    """Return what the customer tells in their own words."""
    details = FreeText(shortest=5).read(heard)
    if details is None or heard.says_no or heard.says_yes:
        return None
    return {"topic": inquiry_topic(heard.intent), "details": details}


async def _proven_subject(turn: Turn) -> str | None:
    """Return the order or rental that was talked about and is proven to be the customer's."""
    memory = turn.opened.memory
    proven = {proof.number for proof in await turn.context.proofs.of(turn.opened.conversation.id)}
    for number in (memory.order, memory.rental):
        if number is not None and (turn.member_id is not None or number in proven):
            return number
    return None
