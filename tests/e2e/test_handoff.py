"""From the assistant to a person and back, through the running service with its own actions.

What Rasa makes of a text is told by the test; the rest is the service as it runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from madoguchi.app import create_app
from madoguchi.clock import TOKYO
from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.services import Services
from madoguchi.settings import Settings
from tests.conftest import StartService
from tests.desk.floor import DESK, AtDesk, Floor
from tests.support.chat import Chat
from tests.support.empty_tables import new_file
from tests.support.rule_engine import RuleEngine
from tests.support.server import client_of, serving
from tests.support.waiting import until

WEDNESDAY_AT_ONE = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
SATURDAY_EVENING = datetime(2026, 12, 5, 21, tzinfo=TOKYO)
UNDERSTOOD = {
    "担当者と話したい": "smalltalk_human",
    "担当者につないで": "smalltalk_human",
    "送料は": "store_shipping_fee",
    "領収書は": "store_receipt",
    "ひどい対応ですね": "smalltalk_complaint",
    "届いたバッグの金具が取れていました": "store_damaged_on_arrival",
    "注文の状況": "act_order_status",
    "問い合わせたい": "act_inquiry",
    "ほげほげ": "out_of_scope",
}


@dataclass
class Shop:
    """The running service: customers on its page, agents at its desk."""

    http: httpx.AsyncClient
    parts: Services
    stack: AsyncExitStack

    async def customer(self) -> Chat:
        """Open a chat."""
        return await Chat.open(self.http, site="store")

    async def agent(self, login: str = "sato") -> AtDesk:
        """Sign in, and be there."""
        http = await self.stack.enter_async_context(client_of(str(self.http.base_url)))
        password = next(demo.password for demo in DEMO_AGENTS if demo.login == login)
        answer = await http.post(
            "/desk/api/session", json={"login": login, "password": password}, headers=DESK
        )
        assert answer.status_code == 200, answer.text
        agent = AtDesk(http, login)
        assert (await agent.post("/presence", {"presence": "online"})).status_code == 200
        await self.parts.desk.handing.seen(answer.json()["agent"]["id"])
        return agent


async def said(chat: Chat, text: str) -> tuple[str, list[dict[str, Any]]]:
    """Write, and return who has the chat then, and the replies."""
    answer = await chat.send(text=text)
    assert answer.status_code in {200, 202}, answer.text
    body = answer.json()
    return body["owner"], body["messages"]


@asynccontextmanager
async def _shop(folder: Path, now: datetime) -> AsyncIterator[Shop]:
    engine = RuleEngine(UNDERSTOOD)
    settings = Settings(
        env="test",
        now=now,
        database_url=await new_file(folder / "shop.db"),
        rate_limit_per_minute=0,
        reply_wait_seconds=30,
    )
    app = create_app(settings, engine)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(app))
        http = await stack.enter_async_context(client_of(url))
        parts: Services = app.state.services
        engine.act_in(parts.context)
        stack.callback(parts.streams.close)
        yield Shop(http, parts, stack)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """The service on a Wednesday at one."""
    async with _shop(tmp_path, WEDNESDAY_AT_ONE) as shop:
        yield shop


@pytest.fixture
async def closed_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """The service on a Saturday evening."""
    async with _shop(tmp_path, SATURDAY_EVENING) as shop:
        yield shop


async def test_a_wish_for_a_person_with_one_there(shop: Shop) -> None:
    sato, customer = await shop.agent(), await shop.customer()
    owner, [called] = await said(customer, "担当者と話したい")
    assert owner == "queue"
    assert called["kind"] == "handoff"
    assert called["text"].startswith("担当者をお呼びしました。次にご案内します")
    [listed] = (await sato.get("/chats", view="queue"))["chats"]
    assert (listed["id"], listed["reason"]) == (customer.id, "customer")
    owner, [answer] = await said(customer, "送料は")
    assert (owner, answer["topic"]) == ("queue", "store/shipping_fee")
    _, [place] = await said(customer, "まだですか？")
    assert place["text"].startswith("担当者をお呼びしています。次にご案内します")


async def test_from_the_assistant_to_a_person_back_and_again(shop: Shop) -> None:
    sato, customer = await shop.agent(), await shop.customer()
    await said(customer, "届いたバッグの金具が取れていました")
    [listed] = (await sato.get("/chats", view="queue"))["chats"]
    assert listed["reason"] == "rule"
    assert listed["goal"] == "届いたバッグの金具が取れていました"
    assert (await sato.post(f"/chats/{customer.id}/take")).status_code == 200
    assert await said(customer, "写真を送ります") == ("agent", [])
    await sato.say(customer.id, "引き取りを手配しました。", "k1")
    back = await sato.post(f"/chats/{customer.id}/give-back", {"note": "引き取りで解決"})
    assert back.status_code == 200
    chat = await sato.get(f"/chats/{customer.id}")
    notices = [m["text"] for m in chat["messages"] if m["text"].startswith("担当者から自動応答に")]
    assert len(notices) == 1
    owner, [answer] = await said(customer, "領収書は")
    assert (owner, answer["topic"]) == ("bot", "store/receipt")
    owner, [_called] = await said(customer, "担当者につないで")
    assert owner == "queue"
    [again] = (await sato.get("/chats", view="queue"))["chats"]
    assert again["reason"] == "customer"
    assert "バッグ" not in again["goal"]
    assert (await sato.post(f"/chats/{customer.id}/take")).status_code == 200


async def test_a_button_of_before_is_over_when_the_chat_comes_back(shop: Shop) -> None:
    sato, customer = await shop.agent(), await shop.customer()
    _, [called] = await said(customer, "担当者と話したい")
    old = next(choice for choice in called["choices"] if choice["act"] == "inquiry")
    await sato.post(f"/chats/{customer.id}/take")
    await sato.post(f"/chats/{customer.id}/give-back", {})
    answer = (await customer.send(choice=old["id"])).json()
    assert answer["messages"][0]["text"].startswith("そのお手続きは、すでに終わっています。")


async def test_a_skill_that_waited_does_not_wait_any_more(shop: Shop) -> None:
    sato, customer = await shop.agent(), await shop.customer()
    _, [question] = await said(customer, "注文の状況")
    assert question["kind"] == "ask"
    await sato.post(f"/chats/{customer.id}/take")
    await sato.post(f"/chats/{customer.id}/give-back", {})
    _, [answer] = await said(customer, "送料は")
    assert answer["topic"] == "store/shipping_fee"
    assert "続きです" not in answer["text"]


async def test_outside_the_hours_the_inquiry_is_taken_with_the_promised_day(
    closed_shop: Shop,
) -> None:
    await closed_shop.agent()
    customer = await closed_shop.customer()
    owner, [answer] = await said(customer, "担当者と話したい")
    assert owner == "bot"
    assert "次は12月7日(月) 12:00から" in answer["text"]
    assert "12月8日(火)までに担当者からご返信します" in answer["text"]
    for text in (
        "問い合わせたい",
        "ご注文・配送",
        "時計の箱だけ先に届きました",
        "hanako@example.jp",
    ):
        _, [_question] = await said(customer, text)
    _, [opened] = await said(customer, "この内容で送る")
    assert "担当者が12月8日(火)までにご返信します" in opened["text"]


async def test_two_failures_call_and_a_complaint_calls(shop: Shop) -> None:
    await shop.agent()
    lost, angry = await shop.customer(), await shop.customer()
    assert (await said(lost, "ほげほげ"))[0] == "bot"
    owner, messages = await said(lost, "ほげほげ")
    assert (owner, messages[-1]["kind"]) == ("queue", "handoff")
    owner, messages = await said(angry, "ひどい対応ですね")
    assert owner == "queue"
    assert "先に1名の方がお待ち" in messages[-1]["text"]


async def test_an_engine_that_hangs_brings_the_chat_to_the_desk(
    start_service: StartService,
) -> None:
    service = await start_service(desk_call_after_seconds=0.2, reply_wait_seconds=0.1)
    async with AsyncExitStack() as stack:
        floor = Floor(service, stack)
        sato = await floor.agent("sato")
        service.engine.will(service.engine.hangs)
        chat, headers = await floor.customer()
        await floor.write(chat, headers, "商品が届きません")

        async def waits() -> bool:
            listed = (await sato.get("/chats", view="queue"))["chats"]
            return [each["reason"] for each in listed] == ["system"]

        await until(waits)
        told = [m for m in (await sato.get(f"/chats/{chat}"))["messages"] if m["from"] == "system"]
        assert len(told) == 1
        assert "ご回答に時間がかかっているため" in told[0]["text"]
        service.engine.go_on.set()
