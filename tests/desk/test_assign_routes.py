"""Assigning, merging and refusals over HTTP, in the running service."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import httpx

from tests.conftest import StartService
from tests.desk.floor import AtDesk, Floor


async def me(desk: AtDesk) -> str:
    """Return the id of the agent at a desk."""
    return str((await desk.get("/session"))["agent"]["id"])


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


async def test_a_refusal_says_who_has_the_chat(floor: Floor) -> None:
    sato, admin = await floor.agent("sato"), await floor.agent("admin")
    chat, _ = await floor.waiting()
    refused = await sato.post(f"/chats/{chat}/release")
    assert problem(refused) == (409, "nobody_s")
    assert refused.json()["agent"] is None
    await admin.post(f"/chats/{chat}/take")
    for refused in (
        await sato.post(f"/chats/{chat}/take"),
        await sato.say(chat, "私が", "k1"),
    ):
        assert problem(refused) == (409, "not_owner")
        assert refused.json()["agent"] == {"id": await me(admin), "name": "管理者"}


async def test_who_lost_a_chat_learns_whose_it_is(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await suzuki.post(f"/chats/{chat}/take")
    sent = await suzuki.say(chat, "承知いたしました", "k0")
    await sato.post(f"/chats/{chat}/assign", {"agent_id": await me(sato)})
    # Whose answer got lost on the way is told that it had been sent.
    assert (await suzuki.say(chat, "承知いたしました", "k0")).json() == sent.json()
    for refused in (
        await suzuki.say(chat, "まだ私", "k1"),
        await suzuki.post(f"/chats/{chat}/take"),
        await suzuki.post(f"/chats/{chat}/close", {"result": "solved"}),
    ):
        assert problem(refused) == (409, "not_owner")
        assert refused.json()["agent"]["id"] == await me(sato)
    with_bot, _ = await floor.customer()
    assert problem(await suzuki.post(f"/chats/{with_bot}/take")) == (404, "chat_unknown")


async def test_a_lead_assigns_what_waits_and_what_another_has(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    done = await sato.post(f"/chats/{chat}/assign", {"agent_id": await me(suzuki)})
    assert done.json()["summary"]["agent"]["id"] == await me(suzuki)
    assert done.json()["over_capacity"] is False
    assert done.json()["summary"]["assigned_at"]
    # The lead's own transfer of another's chat is an assignment, too.
    done = await sato.post(f"/chats/{chat}/transfer", {"agent_id": await me(sato)})
    assert done.json()["summary"]["agent"]["id"] == await me(sato)
    [mine] = (await sato.get("/chats", view="mine"))["chats"]
    assert mine["id"] == chat


async def test_who_may_not_assign_does_not(floor: Floor) -> None:
    suzuki = await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    refused = await suzuki.post(f"/chats/{chat}/assign", {"agent_id": await me(suzuki)})
    assert problem(refused) == (403, "not_allowed")


async def test_what_cannot_be_assigned_is_refused_with_what_is_wrong(floor: Floor) -> None:
    sato = await floor.agent("sato")
    with_bot, _ = await floor.customer()
    refused = await sato.post(f"/chats/{with_bot}/assign", {"agent_id": await me(sato)})
    assert problem(refused) == (409, "not_assignable")
    chat, _ = await floor.waiting()
    refused = await sato.post(f"/chats/{chat}/assign", {"agent_id": "x" * 22})
    assert problem(refused) == (422, "agent_unknown")


async def test_taking_more_than_one_s_capacity_is_told(floor: Floor) -> None:
    admin, suzuki = await floor.agent("admin"), await floor.agent("suzuki")
    answer = await admin.http.patch(
        f"/desk/api/agents/{await me(suzuki)}", json={"capacity": 1}, headers={"X-Desk": "1"}
    )
    assert answer.status_code == 200
    told = []
    for _ in range(2):
        chat, _ = await floor.waiting()
        told.append((await suzuki.post(f"/chats/{chat}/take")).json()["over_capacity"])
    assert told == [False, True]


async def test_a_merged_chat_is_earlier_history_of_the_one_that_stays(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    other, headers = await floor.waiting()
    mine, _ = await floor.waiting()
    await suzuki.post(f"/chats/{mine}/take")
    done = await suzuki.post(f"/chats/{mine}/merge", {"other": other})
    assert done.json()["summary"]["id"] == mine
    [merged] = (await suzuki.get(f"/chats/{mine}"))["merged"]
    assert (merged["id"], merged["channel"]) == (other, "web")
    assert "届いたバッグに傷があります" in [each["text"] for each in merged["messages"]]
    assert (await suzuki.get(f"/chats/{other}"))["summary"]["merged_into"] == mine
    [found] = (await suzuki.get("/search", q="バッグに傷"))["chats"][1:]
    assert (found["id"], found["merged_into"]) == (other, mine)
    # The customer writes there again: the assistant answers, and a lead may take it apart.
    answer = await floor.write(other, headers, "送料は")
    assert answer.json()["owner"] == "bot"
    refused = await suzuki.post(f"/chats/{mine}/unmerge", {"other": other})
    assert problem(refused) == (403, "not_allowed")
    assert (await sato.post(f"/chats/{mine}/unmerge", {"other": other})).status_code == 200
    assert (await sato.get(f"/chats/{mine}"))["merged"] == []
    refused = await sato.post(f"/chats/{mine}/unmerge", {"other": other})
    assert problem(refused) == (409, "merge_over")


async def test_what_cannot_be_merged_is_refused_with_what_is_wrong(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    mine, _ = await floor.waiting()
    hidden, _ = await floor.waiting()
    await suzuki.post(f"/chats/{mine}/take")
    await sato.post(f"/chats/{hidden}/take")
    cases: list[tuple[AtDesk, str, str, tuple[int, str]]] = [
        (suzuki, mine, mine, (409, "merge_itself")),
        (suzuki, mine, hidden, (404, "chat_unknown")),
        (suzuki, hidden, mine, (409, "not_owner")),
        (suzuki, mine, "../x", (404, "chat_unknown")),
        (sato, hidden, mine, (409, "not_owner")),
        (sato, mine, hidden, (409, "not_owner")),
    ]
    for desk, into, other, expected in cases:
        refused = await desk.post(f"/chats/{into}/merge", {"other": other})
        assert problem(refused) == expected
    # The holder is the one who has the chat that is in the way.
    refused = await sato.post(f"/chats/{hidden}/merge", {"other": mine})
    assert refused.json()["agent"]["id"] == await me(suzuki)


async def test_a_fair_desk_gives_what_waits_to_who_is_there(start_service: StartService) -> None:
    async with AsyncExitStack() as stack:
        floor = Floor(await start_service(desk_distribution="fair"), stack)
        suzuki = await floor.agent("suzuki")
        chat, _ = await floor.waiting()

        def given(event: dict[str, Any]) -> bool:
            summary = event["data"].get("summary", {})
            return bool(summary.get("id") == chat and summary.get("owner") == "agent")

        await floor.hears(suzuki, given)
        [mine] = (await suzuki.get("/chats", view="mine"))["chats"]
        assert mine["id"] == chat
