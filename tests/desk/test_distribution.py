"""The distribution on both databases: fair, never above the capacity, however many do it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database
from madoguchi.desk.agent import Presence
from madoguchi.desk.distribution import Distribution, Load, choose
from madoguchi.desk.roles import Role
from tests.desk.signin_parts import NOW, Desk
from tests.desk.team import Team
from tests.support.databases import TestClock

PATIENCE = timedelta(minutes=15)

loads = st.lists(
    st.builds(
        Load,
        agent_id=st.uuids().map(str),
        chats=st.integers(0, 60),
        capacity=st.integers(1, 50),
        last_given=st.none() | st.integers(0, 100).map(lambda n: NOW + timedelta(minutes=n)),
    ),
    max_size=8,
    unique_by=lambda load: load.agent_id,
)


@given(loads, st.data())
def test_whoever_is_chosen_has_room_and_fewest_and_is_not_left_out(
    there: list[Load], data: st.DataObject
) -> None:
    names = [load.agent_id for load in there]
    without = data.draw(st.sets(st.sampled_from(names))) if names else set()
    chosen = choose(there, without)
    free = [x for x in there if x.chats < x.capacity and x.agent_id not in without]
    if chosen is None:
        assert not free
        return
    [load] = [load for load in free if load.agent_id == chosen]
    assert load.chats == min(each.chats for each in free)
    rivals = [each for each in free if each.chats == load.chats]
    if load.last_given is not None:
        assert all(each.last_given and each.last_given >= load.last_given for each in rivals)


@given(st.integers(1, 6), st.integers(1, 10), st.integers(0, 80))
def test_among_equals_nobody_is_given_two_more_than_another(
    agents: int, capacity: int, chats: int
) -> None:
    there = {str(n): Load(str(n), 0, capacity) for n in range(agents)}
    for number in range(chats):
        chosen = choose(there.values())
        if chosen is None:
            break
        load = there[chosen]
        there[chosen] = replace(
            load, chats=load.chats + 1, last_given=NOW + timedelta(seconds=number)
        )
    counts = [load.chats for load in there.values()]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == min(chats, agents * capacity)


@given(st.permutations(range(5)), st.integers(1, 20))
def test_when_chats_end_at_once_turns_are_taken(order: list[int], rounds: int) -> None:
    there = {str(n): Load(str(n), 0, 1) for n in order}
    given_to: Counter[str] = Counter()
    for number in range(rounds):
        chosen = choose(there.values())
        assert chosen is not None
        given_to[chosen] += 1
        there[chosen] = replace(there[chosen], last_given=NOW + timedelta(seconds=number))
    counts = [given_to[name] for name in there]
    assert max(counts) - min(counts) <= 1


@pytest.fixture
def team(database: AsyncEngine, clock: TestClock, desk: Desk) -> Team:
    """Nobody, and no chats."""
    return Team(database, clock, desk)


def distribution(team: Team) -> Distribution:
    """Return the distribution as another process would have it."""
    return Distribution(team.database, team.clock, team.assigning, not_again=PATIENCE)


async def test_who_waits_longest_goes_to_who_has_fewest(team: Team) -> None:
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    await team.taken(sato)
    first = await team.waiting()
    team.clock.at += timedelta(minutes=1)
    second = await team.waiting()
    given_to = dict(await distribution(team).hand_out())
    assert list(given_to) == [first, second]
    assert given_to[first] == suzuki.id
    assert {await team.holder(first), await team.holder(second)} <= {sato.id, suzuki.id}
    last = (await team.deeds(first))[-1]
    assert (last.action, last.agent_id, last.detail["to"]) == ("chat.assign", None, suzuki.id)


async def test_only_those_who_are_there_are_given_chats(team: Team) -> None:
    away = await team.agent("away")
    await team.desk.auth.agents.set_presence(away.id, Presence.AWAY)
    await team.agent("offline", there=False)
    await team.agent("closed")  # the desk, without a word
    team.clock.at += timedelta(minutes=4)
    chat = await team.waiting()
    assert await distribution(team).hand_out() == []
    assert await team.holder(chat) is None


async def test_an_auditor_is_given_nothing(team: Team) -> None:
    await team.agent("auditor", role=Role.AUDITOR)
    await team.waiting()
    assert await distribution(team).hand_out() == []


async def test_two_processes_never_fill_an_agent_beyond_the_capacity(team: Team) -> None:
    agents = [await team.agent(f"agent{n}", capacity=n + 1) for n in range(3)]
    chats = [await team.waiting() for _ in range(10)]
    url = team.database.url.render_as_string(hide_password=False)
    others = [open_database(url) for _ in range(3)]
    processes = [distribution(Team(each, team.clock, team.desk)) for each in others]
    given_out = await asyncio.gather(*(process.hand_out() for process in processes))
    for each in others:
        await each.dispose()
    flat = [chat for each in given_out for chat, _ in each]
    assert len(flat) == len(set(flat)) == 6
    held = Counter([await team.holder(chat) for chat in chats])
    assert {agent.id: held[agent.id] for agent in agents} == {
        agent.id: number + 1 for number, agent in enumerate(agents)
    }


async def test_who_takes_by_hand_meanwhile_has_the_chat_alone(team: Team) -> None:
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    for _ in range(3):
        chat = await team.waiting()
        taken, handed = await asyncio.gather(
            team.ownership.take(chat, suzuki.id), distribution(team).hand_out()
        )
        assert taken != (handed == [(chat, sato.id)])
        assert await team.holder(chat) in {sato.id, suzuki.id}
        await team.ownership.close(chat, str(await team.holder(chat)), "solved")


async def test_who_was_silent_is_not_given_the_same_chat_at_once(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.chat()
    await team.store.receive(chat, "e1", text="傷があります")
    await team.waiting_again(chat)
    assert await distribution(team).hand_out() == [(chat, sato.id)]
    team.clock.at += timedelta(minutes=16)
    assert await team.ownership.return_idle(PATIENCE) == [chat]
    await seen(team, sato.id)
    assert await distribution(team).hand_out() == []
    suzuki = await team.agent("suzuki")
    assert await distribution(team).hand_out() == [(chat, suzuki.id)]


async def test_who_put_a_chat_back_is_not_given_it_at_once(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.taken(sato)
    await team.ownership.release(chat, sato.id)
    assert await distribution(team).hand_out() == []
    team.clock.at += timedelta(minutes=16)
    await seen(team, sato.id)
    assert await distribution(team).hand_out() == [(chat, sato.id)]


async def test_a_snoozed_chat_leaves_room(team: Team) -> None:
    sato = await team.agent("sato", capacity=1)
    snoozed = await team.taken(sato)
    chat = await team.waiting()
    assert await distribution(team).hand_out() == []
    await team.ownership.snooze(snoozed, sato.id, team.clock.now() + timedelta(days=1))
    assert await distribution(team).hand_out() == [(chat, sato.id)]


async def seen(team: Team, agent_id: str) -> None:
    """Have the agent's desk be open at this moment."""
    await team.desk.auth.agents.set_presence(agent_id, Presence.AWAY)
    await team.desk.auth.agents.set_presence(agent_id, Presence.ONLINE)
