"""Looking things up and dealing with them over HTTP, in the running service with its demo shops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import httpx
import pytest

from madoguchi.clock import TOKYO
from madoguchi.desk.agents import NewAgent
from madoguchi.desk.roles import Role
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.demo import demo_numbers
from tests.actions.conftest import take_down
from tests.conftest import StartService
from tests.desk.floor import DESK, AtDesk, Floor
from tests.support.engine import ScriptedEngine
from tests.support.server import client_of

AT = datetime(2026, 12, 4, 9, 30, tzinfo=TOKYO)
PASSWORD = "nagai-himitsu-no-kotoba-9"


class OwnFloor(Floor):
    """A desk to which further browsers come."""

    async def browser(self) -> httpx.AsyncClient:
        """Open a browser that nobody is signed in with."""
        address = str(self.service.http.base_url)
        return await self._stack.enter_async_context(client_of(address))


@pytest.fixture
async def floor(start_service: StartService, engine: ScriptedEngine) -> AsyncIterator[OwnFloor]:
    async with AsyncExitStack() as stack:
        yield OwnFloor(await start_service(now=AT), stack)


@pytest.fixture
async def sato(floor: OwnFloor) -> AtDesk:
    return await floor.agent("sato")


@pytest.fixture
async def chat(floor: OwnFloor, sato: AtDesk) -> str:
    """A chat that is Sato's."""
    waiting, _ = await floor.waiting()
    assert (await sato.post(f"/chats/{waiting}/take")).status_code == 200
    return waiting


@pytest.fixture
async def numbers(floor: OwnFloor) -> Mapping[str, str]:
    return await demo_numbers(floor.service.parts.database)


async def do(
    agent: AtDesk, chat: str, act: str, subject: str, key: str = "k", **said: Any
) -> httpx.Response:
    body = {"subject": subject} | said
    return await agent.post(f"/chats/{chat}/skills/{act}", body, **{"Idempotency-Key": key})


