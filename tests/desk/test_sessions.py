"""Sign-ins: found by their token while they last, and ended by whoever they belong to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.desk.agent import Presence
from madoguchi.desk.tables import AgentRow, AgentSessionRow
from tests.desk.signin_parts import NOW, Desk


async def stored(desk: Desk) -> list[AgentSessionRow]:
    async with AsyncSession(desk.database) as session:
        return list(await session.scalars(select(AgentSessionRow)))


async def test_the_token_finds_who_signed_in(desk: Desk) -> None:
    agent = await desk.add()
    session, token = await desk.enter()
    found = await desk.auth.sessions.find(token)
    assert found is not None
    assert found[0].id == agent.id
    assert found[1] == session
    assert session.ends_at == NOW + timedelta(hours=12)


async def test_the_token_is_long_and_only_its_hash_is_stored(desk: Desk) -> None:
    await desk.add()
    session, token = await desk.enter()
    [row] = await stored(desk)
    assert len(token) >= 43
    assert token not in (row.token_hash, row.id)
    assert session.id != row.token_hash
    assert await desk.auth.sessions.find(row.token_hash) is None
    assert await desk.auth.sessions.find(row.id) is None


async def test_no_other_text_finds_anybody(desk: Desk) -> None:
    await desk.add()
    _, token = await desk.enter()
    for text in ("", "x", token[:-1], token + "=", token.swapcase(), "\ud800", "\0"):
        assert await desk.auth.sessions.find(text) is None


async def test_it_ends_after_two_hours_without_a_request(desk: Desk) -> None:
    await desk.add()
    _, token = await desk.enter()
    desk.clock.at = NOW + timedelta(hours=1, minutes=59)
    assert await desk.auth.sessions.find(token) is not None
    desk.clock.at += timedelta(hours=1, minutes=59)
    assert await desk.auth.sessions.find(token) is not None
    desk.clock.at += timedelta(hours=2)
    assert await desk.auth.sessions.find(token) is None


async def test_it_ends_after_twelve_hours_of_work(desk: Desk) -> None:
    await desk.add()
    _, token = await desk.enter()
    for hours in range(1, 12):
        desk.clock.at = NOW + timedelta(hours=hours)
        assert await desk.auth.sessions.find(token) is not None
    desk.clock.at = NOW + timedelta(hours=12)
    assert await desk.auth.sessions.find(token) is None


async def test_being_seen_is_written_once_a_minute(desk: Desk) -> None:
    agent = await desk.add()
    session, token = await desk.enter()
    for seconds, seen in ((59, 0), (60, 60), (119, 60), (121, 121)):
        desk.clock.at = NOW + timedelta(seconds=seconds)
        await desk.auth.sessions.find(token)
        [listed] = await desk.auth.sessions.of(agent.id)
        assert listed.id == session.id
        assert listed.seen_at == NOW + timedelta(seconds=seen)


async def test_an_agent_sees_the_own_sign_ins_that_last(desk: Desk) -> None:
    sato, suzuki = await desk.add("sato"), await desk.add("suzuki")
    first, _ = await desk.enter("sato")
    desk.clock.at += timedelta(minutes=5)
    second, _ = await desk.enter("sato")
    other, _ = await desk.enter("suzuki")
    assert [mine.id for mine in await desk.auth.sessions.of(sato.id)] == [second.id, first.id]
    assert [mine.id for mine in await desk.auth.sessions.of(suzuki.id)] == [other.id]
    desk.clock.at += timedelta(hours=2, minutes=-1)
    assert [mine.id for mine in await desk.auth.sessions.of(sato.id)] == [second.id]


async def test_ending_one_leaves_the_others(desk: Desk) -> None:
    agent = await desk.add()
    first, first_token = await desk.enter()
    _, second_token = await desk.enter()
    assert await desk.auth.sessions.end(agent.id, first.id)
    assert await desk.auth.sessions.find(first_token) is None
    assert await desk.auth.sessions.find(second_token) is not None
    assert not await desk.auth.sessions.end(agent.id, first.id)


async def test_nobody_ends_the_sign_in_of_another(desk: Desk) -> None:
    await desk.add("sato")
    suzuki = await desk.add("suzuki")
    session, token = await desk.enter("sato")
    assert not await desk.auth.sessions.end(suzuki.id, session.id)
    assert await desk.auth.sessions.find(token) is not None


async def test_who_signs_out_everywhere_is_not_there_any_more(desk: Desk) -> None:
    agent = await desk.add()
    first, _ = await desk.enter()
    second, _ = await desk.enter()
    await desk.auth.agents.set_presence(agent.id, Presence.ONLINE)
    await desk.auth.sessions.end(agent.id, first.id)
    assert (await desk.auth.agents.get(agent.id)).presence is Presence.ONLINE
    await desk.auth.sessions.end(agent.id, second.id)
    assert (await desk.auth.agents.get(agent.id)).presence is Presence.OFFLINE


async def test_what_a_browser_calls_itself_is_kept_short_and_harmless(desk: Desk) -> None:
    await desk.add()
    _, session, _ = await desk.auth.sign_in.sign_in(
        "sato", "まどぐちの鍵は全部で三つある", None, "Fire\0fox\u202e\ud800" + "x" * 500
    )
    assert session.client == "Firefox" + "x" * 193


async def test_sign_ins_of_long_ago_are_forgotten(desk: Desk) -> None:
    await desk.add()
    await desk.enter()
    desk.clock.at += timedelta(days=31)
    latest, _ = await desk.enter()
    assert [row.id for row in await stored(desk)] == [latest.id]


async def test_a_sign_in_that_outlived_its_agent_opens_nothing(desk: Desk) -> None:
    agent = await desk.add()
    _, token = await desk.enter()
    async with desk.database.begin() as connection:
        await connection.execute(
            update(AgentRow).where(AgentRow.id == agent.id).values(removed_at=NOW)
        )
    assert await desk.auth.sessions.find(token) is None
