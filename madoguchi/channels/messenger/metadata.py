"""The word of ours that a message carries and its echo brings back: which delivery it is of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from madoguchi.conversations.channel import Incoming

_FORM = re.compile(r"madoguchi:([1-9][0-9]{0,17}):([1-9][0-9]{0,5}):([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Part:
    """The ``number``-th of a delivery's ``total`` messages, counted from 1."""

    delivery_id: int
    number: int
    total: int

    @property
    def last(self) -> bool:
        """Whether nothing of the delivery comes after it: parts are sent one by one, in order."""
        return self.number == self.total


@dataclass(frozen=True)
class Echoed(Incoming):
    """An echo of ours: the platform took this part and all before it."""

    part: Part | None = None


def written(part: Part) -> str:
    """Return what a message carries; Meta allows 1,000 characters."""
    return f"madoguchi:{part.delivery_id}:{part.number}:{part.total}"


def read(metadata: str) -> Part | None:
    """Return the part that an echo is of, None when the word is not ours."""
    found = _FORM.fullmatch(metadata)
    if found is None:
        return None
    part = Part(*(int(number) for number in found.groups()))
    return part if part.number <= part.total else None
