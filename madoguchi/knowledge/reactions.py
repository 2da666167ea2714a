"""What customers are told when they send what is no question, from ``messages/reactions.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi.conversations.model import Choice, Draft, Kind, Sender
from madoguchi.knowledge.sentences import Sentences, sentences

_FILE = Path(__file__).resolve().parent / "messages" / "reactions.yml"
# Choices for the channel itself; every other name is an intent.
COMMANDS = ("fetch", "link")
_FROM_THE_CHANNEL = frozenset(
    {
        "expired",
        "working",
        "fetched",
        "linked",
        "link_failed",
        "link_offer",
        "link_off",
        "already_linked",
        "unlinked",
        "not_linked",
    }
)


class Reactions:
    """Finished messages that need no engine."""

    def __init__(self, texts: dict[str, Any], said: Sentences) -> None:
        """Use the texts; choices that are intents are titled as everywhere else."""
        self._texts = texts
        self._said = said

    def to(self, code: str, site: str | None = None) -> Draft:
        """Return the message of a code, for the shop that the channel belongs to."""
        entry = self._texts[code]
        if "text" not in entry:
            entry = entry[site or "none"]
        choices = tuple(self._choice(name) for name in entry["choices"])
        # What answers a button of the channel itself is no answer of the bot: it is said also
        # while an agent has the chat.
        sender = Sender.SYSTEM if code in _FROM_THE_CHANNEL else Sender.BOT
        return Draft(Kind.NOTICE, entry["text"], choices=choices, sender=sender)

    def knows(self, code: str) -> bool:
        """Return whether there is a message of this code."""
        return code in self._texts

    def event(self, code: str) -> str:
        """Return what the transcript shows of an event that is no message."""
        return str(self._texts["events"].get(code, ""))

    def title(self, command: str) -> str:
        """Return the title of a choice for the channel itself."""
        return str(self._texts["titles"][command])

    @property
    def withdrawn(self) -> str:
        """What stands where a message was taken back."""
        return str(self._texts["withdrawn"])

    def _choice(self, name: str) -> Choice:
        if name in COMMANDS:
            return Choice(title=self.title(name), payload=name)
        [choice] = self._said.choices([name])
        return choice


@lru_cache
def reactions() -> Reactions:
    """Return this version's reactions."""
    return Reactions(yaml.safe_load(_FILE.read_text(encoding="utf-8")), sentences())
