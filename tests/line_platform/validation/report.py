"""Collects what is wrong with a request body, with the place of each fault as LINE writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.line_platform.errors import Detail
from tests.line_platform.validation.text import graphemes, utf16_units

MUST_BE_SPECIFIED = "must be specified"
LONGEST_IMAGE_URL = 2000
LONGEST_URI = 1000
_URI_SCHEME = re.compile(r"(?:https?|line|tel):\S+")
_HTTPS = re.compile(r"https://[^\s/]+\S*")


@dataclass(frozen=True)
class Place:
    """A place in a request body, written in one of LINE's three ways.

    ``messages[0].text`` in messages, ``template/actions/0`` in templates, ``/body/contents/0`` in
    Flex Messages.
    """

    parts: tuple[str | int, ...] = ()
    slashes: bool = False
    prefix: str = ""

    def __truediv__(self, part: str | int) -> Place:
        """Return the place of a part of this one."""
        return Place((*self.parts, part), self.slashes, self.prefix)

    def __str__(self) -> str:
        """Return the place as LINE writes it."""
        if self.slashes:
            return self.prefix + "/".join(str(part) for part in self.parts)
        written = ""
        for part in self.parts:
            written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
        return written


@dataclass(frozen=True)
class _Limit:
    most: int
    count: Callable[[str], int]
    message: str
    required: bool


class Report:
    """The faults found so far; every check adds those it finds and returns what is usable."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.details: list[Detail] = []

    def wrong(self, place: Place, message: str) -> None:
        """Note a fault."""
        self.details.append(Detail(message, str(place)))

    def object(self, owner: dict[str, Any], name: str, place: Place) -> dict[str, Any]:
        """Return the object of that name, an empty one with a fault when there is none."""
        value = owner.get(name)
        if isinstance(value, dict):
            return value
        self.wrong(place / name, MUST_BE_SPECIFIED)
        return {}

    def items(
        self,
        owner: dict[str, Any],
        name: str,
        place: Place,
        *,
        most: int | None = None,
        least: int = 1,
    ) -> list[Any]:
        """Return the list of that name, checked for its size."""
        value = owner.get(name)
        if not isinstance(value, list):
            self.wrong(place / name, MUST_BE_SPECIFIED)
            return []
        if len(value) < least or (most is not None and len(value) > most):
            self.wrong(place / name, f"Size must be between {least} and {most}")
        return value

    def text(
        self, owner: dict[str, Any], name: str, place: Place, most: int, *, required: bool = True
    ) -> None:
        """Check a text that is counted in UTF-16 code units."""
        message = f"Length must be between 0 and {most}"
        limit = _Limit(most, utf16_units, message, required)
        self._within(owner, name, place, limit)

    def label(
        self, owner: dict[str, Any], name: str, place: Place, most: int, *, required: bool = True
    ) -> None:
        """Check a text that is counted in grapheme clusters."""
        message = f"must not be longer than {most} characters"
        limit = _Limit(most, graphemes, message, required)
        self._within(owner, name, place, limit)

    def one_of(
        self, owner: dict[str, Any], name: str, place: Place, allowed: Collection[str]
    ) -> str:
        """Return the value of that name when it is one of the allowed ones, else an empty text."""
        value = owner.get(name)
        if isinstance(value, str) and value in allowed:
            return value
        listed = ", ".join(allowed)
        self.wrong(place / name, f"Must be one of the following values: [{listed}]")
        return ""

    def https(
        self, owner: dict[str, Any], name: str, place: Place, *, required: bool = True
    ) -> None:
        """Check the address of a picture, sound or film: HTTPS, at most 2,000 characters."""
        value = owner.get(name)
        if value is None:
            if required:
                self.wrong(place / name, MUST_BE_SPECIFIED)
        elif not isinstance(value, str) or not _HTTPS.fullmatch(value):
            self.wrong(place / name, "invalid uri scheme")
        elif len(value) > LONGEST_IMAGE_URL:
            self.wrong(place / name, f"must not be longer than {LONGEST_IMAGE_URL} characters")

    def uri(self, owner: dict[str, Any], name: str, place: Place) -> None:
        """Check the address that an action opens: http, https, line or tel."""
        value = owner.get(name)
        if value is None:
            self.wrong(place / name, MUST_BE_SPECIFIED)
        elif not isinstance(value, str) or not _URI_SCHEME.fullmatch(value):
            self.wrong(place / name, "invalid uri scheme")
        elif len(value) > LONGEST_URI:
            self.wrong(place / name, f"must not be longer than {LONGEST_URI} characters")

    def _within(self, owner: dict[str, Any], name: str, place: Place, limit: _Limit) -> None:
        value = owner.get(name)
        if value is None:
            if limit.required:
                self.wrong(place / name, MUST_BE_SPECIFIED)
        elif not isinstance(value, str):
            self.wrong(place / name, "must be a string")
        elif not value:
            if limit.required:
                self.wrong(place / name, "May not be empty")
        elif limit.count(value) > limit.most:
            self.wrong(place / name, limit.message)
