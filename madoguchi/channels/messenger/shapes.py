"""Reads JSON of which nothing is certain: what is not there, or is something else, is nothing."""

from __future__ import annotations

import math
import re
from typing import Any

# Meta's own events are five levels deep; what is deeper is of no use and could exhaust the stack.
_DEEPEST = 30
_NEVER = re.compile("[\x00\ud800-\udfff]")


def mapping(value: object) -> dict[str, Any]:
    """Return the object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return the list, or an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return the text, or an empty one."""
    return value if isinstance(value, str) else ""


def identifier(value: object) -> str | None:
    """Return an id, which may have come as a number; None when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    return None


def storable(value: object, depth: int = 0) -> Any:
    """Return JSON that every database takes: no NUL, no half characters, no infinity."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {printable(str(name)): storable(each, depth + 1) for name, each in value.items()}
    return value


def printable(value: str) -> str:
    """Return the text without NUL and without surrogates that stand alone."""
    return _NEVER.sub("", value)
