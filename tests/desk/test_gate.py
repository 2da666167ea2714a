"""What lets a request of the desk in: a session, the right site's page, and permission."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.gate import COOKIE, _is_own, _stays_here, forget_cookie, set_cookie
from madoguchi.desk.roles import Action, Role, allowed
from tests.desk.http_desk import DESK, Office
from tests.support.problems import assert_problem


def request_from(client: str, host: str, scheme: str = "http") -> Request:
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": scheme,
            "path": "/desk/api/session",
            "query_string": b"",
            "headers": [(b"host", host.encode())],
            "client": (client, 50000),
            "server": ("127.0.0.1", 8080),
        }
    )


# --- the session


async def test_without_a_session_nothing_is_answered(office: Office) -> None:
    browser = await office.browser()
    assert_problem(await browser.ask("POST", "/other"), 401, "not_signed_in")
    browser.http.cookies.set(COOKIE, "made up")
    assert_problem(await browser.ask("POST", "/other"), 401, "not_signed_in")
    assert_problem(await browser.ask("GET", "/may/read"), 401, "not_signed_in")


async def test_with_a_session_the_agent_is_known_until_it_ends(office: Office) -> None:
    browser = await office.signed_in()
    assert (await browser.ask("POST", "/other")).json() == "sato"
    office.desk.clock.at += timedelta(hours=2)
    assert_problem(await browser.ask("POST", "/other"), 401, "not_signed_in")


async def test_who_is_removed_is_out_with_the_next_request(office: Office) -> None:
    browser = await office.signed_in()
    agent = await office.desk.auth.agents.by_login("sato")
    await office.desk.auth.agents.remove(agent.id, None)
    assert_problem(await browser.ask("POST", "/other"), 401, "not_signed_in")


# --- another site's page


@pytest.mark.parametrize("headers", [{}, {"X-Desk": "0"}, {"X-Desk": ""}, {"X-Desk": "true"}])
async def test_a_change_needs_the_desk_s_header(office: Office, headers: dict[str, str]) -> None:
    browser = await office.signed_in()
    refused = await browser.ask("POST", "/other", headers=headers)
    assert_problem(refused, 403, "desk_header")
    assert (await browser.ask("GET", "/may/read", headers=headers)).status_code == 200


async def test_signing_in_needs_it_too(office: Office) -> None:
    await office.desk.add()
    browser = await office.browser()
    body = {"login": "sato", "password": "whatever it is"}
    assert_problem(await browser.ask("POST", "/session", body, {}), 403, "desk_header")
    foreign = DESK | {"Origin": "https://shop.example"}
    assert_problem(await browser.ask("POST", "/session", body, foreign), 403, "origin_foreign")


async def test_a_change_from_another_site_s_page_is_refused(office: Office) -> None:
    browser = await office.signed_in()
    port = office.address.rpartition(":")[2]
    for origin in (
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        f"http://localhost:{port}",
        f"http://127.0.0.1:{port}.evil.example",
        f"ftp://127.0.0.1:{port}",
    ):
        refused = await browser.ask("POST", "/other", headers=DESK | {"Origin": origin})
        assert_problem(refused, 403, "origin_foreign")
    own = await browser.ask("POST", "/other", headers=DESK | {"Origin": office.address})
    assert own.status_code == 200


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example", "shop.example"),
        ("https://shop.example", "shop.example:443"),
        ("https://Shop.Example:443", "shop.example"),
        ("http://shop.example", "shop.example:80"),
        ("https://shop.example:8443", "shop.example:8443"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_the_usual_port_need_not_be_said(origin: str, host: str) -> None:
    assert _is_own(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example", ""),
        ("https://", ""),
        ("https://shop.example:80", "shop.example"),
        ("https://shop.example@evil.example", "shop.example"),
        ("https://[", "["),
        ("shop.example", "shop.example"),
    ],
)
def test_what_only_looks_like_the_host_is_not(origin: str, host: str) -> None:
    assert not _is_own(origin, host)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_origin_is_judged(origin: str, host: str) -> None:
    assert _is_own(origin, host) in {True, False}
    assert not _is_own(f"https://evil.example/{origin}", "shop.example")


# --- permission


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_the_table_says_and_nothing_else(office: Office, role: Role) -> None:
    browser = await office.signed_in("somebody", role)
    for action in Action:
        answer = await browser.ask("GET", f"/may/{action}")
        if allowed(role, action):
            assert answer.status_code == 200
        else:
            assert_problem(answer, 403, "not_allowed")


async def test_a_new_role_counts_at_once(office: Office) -> None:
    browser = await office.signed_in("sato", Role.LEAD)
    agent = await office.desk.auth.agents.by_login("sato")
    assert (await browser.ask("GET", "/may/assign")).status_code == 200
    await office.desk.auth.agents.update(agent.id, {"role": Role.AUDITOR}, None)
    assert_problem(await browser.ask("GET", "/may/assign"), 403, "not_allowed")


# --- the cookie


async def test_no_script_and_no_other_site_has_the_cookie(office: Office) -> None:
    await office.desk.add()
    answer = await (await office.browser()).sign_in()
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith(f"{COOKIE}=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "samesite=strict", "path=/", "max-age=43200"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("client", "host", "scheme", "here"),
    [
        ("127.0.0.1", "127.0.0.1:8080", "http", True),
        ("127.0.0.1", "localhost:8080", "http", True),
        ("::1", "[::1]:8080", "http", True),
        ("127.0.0.1", "localhost", "https", False),
        ("203.0.113.5", "shop.example", "https", False),
        ("203.0.113.5", "shop.example", "http", False),
        # Behind a web server that tells nothing of who asks.
        ("127.0.0.1", "shop.example", "http", False),
        ("203.0.113.5", "localhost", "http", False),
        ("192.168.1.5", "192.168.1.2:8080", "http", False),
    ],
)
def test_the_cookie_is_for_tls_alone_unless_nothing_leaves_the_machine(
    client: str, host: str, scheme: str, *, here: bool
) -> None:
    request, response = request_from(client, host, scheme), Response()
    assert _stays_here(request) == here
    set_cookie(request, response, "t")
    forget_cookie(request, response)
    for cookie in response.headers.getlist("set-cookie"):
        assert ("secure" in cookie.lower()) != here


async def test_no_answer_is_kept_by_a_browser(office: Office) -> None:
    browser = await office.signed_in()
    for path in ("/session", "/sessions", "/agents", "/may/read_audit"):
        answer: httpx.Response = await browser.ask("GET", path)
        assert answer.headers["Cache-Control"] == "no-store"
