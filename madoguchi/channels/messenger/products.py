"""What Messenger and Instagram differ in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from madoguchi.channels.sizes import utf16_units


def utf8_bytes(text: str) -> int:
    """Return the length in bytes: most Japanese characters are three."""
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Product:
    """One of Meta's messengers; ``object`` is its name in webhooks.

    ``echoes_metadata`` says whether a message may carry a word of ours that comes back with its
    echo. Meta documents that for Messenger only.
    """

    name: str
    object: str
    text_limit: int
    text_size: Callable[[str], int]
    echoes_metadata: bool
    profile_fields: str


MESSENGER = Product(
    name="messenger",
    object="page",
    text_limit=2000,
    text_size=utf16_units,
    echoes_metadata=True,
    profile_fields="name",
)
INSTAGRAM = Product(
    name="instagram",
    object="instagram",
    text_limit=1000,
    text_size=utf8_bytes,
    echoes_metadata=False,
    profile_fields="name,username",
)
