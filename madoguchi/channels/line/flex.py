"""What Flex Messages are built of: colours, texts, things to tap, bubbles and carousels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from linebot.v3.messaging import (
    Action,
    FlexBox,
    FlexBubble,
    FlexCarousel,
    FlexComponent,
    FlexContainer,
    FlexMessage,
    FlexSeparator,
    FlexText,
)

from madoguchi.channels.line.limits import (
    LARGEST_BUBBLE_BYTES,
    LARGEST_CAROUSEL_BYTES,
    LONGEST_ALT_TEXT,
    MOST_BUBBLES,
    shorten,
)
from madoguchi.channels.line.wording import wording

# LINE's chat has no dark form of Flex Messages: every colour is said, the ground too.
GROUND = "#FFFFFF"
INK = "#1F2328"
FAINT = "#5B6470"
TAP = "#1D4FB8"
EDGE = "#C4CBD3"
ON_TONE = "#FFFFFF"
TONES = {"good": "#1B7340", "wait": "#8A5300", "bad": "#B3261E", "info": "#3F5B7A"}

# What a container's JSON has around and between its parts, at most.
_AROUND = 512
# A card's half, and the half of the choices below it.
HALF_BUBBLE_BYTES = LARGEST_BUBBLE_BYTES // 2 - _AROUND


def size_in_bytes(part: FlexContainer | FlexComponent) -> int:
    """Return the size of a part's JSON as the SDK sends it: six bytes for each kana.

    LINE does not say how it counts; written any other way it is smaller.
    """
    return len(json.dumps(part.to_dict()))


def words(text: str, **style: Any) -> FlexText:
    """Return a text that breaks into lines. It must not be empty."""
    return FlexText(text=text, wrap=True, **{"color": INK, "size": "sm", **style})


def line() -> FlexSeparator:
    """Return a line between two parts of a bubble."""
    return FlexSeparator(color=EDGE)


def tappable(text: str, action: Action, *, edge: str = TAP) -> FlexBox:
    """Return a button that shows all its words, with an edge of that colour.

    Flex's own buttons have one line, of which a phone shows about 16 kana: two choices that only
    differ at their ends would look alike.
    """
    return FlexBox(
        layout="vertical",
        action=action,
        cornerRadius="md",
        borderWidth="normal",
        borderColor=edge,
        paddingAll="12px",
        contents=[words(text, color=TAP, weight="bold", align="center")],
    )


def bubble(parts: Sequence[FlexComponent], hero: FlexComponent | None = None) -> FlexBubble:
    """Return a bubble with these parts from top to bottom."""
    if not parts:
        return FlexBubble(hero=hero)
    body = FlexBox(
        layout="vertical", spacing="md", backgroundColor=GROUND, contents=[*parts], paddingAll="lg"
    )
    return FlexBubble(hero=hero, body=body)


def messages(bubbles: Iterable[tuple[FlexBubble, str]]) -> list[FlexMessage]:
    """Return bubbles, each with its alternative text, in as few messages as LINE allows."""
    packs: list[list[tuple[FlexBubble, str]]] = []
    room = 0
    for each, alt in bubbles:
        size = size_in_bytes(each)
        if not packs or len(packs[-1]) == MOST_BUBBLES or size > room:
            packs.append([])
            room = LARGEST_CAROUSEL_BYTES - _AROUND
        packs[-1].append((each, alt))
        room -= size
    return [_message(pack) for pack in packs]


def _message(pack: Sequence[tuple[FlexBubble, str]]) -> FlexMessage:
    (first, alt), *others = pack
    contents: FlexContainer = first
    if others:
        contents = FlexCarousel(contents=[each for each, _ in pack])
        alt = wording("alt.several", first=shorten(alt, LONGEST_ALT_TEXT // 2), n=len(others))
    return FlexMessage(altText=shorten(alt, LONGEST_ALT_TEXT), contents=contents)
