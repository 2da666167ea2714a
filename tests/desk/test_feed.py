"""The feed on both databases: read once for all pages, complete, and held up by nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.stream import CUSTOMER_TYPING, Event, Streams
from madoguchi.desk.feed import Feed, News, OpenDesk, desk_feed
from madoguchi.desk.tables import DeskChangeRow
from tests.desk.signin_parts import Desk
from tests.desk.team import Team
from tests.support.databases import TestClock

PATIENCE = 20.0


@pytest.fixture
def team(database: AsyncEngine, clock: TestClock, desk: Desk) -> Team:
    """Nobody, and no chats."""
    return Team(database, clock, desk)


@pytest.fixture
def streams() -> Streams:
    """What this process' pages are told through."""
    return Streams()


@pytest.fixture
async def feed(team: Team, streams: Streams) -> AsyncIterator[Feed]:
    """A running feed."""
    async with desk_feed(team.database, team.clock, streams) as feed:
        yield feed


async def page_of(team: Team, login: str) -> OpenDesk:
    """Return a page of a new agent who has signed in."""
    agent = await team.agent(login)
    session, _ = await team.desk.enter(login)
    return OpenDesk(agent, session)


async def news_of(desk: OpenDesk, chat: str) -> News:
    """Return the first news of a chat."""
    async with asyncio.timeout(PATIENCE):
        while True:
            news = await desk.next(PATIENCE)
            assert news is not None
            if chat in [each.id for each in news.chats]:
                return news


async def test_all_pages_are_handed_what_was_read_once(team: Team, feed: Feed) -> None:
    sato, suzuki = await page_of(team, "sato"), await page_of(team, "suzuki")
    with feed.shown(sato), feed.shown(suzuki):
        await feed.ready()
        chat = await team.waiting()
        assert await news_of(sato, chat) is await news_of(suzuki, chat)


async def test_a_change_that_is_stored_after_a_later_one_is_not_lost(
    team: Team, feed: Feed
) -> None:
    page = await page_of(team, "sato")
    first, second = await team.chat(), await team.chat()
    with feed.shown(page):
        await feed.ready()
        async with AsyncSession(team.database) as session:
            newest = int(await session.scalar(select(func.max(DeskChangeRow.id))) or 0)
        await store(team, newest + 2, second)
        assert (await news_of(page, second)).cursor == newest + 2
        await store(team, newest + 1, first)
        assert (await news_of(page, first)).cursor == newest + 2


async def store(team: Team, number: int, chat: str) -> None:
    """Store a change under a number."""
    at = as_utc(team.clock.now())
    async with AsyncSession(team.database) as session, session.begin():
        session.add(DeskChangeRow(id=number, conversation_id=chat, kind="chat", at=at))


async def test_what_changed_since_is_told_and_what_is_too_long_ago_is_not(
    team: Team, feed: Feed
) -> None:
    first, second = await team.waiting(), await team.waiting()
    told = await feed.since(0)
    assert told is not None
    assert [each.id for each in told] == [first, second]
    assert await feed.since(999) is None


async def test_a_page_that_takes_nothing_holds_nobody_up(team: Team, feed: Feed) -> None:
    slow, quick = await page_of(team, "slow"), await page_of(team, "quick")
    chat = await team.waiting()
    with feed.shown(slow), feed.shown(quick):
        await feed.ready()
        for number in range(100):
            slow.put(News(number))
        later = await team.waiting()
        assert later in [each.id for each in (await news_of(quick, later)).chats]
        assert slow.lagged
        assert (await news_of(slow, later)).cursor > 0
    assert chat != later


async def test_nobody_s_page_is_asked_for_once_it_is_closed(team: Team, feed: Feed) -> None:
    first, second = await page_of(team, "first"), await page_of(team, "second")
    with feed.shown(first):
        await feed.ready()
    await team.waiting()
    with feed.shown(second):
        await feed.ready()
        chat = await team.waiting()
        news = await news_of(second, chat)
    assert [each.id for each in news.chats] == [chat]


async def test_who_was_removed_is_signed_out(team: Team, feed: Feed) -> None:
    page = await page_of(team, "sato")
    with feed.shown(page):
        await feed.ready()
        await team.desk.auth.agents.remove(page.agent.id, None)
        async with asyncio.timeout(PATIENCE):
            while True:
                news = await page.next(PATIENCE)
                assert news is not None
                if page.session_id in news.over:
                    return


async def test_a_number_of_chats_that_changes_is_told(team: Team, feed: Feed) -> None:
    page = await page_of(team, "sato")
    with feed.shown(page):
        await feed.ready()
        await team.taken(page.agent)
        async with asyncio.timeout(PATIENCE):
            while True:
                news = await page.next(PATIENCE)
                assert news is not None
                if news.people is not None and [each.chats for each in news.people] == [1]:
                    return


async def test_an_agent_whose_desk_was_closed_without_a_word_is_gone(team: Team) -> None:
    await team.agent("sato")
    assert [each.presence.value for each in await team.workload.all()] == ["online"]
    team.clock.at += timedelta(minutes=4)
    assert [each.presence.value for each in await team.workload.all()] == ["offline"]


async def test_that_a_customer_writes_comes_with_how_the_chat_stands(
    team: Team, feed: Feed, streams: Streams
) -> None:
    page = await page_of(team, "sato")
    chat = await team.taken(page.agent)
    with feed.shown(page):
        await feed.ready()
        streams.publish(chat, Event(CUSTOMER_TYPING, {"on": True}))
        async with asyncio.timeout(PATIENCE):
            while True:
                news = await page.next(PATIENCE)
                assert news is not None
                if news.typing:
                    break
    [typing] = news.typing
    assert (typing.chat_id, typing.on, typing.holder) == (chat, True, page.agent.id)


async def test_when_the_service_stops_every_page_ends(
    team: Team, feed: Feed, streams: Streams
) -> None:
    page = await page_of(team, "sato")
    with feed.shown(page):
        await feed.ready()
        streams.close()
        async with asyncio.timeout(PATIENCE):
            while await page.next(PATIENCE) is not None:
                pass
