"""What every request passes: its token, its form, its id, and the log of calls."""

from __future__ import annotations

import uuid

import httpx
import pytest

from tests.line_platform.api.routes import ENDPOINTS
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.faults import ENDPOINTS as FAILING
from tests.line_platform.people import DEMO_TOKEN
from tests.line_platform.tests.conftest import PUSH, push
from tests.support.server import client_of

_FILLED = {"user": "U" + "0" * 32, "menu": "richmenu-0", "message": "1"}


async def asked(client: httpx.AsyncClient, **headers: str) -> dict[str, httpx.Response]:
    """Return what every endpoint answers to an empty request."""
    return {
        endpoint.name: await client.request(
            endpoint.method, endpoint.path.format(**_FILLED), json={}, headers=headers
        )
        for endpoint in ENDPOINTS
    }


@pytest.mark.parametrize("authorization", ["", "Bearer another", DEMO_TOKEN])
async def test_every_endpoint_wants_the_channel_s_token(line: FakeLine, authorization: str) -> None:
    async with client_of(line.url) as stranger:
        answers = await asked(stranger, Authorization=authorization)
    assert {name: answer.status_code for name, answer in answers.items()} == {
        endpoint.name: 401 for endpoint in ENDPOINTS
    }
    messages = {answer.json()["message"] for answer in answers.values()}
    assert len(messages) == 1
    assert messages.pop().startswith("Authentication failed")


async def test_with_its_token_a_bot_gets_through(api: httpx.AsyncClient) -> None:
    answers = await asked(api)
    assert 401 not in {answer.status_code for answer in answers.values()}
    request_ids = {uuid.UUID(answer.headers["x-line-request-id"]) for answer in answers.values()}
    assert len(request_ids) == len(ENDPOINTS)


async def test_only_a_push_takes_a_retry_key(api: httpx.AsyncClient) -> None:
    answers = await asked(api, **{"X-Line-Retry-Key": str(uuid.uuid4())})
    taking = {
        name for name, answer in answers.items() if "retry key" not in answer.json()["message"]
    }
    assert taking == {"push"}


def test_every_endpoint_can_be_made_to_fail() -> None:
    assert {endpoint.name for endpoint in ENDPOINTS} == set(FAILING)


async def test_what_line_does_not_have_is_not_found(api: httpx.AsyncClient) -> None:
    for path in ("/v2/bot/message/push/", "/v2/bot/horoscope"):
        answer = await api.post(path, json={})
        assert (answer.status_code, answer.json()) == (404, {"message": "Not found"})
        assert answer.headers["x-line-request-id"]


async def test_a_body_has_to_be_json(hana: Customer, api: httpx.AsyncClient) -> None:
    form = await api.post(PUSH, data={"to": hana.id})
    assert form.status_code == 415
    assert form.json()["message"].startswith("The content type, application/x-www-form-urlencoded")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    for body in (b"{", b"[]", b"\xff", b"", b'{"to": }'):
        answer = await api.post(PUSH, content=body, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("The request body could not be parsed as JSON")


async def test_a_body_is_limited_to_two_megabytes(hana: Customer, api: httpx.AsyncClient) -> None:
    padded = push(hana.id) | {"padding": "x" * (2 * 1024 * 1024)}
    assert (await api.post(PUSH, json=padded)).status_code == 413


async def test_every_call_is_noted_with_what_became_of_it(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    accepted = await api.post(PUSH, json=push(hana.id))
    await api.post(PUSH, json={"to": hana.id, "messages": []})
    await api.get("/v2/bot/info")
    first, second = line.calls("push")
    assert (first.method, first.path, first.status, first.error) == ("POST", PUSH, 200, "")
    assert first.request_id == accepted.headers["x-line-request-id"]
    assert first.json == push(hana.id)
    assert (second.status, second.error) == (400, "The request body has 1 error(s)")
    assert [call.endpoint for call in line.calls()] == ["push", "push", "bot_info"]


async def test_a_bot_can_be_seen_to_fetch_media_elsewhere(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    line.channel.bot_url = f"{line.url}/nowhere"
    picture = await hana.sends_image()
    authorization = api.headers["Authorization"]
    async with client_of(line.data_url, Authorization=authorization) as data:
        fetched = await data.get(f"/v2/bot/message/{picture.message_id}/content")
    assert fetched.status_code == 200
    [call] = line.calls("content")
    assert call.headers["host"] == line.data_url.removeprefix("http://")
    assert line.url != line.data_url
