"""Webhook events as LINE writes them (reference, "Webhook Event Objects").

A builder only makes the event. ``Line.deliver`` sends it, on time, late, twice or in another order.
"""

from __future__ import annotations

import copy
from typing import Any

from tests.line_platform import ids
from tests.line_platform.clock import LineClock
from tests.line_platform.tokens import ReplyTokens

type Event = dict[str, Any]
type Source = dict[str, str]


class Events:
    """Makes events of the clock's time, with ids and tokens of their own."""

    def __init__(self, clock: LineClock, messages: ids.MessageIds, tokens: ReplyTokens) -> None:
        """Take the time, message ids and reply tokens from these."""
        self._clock = clock
        self._messages = messages
        self._tokens = tokens
        # True: another channel holds the chat. The events say so and carry no reply token.
        self.standby = False

    def text(self, source: Source, text: str, quoted: str | None = None) -> Event:
        """Return the event of a written message, which may quote another."""
        quoting = {} if quoted is None else {"quotedMessageId": quoted}
        return self.message(
            source, {"type": "text", "quoteToken": ids.token(), "text": text, **quoting}
        )

    def sticker(self, source: Source, package: str, sticker: str, keywords: list[str]) -> Event:
        """Return the event of a sticker."""
        return self.message(
            source,
            {
                "type": "sticker",
                "quoteToken": ids.token(),
                "stickerId": sticker,
                "packageId": package,
                "stickerResourceType": "STATIC",
                "keywords": keywords,
            },
        )

    def media(self, source: Source, kind: str, duration: int | None = None) -> Event:
        """Return the event of a picture, film or sound; the duration is in milliseconds."""
        quoting = {} if kind == "audio" else {"quoteToken": ids.token()}
        lasting = {} if duration is None else {"duration": duration}
        provider = {"contentProvider": {"type": "line"}}
        return self.message(source, {"type": kind, **quoting, **lasting, **provider})

    def file(self, source: Source, name: str, size: int) -> Event:
        """Return the event of a file; the size is in bytes."""
        return self.message(source, {"type": "file", "fileName": name, "fileSize": size})

    def location(
        self, source: Source, title: str, address: str, latitude: float, longitude: float
    ) -> Event:
        """Return the event of a place."""
        where = {"latitude": latitude, "longitude": longitude}
        return self.message(
            source, {"type": "location", "title": title, "address": address, **where}
        )

    def message(self, source: Source, message: dict[str, Any]) -> Event:
        """Return the event of a message of any kind, also of one that LINE does not have yet."""
        tokens = {"id": self._messages.new(), "markAsReadToken": ids.token()}
        return self.event("message", source, message={**message, **tokens})

    def edited(self, source: Source, message_id: str, text: str) -> Event:
        """Return the event of a text that its writer has changed (groups only, at present)."""
        content = {"type": "text", "id": message_id, "quoteToken": ids.token(), "text": text}
        return self.event("messageEdited", source, message=content)

    def postback(self, source: Source, data: str, params: dict[str, str] | None = None) -> Event:
        """Return the event of a tapped button; a date picker's has what was picked in params."""
        picked = {} if params is None else {"params": params}
        return self.event("postback", source, postback={"data": data, **picked})

    def follow(self, source: Source, *, unblocked: bool) -> Event:
        """Return the event of a new friend, or of one who no longer blocks."""
        return self.event("follow", source, follow={"isUnblocked": unblocked})

    def unfollow(self, source: Source) -> Event:
        """Return the event of a user who blocks the bot; nobody can reply to it."""
        return self.event("unfollow", source, replyable=False)

    def unsend(self, source: Source, message_id: str) -> Event:
        """Return the event of a message that its writer has taken back."""
        return self.event("unsend", source, replyable=False, unsend={"messageId": message_id})

    def account_link(self, source: Source, nonce: str, *, ok: bool) -> Event:
        """Return the event of an account link; a failed one names no user and has no token."""
        link = {"result": "ok" if ok else "failed", "nonce": nonce}
        return self.event("accountLink", source if ok else None, replyable=ok, link=link)

    def join(self, source: Source) -> Event:
        """Return the event of the bot's coming into a group or room."""
        return self.event("join", source)

    def leave(self, source: Source) -> Event:
        """Return the event of the bot's leaving a group or room."""
        return self.event("leave", source, replyable=False)

    def event(
        self, kind: str, source: Source | None, *, replyable: bool = True, **content: Any
    ) -> Event:
        """Return an event of any kind, also of one that LINE does not have yet."""
        made: Event = {"type": kind, **content, "timestamp": self._clock.milliseconds()}
        if source is not None:
            made["source"] = source
        made["mode"] = "standby" if self.standby else "active"
        made["webhookEventId"] = ids.ulid(self._clock.milliseconds())
        made["deliveryContext"] = {"isRedelivery": False}
        if replyable and source is not None and not self.standby:
            made["replyToken"] = self._tokens.issue(chat_of(source), self._clock.now())
        return made


def chat_of(source: Source) -> str:
    """Return the id of the chat that an event comes from."""
    return source.get("groupId") or source.get("roomId") or source["userId"]


def redelivered(event: Event) -> Event:
    """Return the event as LINE sends it again: the same but for the mark."""
    again = copy.deepcopy(event)
    again["deliveryContext"]["isRedelivery"] = True
    return again
