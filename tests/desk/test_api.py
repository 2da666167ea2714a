"""The desk over HTTP in the running service: agents, a customer, and the bot between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.desk.model import Reason
from tests.conftest import StartService
from tests.support.engine import ScriptedEngine
from tests.support.server import LiveService, client_of

DESK = {"X-Desk": "1"}


@dataclass
class AtDesk:
    """A signed-in agent's browser."""

    http: httpx.AsyncClient
    login: str

    async def get(self, path: str, **asked: Any) -> Any:
        """Return what is read."""
        answer = await self.http.get(f"/desk/api{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Return the answer to a deed."""
        return await self.http.post(f"/desk/api{path}", json=body, headers=DESK | headers)

    async def say(self, chat: str, text: str, key: str) -> httpx.Response:
        """Send a message."""
        return await self.post(
            f"/chats/{chat}/messages", {"text": text}, **{"Idempotency-Key": key}
        )


class Floor:
    """The service with its desk and a customer's page."""

    def __init__(self, service: LiveService, stack: AsyncExitStack) -> None:
        self.service = service
        self._stack = stack

    async def agent(self, login: str) -> AtDesk:
        """Sign in as one of the demonstration's agents."""
        http = await self._stack.enter_async_context(client_of(str(self.service.http.base_url)))
        password = next(demo.password for demo in DEMO_AGENTS if demo.login == login)
        answer = await http.post(
            "/desk/api/session", json={"login": login, "password": password}, headers=DESK
        )
        assert answer.status_code == 200, answer.text
        return AtDesk(http, login)

    async def customer(self) -> tuple[str, dict[str, str]]:
        """Open a chat on the shop's page; return its id and the headers of its customer."""
        opened = (await self.service.http.post("/api/v1/conversations", json={})).json()
        return opened["id"], {"Authorization": f"Bearer {opened['token']}"}

    async def write(self, chat: str, headers: dict[str, str], text: str) -> httpx.Response:
        """Write as the customer."""
        return await self.service.http.post(
            f"/api/v1/conversations/{chat}/messages",
            json={"text": text},
            headers=headers | {"Idempotency-Key": text.encode().hex()[:100]},
        )

    async def waiting(self) -> tuple[str, dict[str, str]]:
        """Return a chat that waits for a person."""
        chat, headers = await self.customer()
        await self.write(chat, headers, "届いたバッグに傷があります")
        await self.service.parts.desk.ownership.call(chat, Reason.CUSTOMER, "")
        return chat, headers


@pytest.fixture
async def floor(start_service: StartService, engine: ScriptedEngine) -> AsyncIterator[Floor]:
    """A desk with two agents."""
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(), stack)


async def test_without_signing_in_nothing_is_shown(floor: Floor) -> None:
    for path in ("/chats", "/search?q=a", "/chats/x", "/canned", "/attachments/x", "/events"):
        assert (await floor.service.http.get(f"/desk/api{path}")).status_code == 401


