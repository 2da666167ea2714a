"""From a signed event to a signed answer, through the running service."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from madoguchi.channels.webhook.signature import Secrets, verify
from tests.channels.webhook.events_by_hand import an_event
from tests.channels.webhook.other import OLD_SECRET, SECRET, OtherSystem
from tests.channels.webhook.shop import USER, Shop, shop_on
from tests.conftest import StartService
from tests.support.databases import BOTH
from tests.support.empty_tables import new_file
from tests.support.engine import ScriptedEngine, rasa_message, says
from tests.support.postgres import PostgresServer
from tests.support.problems import assert_problem
from tests.support.server import LiveService
from tests.support.waiting import until

# The service's clock is the machine's here, and these times have to be past.
AT = "2025-12-01T11:59:{:02}+09:00"


# What the database decides; the rest is the same on both.
on_both_databases = pytest.mark.parametrize("shop", BOTH, indirect=True)


@pytest.fixture
async def shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    start_service: StartService,
    other: OtherSystem,
    address: str,
) -> Shop:
    """A running service whose webhook leads to the other system."""
    if getattr(request, "param", "sqlite") == "sqlite":
        url = await new_file(tmp_path / "service.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.empty_tables()
    return await shop_on(start_service, other, address, database_url=url)


@on_both_databases
async def test_a_question_its_answer_and_a_tap_on_it(shop: Shop, engine: ScriptedEngine) -> None:
    button = {"title": "最短でいつ届く？", "payload": "/store_fastest_delivery"}
    engine.will(says(rasa_message("全品送料無料です。", buttons=[button])))
    await shop.post(an_event(id="1"))
    [answer] = await shop.messages(1)
    assert (answer["from"], answer["text"]) == ("bot", "全品送料無料です。")
    [call] = await shop.calls()
    verify(Secrets.read(SECRET), call.headers, call.body, datetime.now(UTC))
    assert json.loads(call.body)["user"]["id"] == USER
    [offered] = answer["choices"]
    await shop.post(an_event("choice", id="2", choice=offered["id"]))
    assert (await shop.messages(2))[-1]["text"] == "答え: 最短でいつ届く？"
    assert engine.payloads == [None, "/store_fastest_delivery"]


@on_both_databases
async def test_the_same_events_five_times_at_once_are_answered_once_and_in_order(
    shop: Shop,
) -> None:
    events = [an_event(id=str(n), text=f"質問{n}", at=AT.format(n)) for n in (3, 1, 2)]
    answers = await asyncio.gather(*(shop.post(*events) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    await shop.messages(3)
    await shop.post(an_event(id="4", text="質問4"))
    texts = [message["text"] for message in await shop.messages(4)]
    assert texts == [f"答え: 質問{n}" for n in (1, 2, 3, 4)]


async def test_a_receiver_that_fails_first_gets_the_same_call_again(shop: Shop) -> None:
    shop.other.status, shop.other.headers = 503, {"retry-after": "0"}
    await shop.post(an_event(id="1"))
    await shop.calls()
    shop.other.status = 200
    first, *_, last = await shop.calls(2)
    assert first.headers["webhook-id"] == last.headers["webhook-id"]
    assert first.body == last.body


async def test_what_was_taken_back_is_gone(shop: Shop) -> None:
    await shop.post(an_event(id="1", text="まちがい"))
    await shop.messages(1)
    await shop.post(an_event("unsend", id="2", message="1"))
    texts = await shop.holds(lambda texts: not any("まちがい" in text for text in texts))
    assert len(texts) >= 1


async def test_who_unfollows_is_sent_nothing_until_they_write(shop: Shop) -> None:
    await shop.post(an_event(id="1", text="質問1", at=AT.format(1)))
    await shop.messages(1)
    await shop.post(an_event("unfollow", id="2", at=AT.format(2)))
    people = shop.service.parts.messaging.people

    async def blocked() -> bool:
        person = await people.find("webhook", USER)
        return person is not None and person.blocked

    await until(blocked)
    await shop.post(an_event(id="3", text="やっぱり", at=AT.format(3)))
    assert (await shop.messages(2))[-1]["text"] == "答え: やっぱり"


async def test_a_picture_is_answered_and_fetched(shop: Shop, address: str) -> None:
    media = {"url": f"{address}/bag.png", "name": "bag.png"}
    await shop.post(an_event("image", id="1", media=media, text=""))
    await shop.messages(1)

    async def fetched() -> bool:
        return any((call.method, call.path) == ("GET", "/bag.png") for call in shop.other.calls)

    await until(fetched)


async def test_another_s_signature_changes_nothing(shop: Shop) -> None:
    answer = await shop.post(an_event(id="1"), secret=OLD_SECRET)
    assert_problem(answer, 401, "signature_invalid")
    assert await shop.transcript() == []


async def test_without_settings_there_is_no_route(service: LiveService) -> None:
    assert_problem(await service.http.post("/webhook/v1/events"), 404, "not_found")
