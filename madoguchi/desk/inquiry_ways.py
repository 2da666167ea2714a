"""By which ways an inquiry can be answered, and which is the first choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from madoguchi.clock import as_utc
from madoguchi.conversations.channel import WEB
from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.agent import AgentFieldError, checked_email
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.notifications.model import Via

# The widget goes on with a chat by itself for a day.
SEEN_LATELY = timedelta(days=1)
IN_CHAT = "chat"


@dataclass(frozen=True)
class Way:
    """A way to answer. ``reaches``: the customer will notice; ``to``: address or number."""

    via: Via
    reaches: bool
    to: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's pages get it."""
        return {"via": self.via.value, "reaches": self.reaches, "to": self.to}


def ways_of(
    inquiry: InquiryRow,
    chat: ConversationRow | None,
    person: ChannelUserRow | None,
    now: datetime,
    *,
    mail: bool,
) -> list[Way]:
    """Return the ways, the first choice first: the chat when the customer is still reached there.

    ``person`` is the customer of a messaging channel, ``mail`` whether mails can be sent. There is
    none when the customer asked to be answered in a chat that is gone.
    """
    ways = []
    if chat is not None:
        ways.append(Way(Via.CHAT, _reached(chat, person, now)))
    email = email_of(inquiry.contact)
    if email is not None:
        ways.append(Way(Via.EMAIL, mail, email))
    elif inquiry.contact != IN_CHAT:
        ways.append(Way(Via.PHONE, reaches=True, to=inquiry.contact))
    # The sort keeps the order of those that are equal.
    return sorted(ways, key=lambda way: not way.reaches)


def email_of(contact: str) -> str | None:
    """Return the e-mail address that a contact is, None for a number or the chat."""
    try:
        return checked_email(contact)
    except AgentFieldError:
        return None


def _reached(chat: ConversationRow, person: ChannelUserRow | None, now: datetime) -> bool:
    if chat.channel != WEB:
        return person is not None and person.blocked_at is None
    seen = chat.last_customer_at
    lately = seen is not None and as_utc(now) - as_utc(seen) < SEEN_LATELY
    return chat.owner != Owner.CLOSED and lately
