"""A card as a Flex bubble: picture, title, state in colour and word, rows, links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from linebot.v3.messaging import (
    FlexBox,
    FlexBubble,
    FlexComponent,
    FlexImage,
    URIAction,
)

from madoguchi.channels.line import addresses, flex
from madoguchi.channels.line.limits import clean, label, shorten
from madoguchi.channels.line.wording import wording

_LONGEST_TITLE = 200
_LONGEST_STATE = 60
_LONGEST_NAME = 60
_LONGEST_VALUE = 300
_LONGEST_LINK_TITLE = 100
_ROWS_IN_ALT = 3
_LONGEST_IN_ALT = 100
_MAILTO = "mailto:"


@dataclass(frozen=True)
class CardView:
    """How LINE shows a card, and what had no room as the text of a further message."""

    parts: tuple[FlexComponent, ...]
    hero: FlexImage | None
    alt: str
    rest: str = ""

    def with_buttons(self, buttons: Sequence[FlexComponent]) -> CardView:
        """Return the same card with buttons below a line."""
        return replace(self, parts=(*self.parts, flex.line(), *buttons))

    @property
    def bubble(self) -> FlexBubble:
        """The card as a bubble."""
        return flex.bubble(self.parts, self.hero)


@dataclass(frozen=True)
class _Part:
    """A part of a card. ``complete`` is False when it shows less than ``whole``."""

    component: FlexComponent
    whole: str
    complete: bool
    # Gets its room before the others: what can be tapped.
    first: bool = False


def card_view(card: dict[str, Any]) -> CardView | None:
    """Return how a card (madoguchi/dialogue/cards.py) is shown, None when nothing is in it.

    Nothing is taken for granted: titles, rows and links come from shops' systems and customers.
    What is too long for a bubble is shortened there and stands in full in ``rest``.
    """
    title, (state, tone) = _text(card.get("title")), _state(card.get("state"))
    opened, named = _links(card.get("links"))
    rows = [*_rows(card.get("rows")), *named]
    hero = _picture(card.get("image"))
    parts = [*_head(title, state, tone), *map(_row, rows), *map(_link, opened)]
    if not parts and hero is None:
        return None
    shown, rest = _fitting(
        parts, flex.HALF_BUBBLE_BYTES - (flex.size_in_bytes(hero) if hero else 0)
    )
    return CardView(shown, hero, _alt(title, state, rows, opened), rest)


def _fitting(parts: Sequence[_Part], room: int) -> tuple[tuple[FlexComponent, ...], str]:
    """Return the components that fit into ``room`` bytes, and all that they do not say."""
    fitting = set()
    for at, part in sorted(enumerate(parts), key=lambda each: not each[1].first):
        size = flex.size_in_bytes(part.component)
        if size <= room:
            fitting.add(at)
            room -= size
    shown = tuple(part.component for at, part in enumerate(parts) if at in fitting)
    rest = [part.whole for at, part in enumerate(parts) if at not in fitting or not part.complete]
    return shown, "\n".join([wording("rest"), *rest]) if rest else ""


def _head(title: str, state: str, tone: str) -> Iterator[_Part]:
    if title:
        short = shorten(title, _LONGEST_TITLE)
        yield _Part(flex.words(short, size="md", weight="bold"), title, short == title)
    if state:
        short = shorten(state, _LONGEST_STATE)
        yield _Part(_tag(short, tone), state, short == state)


def _row(row: tuple[str, str]) -> _Part:
    name, value = row
    short = shorten(name, _LONGEST_NAME), shorten(value, _LONGEST_VALUE)
    columns = [flex.words(short[0], color=flex.FAINT, flex=2)] if name else []
    columns.append(flex.words(short[1], flex=3))
    component = FlexBox(layout="horizontal", spacing="md", contents=columns)
    return _Part(component, _written(name, value), short == row)


def _link(link: tuple[str, str]) -> _Part:
    name, address = link
    title = shorten(name, _LONGEST_LINK_TITLE)
    action = URIAction(label=label(title), uri=address)
    button = flex.tappable(title, action, edge=flex.EDGE)
    return _Part(button, f"{name}\n{address}", complete=title == name, first=True)


def _tag(state: str, tone: str) -> FlexBox:
    tag = FlexBox(
        layout="vertical",
        backgroundColor=flex.TONES[tone],
        cornerRadius="sm",
        paddingAll="4px",
        paddingStart="8px",
        paddingEnd="8px",
        flex=0,
        contents=[flex.words(state, size="xs", weight="bold", color=flex.ON_TONE)],
    )
    return FlexBox(layout="horizontal", contents=[tag])


def _picture(address: object) -> FlexImage | None:
    url = addresses.picture(_text(address))
    return url and FlexImage(url=url, size="full", aspectRatio="20:13", aspectMode="cover")


def _state(state: object) -> tuple[str, str]:
    if not isinstance(state, dict):
        return "", "info"
    tone = state.get("tone")
    return _text(state.get("label")), tone if tone in flex.TONES else "info"


def _rows(rows: object) -> Iterator[tuple[str, str]]:
    for row in _dicts(rows):
        if value := _text(row.get("value")):
            yield _text(row.get("label")), value


def _links(links: object) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the links that LINE opens, and the others as rows to be read."""
    opened: list[tuple[str, str]] = []
    named: list[tuple[str, str]] = []
    for each in _dicts(links):
        title, url = _text(each.get("title")), _text(each.get("url"))
        if address := addresses.link(url):
            opened.append((title or address, address))
        elif url:
            named.append((title, clean(url.removeprefix(_MAILTO)) or url))
    return opened, named


def _alt(title: str, state: str, rows: list[tuple[str, str]], links: list[tuple[str, str]]) -> str:
    first = wording("alt.state", title=title, state=state) if title and state else title or state
    lines = [first, *(_written(*row) for row in rows[:_ROWS_IN_ALT])]
    shown = [shorten(line, _LONGEST_IN_ALT) for line in lines if line]
    return "\n".join(shown) or (links[0][0] if links else wording("picture"))


def _written(name: str, value: str) -> str:
    return wording("alt.row", label=name, value=value) if name else value


def _dicts(values: object) -> Iterator[dict[str, Any]]:
    if isinstance(values, list | tuple):
        yield from (value for value in values if isinstance(value, dict))


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str | int | float) else ""
