"""How the words of a customer become what agents read as their goal."""

from __future__ import annotations

_LONGEST = 160


def as_goal(text: str) -> str:
    """Return the words on one line, at most 160 characters of them."""
    return " ".join(text.split())[:_LONGEST]
