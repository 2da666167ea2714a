"""Signing in: who knows the password gets in, and who guesses is locked out, on each database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.database import migrate, open_database
from madoguchi.desk.agents import NewAgent
from madoguchi.desk.gate import desk_auth
from madoguchi.desk.lockout import LOCKED_FOR, MOST_FAILURES, NONE, counted, is_locked
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.roles import Role
from madoguchi.desk.signin import CodeNeededError, LockedError, LoginFailedError
from madoguchi.ratelimits import RateLimits
from tests.desk.signin_parts import NOW, OTHER, PASSWORD, Desk, desk_on
from tests.support.databases import TestClock


async def guess(desk: Desk, times: int = 1, login: str = "sato", code: str | None = None) -> None:
    for _ in range(times):
        with pytest.raises(LoginFailedError):
            await desk.auth.sign_in.sign_in(login, "a wrong password", code)


async def test_name_and_password_are_enough_at_first(desk: Desk) -> None:
    agent = await desk.add()
    found, session, token = await desk.auth.sign_in.sign_in(" SATO ", PASSWORD, None, "Firefox")
    assert found.id == agent.id == session.agent_id
    assert session.client == "Firefox"
    assert await desk.auth.sessions.find(token) is not None


async def test_a_wrong_password_is_refused(desk: Desk) -> None:
    await desk.add()
    for password in ("", PASSWORD + "!", PASSWORD[:-1], "\ud800"):
        with pytest.raises(LoginFailedError):
            await desk.auth.sign_in.sign_in("sato", password, None)


async def test_a_name_that_nobody_has_is_refused_in_the_same_way(desk: Desk) -> None:
    await desk.add()
    for login in ("nobody", "佐藤", "sato\0", "\ud800", "x" * 1000):
        with pytest.raises(LoginFailedError):
            await desk.auth.sign_in.sign_in(login, PASSWORD, None)


@pytest.mark.parametrize("login", ["sato", "nobody"])
async def test_after_five_wrong_tries_a_name_is_locked_whether_somebody_has_it_or_not(
    desk: Desk, login: str
) -> None:
    await desk.add()
    await guess(desk, MOST_FAILURES, login)
    with pytest.raises(LockedError) as locked:
        await desk.auth.sign_in.sign_in(login, PASSWORD, None)
    assert locked.value.until == NOW + timedelta(minutes=15)
    desk.clock.at = NOW + timedelta(minutes=15)
    await guess(desk, 1, login)


async def test_after_the_lock_the_right_password_opens_again(desk: Desk) -> None:
    agent = await desk.add()
    await guess(desk, MOST_FAILURES)
    assert (await desk.auth.agents.get(agent.id)).locked_until == NOW + LOCKED_FOR
    with pytest.raises(LockedError):
        await desk.enter()
    desk.clock.at += LOCKED_FOR
    await desk.enter()
    assert (await desk.auth.agents.get(agent.id)).locked_until is None


async def test_the_right_password_begins_the_count_anew(desk: Desk) -> None:
    await desk.add()
    for _ in range(3):
        await guess(desk, MOST_FAILURES - 1)
        await desk.enter()


async def test_one_locked_name_locks_no_other(desk: Desk) -> None:
    await desk.add("sato")
    await desk.add("suzuki")
    await guess(desk, MOST_FAILURES, "sato")
    await desk.enter("suzuki")


async def test_of_many_guesses_at_the_same_moment_five_are_looked_at(desk: Desk) -> None:
    agent = await desk.add()
    processes = [desk, desk_on(desk.database, desk.clock), desk_on(desk.database, desk.clock)]
    results = await asyncio.gather(
        *(
            processes[number % 3].auth.sign_in.sign_in("sato", f"guess {number}", None)
            for number in range(18)
        ),
        return_exceptions=True,
    )
    kinds = [type(result) for result in results]
    assert kinds.count(LoginFailedError) == MOST_FAILURES
    assert kinds.count(LockedError) == 18 - MOST_FAILURES
    assert (await desk.row(agent.id)).failed == MOST_FAILURES


async def test_who_was_let_in_and_who_was_not_is_logged_without_what_was_typed(desk: Desk) -> None:
    agent = await desk.add()
    await guess(desk, 1, "my password by mistake")
    await guess(desk, MOST_FAILURES)
    with pytest.raises(LockedError):
        await desk.enter()
    desk.clock.at += LOCKED_FOR
    session, token = await desk.enter()
    assert await desk.actions() == [
        ("agent_created", None),
        ("sign_in_failed", "unknown"),
        *[("sign_in_failed", "password")] * MOST_FAILURES,
        ("sign_in_failed", "locked"),
        ("sign_in", None),
    ]
    entries = await desk.auth.audit.entries()
    assert entries[0].detail == {"session": session.id}
    assert {entry.agent_id for entry in entries} == {None, agent.id}
    for typed in (PASSWORD, "a wrong password", "my password", token):
        assert typed not in str(entries)


async def test_a_hash_with_earlier_parameters_is_made_anew_by_signing_in(
    desk: Desk,
) -> None:
    agent = await desk.add()
    before = (await desk.row(agent.id)).password_hash
    await desk.enter()
    assert (await desk.row(agent.id)).password_hash == before
    stronger = desk_auth(
        desk.database, desk.clock, RateLimits(0, 0), Passwords(2, 16), secrets=["s"]
    )
    await stronger.sign_in.sign_in("sato", PASSWORD, None)
    after = (await desk.row(agent.id)).password_hash
    assert "m=16,t=2,p=1" in after
    await stronger.sign_in.sign_in("sato", PASSWORD, None)
    assert (await desk.row(agent.id)).password_hash == after


async def test_who_is_removed_or_reset_while_signing_in_does_not_get_in(desk: Desk) -> None:
    for number, change in enumerate(("remove", "reset")):
        login = f"agent{number}"
        agent = await desk.auth.agents.create(NewAgent(login, "A", Role.AGENT), PASSWORD, None)
        entering = [
            asyncio.create_task(desk.auth.sign_in.sign_in(login, PASSWORD, None)) for _ in range(3)
        ]
        await asyncio.sleep(0)
        if change == "remove":
            await desk.auth.agents.remove(agent.id, None)
        else:
            await desk.auth.agents.reset(agent.id, OTHER, None)
        for result in await asyncio.gather(*entering, return_exceptions=True):
            if isinstance(result, BaseException):
                assert isinstance(result, LoginFailedError)
            else:
                assert await desk.auth.sessions.find(result[2]) is None


# --- the second factor


async def test_with_a_second_factor_the_password_alone_asks_for_the_code(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    with pytest.raises(CodeNeededError):
        await desk.enter()
    with pytest.raises(CodeNeededError):
        await desk.enter(code="")
    await desk.enter(code=desk.code(secret))


async def test_a_second_factor_that_was_not_confirmed_asks_for_nothing(desk: Desk) -> None:
    await desk.auth.own.begin_totp(await desk.add())
    await desk.enter()


async def test_a_code_without_a_second_factor_does_no_harm(desk: Desk) -> None:
    await desk.add()
    await desk.enter(code="123456")


async def test_whether_a_code_is_needed_is_told_only_with_the_right_password(desk: Desk) -> None:
    await desk.with_totp(await desk.add())
    await guess(desk)


async def test_a_wrong_code_is_refused_and_counts(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    wrong = f"{(int(desk.code(secret)) + 1) % 1_000_000:06d}"
    for _ in range(MOST_FAILURES):
        with pytest.raises(LoginFailedError):
            await desk.enter(code=wrong)
    with pytest.raises(LockedError):
        await desk.enter(code=desk.code(secret))


async def test_asking_for_the_code_again_gives_no_more_guesses_at_it(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    wrong = f"{(int(desk.code(secret)) + 1) % 1_000_000:06d}"
    for _ in range(MOST_FAILURES):
        with pytest.raises(CodeNeededError):
            await desk.enter()
        with pytest.raises(LoginFailedError):
            await desk.enter(code=wrong)
    with pytest.raises(LockedError):
        await desk.enter()


async def test_asking_for_the_code_is_no_wrong_try(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    for _ in range(MOST_FAILURES * 2):
        with pytest.raises(CodeNeededError):
            await desk.enter()
    await desk.enter(code=desk.code(secret))


async def test_a_code_is_good_once(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    for steps in (0, 1):
        code = desk.code(secret, steps)
        await desk.enter(code=code)
        with pytest.raises(LoginFailedError):
            await desk.enter(code=code)


async def test_a_code_of_an_earlier_step_is_not_good_after_a_later_one(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    earlier = desk.code(secret)
    desk.clock.at += timedelta(seconds=30)
    await desk.enter(code=desk.code(secret))
    with pytest.raises(LoginFailedError):
        await desk.enter(code=earlier)


async def test_a_code_that_comes_several_times_at_the_same_moment_is_good_once(desk: Desk) -> None:
    secret = await desk.with_totp(await desk.add())
    other = desk_on(desk.database, desk.clock)
    code = desk.code(secret)
    results = await asyncio.gather(
        *(each.enter(code=code) for each in (desk, other, desk, other)), return_exceptions=True
    )
    assert len([result for result in results if isinstance(result, tuple)]) == 1
    assert len([result for result in results if isinstance(result, LoginFailedError)]) == 3


# --- the count, against its rule

STEPS = st.lists(
    st.tuples(st.sampled_from(["wrong", "right", "stranger"]), st.sampled_from([0, 0, 0, 7, 15])),
    max_size=16,
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database, which all examples share."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('tries') / 'tries.db'}"
    asyncio.run(_migrate(url))
    return url


async def _migrate(url: str) -> None:
    database = open_database(url)
    await migrate(database)
    await database.dispose()


@settings(max_examples=25)
@given(STEPS)
def test_whatever_is_tried_and_when_the_lock_is_that_of_the_rule(
    url: str, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(follow(url, steps))


async def result(desk: Desk, login: str, password: str) -> object:
    try:
        await desk.auth.sign_in.sign_in(login, password, None)
    except LockedError as locked:
        return locked.until
    except LoginFailedError:
        return "refused"
    return "in"


async def follow(url: str, steps: list[tuple[str, int]]) -> None:
    database = open_database(url)
    desk = desk_on(database, TestClock(NOW))
    known = f"sato{len(await desk.auth.agents.all())}"
    await desk.add(known)
    count = {known: NONE, "nobody": NONE}
    try:
        for what, minutes in steps:
            desk.clock.at += timedelta(minutes=minutes)
            login = "nobody" if what == "stranger" else known
            outcome = await result(desk, login, PASSWORD if what == "right" else "wrong")
            if is_locked(count[login], desk.clock.at):
                assert outcome == count[login].locked_until
            elif what == "right":
                assert outcome == "in"
                count[login] = NONE
            else:
                assert outcome == "refused"
                count[login] = counted(count[login], desk.clock.at)
    finally:
        await database.dispose()
