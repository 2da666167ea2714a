"""A chat as the customer sees it: bubbles, what they say and what can be tapped in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Tappable:
    """Something to tap: its words and the action behind it."""

    label: str
    action: dict[str, Any]


@dataclass
class Bubble:
    """One bubble of a chat, the customer's or the bot's."""

    id: str
    chat: str
    sender: str
    message: dict[str, Any]
    at: datetime
    # How the bot sent it: a reply is free, a push is counted. None: the customer's own.
    via: Literal["reply", "push"] | None = None
    request_id: str = ""
    unsent: bool = False

    @property
    def from_bot(self) -> bool:
        """Whether the bot sent it."""
        return self.via is not None

    @property
    def counted(self) -> bool:
        """Whether it is counted against the month's messages."""
        return self.via == "push"

    @property
    def kind(self) -> str:
        """The type of the message, such as text, flex, template or image."""
        return str(self.message["type"])

    @property
    def text(self) -> str:
        """Everything that can be read in it, from top to bottom, line by line."""
        return "\n".join(_texts(self.message))

    @property
    def alt_text(self) -> str:
        """What a notification shows of it."""
        return str(self.message.get("altText", self.message.get("text", "")))

    @property
    def buttons(self) -> list[Tappable]:
        """What can be tapped inside it, from top to bottom."""
        return list(_tappables(self.message))

    @property
    def quick_replies(self) -> list[Tappable]:
        """The buttons below it, which are there only while it is the chat's last bubble."""
        items = (self.message.get("quickReply") or {}).get("items", [])
        return [Tappable(item["action"].get("label", ""), item["action"]) for item in items]

    @property
    def labels(self) -> list[str]:
        """The words of everything that can be tapped, in it and below it."""
        return [each.label for each in (*self.buttons, *self.quick_replies)]


def _texts(message: dict[str, Any]) -> Iterator[str]:
    kind = message["type"]
    if kind in {"text", "textV2"}:
        yield message["text"]
    elif kind == "flex":
        yield from _flex_texts(message["contents"])
    elif kind == "template":
        template = message["template"]
        for part in (template, *template.get("columns", [])):
            yield from (part[name] for name in ("title", "text") if part.get(name))
    elif kind == "location":
        yield from (message[name] for name in ("title", "address") if message.get(name))


def _flex_texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _flex_texts(each)
    elif isinstance(part, dict) and part.get("type") == "text":
        spans = part.get("contents")
        yield "".join(span.get("text", "") for span in spans) if spans else part["text"]
    elif isinstance(part, dict):
        for name in ("header", "hero", "body", "footer", "contents"):
            yield from _flex_texts(part.get(name))


def _tappables(message: dict[str, Any]) -> Iterator[Tappable]:
    if message["type"] == "flex":
        yield from _flex_tappables(message["contents"])
    elif message["type"] == "template":
        template = message["template"]
        for part in (template, *template.get("columns", [])):
            actions = [*part.get("actions", []), *filter(None, [part.get("action")])]
            yield from (Tappable(action.get("label", ""), action) for action in actions)


def _flex_tappables(part: Any) -> Iterator[Tappable]:
    if isinstance(part, list):
        for each in part:
            yield from _flex_tappables(each)
    elif isinstance(part, dict):
        action = part.get("action")
        if isinstance(action, dict):
            words = action.get("label") or "\n".join(_flex_texts(part))
            yield Tappable(words, action)
        for name in ("header", "hero", "body", "footer", "contents"):
            yield from _flex_tappables(part.get(name))
