"""Turns our messages into the messages of Meta's Send API, in order, without losing a word.

Choices of the last message become quick replies, which are above the keyboard and go when anything
more is said; choices of earlier messages become buttons, which stay. Titles that are cut, or would
look alike, are written out with numbers, and a number that is typed is understood too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from madoguchi.channels.messenger.cards import (
    LONGEST_BUTTON,
    LONGEST_TITLE,
    MOST_BUTTONS,
    Drawn,
    draw,
)
from madoguchi.channels.messenger.files import file_bubble
from madoguchi.channels.messenger.products import Product
from madoguchi.channels.messenger.texts import cut, one_line, readable, split
from madoguchi.channels.messenger.words import Words
from madoguchi.channels.sizes import utf16_units
from madoguchi.conversations.model import Choice, Message

MOST_QUICK_REPLIES = 13
MOST_ELEMENTS = 10

type Bubble = dict[str, Any]


def _no_address(_file: str, _written_at: datetime) -> None:
    """Return that files have no address."""


@dataclass(frozen=True)
class Renderer:
    """Renders for one product; ``sign`` returns the payload of a choice for a customer."""

    product: Product
    words: Words
    sign: Callable[[Choice, str], str]
    # Makes a file's address, given when its message was written.
    address: Callable[[str, datetime], str | None] = _no_address

    def bubbles(self, messages: Sequence[Message], user: str) -> list[Bubble]:
        """Return what goes out, one request each; the same at every try but for the payloads."""
        found: list[Bubble] = []
        for number, message in enumerate(messages, 1):
            last = number == len(messages)
            found += self._message(message, user, last=last)
        return found

    def _message(self, message: Message, user: str, *, last: bool) -> list[Bubble]:
        drawn = draw(message.card, self.words) if message.card else Drawn(None, "")
        written = "\n\n".join(part for part in (readable(message.text), drawn.words) if part)
        # The card first: quick replies have to be at the very end, with a text.
        shown = [_template([drawn.element])] if drawn.element is not None else []
        files = [
            file_bubble(file, self.address(file.id, message.at), self.words)
            for file in message.files
        ]
        if not message.choices:
            return [*shown, *self._texts(written), *files]
        shown += files
        titles = _titles(message.choices, self.words)
        if titles.written:
            written = "\n\n".join(part for part in (written, titles.written) if part)
        payloads = [self.sign(choice, user) for choice in message.choices]
        if last and len(payloads) <= MOST_QUICK_REPLIES:
            texts = self._texts(written or self.words.outgoing("choose"))
            texts[-1]["quick_replies"] = [
                {"content_type": "text", "title": title, "payload": payload}
                for title, payload in zip(titles.short, payloads, strict=True)
            ]
            return [*shown, *texts]
        buttons = [
            {"type": "postback", "title": title, "payload": payload}
            for title, payload in zip(titles.short, payloads, strict=True)
        ]
        return [*shown, *self._texts(written), *self._buttons(buttons)]

    def _texts(self, text: str) -> list[Bubble]:
        pieces = split(text, self.product.text_limit, self.product.text_size)
        return [{"text": piece} for piece in pieces]

    def _buttons(self, buttons: list[dict[str, Any]]) -> list[Bubble]:
        """Return all buttons on cards side by side, three on each."""
        elements = []
        for start in range(0, len(buttons), MOST_BUTTONS):
            some = buttons[start : start + MOST_BUTTONS]
            title = self.words.outgoing("choices")
            if len(buttons) > MOST_BUTTONS:
                title = self.words.outgoing(
                    "choices_from_to", first=start + 1, last=start + len(some)
                )
            elements.append({"title": cut(title, LONGEST_TITLE, utf16_units), "buttons": some})
        return [
            _template(elements[start : start + MOST_ELEMENTS])
            for start in range(0, len(elements), MOST_ELEMENTS)
        ]


@dataclass(frozen=True)
class _Titles:
    """What stands on the buttons, and the full titles when those say less."""

    short: list[str]
    written: str


def _titles(choices: Sequence[Choice], known: Words) -> _Titles:
    mark = known.outgoing("cut")
    full = [one_line(choice.title) or mark for choice in choices]
    whole = all(utf16_units(title) <= LONGEST_BUTTON for title in full)
    if whole and len(set(full)) == len(full):
        return _Titles(full, "")
    numbered = [
        known.outgoing("numbered", number=number, title=title)
        for number, title in enumerate(full, 1)
    ]
    short = [cut(title, LONGEST_BUTTON, utf16_units, mark) for title in numbered]
    return _Titles(short, "\n".join(numbered))


def _template(elements: list[dict[str, Any]]) -> Bubble:
    payload = {"template_type": "generic", "elements": elements}
    return {"attachment": {"type": "template", "payload": payload}}
