"""The questions that a skill can ask, and how an answer is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from madoguchi.dialogue.found import Expected, find
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.routes import answers_itself, is_act

# 「大丈夫です」 says "go on" to one and "no, thank you" to another.
_YES_OR_NO_THANKS = re.compile(r"大丈夫(?:です)?")
# 「このチャットでお願いします」 names the chat.
_TAIL = re.compile(
    r"(?:の(?:ほう|方|やつ)?|で|を|が|に)?(?:いい|大丈夫|お願い(?:します|いたします)?)?(?:です)?$"
)
_STOPS = re.compile(r"や[めー]|中止|終了|戻")
_QUESTION = re.compile(r"(?:[?？]|(?:す|しょう|せん)か[。.]?)\s*$")


@dataclass(frozen=True)
class Option:
    """A button below a question: what it says and what it stands for (as JSON)."""

    title: str
    value: Any
    # Words by which the option may be named instead of tapping it.
    spoken: tuple[str, ...] = ()


class Question(Protocol):
    """Something to ask."""

    @property
    def options(self) -> Sequence[Option]:
        """The buttons below it."""
        ...

    def read(self, heard: Heard) -> Any | None:
        """Return the answer (as JSON) that the message holds, None when it holds none."""
        ...


@dataclass(frozen=True)
class Pick:
    """One of several, by its button or by its words."""

    options: Sequence[Option]

    def read(self, heard: Heard) -> Any | None:
        """Return the value of the option that is named."""
        said = {heard.plain, _TAIL.sub("", heard.plain)}
        for option in self.options:
            if said & {option.title.lower(), *(word.lower() for word in option.spoken)}:
                return option.value
        return None


@dataclass(frozen=True)
class Confirm:
    """Yes or no, before something is changed."""

    yes: str
    no: str
    # What else the customer may want, for example to put something right first.
    more: Sequence[Option] = ()
    # After a no there is another way to go: only who wants to stop altogether leaves.
    no_goes_on: bool = False

    @property
    def options(self) -> Sequence[Option]:
        """The two buttons, and the others."""
        return (Option(self.yes, value=True), Option(self.no, value=False), *self.more)

    def read(self, heard: Heard) -> Any | None:
        """Return the answer; a leaving word is a no."""
        named = Pick(self.more).read(heard)
        if named is not None:
            return named
        stops = self.no_goes_on and heard.leaves and _STOPS.search(heard.plain) is not None
        if stops or _YES_OR_NO_THANKS.fullmatch(heard.plain):
            return None
        if heard.says_no or (heard.leaves and not heard.says_yes):
            return False
        return True if heard.says_yes else None


@dataclass(frozen=True)
class Number:
    """The number of an order, a rental, an item or an inquiry."""

    kind: Expected
    options: Sequence[Option] = ()

    def read(self, heard: Heard) -> str | None:
        """Return the number as the shop writes it."""
        found = find(heard.text, self.kind)
        numbers = {
            "order": found.orders,
            "rental": found.rentals,
            "product": found.products,
            "inquiry": found.inquiries,
        }
        return next(iter(numbers.get(self.kind or "", ())), None)


@dataclass(frozen=True)
class Contact:
    """A telephone number or an e-mail address."""

    options: Sequence[Option] = ()
    email_only: bool = False

    def read(self, heard: Heard) -> str | None:
        """Return the first one of the message, or the option that is named."""
        named = Pick(self.options).read(heard)
        if named is not None:
            return str(named)
        if self.email_only:
            return next(iter(heard.found.emails), None)
        return heard.found.contact


@dataclass(frozen=True)
class FreeText:
    """The customer's own words."""

    options: Sequence[Option] = ()
    shortest: int = 1
    longest: int = 1000
    # Whether a question that the assistant can answer may be the words that were asked for.
    questions: bool = True
    # Whether words that are understood as a yes or no may be the ones that were asked for; those
    # that are nothing but 「はい」 or 「お願いします」 never are.
    mere: bool = True

    def read(self, heard: Heard) -> str | None:
        """Return the words, shortened to what fits."""
        text = heard.text.strip()
        if len(text) < self.shortest or heard.leaves:
            return None
        if heard.is_mere_yes_or_no:
            return None
        if not self.mere and (heard.says_yes or heard.says_no):
            return None
        if not self.questions and _is_question(heard):
            return None
        return text[: self.longest]


@dataclass(frozen=True)
class Read:
    """Whatever a function makes of the message, with buttons for what is usual."""

    function: Callable[[Heard], Any | None] = field(repr=False)
    options: Sequence[Option] = ()

    def read(self, heard: Heard) -> Any | None:
        """Return what the function finds, or the option that is named."""
        named = Pick(self.options).read(heard)
        return named if named is not None else self.function(heard)


def _is_question(heard: Heard) -> bool:
    """Return whether the message is a question, and one that was understood."""
    understood = answers_itself(heard.intent) or is_act(heard.intent)
    return understood and bool(_QUESTION.search(heard.text))
