"""A mail as it goes over the wire: plain text in UTF-8; nothing can break into its headers."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from madoguchi.clock import TOKYO
from madoguchi.desk.agent import AgentFieldError, checked_email

LONGEST_SUBJECT = 200


class AddressError(ValueError):
    """What is configured is no e-mail address."""


@dataclass(frozen=True)
class Mail:
    """What somebody reads. ``by_itself``: no person wrote it (RFC 3834)."""

    subject: str
    text: str
    reply_to: str | None = None
    by_itself: bool = True


def sender_of(written: str) -> Address:
    """Return the address of 「name <user@host>」 or of an address alone. Raises AddressError."""
    name, address = parseaddr(one_line(written))
    try:
        checked = checked_email(address)
    except AgentFieldError:
        checked = None
    if checked is None:
        raise AddressError(written)
    return Address(one_line(name), addr_spec=checked)


def message(mail: Mail, sender: Address, to: str, key: str, at: datetime) -> EmailMessage:
    """Return the message; the same key has the same Message-ID, so a second one is known as such.

    ``at`` is when it was decided on. Raises AddressError for a recipient that is none.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = Address(addr_spec=sender_of(to).addr_spec)
    made["Subject"] = one_line(mail.subject)[:LONGEST_SUBJECT]
    made["Date"] = format_datetime(at.astimezone(TOKYO))
    made["Message-ID"] = message_id(key, sender)
    if mail.reply_to is not None:
        made["Reply-To"] = Address(addr_spec=sender_of(mail.reply_to).addr_spec)
    if mail.by_itself:
        made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    made.set_content(_plain(mail.text), charset="utf-8", cte="base64")
    return made


def message_id(key: str, sender: Address) -> str:
    """Return the Message-ID of a key, from which the key cannot be read."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.domain}>"


def one_line(text: str) -> str:
    """Return the text without line breaks and without what cannot be seen."""
    # Categories C: controls, directions of writing and halves of characters.
    seen = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(c for c in seen if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())


def _plain(text: str) -> str:
    """Return the text with its line breaks, without other controls and halves of characters."""
    return "".join(
        c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in _BAD
    )


_BAD = frozenset({"Cc", "Cs"})
