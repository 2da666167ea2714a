"""Signing in and the own account, over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from madoguchi.database import migrate, open_database
from madoguchi.desk.gate import COOKIE
from madoguchi.desk.lockout import MOST_FAILURES
from madoguchi.desk.roles import Role
from madoguchi.ratelimits import RateLimits
from tests.desk.http_desk import Office, opened
from tests.desk.signin_parts import OTHER, PASSWORD, desk_on
from tests.support.databases import TestClock
from tests.support.problems import assert_problem


async def test_who_signs_in_is_told_who_they_are_and_what_they_may(office: Office) -> None:
    await office.desk.add("sato", Role.LEAD)
    browser = await office.browser()
    answer = await browser.sign_in()
    assert answer.status_code == 200
    agent = answer.json()["agent"]
    assert (agent["login"], agent["name"], agent["role"]) == ("sato", "Sato", "lead")
    # Who comes to the desk is there for customers.
    assert (agent["totp"], agent["presence"]) == (False, "online")
    assert agent["actions"] == ["assign", "read", "read_all", "work", "write_canned"]
    assert await browser.get("/session") == {"agent": agent}


async def test_a_wrong_password_and_a_name_that_nobody_has_look_the_same(office: Office) -> None:
    await office.desk.add()
    browser = await office.browser()
    for _ in range(MOST_FAILURES):
        wrong = await browser.sign_in("sato", "wrong")
        unknown = await browser.sign_in("nobody", "wrong")
        assert_problem(wrong, 401, "login_failed")
        assert wrong.content == unknown.content
        assert COOKIE not in wrong.cookies
    locked = assert_problem(await browser.sign_in("sato"), 401, "locked")
    assert "15分" in locked["detail"]
    assert (await browser.sign_in("nobody")).json() == locked
    office.desk.clock.at += timedelta(minutes=14, seconds=30)
    assert "1分" in (await browser.sign_in("sato")).json()["detail"]


async def test_a_code_is_asked_for_and_taken_once(office: Office) -> None:
    secret = await office.desk.with_totp(await office.desk.add())
    browser = await office.browser()
    assert_problem(await browser.sign_in(), 401, "code_needed")
    code = office.desk.code(secret)
    assert (await browser.sign_in(code=code)).status_code == 200
    assert_problem(await (await office.browser()).sign_in(code=code), 401, "login_failed")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"login": "sato"},
        {"login": "sato", "password": 12},
        {"login": "sato", "password": "x" * 2000},
        {"login": "sato", "password": "x", "admin": True},
    ],
)
async def test_what_is_no_sign_in_is_refused_without_quoting_it(office: Office, body: Any) -> None:
    problem = assert_problem(
        await (await office.browser()).ask("POST", "/session", body), 422, "body_invalid"
    )
    assert "xxx" not in str(problem)


async def test_signing_out_ends_the_session(office: Office) -> None:
    browser = await office.signed_in()
    token = browser.http.cookies[COOKIE]
    assert (await browser.ask("DELETE", "/session")).status_code == 204
    assert COOKIE not in browser.http.cookies
    browser.http.cookies.set(COOKIE, token)
    assert_problem(await browser.ask("GET", "/session"), 401, "not_signed_in")


async def test_signing_in_again_ends_the_session_before(office: Office) -> None:
    browser = await office.signed_in()
    before = browser.http.cookies[COOKIE]
    await browser.sign_in()
    assert browser.http.cookies[COOKIE] != before
    assert len((await browser.get("/sessions"))["sessions"]) == 1
    assert await office.desk.auth.sessions.find(before) is None


async def test_a_failed_sign_in_leaves_the_session_that_is_there(office: Office) -> None:
    browser = await office.signed_in()
    assert_problem(await browser.sign_in("sato", "wrong"), 401, "login_failed")
    await browser.get("/session")


async def test_one_s_own_sessions_are_listed_and_ended(office: Office) -> None:
    here = await office.signed_in()
    there = await office.browser(**{"User-Agent": "Tablet"})
    await there.sign_in()
    other = await office.signed_in("suzuki")
    sessions = (await here.get("/sessions"))["sessions"]
    assert [session["current"] for session in sessions].count(True) == 1
    [tablet] = [session for session in sessions if session["client"] == "Tablet"]
    assert len(sessions) == 2
    assert set(tablet) == {"id", "client", "created_at", "seen_at", "ends_at", "current"}
    stolen = await other.ask("DELETE", f"/sessions/{tablet['id']}")
    assert_problem(stolen, 404, "session_unknown")
    assert (await here.ask("DELETE", f"/sessions/{tablet['id']}")).status_code == 204
    assert_problem(await there.ask("GET", "/session"), 401, "not_signed_in")
    await here.get("/session")
    for unknown in (tablet["id"], "nothing", "%00", "x" * 99):
        answer = await here.ask("DELETE", f"/sessions/{unknown}")
        assert_problem(answer, 404, "session_unknown")


async def test_a_changed_password_signs_out_everywhere(office: Office) -> None:
    here = await office.signed_in()
    there = await office.browser()
    await there.sign_in()
    change = {"current": PASSWORD, "new": OTHER}
    assert (await here.ask("POST", "/password", change)).status_code == 204
    for browser in (here, there):
        assert_problem(await browser.ask("GET", "/session"), 401, "not_signed_in")
    assert_problem(await here.sign_in(), 401, "login_failed")
    assert (await here.sign_in("sato", OTHER)).status_code == 200


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "password_short"),
        ("x y z" * 40, "password_long"),
        ("sato-2026-sato", "password_login"),
        ("password1234", "password_obvious"),
    ],
)
async def test_a_weak_new_password_is_refused_with_what_to_do(
    office: Office, new: str, code: str
) -> None:
    browser = await office.signed_in()
    change = {"current": PASSWORD, "new": new}
    assert_problem(await browser.ask("POST", "/password", change), 422, code)
    await browser.get("/session")


async def test_guessing_the_password_of_an_open_browser_is_stopped(office: Office) -> None:
    browser = await office.signed_in()
    change = {"current": "wrong", "new": OTHER}
    for _ in range(MOST_FAILURES):
        assert_problem(await browser.ask("POST", "/password", change), 403, "password_wrong")
    assert_problem(await browser.ask("POST", "/password", change), 403, "locked")
    off = await browser.ask("POST", "/totp/off", {"password": PASSWORD, "code": "000000"})
    assert_problem(off, 403, "locked")


async def test_a_second_factor_is_switched_on_and_off(office: Office) -> None:
    browser = await office.signed_in()
    begun = (await browser.ask("POST", "/totp")).json()
    assert set(begun) == {"secret", "uri"}
    picture = await browser.ask("GET", "/totp/qr")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"<?xml") or picture.content.startswith(b"<svg")
    assert b"script" not in picture.content
    wrong = await browser.ask("POST", "/totp/confirm", {"code": "12345"})
    assert_problem(wrong, 422, "code_wrong")
    code = office.desk.code(begun["secret"])
    assert (await browser.ask("POST", "/totp/confirm", {"code": code})).status_code == 204
    assert (await browser.get("/session"))["agent"]["totp"]
    assert_problem(await browser.ask("POST", "/totp"), 409, "totp_on")
    assert_problem(await browser.ask("GET", "/totp/qr"), 404, "totp_not_begun")
    code = office.desk.code(begun["secret"], steps=1)
    wrong = await browser.ask("POST", "/totp/off", {"password": "wrong", "code": code})
    assert_problem(wrong, 403, "password_wrong")
    wrong = await browser.ask("POST", "/totp/off", {"password": PASSWORD, "code": "12345"})
    assert_problem(wrong, 422, "code_wrong")
    off = await browser.ask("POST", "/totp/off", {"password": PASSWORD, "code": code})
    assert off.status_code == 204
    assert not (await browser.get("/session"))["agent"]["totp"]


async def test_an_address_that_tries_too_often_has_to_wait(
    tmp_path: Path, clock: TestClock
) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'limited.db'}")
    await migrate(database)
    async with opened(desk_on(database, clock, RateLimits(3, 0))) as office:
        browser = await office.browser()
        for number in range(3):
            assert_problem(await browser.sign_in(f"name{number}"), 401, "login_failed")
        refused = await browser.sign_in("name4")
        assert "秒ほど" in assert_problem(refused, 429, "too_many_tries")["detail"]
        assert 0 < int(refused.headers["Retry-After"]) <= 60
    await database.dispose()
