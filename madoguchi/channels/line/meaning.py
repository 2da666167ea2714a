"""What an event of LINE means to the service. Whatever it does not know asks for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.channels.line import external
from madoguchi.channels.line.events import LONGEST_ID, is_standby, reply_token_of, text_at
from madoguchi.channels.postbacks import Chosen, Command, Postbacks
from madoguchi.conversations.channel import Incident, Incoming, MediaRef, RawEvent
from madoguchi.knowledge.words import Words

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "channels.yml"
_NOTHING = Incoming(Incident.NOTHING)
_MOST_STICKER_WORDS = 3
_LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")
# They mean the same in every shop: for the channel itself, or for what is held.
_FOR_THE_CHANNEL = {
    "fetch": Incoming(Incident.FETCH),
    "link": Incoming(Incident.COMMAND, payload="link"),
    "unlink": Incoming(Incident.COMMAND, payload="unlink"),
}


@dataclass(frozen=True)
class MenuChoice:
    """What a button of the rich menu asks the assistant, and how the transcript shows it."""

    title: str
    payload: str


class Meaning:
    """Understands events of one account."""

    def __init__(self, postbacks: Postbacks, menu: Mapping[str, MenuChoice]) -> None:
        """Read buttons' data with the postbacks; ``menu`` is what rich menus offer, by name."""
        self._postbacks = postbacks
        self._menu = menu
        self._texts, self._commands = _wording()
        self._kinds: dict[str, Callable[[RawEvent], Incoming]] = {
            "message": self._message,
            "postback": self._postback,
            "follow": lambda _raw: Incoming(Incident.FOLLOW),
            "unfollow": lambda _raw: Incoming(Incident.UNFOLLOW),
            "accountLink": _account_link,
            "unsend": _unsend,
        }
        self._messages: dict[str, Callable[[dict[str, Any]], Incoming]] = {
            "text": self._text,
            "sticker": self._sticker,
            "location": self._location,
            "image": lambda message: self._media(Incident.IMAGE, message),
            "audio": lambda message: self._media(Incident.AUDIO, message),
            "video": lambda message: self._media(Incident.VIDEO, message),
            "file": self._file,
        }

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what an event means. Never raises: what is not known is ``NOTHING``.

        Groups and rooms are not answered: an event without a user asks for nothing.
        """
        read = self._kinds.get(text_at(raw.payload, "type"))
        if raw.user is None:
            return _NOTHING
        return replace(
            _NOTHING if read is None else read(raw),
            reply_token=reply_token_of(raw.payload),
            standby=is_standby(raw.payload),
            received_at=raw.received_at,
        )

    def _message(self, raw: RawEvent) -> Incoming:
        message = raw.payload.get("message")
        read = self._messages.get(text_at(message, "type"))
        if read is None or not isinstance(message, dict):
            return _NOTHING
        return replace(read(message), message_id=_message_id(message))

    def _text(self, message: dict[str, Any]) -> Incoming:
        text = text_at(message, "text")
        if command := self._commands.get(text.strip()):
            return _FOR_THE_CHANNEL[command]
        return Incoming(Incident.TEXT, text=text) if text.strip() else _NOTHING

    def _sticker(self, message: dict[str, Any]) -> Incoming:
        keywords = message.get("keywords")
        named = keywords if isinstance(keywords, list) else []
        words = [word for word in named if isinstance(word, str) and word][:_MOST_STICKER_WORDS]
        said = text_at(message, "text").strip() or self._texts("incoming.between").join(words)
        return Incoming(Incident.STICKER, text=self._shown(Incident.STICKER, said))

    def _location(self, message: dict[str, Any]) -> Incoming:
        parts = [text_at(message, name).strip() for name in ("title", "address")]
        place = " ".join(part for part in dict.fromkeys(parts) if part)
        return Incoming(Incident.LOCATION, text=self._shown(Incident.LOCATION, place))

    def _media(self, kind: Incident, message: dict[str, Any], name: str = "") -> Incoming:
        message_id = _message_id(message)
        if message_id is None:
            return _NOTHING
        url = text_at(message, "contentProvider", "originalContentUrl")
        elsewhere = text_at(message, "contentProvider", "type") == "external"
        size = message.get("fileSize")
        media = MediaRef(
            message_id,
            url=url if elsewhere and external.is_allowed(url) else None,
            name=name or None,
            size=size if isinstance(size, int) and size >= 0 else None,
        )
        return Incoming(kind, text=self._shown(kind, name), media=media)

    def _file(self, message: dict[str, Any]) -> Incoming:
        name = _CONTROL.sub("", text_at(message, "fileName")).strip()[:_LONGEST_NAME]
        return self._media(Incident.FILE, message, name)

    def _shown(self, kind: Incident, detail: str) -> str:
        """Return what the transcript shows, with what was found out if anything was."""
        name = f"incoming.{kind}"
        return self._texts(f"{name}_with", detail=detail) if detail else self._texts(name)

    def _postback(self, raw: RawEvent) -> Incoming:
        data = text_at(raw.payload, "postback", "data")
        if text_at(raw.payload, "postback", "params", "newRichMenuAliasId"):
            return _NOTHING
        # The time of the tap counts, not that of a late webhook.
        meant = self._postbacks.read(data, raw.user or "", raw.at)
        if isinstance(meant, Chosen):
            return Incoming(Incident.CHOICE, choice_id=meant.choice_id)
        if not isinstance(meant, Command):
            return Incoming(Incident.EXPIRED)
        if meant.name in self._menu:
            choice = self._menu[meant.name]
            return Incoming(Incident.CHOICE, text=choice.title, payload=choice.payload)
        return _FOR_THE_CHANNEL.get(meant.name, Incoming(Incident.EXPIRED))


def _account_link(raw: RawEvent) -> Incoming:
    nonce = text_at(raw.payload, "link", "nonce")
    linked = text_at(raw.payload, "link", "result") == "ok"
    return Incoming(Incident.LINK, nonce=nonce) if linked and nonce else _NOTHING


def _unsend(raw: RawEvent) -> Incoming:
    message_id = _message_id({"id": text_at(raw.payload, "unsend", "messageId")})
    return Incoming(Incident.UNSEND, message_id=message_id) if message_id else _NOTHING


def _message_id(message: dict[str, Any]) -> str | None:
    message_id = text_at(message, "id")
    return message_id if 0 < len(message_id) <= LONGEST_ID else None


@lru_cache
def _wording() -> tuple[Words, dict[str, str]]:
    """Return the texts, and which command each written one is."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    commands = {text: name for name, texts in content["commands"].items() for text in texts}
    return Words({"incoming": content["incoming"]}), commands
