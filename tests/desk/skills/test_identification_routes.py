"""Asking a customer to prove an order, and proving it, over HTTP in the running service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.conftest import StartService
from tests.desk.floor import AtDesk, Floor
from tests.desk.skills.test_routes import AT
from tests.support.engine import ScriptedEngine

ORDER, CONTACT = "A-20261103-0042", "090-1234-5678"


@pytest.fixture
async def floor(start_service: StartService, engine: ScriptedEngine) -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(now=AT), stack)


@pytest.fixture
async def sato(floor: Floor) -> AtDesk:
    return await floor.agent("sato")


@pytest.fixture
async def held(floor: Floor, sato: AtDesk) -> tuple[str, dict[str, str]]:
    """Sato's chat, and the headers of its customer."""
    chat, headers = await floor.waiting()
    assert (await sato.post(f"/chats/{chat}/take")).status_code == 200
    return chat, headers


async def identify(
    floor: Floor, held: tuple[str, dict[str, str]], key: str = "k", **said: Any
) -> httpx.Response:
    chat, headers = held
    return await floor.service.http.post(
        f"/api/v1/conversations/{chat}/identification",
        json={"number": ORDER, "contact": CONTACT} | said,
        headers=headers | {"Idempotency-Key": key},
    )


async def test_the_packet_has_what_the_customer_proves(
    floor: Floor, sato: AtDesk, held: tuple[str, dict[str, str]]
) -> None:
    chat, _ = held
    assert (await sato.post(f"/chats/{chat}/identification")).status_code == 200
    answer = await identify(floor, held)
    assert answer.status_code == 200
    assert (answer.json()["owner"], answer.json()["messages"][0]["act"]) == (
        "agent",
        "identify_done",
    )
    read = await sato.get(f"/chats/{chat}")
    assert read["packet"]["identity"]["level"] == "order"
    assert ORDER in str(read["packet"]["identity"]["proven"])
    assert [message["act"] for message in read["messages"]][-3:] == [
        "identify",
        "identify_sent",
        "identify_done",
    ]
    assert "1234" not in str(read)
    [thing] = (await sato.get(f"/chats/{chat}/orders"))["things"]
    assert (thing["number"], thing["proven"]) == (ORDER, "proof")


async def test_open_desks_hear_of_it(
    floor: Floor, sato: AtDesk, held: tuple[str, dict[str, str]]
) -> None:
    chat, _ = held
    await sato.post(f"/chats/{chat}/identification")
    await identify(floor, held)

    def proven(event: dict[str, Any]) -> bool:
        summary = event["data"].get("summary") or {}
        return bool((summary.get("customer") or {}).get("verified") == "order")

    await floor.hears(sato, proven)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"number": "佐藤"}, "identification_number"),
        ({"contact": "わかりません"}, "identification_contact"),
        ({"number": "A" * 81}, "body_invalid"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_no_try(
    floor: Floor,
    sato: AtDesk,
    held: tuple[str, dict[str, str]],
    said: dict[str, str],
    code: str,
) -> None:
    await sato.post(f"/chats/{held[0]}/identification")
    for key in "abcdef":
        refused = await identify(floor, held, key, **said)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await identify(floor, held, "z")).json()["messages"][0]["act"] == "identify_done"


async def test_nobody_proves_what_nobody_asked_for(
    floor: Floor, held: tuple[str, dict[str, str]]
) -> None:
    refused = await identify(floor, held)
    assert (refused.status_code, refused.json()["code"]) == (409, "identification_over")


async def test_another_customer_s_token_proves_nothing_here(
    floor: Floor, sato: AtDesk, held: tuple[str, dict[str, str]]
) -> None:
    await sato.post(f"/chats/{held[0]}/identification")
    _, stranger = await floor.customer()
    refused = await identify(floor, (held[0], stranger))
    assert (refused.status_code, refused.json()["code"]) == (404, "conversation_unknown")


async def test_a_message_s_key_is_refused(
    floor: Floor, sato: AtDesk, held: tuple[str, dict[str, str]]
) -> None:
    await sato.post(f"/chats/{held[0]}/identification")
    await floor.write(*held, "はい")
    refused = await identify(floor, held, "はい".encode().hex())
    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")


async def test_only_the_one_who_has_the_chat_asks_and_nobody_while_it_is_locked(
    floor: Floor, sato: AtDesk, held: tuple[str, dict[str, str]]
) -> None:
    chat, _ = held
    suzuki = await floor.agent("suzuki")
    refused = await suzuki.post(f"/chats/{chat}/identification")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")
    await sato.post(f"/chats/{chat}/identification")
    for key in "abcde":
        await identify(floor, held, key, contact="090-9999-9999")
    locked = await sato.post(f"/chats/{chat}/identification")
    assert (locked.status_code, locked.json()["code"]) == (409, "proofs_locked")
    assert "10:00まで" in locked.json()["detail"]


async def test_asking_again_what_came_of_a_try_is_no_further_message(
    start_service: StartService, engine: ScriptedEngine
) -> None:
    async with AsyncExitStack() as stack:
        floor = Floor(await start_service(now=AT, rate_limit_per_minute=3), stack)
        sato = await floor.agent("sato")
        held = await floor.waiting()
        assert (await sato.post(f"/chats/{held[0]}/take")).status_code == 200
        assert (await sato.post(f"/chats/{held[0]}/identification")).status_code == 200
        first = await identify(floor, held)
        for _ in range(4):
            again = await identify(floor, held)
            assert (again.status_code, again.json()) == (200, first.json())
