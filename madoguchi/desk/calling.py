"""When a person is called without being asked for: pure rules over what was said last.

Which texts and topics call is data (``knowledge/calling.yml``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.conversations.model import Kind
from madoguchi.desk.model import Reason

_FILE = Path(knowledge.__file__).resolve().parent / "calling.yml"
# After so long a pause two failures are not in a row any more.
_IN_A_ROW = timedelta(hours=1)
# What an agent has just dealt with calls nobody again by itself.
_DEALT_WITH = timedelta(minutes=30)
_TWICE = 2
_FAILS = frozenset({Kind.FALLBACK, Kind.CLARIFY})
_SETTLES = frozenset({Kind.ANSWER, Kind.RESULT, Kind.ASK, Kind.HANDOFF})


class Matter(StrEnum):
    """What a person is called for by a rule."""

    LOSS = "loss"
    DAMAGED = "damaged"
    COMPLAINT = "complaint"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Reply:
    """A message of the assistant as the rules see it; ``name`` is that of its text, when known."""

    kind: Kind
    name: str | None = None
    topic: str | None = None
    intent: str | None = None


@dataclass(frozen=True)
class Exchange:
    """What a customer wrote (None: a choice was tapped), and what was replied to it."""

    written: str | None
    replies: tuple[Reply, ...]
    at: datetime


@dataclass(frozen=True)
class Ended:
    """The last stretch with a person: why it began, and when it ended."""

    reason: Reason
    detail: str | None
    at: datetime


@dataclass(frozen=True)
class Call:
    """That a person is to be called.

    ``promised``: the answer's day was named already. ``repeated``: the same held one message ago.
    """

    reason: Reason
    detail: str | None = None
    promised: bool = False
    repeated: bool = False


@dataclass(frozen=True)
class Rule:
    """Texts and answered topics that call for a matter, the latter unless it is only supposed."""

    matter: Matter
    said: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    unless: re.Pattern[str] | None = None
    promised: bool = False

    def holds(self, reply: Reply, words: str | None) -> bool:
        """Return whether the reply calls; ``words`` are what the customer wrote."""
        if reply.name in self.said:
            return True
        if reply.kind is not Kind.ANSWER or reply.topic not in self.topics or words is None:
            return False
        return self.unless is None or self.unless.search(words) is None


@dataclass(frozen=True)
class CallingRules:
    """The whole file."""

    rules: tuple[Rule, ...]
    system: frozenset[str]
    failed: frozenset[str]
    failing_intents: frozenset[str]
    not_failing_intents: frozenset[str]
    asks_how_long: re.Pattern[str]


@lru_cache
def calling_rules() -> CallingRules:
    """Return the rules of this version."""
    read: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return CallingRules(
        rules=tuple(_rule(entry) for entry in read["rules"]),
        system=frozenset(read["system"]),
        failed=frozenset(read["failed"]),
        failing_intents=frozenset(read["failing_intents"]),
        not_failing_intents=frozenset(read["not_failing_intents"]),
        asks_how_long=re.compile("|".join(f"(?:{each})" for each in read["asks_how_long"])),
    )


def decide(
    now: Exchange, before: Sequence[Exchange], last: Ended | None, rules: CallingRules
) -> Call | None:
    """Return whether, and why, a person is called after an exchange; None for no call.

    ``before`` is what came before it since the last stretch with a person (``last``), the newest
    at the end. Nobody is called again for the very thing that a person has just dealt with.
    """
    call = _by_rule(now, before, rules) or _by_failure(now, before, rules)
    if call is None or last is None or now.at - last.at >= _DEALT_WITH:
        return call
    return None if (call.reason, call.detail) == (last.reason, last.detail) else call


def asks_how_long(text: str, rules: CallingRules) -> bool:
    """Return whether somebody who waits asks how long it will take, and nothing besides."""
    return rules.asks_how_long.fullmatch(text.strip().rstrip("?？。!！、…ー〜~ 　")) is not None


def _by_rule(now: Exchange, before: Sequence[Exchange], rules: CallingRules) -> Call | None:
    words = _words(now, before)
    for rule in rules.rules:
        if any(rule.holds(reply, words) for reply in now.replies):
            return Call(Reason.RULE, rule.matter, promised=rule.promised)
    names = {reply.name for reply in now.replies}
    return Call(Reason.SYSTEM, "shop") if names & rules.system else None


def _words(now: Exchange, before: Sequence[Exchange]) -> str | None:
    """Return what the customer wrote; for a tap on one of the topics asked about, before it."""
    if now.written is None and before and _has(before[-1], frozenset({Kind.CLARIFY})):
        return before[-1].written
    return now.written


def _by_failure(now: Exchange, before: Sequence[Exchange], rules: CallingRules) -> Call | None:
    if any(reply.name in rules.failed for reply in now.replies):
        return Call(Reason.FAILED)
    if not _fails(now, rules):
        return None
    count, since = 1, now.at
    for exchange in reversed(before):
        if since - exchange.at > _IN_A_ROW or _has(exchange, _SETTLES):
            break
        if _fails(exchange, rules):
            count, since = count + 1, exchange.at
    return Call(Reason.FAILED, repeated=count > _TWICE) if count >= _TWICE else None


def _fails(exchange: Exchange, rules: CallingRules) -> bool:
    """Return whether the customer has got no answer; small talk is neither this nor an answer."""
    if _has(exchange, _SETTLES):
        return False
    return any(
        (reply.kind in _FAILS or reply.intent in rules.failing_intents)
        and reply.intent not in rules.not_failing_intents
        for reply in exchange.replies
    )


def _has(exchange: Exchange, kinds: frozenset[Kind]) -> bool:
    return any(reply.kind in kinds for reply in exchange.replies)


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        matter=Matter(entry["matter"]),
        said=frozenset(entry.get("said", ())),
        topics=frozenset(entry.get("topics", ())),
        unless=re.compile(entry["unless"]) if "unless" in entry else None,
        promised=entry.get("promised", False),
    )
