"""Messages, choices and cards of every shape, and what LINE's customer gets of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import regex
from hypothesis import strategies as st
from linebot.v3.messaging import Message as LineMessage

from madoguchi.channels.line.bubbles import batches
from madoguchi.channels.line.limits import clean
from madoguchi.conversations.model import Choice, Kind, Message, Sender
from tests.line_platform.bubbles import Bubble
from tests.line_platform.validation.messages import check_messages

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇯🇵"
_UNSEEN = regex.compile(r"[\s\p{Z}\p{Cf}\p{M}]")

_ODD = st.sampled_from(
    [
        *("", " ", "\n\n", "\x00", "\ud800", "\u200b", "\u202e", "\u2028"),
        *(FAMILY, FLAG, "ｶﾞ", "か\u3099", "u\u0301\u0302"),
        *("送料は無料です。", "「はい。」", "https://example.com/a?b=1", "03-1234-5678"),
    ]
)
_CHARACTERS = st.characters(exclude_categories=())
_LONG = st.builds(
    lambda text, times: text * times,
    st.text(_CHARACTERS, min_size=1, max_size=6) | _ODD,
    st.integers(1, 2_000),
)
ANY_TEXT = st.lists(_ODD | st.text(_CHARACTERS, max_size=40) | _LONG, max_size=4).map("".join)
SHORT_TEXT = st.lists(_ODD | st.text(_CHARACTERS, max_size=20), max_size=3).map("".join)
ANY_VALUE = ANY_TEXT | st.none() | st.integers() | st.lists(st.none(), max_size=1)
ADDRESSES = SHORT_TEXT | st.sampled_from(
    [
        "https://example.com/絵.jpg",
        "http://example.com/",
        "tel:03-1234-5678",
        "mailto:shop@example.com",
        "javascript:alert(1)",
        "/receipts/1",
        "https://example.com/" + "a" * 3_000,
    ]
)


def _part(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


def _several(values: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=most) | st.none()


CARDS = _part(
    title=ANY_VALUE,
    state=_part(label=ANY_VALUE, tone=st.sampled_from(["good", "bad", "pink", None])) | st.none(),
    image=ADDRESSES | st.none(),
    rows=_several(_part(label=ANY_VALUE, value=ANY_VALUE), 30),
    links=_several(_part(title=ANY_VALUE, url=ADDRESSES | st.none()), 8),
)


def choices(most: int, titles: st.SearchStrategy[str] = SHORT_TEXT) -> st.SearchStrategy[Any]:
    """Return lists of choices; ids are given when all messages are known."""
    return st.lists(
        st.builds(Choice, title=titles.map(lambda title: title[:200]), payload=st.just("/x")),
        max_size=most,
    ).map(tuple)


def messages(most_choices: int = 20) -> st.SearchStrategy[list[Message]]:
    """Return deliveries of messages of every kind."""
    one = st.builds(
        Message,
        seq=st.just(1),
        sender=st.sampled_from([Sender.BOT, Sender.AGENT, Sender.SYSTEM]),
        kind=st.sampled_from(Kind),
        text=ANY_TEXT,
        at=st.just(NOW),
        choices=choices(most_choices),
        card=st.none() | CARDS,
    )
    return st.lists(one, max_size=8).map(_numbered)


def message(text: str = "", *titles: str, **more: Any) -> Message:
    """Return a message with choices of these titles, whose ids are c1, c2 ..."""
    usual: dict[str, Any] = {"seq": 1, "sender": Sender.BOT, "kind": Kind.ANSWER, "at": NOW}
    offered = tuple(Choice(each, "/x", id=f"c{at}") for at, each in enumerate(titles, start=1))
    return Message(**{**usual, **more}, text=text, choices=offered)


def postback(choice: Choice) -> str:
    """Return what a tap brings back, as long as LINE allows."""
    return f"choice:{choice.id}".ljust(300, ".")


def sent(said: Sequence[Message], agent: str | None = None) -> list[Bubble]:
    """Return what the customer sees of messages, when LINE accepts all of it."""
    return [bubble for request in batches(said, postback, agent) for bubble in accepted(request)]


def accepted(request: Sequence[LineMessage]) -> list[Bubble]:
    """Return a request's messages as bubbles. Raises LineError for what LINE would refuse."""
    written = json.dumps([each.to_dict() for each in request], ensure_ascii=False).encode()
    checked = check_messages({"messages": json.loads(written)})
    return [Bubble("id", "chat", "bot", each, NOW, via="reply") for each in checked]


def reachable(bubbles: Sequence[Bubble]) -> list[str]:
    """Return the ids of the choices that can be tapped, in order."""
    tapped = [
        each.action for bubble in bubbles for each in (*bubble.buttons, *bubble.quick_replies)
    ]
    data = [action["data"] for action in tapped if action["type"] == "postback"]
    return [each.removeprefix("choice:").rstrip(".") for each in data]


def links(bubbles: Sequence[Bubble]) -> list[str]:
    """Return the addresses that can be tapped, in order."""
    tapped = [each.action for bubble in bubbles for each in bubble.buttons]
    return [action["uri"] for action in tapped if action["type"] == "uri"]


def readable(text: object) -> str:
    """Return what can be seen of a text, without the spaces and breaks between."""
    return str(_UNSEEN.sub("", clean(text)))


def _numbered(said: list[Message]) -> list[Message]:
    numbered = []
    for at, each in enumerate(said, start=1):
        named = tuple(
            Choice(choice.title, choice.payload, id=f"{at}-{number}")
            for number, choice in enumerate(each.choices, start=1)
        )
        numbered.append(message_with(each, at, named))
    return numbered


def message_with(said: Message, seq: int, offered: tuple[Choice, ...]) -> Message:
    """Return the message with another number and other choices."""
    return Message(seq, said.sender, said.kind, said.text, said.at, choices=offered, card=said.card)
