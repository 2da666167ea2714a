"""Opening a conversation over HTTP: the greeting of each site, and who the customer is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import SystemClock
from madoguchi.conversations.tables import ConversationRow
from madoguchi.identity import sign_identity
from madoguchi.knowledge.sentences import sentences
from madoguchi.settings import DEMO_IDENTITY_SECRET
from tests.conftest import StartService
from tests.support.chat import Chat
from tests.support.problems import assert_problem
from tests.support.server import LiveService

CONVERSATIONS = "/api/v1/conversations"
SECRET = DEMO_IDENTITY_SECRET


def signed(secret: str = SECRET, **life: int) -> str:
    clock = SystemClock()
    return sign_identity("ALLU-1001", "佐藤 花子", secret, clock, timedelta(**life))


async def member_of(service: LiveService, chat: Chat) -> tuple[str | None, str | None]:
    async with AsyncSession(service.parts.database) as session:
        found = await session.execute(
            select(ConversationRow.member_id, ConversationRow.member_name).where(
                ConversationRow.id == chat.id
            )
        )
        member_id, name = found.one()
        return member_id, name


@pytest.mark.parametrize("site", ["store", "rental", None])
async def test_each_site_greets_with_its_own_topics(service: LiveService, site: str | None) -> None:
    answer = await service.http.post(CONVERSATIONS, json={"site": site})
    assert answer.status_code == 201
    opened = answer.json()
    assert set(opened) == {"id", "token", "messages"}
    [greeting] = opened["messages"]
    expected = sentences().greeting(site)
    assert greeting["text"] == expected.text
    assert (greeting["seq"], greeting["from"], greeting["kind"]) == (1, "bot", "smalltalk")
    assert greeting["topic"] is greeting["act"] is greeting["card"] is greeting["client_id"] is None
    assert greeting["at"].endswith("+09:00")
    choices: list[dict[str, Any]] = greeting["choices"]
    assert [(c["title"], c["topic"], c["act"]) for c in choices] == [
        (c.title, c.topic, c.act) for c in expected.choices
    ]
    assert all(set(choice) == {"id", "title", "topic", "act"} for choice in choices)
    assert len({choice["id"] for choice in choices}) == 6


async def test_a_site_may_be_left_out(service: LiveService) -> None:
    answer = await service.http.post(CONVERSATIONS, json={})
    assert answer.status_code == 201
    assert answer.json()["messages"][0]["text"] == sentences().greeting(None).text


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"site": "shop"}, "site"),
        ({"site": 1}, "site"),
        ({"site": "store", "member": "ALLU-1001"}, "member"),
        ({"identity": 1}, "identity"),
        ({"identity": "x" * 4097}, "identity"),
        ([], "JSON"),
        ("store", "JSON"),
        (None, "JSON"),
    ],
)
async def test_a_body_that_is_not_as_described_is_refused(
    service: LiveService, body: Any, where: str
) -> None:
    problem = assert_problem(await service.http.post(CONVERSATIONS, json=body), 422, "body_invalid")
    assert where in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"site": "\xff"}', b'{"site": "\\ud800"}', b"[" * 60_000, b"site=store"],
    ids=range(7),
)
async def test_a_body_that_cannot_be_read_is_refused(service: LiveService, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await service.http.post(CONVERSATIONS, content=body, headers=headers)
    assert answer.status_code in {400, 422}
    problem = assert_problem(answer, answer.status_code, "body_invalid")
    assert "JSON" in problem["detail"] or "site" in problem["detail"]


async def test_a_customer_who_is_signed_in_is_known(service: LiveService) -> None:
    chat = await Chat.open(service.http, site="store", identity=signed(minutes=30))
    assert await member_of(service, chat) == ("ALLU-1001", "佐藤 花子")


async def test_a_customer_who_is_not_signed_in_is_nobody(service: LiveService) -> None:
    chat = await Chat.open(service.http, site="store", identity=None)
    assert await member_of(service, chat) == (None, None)


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "x.y.z",
        "\x00",
        signed("another-secret-that-is-long-enough-to-sign"),
        signed(seconds=-1),
        signed(hours=2),
    ],
    ids=range(6),
)
async def test_an_identity_that_proves_nothing_opens_nothing(
    service: LiveService, identity: str
) -> None:
    answer = await service.http.post(CONVERSATIONS, json={"identity": identity})
    assert_problem(answer, 401, "identity_invalid")


async def test_an_identity_is_checked_with_the_shops_own_secret(
    start_service: StartService,
) -> None:
    own = "the-shops-own-secret-is-32-characters-or-more"
    service = await start_service(identity_secret=own)
    refused = await service.http.post(CONVERSATIONS, json={"identity": signed(hours=1)})
    assert_problem(refused, 401, "identity_invalid")
    believed = await service.http.post(CONVERSATIONS, json={"identity": signed(own, hours=1)})
    assert believed.status_code == 201


async def test_the_demo_page_signs_its_customer_in(service: LiveService) -> None:
    page = (await service.http.get("/demo/store", params={"as": "ALLU-1001"})).text
    identity = page.partition('data-identity="')[2].partition('"')[0]
    chat = await Chat.open(service.http, site="store", identity=identity)
    assert await member_of(service, chat) == ("ALLU-1001", "佐藤 花子")


async def test_new_conversations_of_one_address_are_limited(start_service: StartService) -> None:
    service = await start_service(rate_limit_per_minute=30, conversation_limit_per_minute=2)
    for _ in range(2):
        await Chat.open(service.http)
    refused = await service.http.post(CONVERSATIONS, json={})
    problem = assert_problem(refused, 429, "too_many_requests")
    assert f"{refused.headers['retry-after']}秒" in problem["detail"]
