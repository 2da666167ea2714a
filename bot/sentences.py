"""Finds two questions that were asked in one message."""

from __future__ import annotations

import re
from typing import Any, Awaitable, Callable, Dict, List, Mapping, NamedTuple, Sequence, Text

from bot.normalise import normalise

Parse = Callable[[Text], Awaitable[Dict[Text, Any]]]

_END = re.compile(r"(?<=[。．！!？?\n])|(?<=、)(?=あと|それと|それから|ちなみに|また)")
_ASKS = re.compile(
    r"(?:か|かな|かね|かしら|っけ|たい|たいです|たいの|たいんです|たいのですが|たいんですが|たいんだけど"
    r"|ください|下さい|ほしい|欲しい|ほしいです|教えて|お願いします|の)?[。．！!\s]*$"
)
_QUESTION_MARK = re.compile(r"[？?][\s。]*$")
_SHORTEST = 4
_MOST = 6
_TWO_AT_MOST = 2


class Found(NamedTuple):
    """A sentence and what it was understood as."""

    text: Text
    intent: Text
    confidence: float


def split(text: Text) -> List[Text]:
    """Return the sentences of a text, as the customer wrote them, without blank ones."""
    return [part.strip() for part in _END.split(text) if part and len(part.strip()) >= _SHORTEST]


def asks(sentence: Text) -> bool:
    """Return whether a sentence asks or wishes for something, as far as its ending tells."""
    plain = normalise(sentence).text
    if _QUESTION_MARK.search(plain):
        return True
    found = _ASKS.search(plain)
    return found is not None and bool(found.group().strip("。．！! \n"))


async def questions(
    text: Text, parse: Parse, families: Mapping[Text, Sequence[Text]], sure: float
) -> List[Text]:
    """Return what to answer one after the other: the text itself, or two sentences that ask.

    Both have to ask, to be understood surely and to mean different things. (Taking the one
    question out of a story was tried too; the whole story is understood better.)
    """
    sentences = [sentence for sentence in split(text) if asks(sentence)][:_MOST]
    if len(sentences) < _TWO_AT_MOST:
        return [text]
    found = [await _understood(sentence, parse) for sentence in sentences]
    certain = [
        entry for entry in found if _is_about_something(entry.intent) and entry.confidence >= sure
    ]
    asked = _different(certain, families)
    if len(asked) < _TWO_AT_MOST:
        return [text]
    return [entry.text for entry in asked[:_TWO_AT_MOST]]


async def _understood(text: Text, parse: Parse) -> Found:
    result = await parse(text)
    intent = result.get("intent") or {}
    return Found(text, str(intent.get("name")), float(intent.get("confidence") or 0.0))


def _is_about_something(intent: Text) -> bool:
    return intent.startswith(("store_", "rental_", "act_"))


def _different(found: List[Found], families: Mapping[Text, Sequence[Text]]) -> List[Found]:
    kept: List[Found] = []
    for entry in found:
        related = {entry.intent, *families.get(entry.intent, ())}
        if all(other.intent not in related for other in kept):
            kept.append(entry)
    return kept
