"""A card as one element of Meta's generic template, with what has no room there in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from madoguchi.channels.messenger.shapes import items, mapping
from madoguchi.channels.messenger.texts import cut, one_line
from madoguchi.channels.messenger.words import Words
from madoguchi.channels.sizes import utf16_units

LONGEST_TITLE = 80
LONGEST_BUTTON = 20
MOST_BUTTONS = 3
_LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Drawn:
    """A card: ``element`` is None when there is nothing to show but words.

    ``words`` is empty when the element shows everything.
    """

    element: dict[str, Any] | None
    words: str


def draw(card: dict[str, Any], known: Words) -> Drawn:
    """Return what a customer sees of a card; nothing that stands on it is lost.

    A picture is left out when Meta could not fetch it: it has to be public, over https.
    """
    title, state = _said(card.get("title")), _said(mapping(card.get("state")).get("label"))
    rows = [
        known.outgoing("row", label=label, value=value) if label else value
        for label, value in map(_row, items(card.get("rows")))
        if value
    ]
    links = [link for link in map(_link, items(card.get("links"))) if link is not None]
    pages = [link for link in links if link[1].startswith(("https://", "http://"))]
    buttons = pages[:MOST_BUTTONS]
    subtitle = " / ".join([state, *rows] if state else rows)
    # A link that its button names in full need not be written out.
    beside = [
        link for link in links if link not in buttons or utf16_units(link[0]) > LONGEST_BUTTON
    ]
    all_shown = not beside and max(utf16_units(title), utf16_units(subtitle)) <= LONGEST_TITLE
    element = _element(
        title, subtitle if all_shown else state, _picture(card.get("image")), buttons, known
    )
    if element is not None and all_shown:
        return Drawn(element, "")
    written = [known.outgoing("link", title=name, url=_plain(address)) for name, address in beside]
    if element is None:
        written = [known.outgoing("link", title=name, url=_plain(url)) for name, url in links]
    return Drawn(element, "\n".join(line for line in [title, state, *rows, *written] if line))


def _element(
    title: str, subtitle: str, picture: str | None, links: list[tuple[str, str]], known: Words
) -> dict[str, Any] | None:
    """Return the element; Meta wants a title and something besides."""
    mark = known.outgoing("cut")
    more: dict[str, Any] = {}
    if subtitle:
        more["subtitle"] = cut(subtitle, LONGEST_TITLE, utf16_units, mark)
    if picture is not None:
        more["image_url"] = picture
    if links:
        more["buttons"] = [
            {"type": "web_url", "url": url, "title": cut(name, LONGEST_BUTTON, utf16_units, mark)}
            for name, url in links
        ]
    if not title or not more:
        return None
    return {"title": cut(title, LONGEST_TITLE, utf16_units, mark), **more}


def _said(value: object) -> str:
    return one_line(str(value)) if value is not None else ""


def _row(row: object) -> tuple[str, str]:
    return _said(mapping(row).get("label")), _said(mapping(row).get("value"))


def _link(link: object) -> tuple[str, str] | None:
    """Return a link's title and address, None for what a customer must not be led to."""
    address = _said(mapping(link).get("url"))
    title = _said(mapping(link).get("title")) or address
    if not address or " " in address or utf16_units(address) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in {"https", "http"} and parts.netloc:
        return title, address
    return (title, address) if parts.scheme in {"tel", "mailto"} and parts.path else None


def _plain(address: str) -> str:
    return address.partition(":")[2] if address.startswith(("tel:", "mailto:")) else address


def _picture(value: object) -> str | None:
    address = _said(value)
    found = _link({"title": address, "url": address})
    return address if found is not None and address.startswith("https://") else None
