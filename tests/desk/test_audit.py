"""The log of what agents did, on each database."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from tests.desk.signin_parts import NOW, Desk


async def test_a_deed_is_logged_with_who_what_and_when(desk: Desk) -> None:
    await desk.auth.audit.record("closed", "a1", {"result": "settled"}, "c1")
    [entry] = await desk.auth.audit.entries()
    assert (entry.agent_id, entry.action, entry.conversation_id) == ("a1", "closed", "c1")
    assert entry.detail == {"result": "settled"}
    assert entry.at == NOW


async def test_a_deed_that_did_not_happen_is_not_logged(desk: Desk) -> None:
    async with AsyncSession(desk.database) as session:
        desk.auth.audit.write(session, "closed", "a1")
        await session.flush()
        await session.rollback()
    assert await desk.auth.audit.entries() == []


async def test_the_newest_come_first_and_the_rest_page_by_page(desk: Desk) -> None:
    for number in range(5):
        await desk.auth.audit.record("taken", None, {"number": number})
    first = await desk.auth.audit.entries(limit=3)
    rest = await desk.auth.audit.entries(limit=3, before=first[-1].id)
    assert [entry.detail["number"] for entry in first + rest] == [4, 3, 2, 1, 0]


async def test_one_agent_s_and_one_chat_s_deeds_are_found(desk: Desk) -> None:
    for agent, chat in (("a1", "c1"), ("a1", "c2"), ("a2", "c1")):
        await desk.auth.audit.record("taken", agent, None, chat)
    assert len(await desk.auth.audit.entries(agent_id="a1")) == 2
    assert len(await desk.auth.audit.entries(conversation_id="c1")) == 2
    assert len(await desk.auth.audit.entries(agent_id="a2", conversation_id="c1")) == 1
