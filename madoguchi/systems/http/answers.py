"""What every answer is checked for: that it can be true, and that it is about what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from madoguchi.systems.http.calls import NonsenseError
from madoguchi.systems.http.fields import LONGEST_LIST
from madoguchi.systems.http.wire import ReceiptWire
from madoguchi.systems.model import Receipt


class OfMember(Protocol):
    """A thing that may belong to a member."""

    @property
    def member_id(self) -> str | None:
        """The member's id, if it belongs to one."""
        ...


def refuse(contradiction: str | None) -> None:
    """Raise NonsenseError when there is a contradiction."""
    if contradiction is not None:
        raise NonsenseError(contradiction)


def refuse_other(number: str, asked: str) -> None:
    """Raise NonsenseError when an answer is about another thing than was asked about."""
    if number != asked:
        raise NonsenseError("the answer is about another number")


def members_own[T: OfMember](
    things: Sequence[T],
    member_id: str,
    *,
    number: Callable[[T], str],
    first: Callable[[T], Any],
    descending: bool,
) -> list[T]:
    """Return a member's things in order of ``first``, at most as many as the interface promises.

    Raises NonsenseError when one of them is not the member's or is there twice: somebody else's
    order must never be shown, whatever went wrong in the shop.
    """
    if any(thing.member_id != member_id for thing in things):
        raise NonsenseError("the answer holds another member's")
    if len({number(thing) for thing in things}) != len(things):
        raise NonsenseError("the answer holds a number twice")
    return sorted(things, key=first, reverse=descending)[:LONGEST_LIST]


def receipt(wire: ReceiptWire) -> Receipt:
    """Return the receipt of a change."""
    return wire.to_model()