async def test_a_number_is_looked_up_with_the_rules_word_and_in_the_log(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    number = numbers["bank-pending"]
    found = await sato.get(f"/chats/{chat}/orders", number=f" {number.lower()} ")
    [thing] = found["things"]
    assert (found["level"], thing["number"], thing["proven"]) == ("none", number, None)
    assert thing["card"]["rows"][0]["value"] == number
    verdicts = {each["act"]: each for each in thing["verdicts"]}
    assert verdicts["order_cancel"]["allowed"] is True
    assert verdicts["order_cancel"]["title"] == "キャンセル"
    assert verdicts["return_eligibility"]["allowed"] is False
    [entry] = await floor.service.parts.desk.audit.entries(conversation_id=chat, limit=1)
    assert entry.action == "skill.lookup"
    assert entry.detail == {"subject": number, "found": True, "proven": False}


async def test_what_was_proven_in_the_chat_is_there_without_a_number(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    assert (await sato.get(f"/chats/{chat}/rentals"))["things"] == []
    await floor.service.parts.context.proofs.prove(chat, "rental", numbers["in-use"])
    shown = await sato.get(f"/chats/{chat}/rentals")
    assert shown["level"] == "order"
    [thing] = shown["things"]
    assert (thing["number"], thing["proven"]) == (numbers["in-use"], "proof")
    assert {each["act"] for each in thing["verdicts"]} >= {"rental_return", "rental_billing"}


async def test_an_item_is_looked_up_by_its_number(sato: AtDesk, chat: str) -> None:
    [thing] = (await sato.get(f"/chats/{chat}/products", number="1002045871"))["things"]
    verdicts = {each["act"]: each["ruling"] for each in thing["verdicts"]}
    assert verdicts == {"store_visit": "yes", "restock_request": "no"}


async def test_no_such_number_is_said_and_no_number_is_refused(sato: AtDesk, chat: str) -> None:
    found = await sato.get(f"/chats/{chat}/orders", number="A-20200101-9999")
    assert found["things"] == []
    answer = await sato.http.get(f"/desk/api/chats/{chat}/orders", params={"number": "山田"})
    assert (answer.status_code, answer.json()["code"]) == (422, "number_unreadable")


async def test_an_order_is_cancelled_once_with_a_sentence_for_the_customer(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    number = numbers["bank-pending"]
    answers = await asyncio.gather(
        *(do(sato, chat, "order_cancel", number, "same") for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["text"] for answer in answers} == {answers[0].json()["text"]}
    assert answers[0].json()["text"].startswith("ご注文をキャンセルしました。")
    order = await floor.service.parts.context.systems.orders.get(number)
    assert order is not None
    assert order.state is OrderState.CANCELLED
    messages = (await sato.get(f"/chats/{chat}"))["messages"]
    assert all("キャンセルしました" not in message["text"] for message in messages)


async def test_what_the_rules_forbid_is_refused_with_their_words(
    sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    refused = await do(sato, chat, "order_cancel", numbers["card-preparing"])
    assert (refused.status_code, refused.json()["code"]) == (409, "rule_refused")
    assert "出荷の準備に入っているため" in refused.json()["detail"]


async def test_only_the_one_who_has_the_chat_does_something(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    admin = await floor.agent("admin")
    refused = await do(admin, chat, "order_cancel", numbers["bank-pending"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")
    assert "佐藤 花子" in refused.json()["detail"]
    await sato.post(f"/chats/{chat}/give-back", {})
    refused = await do(sato, chat, "order_cancel", numbers["bank-pending"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_s")


async def test_an_auditor_looks_on_and_neither_searches_nor_does(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    auditor = await an_auditor(floor)
    assert (await auditor.get(f"/chats/{chat}/orders"))["things"] == []
    asked = {"number": numbers["bank-pending"]}
    answer = await auditor.http.get(f"/desk/api/chats/{chat}/orders", params=asked)
    assert answer.status_code == 403
    assert (await do(auditor, chat, "order_cancel", asked["number"])).status_code == 403


async def an_auditor(floor: OwnFloor) -> AtDesk:
    """Sign in as somebody who may read everything and change nothing."""
    new = NewAgent("kansa", "監査 太郎", Role.AUDITOR)
    await floor.service.parts.desk_auth.agents.create(new, PASSWORD, None)
    http = await floor.browser()
    signed_in = await http.post(
        "/desk/api/session", json={"login": "kansa", "password": PASSWORD}, headers=DESK
    )
    assert signed_in.status_code == 200
    return AtDesk(http, "kansa")


async def test_a_system_that_is_away_is_said_calmly(
    floor: OwnFloor, sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    await take_down(floor.service.parts.database)
    answer = await sato.http.get(f"/desk/api/chats/{chat}/orders?number=A-20261103-0042")
    assert (answer.status_code, answer.json()["code"]) == (503, "system_away")
    refused = await do(sato, chat, "order_cancel", numbers["bank-pending"])
    assert (refused.status_code, refused.json()["code"]) == (503, "system_away")
    assert "何も変更していません" in refused.json()["detail"]
    assert (await sato.get(f"/chats/{chat}/rentals"))["things"] == []


async def test_what_is_missing_or_wrong_in_a_deed_is_named(
    sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    number = numbers["in-use"]
    for said in ({}, {"email": "hanako"}, {"email": "a@example.jp", "more": 1}):
        refused = await do(sato, chat, "rental_buyout", number, **said)
        assert (refused.status_code, refused.json()["code"]) == (422, "body_invalid")
    answer = await do(sato, chat, "rental_buyout", number, email="a@example.jp")
    assert answer.status_code == 200
    assert (await do(sato, chat, "dance", number)).status_code == 404
    visit = {"store": "どこか", "day": "2026-12-09", "time": "13:00〜14:00"}
    refused = await do(sato, chat, "store_visit", "1002045871", **visit)
    assert (refused.status_code, refused.json()["code"]) == (422, "store_unknown")


async def test_a_visit_is_booked_at_a_time_that_is_free(sato: AtDesk, chat: str) -> None:
    stores = (await sato.get("/stores"))["stores"]
    slots = await sato.get(f"/chats/{chat}/slots", store=stores[0])
    day = slots["days"][0]
    said = {
        "store": stores[0],
        "day": day["day"],
        "time": day["times"][0],
        "name": "渡辺 由美",
        "contact": "watanabe@example.jp",
    }
    booked = await do(sato, chat, "store_visit", "1002045871", "v", **said)
    assert booked.status_code == 200, booked.text
    assert day["label"] in booked.json()["text"]
    again = await do(sato, chat, "store_visit", "1002045871", "v", **said)
    assert again.json() == booked.json()
    taken = await do(sato, chat, "store_visit", "1002046310", "other", **said)
    assert taken.status_code in {200, 409}


async def prove(
    agent: AtDesk, chat: str, number: str, contact: str, key: str = "p"
) -> httpx.Response:
    body = {"number": number, "contact": contact}
    return await agent.post(f"/chats/{chat}/proofs", body, **{"Idempotency-Key": key})


async def test_what_the_customer_tells_the_agent_proves_an_order(
    floor: OwnFloor, sato: AtDesk, chat: str
) -> None:
    refused = await prove(sato, chat, "A-20261103-0042", "090-0000-9999")
    assert (refused.status_code, refused.json()["code"]) == (422, "contact_wrong")
    assert (await sato.get(f"/chats/{chat}/orders"))["things"] == []
    proven = await prove(sato, chat, "a-20261103-0042", "090-1234-5678", "p2")
    assert proven.json() == {"number": "A-20261103-0042", "proven": True}
    shown = await sato.get(f"/chats/{chat}/orders")
    assert (shown["level"], shown["things"][0]["proven"]) == ("order", "proof")
    entries = await floor.service.parts.desk.audit.entries(conversation_id=chat, limit=2)
    assert [(entry.action, entry.detail["proven"]) for entry in entries] == [
        ("skill.proof", True),
        ("skill.proof", False),
    ]
    assert "0901234" not in str([entry.detail for entry in entries])


async def test_too_many_wrong_contacts_lock_the_customer_s_proofs_for_agents_too(
    sato: AtDesk, chat: str
) -> None:
    # The same try sent again counts once.
    tries = ["a", "a", "b", "c", "d", "e"]
    for key in tries:
        await prove(sato, chat, "R-000123", "wrong@example.jp", key)
    locked = await prove(sato, chat, "R-000123", "09012345678", "f")
    assert (locked.status_code, locked.json()["code"]) == (409, "proofs_locked")
    assert "10:00まで" in locked.json()["detail"]


async def test_only_the_one_who_has_the_chat_proves_something(floor: OwnFloor, chat: str) -> None:
    admin = await floor.agent("admin")
    refused = await prove(admin, chat, "A-20261103-0042", "09012345678")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")


async def test_a_card_shows_the_transfer_and_the_next_billing(
    sato: AtDesk, chat: str, numbers: Mapping[str, str]
) -> None:
    found = await sato.get(f"/chats/{chat}/orders", number=numbers["hanako-arrived"])
    rows = {row["label"]: row["value"] for row in found["things"][0]["card"]["rows"]}
    assert rows["店舗"] == "ALLU表参道店"
    found = await sato.get(f"/chats/{chat}/rentals", number=numbers["in-use"])
    labels = [row["label"] for row in found["things"][0]["card"]["rows"]]
    assert any("決済日" in label for label in labels), labels
