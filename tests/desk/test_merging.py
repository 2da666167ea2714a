"""Merging chats on both databases: by hand, of one customer, and never in a circle."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Owner
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.desk.agent import Agent
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.merging import MergeRefusedError
from madoguchi.desk.model import Stage
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.seeing import Seeing
from madoguchi.desk.summaries import Summaries
from tests.desk.signin_parts import Desk
from tests.desk.team import Team
from tests.support.databases import TestClock


@pytest.fixture
def team(database: AsyncEngine, clock: TestClock, desk: Desk) -> Team:
    """Nobody, and no chats."""
    return Team(database, clock, desk)


@pytest.fixture
async def sato(team: Team) -> Agent:
    """An agent."""
    return await team.agent("sato")


async def tags(team: Team, chat: str) -> tuple[str, ...]:
    """Return a chat's tags."""
    [summary] = await Summaries(team.database, team.clock).of([chat])
    return summary.tags


async def test_the_other_chat_is_closed_and_part_of_the_agent_s(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    await team.merging.merge(mine, other, sato.id)
    row = await team.row(other)
    assert (row.owner, row.merged_into, row.agent_id) == (Owner.CLOSED, mine, None)
    assert await team.ownership.open_handoff(other) is None
    assert [each.id for each in await team.merging.merged(mine)] == [other]
    assert await team.holder(mine) == sato.id
    last = (await team.deeds(mine))[-1]
    assert (last.action, last.agent_id, last.detail["other"]) == ("chat.merge", sato.id, other)


async def test_merging_again_changes_nothing(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    await asyncio.gather(*(team.merging.merge(mine, other, sato.id) for _ in range(3)))
    deeds = [deed.action for deed in await team.deeds(mine)]
    assert deeds.count("chat.merge") == 1


async def test_tags_and_notes_are_seen_in_the_chat_that_stays(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    notebook = Notebook(team.database, team.clock)
    await notebook.tag(mine, ["急ぎ"])
    await notebook.tag(other, ["傷", "急ぎ"])
    await notebook.note(other, sato.id, "写真あり")
    await team.merging.merge(mine, other, sato.id)
    assert set(await tags(team, mine)) == {"傷", "急ぎ"}
    [note] = await ChatReader(team.database).notes(mine, other)
    assert note["text"] == "写真あり"


async def test_who_sees_the_chat_that_stays_sees_the_merged_one(team: Team, sato: Agent) -> None:
    suzuki = await team.agent("suzuki")
    mine, other = await team.taken(sato), await team.waiting()
    await team.merging.merge(mine, other, sato.id)
    seeing = Seeing(team.database)
    assert await seeing.of(sato, [mine, other]) == {mine, other}
    assert await seeing.of(suzuki, [mine, other]) == set()


async def test_only_one_s_own_chat_takes_another_up(team: Team, sato: Agent) -> None:
    suzuki = await team.agent("suzuki")
    theirs, other = await team.taken(suzuki), await team.waiting()
    with pytest.raises(NotOwnerError) as refused:
        await team.merging.merge(theirs, other, sato.id)
    assert refused.value.holder == suzuki.id
    assert (await team.row(other)).merged_into is None


async def test_another_agent_s_chat_is_not_taken_up(team: Team, sato: Agent) -> None:
    suzuki = await team.agent("suzuki")
    mine, theirs = await team.taken(sato), await team.taken(suzuki)
    with pytest.raises(NotOwnerError):
        await team.merging.merge(mine, theirs, sato.id)
    assert await team.holder(theirs) == suzuki.id


async def test_two_members_are_never_one_customer(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato, "m-1"), await team.waiting("m-2")
    with pytest.raises(MergeRefusedError, match="merge_other_person"):
        await team.merging.merge(mine, other, sato.id)
    assert (await team.get(other)).owner is Owner.QUEUE


async def test_a_member_and_somebody_unknown_may_be_one(team: Team, sato: Agent) -> None:
    mine = await team.taken(sato, "m-1")
    for other in (await team.waiting(), await team.waiting("m-1")):
        await team.merging.merge(mine, other, sato.id)
    assert len(await team.merging.merged(mine)) == 2


async def test_a_chat_is_not_part_of_itself(team: Team, sato: Agent) -> None:
    mine = await team.taken(sato)
    with pytest.raises(MergeRefusedError, match="merge_itself"):
        await team.merging.merge(mine, mine, sato.id)


async def test_a_chat_that_is_not_there_is_unknown(team: Team, sato: Agent) -> None:
    mine = await team.taken(sato)
    with pytest.raises(UnknownConversationError):
        await team.merging.merge(mine, "nothing", sato.id)


async def test_what_was_merged_before_comes_along_and_goes_back(team: Team, sato: Agent) -> None:
    first, second, third = await team.waiting(), await team.taken(sato), await team.taken(sato)
    await team.merging.merge(second, first, sato.id)
    await team.merging.merge(third, second, sato.id)
    assert {each.id for each in await team.merging.merged(third)} == {first, second}
    assert await team.merging.unmerge(third, second, sato.id)
    assert await team.merging.merged(third) == []
    assert [each.id for each in await team.merging.merged(second)] == [first]


async def test_there_is_no_circle(team: Team, sato: Agent) -> None:
    first, second = await team.taken(sato), await team.taken(sato)
    await team.merging.merge(second, first, sato.id)
    await team.store.receive(first, "e1", text="もう一つ")
    await team.ownership.take(first, sato.id)
    with pytest.raises(MergeRefusedError, match="merge_merged"):
        await team.merging.merge(first, second, sato.id)


async def test_however_they_race_there_is_no_circle(team: Team, sato: Agent) -> None:
    for _ in range(4):
        chats = [await team.taken(sato) for _ in range(4)]
        pairs = zip(chats, [*chats[1:], chats[0]], strict=True)
        await asyncio.gather(
            *(team.merging.merge(into, other, sato.id) for into, other in pairs),
            return_exceptions=True,
        )
        into = {chat: (await team.row(chat)).merged_into for chat in chats}
        roots = [chat for chat in chats if into[chat] is None]
        assert roots
        # Whatever is part of another chat is part of one that is nobody's part.
        assert all(target in roots for target in into.values() if target is not None)


async def test_a_customer_who_writes_there_again_has_the_chat_open_again(
    team: Team, sato: Agent
) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    await team.merging.merge(mine, other, sato.id)
    await team.store.receive(other, "e1", text="もう一つ質問です")
    row = await team.row(other)
    assert (row.owner, row.merged_into) == (Owner.BOT, mine)
    await team.merging.merge(mine, other, sato.id)
    assert (await team.get(other)).owner is Owner.CLOSED


async def test_undone_the_chat_waits_with_its_old_place(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    called = await team.ownership.open_handoff(other)
    assert called is not None
    await Notebook(team.database, team.clock).tag(other, ["傷"])
    team.clock.at += timedelta(minutes=5)
    await team.merging.merge(mine, other, sato.id)
    assert await team.merging.unmerge(mine, other, "lead")
    handoff = await team.ownership.open_handoff(other)
    assert handoff is not None
    assert (handoff.id, handoff.stage, handoff.asked_at) == (
        called.id,
        Stage.WAITING,
        called.asked_at,
    )
    assert (await team.get(other)).owner is Owner.QUEUE
    assert (await tags(team, mine), await tags(team, other)) == ((), ("傷",))
    assert [deed.action for deed in await team.deeds(mine)][-1] == "chat.unmerge"


async def test_a_chat_of_the_assistant_is_the_assistant_s_again(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.chat()
    await team.merging.merge(mine, other, sato.id)
    assert await team.merging.unmerge(mine, other, "lead")
    assert (await team.get(other)).owner is Owner.BOT


async def test_a_merge_of_the_day_before_stays(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    await team.merging.merge(mine, other, sato.id)
    team.clock.at += timedelta(days=1, minutes=1)
    assert not await team.merging.unmerge(mine, other, "lead")


async def test_what_was_not_merged_is_not_undone(team: Team, sato: Agent) -> None:
    mine, other = await team.taken(sato), await team.waiting()
    assert not await team.merging.unmerge(mine, other, "lead")
    assert (await team.get(other)).owner is Owner.QUEUE
