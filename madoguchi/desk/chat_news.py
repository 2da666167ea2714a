"""What changed in chats, ready to be sent: read and encoded once for all who may see it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.desk.changes import Change
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.summaries import Summaries
from madoguchi.desk.summary import Summary

# A delivery that ended belongs to one of so many newest messages, as a rule.
_DELIVERED = 10
# A customer takes back what is a day old at most.
_MOST = 200


@dataclass(frozen=True)
class ChatNews:
    """A chat that changed: how it stands, and its events' data as JSON."""

    id: str
    owner: str
    holder: str | None
    # Whether it may have become another one's; else only something was said or noted in it.
    moved: bool
    summary: str
    messages: tuple[str, ...]


class NewsReader:
    """Reads what changed."""

    def __init__(self, chats: ChatReader, summaries: Summaries) -> None:
        """Read through the parts that show chats."""
        self._chats = chats
        self._summaries = summaries

    async def of(self, changes: Sequence[Change]) -> list[ChatNews]:
        """Return each chat that changed once, however often it did, in the changes' order."""
        if not changes:
            return []
        counts, firsts = _with_messages(changes), _changed_from(changes)
        moved = {each.conversation_id for each in changes if each.kind == "chat"}
        chats = list(dict.fromkeys(each.conversation_id for each in changes))
        return [
            self._news(
                summary,
                await self._messages(summary.id, counts.get(summary.id, 0), firsts.get(summary.id)),
                moved=summary.id in moved,
            )
            for summary in await self._summaries.of(chats)
        ]

    async def _messages(self, chat: str, newest: int, first: int | None) -> list[dict[str, Any]]:
        if first is not None:
            return await self._chats.messages(chat, after=first - 1, limit=_MOST)
        return await self._chats.newest(chat, newest) if newest else []

    @staticmethod
    def _news(summary: Summary, newest: list[dict[str, Any]], *, moved: bool) -> ChatNews:
        return ChatNews(
            id=summary.id,
            owner=summary.owner.value,
            holder=summary.agent[0] if summary.agent else None,
            moved=moved,
            summary=as_json({"summary": summary.as_json()}),
            messages=tuple(
                as_json({"chat_id": summary.id, "message": message}) for message in newest
            ),
        )


def _with_messages(changes: Sequence[Change]) -> dict[str, int]:
    """Return how many of a chat's newest messages may be new, or delivered by now."""
    counts = Counter(change.conversation_id for change in changes if change.kind == "message")
    for change in changes:
        if change.kind == "delivery":
            counts[change.conversation_id] = max(counts[change.conversation_id], _DELIVERED)
    return dict(counts)


def _changed_from(changes: Sequence[Change]) -> dict[str, int]:
    """Return from which message on each chat has to be read anew, as a file came or words went."""
    firsts: dict[str, int] = {}
    for change in changes:
        if change.seq is not None:
            known = firsts.get(change.conversation_id, change.seq)
            firsts[change.conversation_id] = min(known, change.seq)
    return firsts


def as_json(data: dict[str, Any]) -> str:
    """Return an event's data on one line."""
    return json.dumps(data, ensure_ascii=False)
