"""What the sandbox's page lets a customer do, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.line_platform.content import Content
from tests.line_platform.courier import Delivery
from tests.line_platform.customer import Customer
from tests.line_platform.pictures import png

type Json = dict[str, Any]
type Act = Callable[[Customer, Json], Awaitable[Delivery]]

_SAMPLE_PICTURE = png(640, 480)


def says(customer: Customer, asked: Json) -> Awaitable[Delivery]:
    """Write a text."""
    return customer.says(str(asked["text"]))


def sticker(customer: Customer, asked: Json) -> Awaitable[Delivery]:
    """Send a sticker, known by its keywords."""
    return customer.sends_sticker(keywords=tuple(asked.get("keywords", ())))


def taps(customer: Customer, asked: Json) -> Awaitable[Delivery]:
    """Do what a tapped action does."""
    return customer.does(asked["action"], asked.get("picked"))


def unsends(customer: Customer, asked: Json) -> Awaitable[Delivery]:
    """Take a message back."""
    return customer.unsends(str(asked["message"]))


def sample(customer: Customer, asked: Json) -> Awaitable[Delivery]:
    """Send a ready-made picture, film, sound, file, place, or something LINE does not have."""
    kind = asked["kind"]
    if kind == "image":
        return customer.sends_image(Content(_SAMPLE_PICTURE))
    if kind == "video":
        return customer.sends_video()
    if kind == "audio":
        return customer.sends_audio()
    if kind == "file":
        return customer.sends_file("見本.pdf", Content(b"%PDF-1.4", "application/pdf", "file"))
    if kind == "location":
        return customer.sends_location()
    return customer.sends({"type": "hologram"})


# The names are those of the page's requests.
ACTS: dict[str, Act] = {
    "says": says,
    "sticker": sticker,
    "taps": taps,
    "unsends": unsends,
    "sample": sample,
    "follows": lambda customer, _: customer.follows(),
    "blocks": lambda customer, _: customer.blocks(),
    "unblocks": lambda customer, _: customer.unblocks(),
}
