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
        counts = _with_messages(changes)
        moved = {each.conversation_id for each in changes if each.kind == "chat"}
        chats = list(dict.fromkeys(each.conversation_id for each in changes))
        return [
            await self._news(summary, counts.get(summary.id, 0), moved=summary.id in moved)
            for summary in await self._summaries.of(chats)
        ]

    async def _news(self, summary: Summary, messages: int, *, moved: bool) -> ChatNews:
        newest = await self._chats.newest(summary.id, messages) if messages else []
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


def as_json(data: dict[str, Any]) -> str:
    """Return an event's data on one line."""
    return json.dumps(data, ensure_ascii=False)
