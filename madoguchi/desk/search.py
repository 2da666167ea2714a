"""Finds chats by what was written in them, and by names, numbers, tags and notes.

The newest chats are read themselves: a word that is in many chats fills a page there. Behind them
the index is asked, which is quick for words that are in few. Why: docs/decisions/0023-search.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Result,
    Select,
    SQLColumnExpression,
    cast,
    column,
    exists,
    func,
    intersect,
    literal_column,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.tokens import is_id
from madoguchi.database import only_reading
from madoguchi.desk.agent import Agent
from madoguchi.desk.search_tables import SearchTextRow
from madoguchi.desk.search_words import normal, shown, snippet, terms
from madoguchi.desk.seeing import few_seen_by
from madoguchi.desk.tables import NoteRow

# So many of the newest chats are read, and again so many, while that promises to fill the page.
_READS = (200, 1000, 1000, 1000)
# A word that is in more texts than this is looked for in the chats that the others have left.
_COUNTED = 20_000
_TEXTS_OF_A_CHAT = 10
_MOST_WORDS = 10
# The expression of PostgreSQL's index, which is used for just this one: no parameter in it.
_STORED: ColumnElement[str] = literal_column(
    "array_to_tsvector(string_to_array(search_texts.pieces, ' '))"
)
# SQLite's full-text index, which has its own name as a column to ask by.
_INDEX = table("search_index", column("rowid", Integer), column("search_index"))


@dataclass(frozen=True)
class Place:
    """Where a chat was found: in a message, a note, a name or a tag, or by its own id.

    ``seq`` is the message's number; ``text`` is cut from the message or note. Names and tags stand
    in the chat's line already.
    """

    source: str
    seq: int | None = None
    text: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's pages get it."""
        return {"where": self.source, "seq": self.seq, "text": self.text}


@dataclass(frozen=True)
class Hits:
    """The chats of one page, newest activity first; ``next`` is where the following one begins."""

    places: dict[str, Place]
    next: str | None


@dataclass(frozen=True)
class _Chat:
    """A found chat's place among the others."""

    at: datetime
    id: str


@dataclass(frozen=True)
class _Seen:
    """The chats that an agent may see, down from one of them."""

    at: SQLColumnExpression[datetime]
    id: SQLColumnExpression[str]
    start: _Chat | None = None

    @classmethod
    def by(cls, agent: Agent) -> _Seen:
        """Return all of an agent's."""
        few = few_seen_by(agent)
        if few is None:
            return cls(ConversationRow.updated_at, ConversationRow.id)
        return cls(few.c.updated_at, few.c.id)

    def below(self, chat: _Chat | None) -> _Seen:
        """Return those behind a chat."""
        return replace(self, start=chat)

    def newest(self) -> Select[datetime, str]:
        """Return their places, the newest first."""
        asked = select(self.at, self.id).order_by(self.at.desc(), self.id.desc())
        if self.start is None:
            return asked
        return asked.where(tuple_(self.at, self.id) < tuple_(self.start.at, self.start.id))


