"""Answers that are not LINE's: of a proxy between, or of a later version of the API."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from linebot.v3.messaging import TextMessage
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.errors import LineError
from madoguchi.conversations.channel import Outcome, Result
from tests.support.server import serving

USER = "U" + "a" * 32


class Odd:
    """Something at LINE's address that answers everything in the same odd way."""

    def __init__(self) -> None:
        self.answer = Response()
        self.asked: list[str] = []
        paths = Route("/{path:path}", self._give, methods=["GET", "POST", "DELETE"])
        self.app = Starlette(routes=[paths])

    async def _give(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return self.answer


@pytest.fixture
def odd() -> Odd:
    """What stands at LINE's address."""
    return Odd()


@pytest.fixture
async def client(odd: Odd) -> AsyncIterator[LineClient]:
    """The client, pointed at it."""
    async with serving(odd.app) as address:
        client = LineClient("a token", url=address)
        yield client
        await client.close()


async def push(client: LineClient) -> Outcome:
    return await client.push(USER, [TextMessage(text="a")], uuid.uuid4())


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{}", "application/json"),
        (b"", "application/json"),
        (b"null", "application/json"),
        (b"[1]", "application/json"),
        (b'{"sentMessages":[{"id":1}]}', "application/json"),
        (b'{"sentMessages":"yes"}', "application/json"),
        (b"<html>", "text/html"),
    ],
)
async def test_a_push_that_was_taken_is_sent_whatever_is_said_about_it(
    client: LineClient, odd: Odd, content: bytes, content_type: str
) -> None:
    odd.answer = Response(content, media_type=content_type)
    assert (await push(client)).result is Result.SENT


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"\xff\xfe\xfd", "application/json"), (b"{}", "application/json; charset=klingon")],
)
async def test_an_answer_in_no_known_script_leaves_open_whether_it_was_sent(
    client: LineClient, odd: Odd, content: bytes, content_type: str
) -> None:
    odd.answer = Response(content, headers={"content-type": content_type})
    outcome = await push(client)
    assert (outcome.result, outcome.code) == (Result.UNSURE, "odd_answer")


async def test_new_properties_do_no_harm(client: LineClient, odd: Odd) -> None:
    odd.answer = Response(b'{"sentMessages":[{"id":"1","new":{}}],"newer":[]}')
    assert (await push(client)).external_ids == ("1",)


async def test_an_error_page_of_a_proxy_is_known_by_its_status(
    client: LineClient, odd: Odd
) -> None:
    page = "<html>しばらくお待ちください".encode("cp932")
    odd.answer = Response(page, 502, headers={"content-type": "text/html; charset=Shift_JIS"})
    outcome = await push(client)
    assert (outcome.result, outcome.code, outcome.detail) == (Result.UNSURE, "server_error", None)


@pytest.mark.parametrize("content", [b"{}", b"", b"[]", b"<html>", b'{"userId":7}'])
async def test_figures_profiles_and_tokens_that_cannot_be_read_are_not_made_up(
    client: LineClient, odd: Odd, content: bytes
) -> None:
    odd.answer = Response(content, media_type="application/json")
    assert await client.profile(USER) is None
    assert await client.rich_menus() == {}
    assert await client.default_rich_menu() is None
    for ask in (lambda: client.link_token(USER), client.quota):
        with pytest.raises(LineError, match="odd_answer"):
            await ask()
