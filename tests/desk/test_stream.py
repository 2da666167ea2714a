"""The desk's stream over HTTP: each agent hears of what they may see, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any

from madoguchi.desk.roles import Role
from tests.conftest import StartService
from tests.desk.floor import AtDesk, Floor, events_on

type Event = dict[str, Any]


def is_chat(chat: str, owner: str) -> Callable[[Event], bool]:
    """Return what tells that a chat stands so."""

    def found(event: Event) -> bool:
        summary = event["data"].get("summary", {})
        return (event["event"], summary.get("id"), summary.get("owner")) == ("chat", chat, owner)

    return found


async def until(events: AsyncIterator[Event], enough: Callable[[Event], bool]) -> list[Event]:
    """Return what came, up to the first event that is enough."""
    seen = []
    async with asyncio.timeout(30):
        async for event in events:
            seen.append(event)
            if enough(event):
                return seen
    raise AssertionError(f"the stream ended after {seen}")


def hello(event: Event) -> bool:
    """Return whether it is the first event."""
    return bool(event["event"] == "hello")


async def test_an_agent_hears_nothing_that_is_in_another_s_chat(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, headers = await floor.waiting()
    async with aclosing(events_on(suzuki)) as events:
        await until(events, hello)
        await sato.post(f"/chats/{chat}/take")
        await floor.write(chat, headers, "住所は港区です")
        await sato.say(chat, "承知いたしました", "k1")
        other, _ = await floor.waiting()
        seen = await until(events, is_chat(other, "queue"))
    told = [event for event in seen if chat in str(event)]
    assert told
    assert all(event["data"] == {"chat_id": chat} for event in told)
    assert {event["event"] for event in told} == {"gone"}


async def test_a_lead_hears_of_every_chat(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, headers = await floor.waiting()
    await suzuki.post(f"/chats/{chat}/take")
    async with aclosing(events_on(sato)) as events:
        await until(events, hello)
        await floor.write(chat, headers, "まだですか")
        seen = await until(events, is_chat(chat, "agent"))
    assert "まだですか" in [e["data"]["message"]["text"] for e in seen if e["event"] == "message"]


async def test_what_happened_while_the_line_was_broken_is_told_to_those_who_may_know(
    floor: Floor,
) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    async with aclosing(events_on(suzuki)) as events:
        [*_, first] = await until(events, hello)
    await sato.post(f"/chats/{chat}/take")
    await sato.say(chat, "秘密です", "k1")
    own, _ = await floor.waiting()
    async with aclosing(events_on(suzuki, first["id"])) as events:
        seen = await until(events, is_chat(own, "queue"))
    assert seen[0]["data"]["reload"] is False
    assert "秘密です" not in str(seen)
    assert {"chat_id": chat} in [event["data"] for event in seen if event["event"] == "gone"]


async def test_a_cursor_that_nobody_gave_has_the_page_load_anew(floor: Floor) -> None:
    suzuki = await floor.agent("suzuki")
    async with aclosing(events_on(suzuki, "999999")) as events:
        [first] = await until(events, hello)
    assert first["data"]["reload"] is True


async def test_who_is_there_is_told_at_the_beginning_and_when_it_changes(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    me = (await suzuki.get("/session"))["agent"]["id"]

    def away(event: Event) -> bool:
        agents = event["data"].get("agents", [])
        return any(each["id"] == me and each["presence"] == "away" for each in agents)

    async with aclosing(events_on(sato)) as events:
        seen = await until(events, lambda event: event["event"] == "presence")
        assert me in [each["id"] for each in seen[-1]["data"]["agents"]]
        await suzuki.post("/presence", {"presence": "away"})
        [*_, told] = await until(events, away)
    assert set(told["data"]["agents"][0]) == {"id", "name", "presence", "chats", "capacity"}


async def test_a_sign_in_that_was_ended_ends_its_stream(floor: Floor) -> None:
    suzuki = await floor.agent("suzuki")
    async with aclosing(events_on(suzuki)) as events:
        await until(events, hello)
        await suzuki.http.delete("/desk/api/session", headers={"X-Desk": "1"})
        [*_, last] = await until(events, lambda event: event["event"] == "signed_out")
        assert last["data"] == {}
        assert [event async for event in events] == []


async def test_another_role_ends_the_stream(floor: Floor) -> None:
    suzuki = await floor.agent("suzuki")
    agents = floor.service.parts.desk_auth.agents
    me = await agents.by_login("suzuki")
    async with aclosing(events_on(suzuki)) as events:
        await until(events, hello)
        await agents.update(me.id, {"role": Role.LEAD}, None)
        await until(events, lambda event: event["event"] == "signed_out")


async def typed(floor: Floor, chat: str, headers: dict[str, str], *, on: bool) -> None:
    """Have the customer's page tell that they write, or have stopped."""
    answer = await floor.service.http.post(
        f"/api/v1/conversations/{chat}/typing", json={"on": on}, headers=headers
    )
    assert answer.status_code == 204, answer.text


async def test_that_a_customer_writes_is_shown_to_those_who_see_the_chat(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    hidden, hidden_headers = await floor.waiting()
    await sato.post(f"/chats/{hidden}/take")
    chat, headers = await floor.waiting()
    await suzuki.post(f"/chats/{chat}/take")
    async with aclosing(events_on(suzuki)) as events:
        await until(events, hello)
        await typed(floor, hidden, hidden_headers, on=True)
        await typed(floor, chat, headers, on=True)
        await until(
            events,
            lambda e: e["event"] == "typing" and e["data"] == {"chat_id": chat, "on": True},
        )
        await typed(floor, chat, headers, on=False)
        seen = await until(events, lambda e: e["data"] == {"chat_id": chat, "on": False})
    assert hidden not in str(seen)


async def test_only_the_customer_tells_that_they_write(floor: Floor) -> None:
    chat, _ = await floor.waiting()
    path = f"/api/v1/conversations/{chat}/typing"
    stranger = {"Authorization": "Bearer wrong"}
    answer = await floor.service.http.post(path, json={"on": True}, headers=stranger)
    assert answer.status_code == 404


async def test_telling_it_without_end_is_refused(start_service: StartService) -> None:
    async with AsyncExitStack() as stack:
        floor = Floor(await start_service(rate_limit_per_minute=1), stack)
        chat, headers = await floor.customer()
        path = f"/api/v1/conversations/{chat}/typing"
        answers = [
            await floor.service.http.post(path, json={"on": True}, headers=headers)
            for _ in range(5)
        ]
    assert [answer.status_code for answer in answers] == [204] * 4 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"


async def test_a_customer_s_own_pages_are_not_told_that_they_write(floor: Floor) -> None:
    chat, headers = await floor.waiting()
    streams = floor.service.parts.streams
    with streams.subscribe(chat) as page:
        await typed(floor, chat, headers, on=True)
        await floor.write(chat, headers, "続きです")
        first = await page.next(10)
    assert first is not None
    assert first.name == "message"


async def test_many_open_desks_hear_the_same(floor: Floor) -> None:
    desks: list[AtDesk] = [await floor.agent("sato") for _ in range(5)]
    streams = [events_on(desk) for desk in desks]
    for events in streams:
        await until(events, hello)
    chat, _ = await floor.waiting()
    await asyncio.gather(*(until(events, is_chat(chat, "queue")) for events in streams))
    for events in streams:
        await events.aclose()
