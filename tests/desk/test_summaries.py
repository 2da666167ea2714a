"""The desk's lists on both databases: what is in them, page by page, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Customer
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.model import Reason
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.search import Search
from madoguchi.desk.summaries import Summaries
from tests.desk.test_search import LEAD, SATO
from tests.support.databases import TestClock, empty_database

type Statement = tuple[str, Any]


class Lists:
    """Chats and the lists that show them."""

    def __init__(self, database: AsyncEngine, clock: TestClock) -> None:
        self.database = database
        self.clock = clock
        self.store = ConversationStore(database, clock)
        self.ownership = Ownership(database, clock, Streams())
        self.notebook = Notebook(database, clock)
        self.summaries = Summaries(database, clock)

    async def chat(self, *tags: str) -> str:
        """Return a new chat in which its customer wrote twice."""
        opened, _, _ = await self.store.open(Customer("web"), [])
        for number in range(2):
            await self.store.receive(opened.id, f"k{number}", text="返品したい")
        if tags:
            await self.notebook.tag(opened.id, tags)
        return opened.id

    async def waiting(self, *tags: str) -> str:
        """Return a chat that waits for a person."""
        chat = await self.chat(*tags)
        await self.ownership.call(chat, Reason.CUSTOMER, "")
        return chat

    async def taken(self, *tags: str) -> str:
        """Return a chat that the agent has."""
        chat = await self.chat(*tags)
        await self.ownership.take(chat, SATO.id)
        return chat

    async def closed(self, *tags: str) -> str:
        """Return a chat that is over."""
        chat = await self.taken(*tags)
        await self.ownership.close(chat, SATO.id, "solved")
        return chat

    async def pages(self, view: str, limit: int, tag: str | None = None) -> list[list[str]]:
        """Return the chats of each page of a view."""
        found, before = [], None
        while True:
            page, before = await self.summaries.listed(
                view, SATO.id, tag=tag, before=before, limit=limit
            )
            found.append([chat.id for chat in page])
            if before is None:
                return found


@pytest.fixture
def lists(database: AsyncEngine, clock: TestClock) -> Lists:
    """Lists without any chat."""
    return Lists(database, clock)


@contextmanager
def statements(database: AsyncEngine) -> Iterator[list[Statement]]:
    """Give what is asked of the database during the block."""
    asked: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(database.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.sync_engine, "before_cursor_execute", note)


async def test_each_view_has_its_chats(lists: Lists) -> None:
    bot, waiting, taken, closed = (
        await lists.chat(),
        await lists.waiting(),
        await lists.taken(),
        await lists.closed(),
    )
    snoozed = await lists.taken()
    await lists.ownership.snooze(snoozed, SATO.id, lists.clock.at + timedelta(hours=1))
    views = {
        "queue": {waiting},
        "mine": {taken},
        "snoozed": {snoozed},
        "open": {waiting, taken, snoozed},
        "closed": {closed},
        "all": {bot, waiting, taken, closed, snoozed},
    }
    for view, chats in views.items():
        [page] = await lists.pages(view, 100)
        assert (set(page), len(page)) == (chats, len(chats)), view


@pytest.mark.parametrize("view", ["queue", "mine", "open", "closed", "all"])
async def test_pages_hold_each_chat_once_at_equal_times_too(lists: Lists, view: str) -> None:
    make = {"queue": lists.waiting, "closed": lists.closed}.get(view, lists.taken)
    chats = [await make() for _ in range(7)]
    pages = await lists.pages(view, 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    shown = [chat for page in pages for chat in page]
    assert shown == (chats if view == "queue" else sorted(chats, reverse=True))


async def test_a_tag_leaves_only_its_chats_in_full_pages(lists: Lists) -> None:
    for number in range(5):
        await lists.closed(*(["返品"] if number % 2 else ["返品", "急ぎ"]))
    pages = await lists.pages("closed", 2, "急ぎ")
    assert [len(page) for page in pages] == [2, 1]
    assert await lists.pages("closed", 2, "法人") == [[]]


async def test_a_line_says_what_was_said_last_and_how_much_is_new(lists: Lists) -> None:
    chat = await lists.taken()
    await lists.ownership.say(chat, SATO.id, "お待たせしました", "key")
    [line] = await lists.summaries.of([chat])
    assert (line.last_from, line.last_text, line.unread) == ("agent", "お待たせしました", 2)
    await lists.notebook.read(chat, 1)
    [line] = await lists.summaries.of([chat])
    assert line.unread == 1


async def test_a_long_list_asks_no_more_questions_than_a_short_one(lists: Lists) -> None:
    asked: dict[int, int] = {}
    for count in (2, 12):
        while sum(len(page) for page in await lists.pages("queue", 50)) < count:
            await lists.waiting("返品")
        with statements(lists.database) as some:
            await lists.summaries.listed("queue", SATO.id)
        asked[count] = len(some)
    assert asked[2] == asked[12]


@pytest.fixture
async def plain(request: pytest.FixtureRequest, tmp_path: Path, clock: TestClock) -> Any:
    """Lists on SQLite, which tells how it would read."""
    async with empty_database("sqlite", request, tmp_path) as database:
        yield Lists(database, clock)


async def test_nothing_the_desk_shows_reads_a_whole_table(plain: Lists) -> None:
    chats = [await plain.waiting("返品"), await plain.taken("返品"), await plain.closed("返品")]
    reader = ChatReader(plain.database)
    with statements(plain.database) as asked:
        for view in ("queue", "mine", "open", "closed", "snoozed", "all"):
            await plain.pages(view, 1)
            await plain.pages(view, 1, "返品")
        await plain.summaries.of(chats)
        for chat in chats:
            await reader.messages(chat)
            await reader.notes(chat)
        for who in (LEAD, SATO):
            for question in ("返品", "返品 したい", chats[0]):
                await Search(plain.database, [1]).find(question, who)
    plans = []
    async with plain.database.connect() as connection:
        for statement, values in asked:
            steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans += [(str(step["detail"]), statement) for step in steps.mappings()]
    assert len(plans) > 50
    whole = [
        plan
        for plan in plans
        if plan[0].startswith("SCAN ")
        and "USING" not in plan[0]
        and plan[0].split()[1]
        in {
            "conversations",
            "messages",
            "search_texts",
            "outbox",
            "handoffs",
            "notes",
            "read_marks",
        }
    ]
    assert whole == []
