"""How long a text is to platforms that count as JavaScript does."""

from __future__ import annotations


def utf16_units(text: str) -> int:
    """Return the number of UTF-16 code units: 2 for most emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
