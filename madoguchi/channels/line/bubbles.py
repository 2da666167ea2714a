"""Messages of a conversation as LINE shows them, in order and without losing a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched, pairwise
from operator import itemgetter
from unicodedata import normalize

from linebot.v3.messaging import FlexBubble, FlexMessage, ImageMessage, QuickReply, TextMessage
from linebot.v3.messaging import Message as LineMessage
from linebot.v3.messaging import Sender as LineSender

from madoguchi.channels.line import flex, texts
from madoguchi.channels.line.cards import card_view
from madoguchi.channels.line.choices import (
    Postback,
    button_groups,
    choice_bubbles,
    fit_quick_replies,
    quick_replies,
)
from madoguchi.channels.line.files import file_message
from madoguchi.channels.line.limits import (
    LONGEST_SENDER_NAME,
    MOST_OBJECTS,
    clean,
    label,
)
from madoguchi.channels.sizes import utf16_units
from madoguchi.conversations.model import Kind, Message, Sender

# A question up to this length stands above its buttons, a longer one in a message of its own.
_LONGEST_QUESTION = 300
# LINE makes addresses and telephone numbers in texts tappable, in Flex it does not.
_TAPPABLE = re.compile(r"https?://|[\w.+-]@[\w-]|\d{2,5}-\d{1,4}-\d{3,4}")
# LINE refuses names that seem to be its own.
_RESERVED_NAME = re.compile(r"(?<![a-z])line(?![a-z])")


@dataclass(frozen=True)
class _Text:
    text: str
    by_agent: bool


@dataclass(frozen=True)
class _Bubbles:
    """Bubbles with their alternative texts. Cards that follow one another become one carousel."""

    bubbles: tuple[tuple[FlexBubble, str], ...]
    by_agent: bool
    cards: bool = False


@dataclass(frozen=True)
class _Flex:
    """What is finished: nothing is joined with it."""

    message: FlexMessage | ImageMessage | TextMessage
    by_agent: bool


# Makes a file's address, given when its message was written.
type Address = Callable[[str, datetime], str | None]


def _no_address(_file: str, _written_at: datetime) -> None:
    """Return that files have no address."""


def batches(
    messages: Sequence[Message],
    postback: Postback,
    agent: str | None = None,
    address: Address = _no_address,
) -> list[list[LineMessage]]:
    """Return messages as requests of at most five objects each; none when there is nothing to see.

    ``postback`` makes the data (at most 300 characters) that the tap on a choice brings back;
    ``agent`` is the name that an agent's messages carry. Quick replies stand at the very last
    object. Before a second request is made, neighbouring texts become one. ``address`` is where
    LINE fetches files.
    """
    quick = _quick_replies(messages, postback)
    pieces: list[_Piece] = []
    for number, message in enumerate(messages, start=1):
        buttons = quick is None or number < len(messages)
        pieces.extend(_pieces(message, postback, buttons=buttons))
        pieces.extend(
            _Flex(file_message(file, address(file.id, message.at)), message.sender is Sender.AGENT)
            for file in message.files
        )
    if not pieces and quick:
        # Quick replies need something to stand below.
        pieces, quick = list(_pieces(messages[-1], postback, buttons=True)), None
    shown = [_object(each, agent) for each in _fewest(list(_in_carousels(pieces)))]
    if shown and quick:
        shown[-1].quick_reply = quick
    return [list(batch) for batch in batched(shown, MOST_OBJECTS)]


type _Piece = _Text | _Bubbles | _Flex


def _quick_replies(messages: Sequence[Message], postback: Postback) -> QuickReply | None:
    if not messages or messages[-1].kind is Kind.ASK:
        return None
    choices = messages[-1].choices
    return quick_replies(choices, postback) if fit_quick_replies(choices) else None


def _pieces(message: Message, postback: Postback, *, buttons: bool) -> Iterator[_Piece]:
    by_agent = message.sender is Sender.AGENT
    choices = message.choices if buttons else ()
    text, view = clean(message.text), card_view(message.card or {})
    # A question and its buttons are one bubble, unless the text is better off as a text.
    together = bool(choices) and view is None and _suits_flex(text)
    if not together:
        yield from (_Text(part, by_agent) for part in texts.split(text))
    if view is not None:
        groups = button_groups(choices, postback)
        if len(groups) == 1 and not view.rest:
            view, choices = view.with_buttons(groups[0]), ()
        yield _Bubbles(((view.bubble, view.alt),), by_agent, cards=True)
        yield from (_Text(part, by_agent) for part in texts.split(view.rest))
    if choices:
        question = text if together else ""
        yield _Bubbles(tuple(choice_bubbles(choices, postback, question)), by_agent)


def _suits_flex(text: str) -> bool:
    return utf16_units(text) <= _LONGEST_QUESTION and not _TAPPABLE.search(text)


def _in_carousels(pieces: Iterable[_Piece]) -> Iterator[_Text | _Flex]:
    """Yield the pieces as LINE's objects, cards that follow one another in one carousel."""
    gathered: list[_Piece] = []
    for piece in pieces:
        last = gathered[-1] if gathered else None
        if (
            isinstance(piece, _Bubbles)
            and isinstance(last, _Bubbles)
            and (piece.cards and last.cards and piece.by_agent == last.by_agent)
        ):
            gathered[-1] = replace(last, bubbles=last.bubbles + piece.bubbles)
        else:
            gathered.append(piece)
    for piece in gathered:
        if not isinstance(piece, _Bubbles):
            yield piece
        else:
            yield from (_Flex(each, piece.by_agent) for each in flex.messages(piece.bubbles))


def _fewest(objects: list[_Text | _Flex]) -> list[_Text | _Flex]:
    """Return the objects in one request if joining neighbouring texts makes that possible.

    The shortest pair is joined first. What is joined was said in one go, so nothing is lost but
    a bubble's edge.
    """
    while len(objects) > MOST_OBJECTS:
        joined = [(at, _joined(*pair)) for at, pair in enumerate(pairwise(objects))]
        pairs = [(len(both.text), at, both) for at, both in joined if both is not None]
        if not pairs:
            break
        _, at, shortest = min(pairs, key=itemgetter(0, 1))
        objects = [*objects[:at], shortest, *objects[at + 2 :]]
    return objects


def _joined(one: _Text | _Flex, other: _Text | _Flex) -> _Text | None:
    if isinstance(one, _Flex) or isinstance(other, _Flex) or one.by_agent != other.by_agent:
        return None
    text = texts.joined(one.text, other.text)
    return _Text(text, one.by_agent) if text else None


def _object(each: _Text | _Flex, agent: str | None) -> LineMessage:
    made = TextMessage(text=each.text) if isinstance(each, _Text) else each.message
    if each.by_agent:
        made.sender = _sender(agent)
    return made


def _sender(agent: str | None) -> LineSender | None:
    name = label(clean(agent), LONGEST_SENDER_NAME)
    seen = normalize("NFKC", name).casefold()
    return LineSender(name=name) if name and not _RESERVED_NAME.search(seen) else None
