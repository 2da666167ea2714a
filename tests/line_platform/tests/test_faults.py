"""Faults: every way in which LINE can fail, where and as often as a test wants."""

from __future__ import annotations

import asyncio
import uuid

import httpx
import pytest

from tests.line_platform import faults
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.tests.conftest import PUSH, push

NAMED = {
    "bad_request": (400, "The request body has 1 error(s)"),
    "unauthorized": (401, "Authentication failed"),
    "forbidden": (403, "Access to this API is not available for your account"),
    "rate_limit": (429, "The API rate limit has been exceeded. Try again later."),
    "monthly_limit": (429, "You have reached your monthly limit."),
    "server_error": (500, ""),
}


@pytest.mark.parametrize("name", NAMED)
async def test_an_endpoint_answers_with_an_error_once(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient, name: str
) -> None:
    line.fail("push", faults.BY_NAME[name])
    refused = await api.post(PUSH, json=push(hana.id))
    status, message = NAMED[name]
    assert refused.status_code == status
    assert refused.json()["message"].startswith(message)
    assert refused.headers["x-line-request-id"]
    assert "retry-after" not in refused.headers
    assert line.sent(hana) == []
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 200


async def test_a_fault_lasts_as_long_as_it_is_wanted(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    line.fail("push", faults.server_error(503), times=2)
    seen = [(await api.post(PUSH, json=push(hana.id))).status_code for _ in range(3)]
    assert seen == [503, 503, 200]
    line.fail("push", faults.server_error(), times=None)
    seen = [(await api.post(PUSH, json=push(hana.id))).status_code for _ in range(3)]
    assert seen == [500, 500, 500]
    line.mend("push")
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 200


async def test_a_fault_is_at_one_endpoint_or_at_all(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    line.fail("push", faults.server_error())
    assert (await api.get("/v2/bot/info")).status_code == 200
    line.fail("*", faults.unauthorized(), times=None)
    assert (await api.get("/v2/bot/info")).status_code == 401
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 500
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 401
    line.mend()
    assert (await api.get("/v2/bot/info")).status_code == 200


async def test_an_endpoint_that_does_not_exist_cannot_fail(line: FakeLine) -> None:
    with pytest.raises(ValueError, match="pushh is none of reply, push"):
        line.fail("pushh", faults.server_error())


async def test_a_message_can_go_out_although_the_answer_is_an_error(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    line.fail("push", faults.server_error(accepted=True))
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 500
    assert (await api.post(PUSH, json=push(hana.id), headers=key)).status_code == 409
    assert len(line.sent(hana)) == 1


async def test_a_request_can_be_accepted_and_never_answered(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    """What a retry key is for: the client gives up, and the message is out."""
    line.fail("push", faults.hangs())
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    asking = asyncio.create_task(api.post(PUSH, json=push(hana.id), headers=key))
    [bubble] = await hana.receives()
    [call] = await line.called("push")
    assert not asking.done()
    assert (call.status, call.request_id) == (None, bubble.request_id)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    again = await api.post(PUSH, json=push(hana.id), headers=key)
    assert again.status_code == 409
    assert again.headers["x-line-accepted-request-id"] == bubble.request_id


async def test_a_client_s_own_time_limit_ends_a_request_that_hangs(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    line.fail("push", faults.hangs(accepted=False))
    with pytest.raises(httpx.ReadTimeout):
        await api.post(PUSH, json=push(hana.id), timeout=0.05)
    assert line.sent(hana) == []


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_connection_can_be_cut_off(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient, *, accepted: bool
) -> None:
    line.fail("push", faults.resets(accepted=accepted))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await api.post(PUSH, json=push(hana.id))
    assert len(line.sent(hana)) == int(accepted)
    assert (await api.post(PUSH, json=push(hana.id))).status_code == 200


async def test_an_answer_can_be_held_back_until_a_test_lets_it_go(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    let_go = asyncio.Event()
    line.fail("push", faults.slow(until=let_go))
    asking = asyncio.create_task(api.post(PUSH, json=push(hana.id)))
    await api.get("/v2/bot/info")
    assert not asking.done()
    assert line.sent(hana) == []
    let_go.set()
    assert (await asking).status_code == 200


async def test_the_platform_stops_although_requests_hang(hana: Customer) -> None:
    async with FakeLine() as line, httpx.AsyncClient(base_url=line.url) as client:
        line.fail("*", faults.hangs(), times=None)
        asking = asyncio.create_task(client.get("/v2/bot/info"))
        await line.called("bot_info")
        await line.close()
        with pytest.raises(httpx.TransportError):
            await asking
