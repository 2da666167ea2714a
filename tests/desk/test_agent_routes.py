"""Managing agents, presence and the audit log, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.desk.lockout import MOST_FAILURES
from madoguchi.desk.roles import Role
from tests.desk.http_desk import Office
from tests.desk.signin_parts import OTHER, PASSWORD
from tests.support.problems import assert_problem

NEW = {"login": "tanaka", "name": "田中", "role": "agent"}


async def test_an_admin_adds_an_agent_with_a_made_up_password(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    answer = await admin.ask("POST", "/agents", NEW | {"email": "t@example.jp", "capacity": 2})
    assert answer.status_code == 201
    added = answer.json()
    assert added["agent"]["email"] == "t@example.jp"
    assert added["agent"]["capacity"] == 2
    tanaka = await office.browser()
    assert (await tanaka.sign_in("tanaka", added["password"])).status_code == 200


async def test_a_password_that_was_given_is_not_told_again(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    answer = await admin.ask("POST", "/agents", NEW | {"password": OTHER})
    assert answer.json()["password"] is None
    assert (await (await office.browser()).sign_in("tanaka", OTHER)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"login": "田中"}, 422, "agent_login"),
        ({"login": "ADMIN"}, 409, "login_taken"),
        ({"name": " "}, 422, "agent_name"),
        ({"email": "tanaka"}, 422, "agent_email"),
        ({"capacity": 51}, 422, "agent_capacity"),
        ({"password": "short"}, 422, "password_short"),
        ({"role": "owner"}, 422, "body_invalid"),
        ({"failed": 0}, 422, "body_invalid"),
    ],
)
async def test_an_agent_that_cannot_be_is_refused_with_what_to_do(
    office: Office, changed: dict[str, Any], status: int, code: str
) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    assert_problem(await admin.ask("POST", "/agents", NEW | changed), status, code)
    assert len((await admin.get("/agents"))["agents"]) == 1


async def test_an_admin_changes_what_is_named_and_nothing_else(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    added = (await admin.ask("POST", "/agents", NEW | {"email": "t@example.jp"})).json()["agent"]
    path = f"/agents/{added['id']}"
    changed = (await admin.ask("PATCH", path, {"role": "lead"})).json()["agent"]
    assert changed == added | {"role": "lead"}
    without = (await admin.ask("PATCH", path, {"email": None})).json()["agent"]
    assert without == changed | {"email": None}
    assert_problem(await admin.ask("PATCH", path, {"capacity": -1}), 422, "agent_capacity")
    assert_problem(await admin.ask("PATCH", path, {"login": "x"}), 422, "body_invalid")


async def test_the_last_admin_stays(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    path = f"/agents/{(await admin.get('/session'))['agent']['id']}"
    assert_problem(await admin.ask("PATCH", path, {"role": "agent"}), 409, "last_admin")
    assert_problem(await admin.ask("DELETE", path), 409, "last_admin")


async def test_an_admin_resets_and_removes_an_agent(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    sato = await office.signed_in("sato")
    path = f"/agents/{(await sato.get('/session'))['agent']['id']}"
    reset = (await admin.ask("POST", f"{path}/reset")).json()
    assert_problem(await sato.ask("GET", "/session"), 401, "not_signed_in")
    assert_problem(await sato.sign_in("sato", PASSWORD), 401, "login_failed")
    assert (await sato.sign_in("sato", reset["password"])).status_code == 200
    assert (await admin.ask("DELETE", path)).status_code == 204
    assert_problem(await sato.ask("GET", "/session"), 401, "not_signed_in")
    assert_problem(await admin.ask("DELETE", path), 404, "agent_unknown")


async def test_an_admin_helps_who_cannot_sign_in(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    sato = await office.desk.add("sato")
    secret = await office.desk.with_totp(sato)
    path, browser = f"/agents/{sato.id}", await office.browser()
    for _ in range(MOST_FAILURES):
        await browser.sign_in("sato", "wrong password")

    async def row() -> dict[str, Any]:
        agents = (await admin.get("/agents"))["agents"]
        return next(dict(each) for each in agents if each["id"] == sato.id)

    assert (await row())["locked"]
    assert (await admin.ask("PATCH", path, {"unlock": True})).status_code == 200
    assert not (await row())["locked"]
    assert_problem(await browser.sign_in("sato", PASSWORD), 401, "code_needed")
    changed = await admin.ask("PATCH", path, {"password": OTHER})
    assert changed.json()["agent"]["totp"] is True
    code = office.desk.code(secret)
    assert (await browser.sign_in("sato", OTHER, code=code)).status_code == 200
    assert (await admin.ask("PATCH", path, {"reset_totp": True})).status_code == 200
    assert (await browser.sign_in("sato", OTHER)).status_code == 200
    assert_problem(await admin.ask("PATCH", path, {"password": "short"}), 422, "password_short")
    assert (await admin.ask("PATCH", path, {"removed": True})).status_code == 200
    assert_problem(await browser.ask("GET", "/session"), 401, "not_signed_in")
    assert_problem(await admin.ask("PATCH", path, {"removed": False}), 422, "body_invalid")


async def test_an_agent_that_is_not_there_is_unknown(office: Office) -> None:
    admin = await office.signed_in("admin", Role.ADMIN)
    for unknown in ("nobody", "%00", "x" * 99):
        for method, path, body in (
            ("PATCH", f"/agents/{unknown}", {"name": "x"}),
            ("PATCH", f"/agents/{unknown}", {"unlock": True}),
            ("DELETE", f"/agents/{unknown}", None),
            ("POST", f"/agents/{unknown}/reset", None),
        ):
            assert_problem(await admin.ask(method, path, body), 404, "agent_unknown")


async def test_colleagues_see_who_is_there_and_those_who_manage_see_more(office: Office) -> None:
    agent = await office.signed_in("sato")
    auditor = await office.signed_in("audit", Role.AUDITOR)
    seen = (await agent.get("/agents"))["agents"]
    assert [each["name"] for each in seen] == ["Audit", "Sato"]
    assert set(seen[0]) == {
        "id",
        "name",
        "role",
        "presence",
        "presence_at",
        "chats",
        "capacity",
    }
    whole = (await auditor.get("/agents"))["agents"]
    assert [each["login"] for each in whole] == ["audit", "sato"]
    assert "password" not in str(whole)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_nobody_else_manages_agents(office: Office, role: Role) -> None:
    browser = await office.signed_in("somebody", role)
    path = f"/agents/{(await browser.get('/session'))['agent']['id']}"
    for method, to, body in (
        ("POST", "/agents", NEW),
        ("PATCH", path, {"role": "admin"}),
        ("DELETE", path, None),
        ("POST", f"{path}/reset", None),
    ):
        assert_problem(await browser.ask(method, to, body), 403, "not_allowed")
    assert len((await browser.get("/agents"))["agents"]) == 1


async def test_an_agent_is_there_until_saying_otherwise(office: Office) -> None:
    browser = await office.signed_in()
    for presence in ("online", "away", "offline"):
        answer = await browser.ask("POST", "/presence", {"presence": presence})
        assert answer.json()["agent"]["presence"] == presence
        assert (await browser.get("/session"))["agent"]["presence"] == presence
    wrong = await browser.ask("POST", "/presence", {"presence": "asleep"})
    assert_problem(wrong, 422, "body_invalid")


async def test_an_auditor_is_there_for_no_chats(office: Office) -> None:
    auditor = await office.signed_in("audit", Role.AUDITOR)
    refused = await auditor.ask("POST", "/presence", {"presence": "online"})
    assert_problem(refused, 403, "not_allowed")


async def test_the_log_is_read_page_by_page_by_those_who_may(office: Office) -> None:
    sato = await office.signed_in("sato")
    auditor = await office.signed_in("audit", Role.AUDITOR)
    assert_problem(await sato.ask("GET", "/audit"), 403, "not_allowed")
    first = await auditor.get("/audit?limit=3")
    assert [entry["action"] for entry in first["entries"]] == [
        "sign_in",
        "agent_created",
        "presence",
    ]
    rest = await auditor.get(f"/audit?limit=3&before={first['next']}")
    assert [entry["action"] for entry in rest["entries"]] == ["sign_in", "agent_created"]
    assert rest["next"] is None
    mine = (await sato.get("/session"))["agent"]["id"]
    of_sato = (await auditor.get(f"/audit?agent={mine}"))["entries"]
    assert [entry["action"] for entry in of_sato] == ["presence", "sign_in"]
    for wrong in ("limit=0", "limit=9999", "before=0", "before=99999999999", "agent=%00"):
        assert_problem(await auditor.ask("GET", f"/audit?{wrong}"), 422, "body_invalid")