async def test_a_waiting_chat_is_taken_answered_and_given_back(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.waiting()
    [listed] = (await sato.get("/chats", view="queue"))["chats"]
    assert (listed["id"], listed["owner"], listed["reason"]) == (chat, "queue", "customer")
    assert listed["waiting_since"]
    taken = (await sato.post(f"/chats/{chat}/take")).json()["summary"]
    assert taken["agent"]["name"] == "佐藤 花子"
    answer = await floor.write(chat, headers, "どうすればよいですか")
    assert answer.status_code == 202
    assert answer.json() == {"owner": "agent", "messages": []}
    said = await sato.say(chat, "担当の佐藤です。写真をお送りいただけますか。", "k1")
    assert said.json()["message"]["agent"]["name"] == "佐藤 花子"
    assert (await sato.post(f"/chats/{chat}/give-back", {"note": "写真待ち"})).status_code == 200
    answer = await floor.write(chat, headers, "送料は")
    assert answer.json()["owner"] == "bot"
    assert answer.json()["messages"][0]["text"] == "答え: 送料は"


async def test_both_agents_take_at_once_and_one_has_it(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    first, second = await asyncio.gather(
        sato.post(f"/chats/{chat}/take"), suzuki.post(f"/chats/{chat}/take")
    )
    assert sorted([first.status_code, second.status_code]) == [200, 409]
    refused = first if first.status_code == 409 else second
    assert refused.json()["code"] == "not_owner"
    assert "さんが担当しています" in refused.json()["detail"]


async def test_the_other_agent_cannot_speak(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    assert (await suzuki.say(chat, "私が", "k")).status_code in {404, 409}


async def test_an_agent_does_not_see_another_s_chats_and_a_lead_does(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    hidden = await suzuki.http.get(f"/desk/api/chats/{chat}")
    assert hidden.status_code == 404
    assert (await suzuki.http.get("/desk/api/chats?view=open")).status_code == 403
    [seen] = (await sato.get("/chats", view="open"))["chats"]
    assert seen["id"] == chat


async def test_a_placeholder_that_is_left_is_not_sent(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    for text in ("{{お名前}}様、お待たせしました。", "〔注文番号〕の件です。"):
        refused = await sato.say(chat, text, "k")
        assert (refused.status_code, refused.json()["code"]) == (422, "placeholder_empty")
    assert len((await sato.get(f"/chats/{chat}"))["messages"]) == 3


async def test_a_message_sent_twice_is_one(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    answers = await asyncio.gather(*(sato.say(chat, "一度だけ", "same") for _ in range(4)))
    assert len({answer.json()["message"]["seq"] for answer in answers}) == 1


async def test_the_chat_shows_what_the_bot_understood_and_the_packet(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    shown = await sato.get(f"/chats/{chat}")
    answer = shown["messages"][-1]
    assert answer["understanding"]["intent"] == "store_shipping_fee"
    assert shown["packet"]["goal"] == "届いたバッグに傷があります"
    assert shown["packet"]["identity"]["level"] == "none"
    assert shown["packet"]["tried"][0]["topic"] == "store/shipping_fee"
    assert shown["packet"]["suggestions"][0]["topic"] == "store/shipping_fee"


async def test_notes_tags_and_search(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/notes", {"text": "常連のお客様"})
    await sato.http.put(f"/desk/api/chats/{chat}/tags", json={"tags": ["傷", "急ぎ"]}, headers=DESK)
    shown = await sato.get(f"/chats/{chat}")
    assert shown["notes"][0]["text"] == "常連のお客様"
    assert shown["summary"]["tags"] == ["傷", "急ぎ"]
    [found] = (await sato.get("/search", q="バッグに傷"))["chats"]
    assert found["id"] == chat
    assert (await sato.get("/search", q="%"))["chats"] == []


async def test_canned_answers_are_the_lead_s_to_write(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    body = {
        "shortcut": "photo",
        "title": "写真のお願い",
        "text": "{{お名前}}様、写真を",
        "site": None,
    }
    assert (await suzuki.post("/canned", body)).status_code == 403
    assert (await sato.post("/canned", body)).status_code == 200
    assert (await sato.post("/canned", body)).status_code == 409
    [canned] = (await suzuki.get("/canned"))["canned"]
    assert canned["shortcut"] == "photo"


async def test_unread_messages_are_counted_until_the_holder_reads_them(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    await floor.write(chat, headers, "もう一つ")
    [mine] = (await sato.get("/chats", view="mine"))["chats"]
    assert mine["unread"] == 2
    await sato.post(f"/chats/{chat}/read", {"seq": 99})
    [mine] = (await sato.get("/chats", view="mine"))["chats"]
    assert mine["unread"] == 0


async def test_every_change_comes_on_the_stream_also_after_a_broken_line(floor: Floor) -> None:
    sato = await floor.agent("sato")
    first = await _events(sato, None, lambda event: event["event"] == "hello")
    cursor = first[-1]["id"]
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    seen = await _events(
        sato,
        cursor,
        lambda event: (
            event["event"] == "chat"
            and event["data"]["summary"]["id"] == chat
            and event["data"]["summary"]["owner"] == "agent"
        ),
    )
    assert seen[0]["event"] == "hello"
    assert seen[0]["data"]["reload"] is False


async def test_a_customer_s_markup_is_text_everywhere(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.customer()
    markup = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    await floor.write(chat, headers, markup)
    await floor.service.parts.desk.ownership.call(chat, Reason.CUSTOMER, markup)
    answer = await sato.http.get(f"/desk/api/chats/{chat}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["messages"][1]["text"] == markup


async def _events(agent: AtDesk, cursor: str | None, enough: Any) -> list[dict[str, Any]]:
    """Return the stream's events up to the first that is enough."""
    headers = {"Last-Event-ID": cursor} if cursor is not None else {}
    seen: list[dict[str, Any]] = []
    event: dict[str, Any] = {}
    async with (
        asyncio.timeout(30),
        agent.http.stream("GET", "/desk/api/events", headers=headers) as stream,
    ):
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name in {"id", "event"}:
                event[name] = value
            elif name == "data":
                event["data"] = json.loads(value)
                seen.append(event)
                if enough(event):
                    return seen
                event = {}
    raise AssertionError(f"the stream ended after {seen}")
