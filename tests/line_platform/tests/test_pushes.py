"""Push messages: counted, and safe to try again with a key."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import httpx

from tests.line_platform import ids
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_TOKEN
from tests.line_platform.tests.conftest import PUSH, push, text
from tests.support.server import client_of

CONSUMPTION = "/v2/bot/message/quota/consumption"


async def used(api: httpx.AsyncClient) -> int:
    """Return how many messages are counted this month."""
    return int((await api.get(CONSUMPTION)).json()["totalUsage"])


async def test_a_push_is_seen_and_counted_once_however_many_bubbles_it_has(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    answer = await api.post(PUSH, json=push(hana.id, text("1"), text("2"), text("3")))
    assert answer.status_code == 200
    assert len(answer.json()["sentMessages"]) == 3
    assert [(bubble.via, bubble.counted) for bubble in line.sent(hana)] == [("push", True)] * 3
    assert await used(api) == 1


async def test_a_push_into_a_group_counts_its_members(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    group = line.group("家族", [hana, line.user("太郎"), line.user("次郎")])
    assert (await api.post(PUSH, json=push(group.id))).status_code == 200
    assert await used(api) == 3
    assert len(line.sent(group)) == 1


async def test_a_push_to_somebody_who_blocks_is_taken_lost_and_not_counted(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    await hana.blocks()
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 200
    assert line.sent(hana) == []
    assert await used(api) == 0


async def test_a_push_to_nobody_fails(api: httpx.AsyncClient) -> None:
    unknown = await api.post(PUSH, json=push(ids.user_id("知らない人")))
    assert (unknown.status_code, unknown.json()) == (400, {"message": "Failed to send messages"})
    malformed = await api.post(PUSH, json=push("hanako"))
    assert malformed.status_code == 400
    assert "'to'" in malformed.json()["message"]


async def test_a_retry_key_lets_a_message_out_once(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    first = await api.post(PUSH, json=push(hana.id), headers=key)
    again = await api.post(PUSH, json=push(hana.id), headers=key)
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert again.json() == {"message": "The retry key is already accepted", **first.json()}
    assert len(line.sent(hana)) == 1
    assert await used(api) == 1


async def test_a_retry_key_is_kept_for_a_day(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    await api.post(PUSH, json=push(hana.id), headers=key)
    line.clock.advance(24 * 3600)
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 409
    line.clock.advance(1)
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 200
    assert len(line.sent(hana)) == 2


async def test_a_refused_request_does_not_use_its_retry_key(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert (await api.post(PUSH, json=push(hana.id, text("")), headers=key)).status_code == 400
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 200


async def test_a_retry_key_has_to_be_a_uuid(hana: Customer, api: httpx.AsyncClient) -> None:
    key = {"X-Line-Retry-Key": "once more"}
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 400


async def test_the_month_s_messages_end(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    assert (await api.get("/v2/bot/message/quota")).json() == {"type": "limited", "value": 200}
    line.platform.quota.set_used(199, line.clock.now())
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 200
    over = await api.post(PUSH, json=push(hana.id))
    assert (over.status_code, over.json()) == (
        429,
        {"message": "You have reached your monthly limit."},
    )
    assert "retry-after" not in over.headers
    assert await used(api) == 200
    assert len(line.sent(hana)) == 1


async def test_the_count_begins_anew_with_the_month_in_japan() -> None:
    evening = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)
    async with FakeLine(now=evening) as line, client_of(line.url) as api:
        api.headers["Authorization"] = f"Bearer {DEMO_TOKEN}"
        hana = line.user("佐藤 花子")
        await api.post(PUSH, json=push(hana.id))
        assert await used(api) == 1
        line.clock.advance(60)
        assert await used(api) == 0


async def test_a_plan_can_be_without_limit() -> None:
    async with FakeLine(quota=None) as line, client_of(line.url) as api:
        api.headers["Authorization"] = f"Bearer {DEMO_TOKEN}"
        assert (await api.get("/v2/bot/message/quota")).json() == {"type": "none"}
        line.platform.quota.set_used(100_000, line.clock.now())
        assert (await api.post(PUSH, json=push(line.user("佐藤 花子").id))).status_code == 200