class Search:
    """The search, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, reads: Sequence[int] = _READS) -> None:
        """Read from the engine's database; so many of the newest chats without the index."""
        self._reads_of = tuple(reads)
        self._reads = only_reading(engine)
        self._sqlite = engine.dialect.name == "sqlite"

    async def find(
        self, question: str, agent: Agent, *, before: str | None = None, limit: int = 30
    ) -> Hits:
        """Return the chats that the agent may see and that have every word of the question.

        A question that is a chat's id finds that chat. One without any word finds nothing.
        """
        words = list(dict.fromkeys(normal(question).split()))[:_MOST_WORDS]
        if not words:
            return Hits({}, None)
        async with AsyncSession(self._reads) as session:
            seen = _Seen.by(agent)
            below = _chat_of(before) if before else None
            chats = await self._of_id(session, question.strip(), seen)
            if not chats:
                chats = await self._page(session, words, seen.below(below), limit + 1)
            places = await self._places(session, [chat.id for chat in chats[:limit]], words)
        following = None
        if len(chats) > limit:
            following = f"{chats[limit - 1].at.isoformat()}|{chats[limit - 1].id}"
        return Hits(places, following)

    async def _of_id(self, session: AsyncSession, number: str, seen: _Seen) -> list[_Chat]:
        if not is_id(number):
            return []
        return _chats(await session.execute(seen.newest().where(seen.id == number)))

    async def _page(
        self, session: AsyncSession, words: Sequence[str], seen: _Seen, limit: int
    ) -> list[_Chat]:
        found: list[_Chat] = []
        for number, size in enumerate(self._reads_of, start=1):
            some, last = await _read(session, words, seen, size, limit - len(found))
            found += some
            if len(found) >= limit or last is None:
                return found
            seen = seen.below(last)
            have, left = sum(self._reads_of[:number]), sum(self._reads_of[number:])
            if len(found) * left < (limit - len(found)) * have:
                break
        return found + await self._by_index(session, words, seen, limit - len(found))

    async def _by_index(
        self, session: AsyncSession, words: Sequence[str], seen: _Seen, limit: int
    ) -> list[_Chat]:
        """Return chats by the index, which is asked for the word that is in the fewest texts."""
        # One word alone needs no counting.
        counts = [await self._count(session, word) for word in words] if words[1:] else [1]
        few = min(counts)
        if not few:
            return []
        first = words[counts.index(few)]
        # Reading the chats that are left costs more than the index, unless they are few.
        most = min(_COUNTED, few * _TEXTS_OF_A_CHAT)
        indexed = [word for word, count in zip(words, counts, strict=True) if count < most]
        hits = [self._hits(word) for word in dict.fromkeys([first, *indexed])]
        others = [_has(seen.id, word) for word in words if word not in {first, *indexed}]
        asked = seen.newest().where(seen.id.in_(intersect(*hits) if hits[1:] else hits[0]), *others)
        return _chats(await session.execute(asked.limit(limit)))

    def _hits(self, word: str) -> Select[str]:
        """Return the chats with a text that has the word."""
        found = SearchTextRow.id.in_(self._indexed_texts(word)) if self._sqlite else _gin(word)
        return select(SearchTextRow.conversation_id).where(found, _holds(word)).distinct()

    async def _count(self, session: AsyncSession, word: str) -> int:
        """Return in how many texts the word may be, or the most that are counted."""
        some = self._indexed_texts(word).limit(_COUNTED).subquery()
        return int(await session.scalar(select(func.count()).select_from(some)) or 0)

    def _indexed_texts(self, word: str) -> Select[int]:
        """Return the texts that have all pieces of a word, as the database's index knows it."""
        if not self._sqlite:
            return select(SearchTextRow.id).where(_gin(word))
        asked = " ".join(f'"{term.piece}"{"*" * term.begins}' for term in terms(word))
        match = _INDEX.c.search_index.op("MATCH", is_comparison=True)(asked)
        return select(_INDEX.c.rowid).where(match)

    async def _places(
        self, session: AsyncSession, ids: Sequence[str], words: Sequence[str]
    ) -> dict[str, Place]:
        """Return, for each chat in their order, the newest place with one of the words."""
        if not ids:
            return {}
        has = or_(*map(_holds, words))
        # Names, notes and tags before messages, and those backwards: the order of the index.
        newest = (
            select(SearchTextRow.id)
            .where(SearchTextRow.conversation_id == ConversationRow.id, has)
            .order_by(SearchTextRow.source.desc(), SearchTextRow.place.desc())
            .limit(1)
            .correlate(ConversationRow)
            .scalar_subquery()
        )
        found = await session.scalars(
            select(SearchTextRow).where(
                SearchTextRow.id.in_(select(newest).where(ConversationRow.id.in_(ids)))
            )
        )
        rows = {row.conversation_id: row for row in found}
        texts = await _texts(session, list(rows.values()))
        return {
            chat: _place(rows[chat], texts.get(chat), words) if chat in rows else _NOWHERE
            for chat in ids
        }


_NOWHERE = Place("id")


async def _read(
    session: AsyncSession, words: Sequence[str], seen: _Seen, size: int, limit: int
) -> tuple[list[_Chat], _Chat | None]:
    """Return those of so many chats that have the words, and the last of all these.

    None when there are no more.
    """
    newest = seen.newest().limit(size).subquery()
    order = (newest.c.updated_at.desc(), newest.c.id.desc())
    asked = select(newest.c.updated_at, newest.c.id).order_by(*order)
    has = [_has(newest.c.id, word) for word in words]
    found = _chats(await session.execute(asked.where(*has).limit(limit)))
    if len(found) >= limit:
        return found, found[-1]
    last = _chats(await session.execute(asked.offset(size - 1)))
    return found, last[0] if last else None


def _chats(found: Result[datetime, str]) -> list[_Chat]:
    return [_Chat(as_utc(at), number) for at, number in found]


def _chat_of(before: str) -> _Chat | None:
    """Return where a page begins, None for what is no place of ours."""
    at, _, number = before.partition("|")
    try:
        return _Chat(as_utc(datetime.fromisoformat(at)), number) if is_id(number) else None
    except ValueError:
        return None


def _gin(word: str) -> ColumnElement[bool]:
    asked = " & ".join(f"'{term.piece}'{':*' * term.begins}" for term in terms(word))
    return _STORED.op("@@", is_comparison=True)(cast(asked, TSQUERY))


def _holds(word: str) -> ColumnElement[bool]:
    # A word has letters and digits only, nothing that LIKE would take for a sign.
    return SearchTextRow.text.like(f"%{word}%")


def _has(conversation_id: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    return exists().where(
        SearchTextRow.conversation_id == conversation_id,
        _holds(word),
    )


async def _texts(session: AsyncSession, rows: Sequence[SearchTextRow]) -> dict[str, str]:
    """Return the texts of messages and notes as they were written, by their chats."""
    messages = {row.conversation_id: row.place for row in rows if row.source == "message"}
    notes = [row.place for row in rows if row.source == "note"]
    texts: dict[str, str] = {}
    if notes:
        noted = await session.scalars(select(NoteRow).where(NoteRow.id.in_(notes)))
        texts = {row.conversation_id: row.text for row in noted}
    if messages:
        # Pairs would be clearer, but SQLite reads the whole table for them.
        said = await session.scalars(
            select(MessageRow).where(
                MessageRow.conversation_id.in_(messages), MessageRow.seq.in_(set(messages.values()))
            )
        )
        texts |= {
            row.conversation_id: shown(row.text, row.card)
            for row in said
            if messages[row.conversation_id] == row.seq
        }
    return texts


def _place(row: SearchTextRow, text: str | None, words: Sequence[str]) -> Place:
    return Place(
        row.source,
        row.place if row.source == "message" else None,
        snippet(text, words) if text is not None else None,
    )
