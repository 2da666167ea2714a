"""What an event means: Meta's words in the words that all channels share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from madoguchi.channels.messenger import metadata
from madoguchi.channels.messenger.events import message_id
from madoguchi.channels.messenger.media import FileServers, name_in
from madoguchi.channels.messenger.shapes import identifier, items, mapping, text
from madoguchi.channels.messenger.words import Words
from madoguchi.conversations.channel import Incident, Incoming, MediaRef, RawEvent

# What the shop puts into its page's settings: the start button, and buttons that ask a question
# with their title (docs/messenger-setup.md).
START = "GET_STARTED"
ASK = "ASK"
_KINDS = {
    "image": Incident.IMAGE,
    "audio": Incident.AUDIO,
    "video": Incident.VIDEO,
    "file": Incident.FILE,
}
# Posts, reels and links that a customer passes on.
_SHARED = frozenset({"fallback", "share", "ig_post", "ig_reel", "reel", "post"})
_LONGEST_PLACE = 200
_LARGEST_DEGREE = 180

_NOTHING = Incoming(Incident.NOTHING)


@dataclass(frozen=True)
class Meaning:
    """Understands events; ``read`` returns the choice in a button's payload, for that customer.

    ``app_id``, when known, tells our echoes from those of an app that writes the same words.
    """

    read: Callable[[str, str], str | None]
    words: Words
    servers: FileServers
    app_id: str | None = None

    def of(self, raw: RawEvent) -> Incoming:
        """Return what an event means; what is not known is ``NOTHING``."""
        event = mapping(raw.payload.get("event"))
        standby = raw.payload.get("standby") is True
        message, postback = mapping(event.get("message")), mapping(event.get("postback"))
        if message.get("is_echo"):
            return self._echo(message, standby=standby)
        if raw.user is None:
            return _NOTHING
        if postback:
            return self._postback(postback, raw.user, standby=standby)
        if not message or message.get("is_self"):
            return _NOTHING
        if message.get("is_deleted"):
            taken_back = message_id(message.get("mid"), raw.payload.get("part"))
            return Incoming(Incident.UNSEND, message_id=taken_back, standby=standby)
        return self._message(message, raw, standby=standby)

    def _message(self, message: dict[str, Any], raw: RawEvent, *, standby: bool) -> Incoming:
        name = message_id(message.get("mid"), raw.payload.get("part"))
        written = text(message.get("text")).strip()
        tapped = text(mapping(message.get("quick_reply")).get("payload"))
        if tapped and raw.user is not None:
            return self._tapped(tapped, written, raw.user, name, standby=standby)
        sticker = _sticker(message)
        if sticker is not None:
            said = self.words.sticker(sticker)
            return Incoming(Incident.STICKER, said, message_id=name, standby=standby)
        number = raw.payload.get("attachment")
        attachments = items(message.get("attachments"))
        if isinstance(number, int) and 0 <= number < len(attachments):
            return self._attachment(
                mapping(attachments[number]), raw.event_id, name, standby=standby
            )
        if written:
            return Incoming(Incident.TEXT, written, message_id=name, standby=standby)
        if message.get("is_unsupported"):
            return self._unsupported(raw.event_id, name, standby=standby)
        return _NOTHING

    def _attachment(
        self, attachment: dict[str, Any], event_id: str, name: str | None, *, standby: bool
    ) -> Incoming:
        kind, payload = text(attachment.get("type")), mapping(attachment.get("payload"))
        if kind in _KINDS:
            address = text(payload.get("url"))
            media = MediaRef(
                external_id=event_id,
                # Fetching says that a file without an address cannot be had.
                url=address if self.servers.allowed(address) else None,
                name=name_in(address),
            )
            said = self.words.incoming(kind)
            return Incoming(_KINDS[kind], said, message_id=name, media=media, standby=standby)
        if kind == "location":
            said = self._place(attachment, payload)
            return Incoming(Incident.LOCATION, said, message_id=name, standby=standby)
        if kind in _SHARED:
            said = self._shared(attachment, payload)
            return Incoming(Incident.TEXT, said, message_id=name, standby=standby)
        # A mention in a story asks for nothing; a template is a message of ours, passed on.
        if kind in {"story_mention", "template"}:
            return _NOTHING
        return self._unsupported(event_id, name, standby=standby)

    def _place(self, attachment: dict[str, Any], payload: dict[str, Any]) -> str:
        where = mapping(payload.get("coordinates"))
        known = [where.get("lat"), where.get("long")]
        place = text(attachment.get("title")).strip()[:_LONGEST_PLACE]
        if all(isinstance(each, int | float) and abs(each) <= _LARGEST_DEGREE for each in known):
            place = f"{place} {known[0]:.6f}, {known[1]:.6f}".strip()
        return self.words.incoming("location_of", place=place) if place else self._only("location")

    def _shared(self, attachment: dict[str, Any], payload: dict[str, Any]) -> str:
        title = text(attachment.get("title")) or text(payload.get("title"))
        # A link of the customer's own; the address of a post is one that ends after a while.
        link = text(attachment.get("url")) if attachment.get("type") == "fallback" else ""
        told = " ".join(f"{title} {link}".split())[:1000]
        return self.words.incoming("shared_of", title=told) if told else self._only("shared")

    def _only(self, key: str) -> str:
        return self.words.incoming(key)

    def _unsupported(self, event_id: str, name: str | None, *, standby: bool) -> Incoming:
        """Return a file that cannot be had: the desk sees that there was something."""
        return Incoming(
            Incident.FILE,
            self.words.incoming("unsupported"),
            message_id=name,
            media=MediaRef(external_id=event_id),
            standby=standby,
        )

    def _postback(self, postback: dict[str, Any], user: str, *, standby: bool) -> Incoming:
        payload, title = text(postback.get("payload")), text(postback.get("title")).strip()
        name = message_id(postback.get("mid"))
        if payload == START:
            return Incoming(Incident.FOLLOW, message_id=name, standby=standby)
        if payload == ASK and title:
            return Incoming(Incident.TEXT, title, message_id=name, standby=standby)
        return self._tapped(payload, title, user, name, standby=standby)

    def _tapped(
        self, payload: str, title: str, user: str, name: str | None, *, standby: bool
    ) -> Incoming:
        choice = self.read(payload, user)
        kind = Incident.EXPIRED if choice is None else Incident.CHOICE
        return Incoming(kind, title, message_id=name, choice_id=choice, standby=standby)

    def _echo(self, message: dict[str, Any], *, standby: bool) -> Incoming:
        """Return the echo of a delivery's last part as ECHO: with it, all of it was taken."""
        sent_by = identifier(message.get("app_id"))
        foreign = self.app_id is not None and sent_by not in {None, self.app_id}
        part = metadata.read(text(message.get("metadata")))
        if part is None or foreign or message.get("is_deleted"):
            return _NOTHING
        return metadata.Echoed(
            Incident.ECHO if part.last else Incident.NOTHING,
            message_id=message_id(message.get("mid")),
            delivery_id=part.delivery_id if part.last else None,
            standby=standby,
            part=part,
        )


def _sticker(message: dict[str, Any]) -> str | None:
    """Return a sticker's id, which is with the message, with its picture, or with both."""
    first = mapping(next(iter(items(message.get("attachments"))), None))
    return identifier(message.get("sticker_id")) or identifier(
        mapping(first.get("payload")).get("sticker_id")
    )
