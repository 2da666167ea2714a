"""What a customer reads who proves an order or rental in a form, from ``identification.yml``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from madoguchi import knowledge
from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Draft, Kind, Sender

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "identification.yml"


class Act(StrEnum):
    """What a message is in proving: its ``act`` in the transcript."""

    # With it a page shows the form.
    ASKED = "identify"
    # From the customer: they have filled the form in.
    SENT = "identify_sent"
    DONE = "identify_done"


class IdentificationWords:
    """Finished messages; the system says them, so that they are said whoever has the chat."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Use the texts."""
        self._texts = texts

    def question(self) -> Draft:
        """Return the request to fill the form in."""
        return _draft(Act.ASKED, self._texts["question"])

    def sent(self) -> Draft:
        """Return what stands in the transcript for what the customer wrote into the form."""
        return replace(_draft(Act.SENT, self._texts["sent"]), sender=Sender.CUSTOMER)

    def proven(self, number: str) -> Draft:
        """Return that the order or rental of the number is theirs."""
        return _draft(Act.DONE, self._texts["proven"].format(number=number))

    def wrong(self) -> Draft:
        """Return that it was wrong: the same for no such number and for somebody else's."""
        return _draft(Act.ASKED, f"{self._texts['wrong']}\n{self._texts['again']}")

    def away(self) -> Draft:
        """Return that the shop's system could not be asked."""
        return _draft(Act.ASKED, f"{self._texts['away']}\n{self._texts['again_later']}")

    def over(self, draft: Draft) -> Draft:
        """Return a message without its request to try again: nobody asks any more."""
        return replace(draft, act=Act.DONE, text=draft.text.partition("\n")[0])

    def locked(self, until: datetime) -> Draft:
        """Return that nothing may be tried until then."""
        return _draft(
            Act.DONE, self._texts["locked"].format(until=f"{until.astimezone(TOKYO):%H:%M}")
        )


def _draft(act: Act, text: str) -> Draft:
    kind = Kind.ASK if act is Act.ASKED else Kind.NOTICE
    return Draft(kind, text, act=act, sender=Sender.SYSTEM)


@lru_cache
def identification_words() -> IdentificationWords:
    """Return this version's words."""
    return IdentificationWords(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
