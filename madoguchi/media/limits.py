"""How large customers' files may be. All numbers are bytes."""

from __future__ import annotations

from types import MappingProxyType

MEGABYTE = 1024 * 1024
# A photo of a phone has 2 to 8 MB. LINE itself takes films of 200 MB, which no database wants.
LARGEST = MappingProxyType(
    {
        "image": 10 * MEGABYTE,
        "audio": 20 * MEGABYTE,
        "video": 50 * MEGABYTE,
        "file": 20 * MEGABYTE,
    }
)
# One customer must not fill the shop's disk, with however many messages.
LARGEST_CONVERSATION = 300 * MEGABYTE


def largest(kind: str) -> int:
    """Return how many bytes a file of that kind may have; what is of no known kind is a file."""
    return LARGEST.get(kind, LARGEST["file"])
