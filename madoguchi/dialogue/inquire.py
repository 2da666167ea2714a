"""Takes an inquiry (お問い合わせ) for a person: contact, shown back, opened once."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.cards import Card, card
from madoguchi.dialogue.questions import Contact, Option
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.inquiries.model import Inquiry, NewInquiry
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.knowledge.labels import labels

# The answer comes into this very conversation.
IN_CHAT = "chat"
_SHOWN = 120


@dataclass(frozen=True)
class Matter:
    """What the inquiry is about, in the customer's language."""

    # A key of messages/skills/inquiry.yml, topics.
    topic: str
    summary: str
    # The order or rental it is about.
    subject: str | None = None
    urgent: bool = False


async def take_inquiry(turn: Turn, matter: Matter, opened: str = "inquiry.opened") -> DoneError:
    """Ask how to answer, show everything back and open the inquiry: ``raise await take_…``."""
    words = turn.context.words
    in_chat = Option(words("inquiry.in_chat"), IN_CHAT, spoken=("チャット", "ここ", "このチャット"))
    contact = str(await turn.ask("contact_way", Contact([in_chat]), text="inquiry.contact_way"))
    due = turn.context.inquiries.due_on(turn.today, urgent=matter.urgent)
    if not await turn.confirm(
        "inquiry.confirm",
        card=inquiry_card(turn, matter, contact),
        topic=words(f"inquiry.topics.{matter.topic}"),
        summary=_short(matter.summary),
        contact=contact_word(turn, contact),
    ):
        raise turn.finish("inquiry.not_sent", Kind.RESULT)
    inquiry = await turn.context.inquiries.open(
        NewInquiry(
            topic=matter.topic,
            summary=matter.summary,
            contact=contact,
            site=turn.site,
            conversation_id=turn.opened.conversation.id,
            member_id=turn.member_id,
            subject=matter.subject,
            urgent=matter.urgent,
        ),
        turn.key("inquiry"),
    )
    return turn.finish(
        opened,
        Kind.HANDOFF,
        card=opened_card(turn, inquiry),
        number=inquiry.number,
        due=day_in_full(due),
        contact=contact_word(turn, contact),
    )


def inquiry_card(turn: Turn, matter: Matter, contact: str) -> Card:
    """Return the card that shows an inquiry back before it is sent."""
    return card(
        turn.context.words("inquiry.card"),
        [
            ("topic", turn.context.words(f"inquiry.topics.{matter.topic}")),
            (
                "order_number" if (matter.subject or "").startswith("A") else "rental_number",
                matter.subject,
            ),
            ("summary", _short(matter.summary)),
            ("contact", contact_word(turn, contact)),
        ],
    )


def opened_card(turn: Turn, inquiry: Inquiry) -> Card:
    """Return the card of an inquiry that is open."""
    return card(
        turn.context.words("inquiry.card"),
        [
            ("inquiry_number", inquiry.number),
            ("topic", turn.context.words(f"inquiry.topics.{inquiry.topic}")),
            ("due_on", day_in_full(inquiry.due_on)),
        ],
        state=("inquiry_states", inquiry.state),
    )


def contact_word(turn: Turn, contact: str) -> str:
    """Return how the customer reads where the answer goes."""
    return turn.context.words("inquiry.in_chat") if contact == IN_CHAT else contact


def state_word(inquiry: Inquiry) -> str:
    """Return the name of an inquiry's state."""
    return labels().state("inquiry_states", inquiry.state)[0]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
