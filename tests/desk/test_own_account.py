"""What agents change of their own sign-in, on each database."""

from __future__ import annotations

import asyncio

import pytest

from madoguchi.desk.lockout import MOST_FAILURES
from madoguchi.desk.own_account import SecondFactorOnError, WrongCodeError
from madoguchi.desk.passwords import WeakPasswordError
from madoguchi.desk.signin import CodeFailedError, CodeNeededError, LockedError, LoginFailedError
from tests.desk.signin_parts import OTHER, PASSWORD, Desk


async def test_a_changed_password_ends_every_sign_in(desk: Desk) -> None:
    agent = await desk.add()
    await desk.add("suzuki")
    tokens = [(await desk.enter())[1] for _ in range(2)]
    _, others = await desk.enter("suzuki")
    await desk.auth.own.change_password(agent, PASSWORD, OTHER)
    for token in tokens:
        assert await desk.auth.sessions.find(token) is None
    assert await desk.auth.sessions.find(others) is not None
    with pytest.raises(LoginFailedError):
        await desk.enter()
    await desk.auth.sign_in.sign_in("sato", OTHER, None)
    assert ("password_changed", None) in await desk.actions()


async def test_who_does_not_know_the_password_changes_nothing(desk: Desk) -> None:
    agent = await desk.add()
    _, token = await desk.enter()
    for _ in range(MOST_FAILURES):
        with pytest.raises(LoginFailedError):
            await desk.auth.own.change_password(agent, "a wrong password", OTHER)
    with pytest.raises(LockedError):
        await desk.auth.own.change_password(agent, PASSWORD, OTHER)
    assert await desk.auth.sessions.find(token) is not None


async def test_a_weak_new_password_is_refused_before_the_old_one_is_looked_at(desk: Desk) -> None:
    agent = await desk.add()
    with pytest.raises(WeakPasswordError):
        await desk.auth.own.change_password(agent, "a wrong password", "password1234")
    assert (await desk.row(agent.id)).failed == 0


async def test_of_two_changes_at_the_same_moment_one_counts(desk: Desk) -> None:
    agent = await desk.add()
    results = await asyncio.gather(
        desk.auth.own.change_password(agent, PASSWORD, "the first new one"),
        desk.auth.own.change_password(agent, PASSWORD, "the second new one"),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [LoginFailedError]


async def test_who_was_removed_changes_nothing(desk: Desk) -> None:
    agent = await desk.add()
    await desk.auth.agents.remove(agent.id, None)
    with pytest.raises(LoginFailedError):
        await desk.auth.own.change_password(agent, PASSWORD, OTHER)


async def test_a_second_factor_is_on_when_a_code_has_shown_it(desk: Desk) -> None:
    agent = await desk.add()
    secret, address = await desk.auth.own.begin_totp(agent)
    assert f"secret={secret}" in address
    assert not (await desk.auth.agents.get(agent.id)).totp
    await desk.auth.own.confirm_totp(agent, desk.code(secret, steps=-1))
    assert (await desk.auth.agents.get(agent.id)).totp
    assert ("totp_on", None) in await desk.actions()
    for entry in await desk.auth.audit.entries():
        assert secret not in str(entry)


async def test_the_code_that_confirms_is_used_up(desk: Desk) -> None:
    agent = await desk.add()
    secret, _ = await desk.auth.own.begin_totp(agent)
    code = desk.code(secret)
    await desk.auth.own.confirm_totp(agent, code)
    with pytest.raises(LoginFailedError):
        await desk.enter(code=code)


async def test_a_wrong_code_switches_nothing_on(desk: Desk) -> None:
    agent = await desk.add()
    await desk.auth.own.begin_totp(agent)
    with pytest.raises(WrongCodeError):
        await desk.auth.own.confirm_totp(agent, "12345")
    await desk.enter()


async def test_nothing_is_confirmed_that_was_not_begun_or_is_on(desk: Desk) -> None:
    agent = await desk.add()
    with pytest.raises(WrongCodeError):
        await desk.auth.own.confirm_totp(agent, "123456")
    secret = await desk.with_totp(agent)
    with pytest.raises(WrongCodeError):
        await desk.auth.own.confirm_totp(agent, desk.code(secret))


async def test_beginning_again_makes_the_first_secret_worthless(desk: Desk) -> None:
    agent = await desk.add()
    first, _ = await desk.auth.own.begin_totp(agent)
    second, _ = await desk.auth.own.begin_totp(agent)
    with pytest.raises(WrongCodeError):
        await desk.auth.own.confirm_totp(agent, desk.code(first))
    await desk.auth.own.confirm_totp(agent, desk.code(second))


async def test_a_second_factor_that_is_on_is_not_replaced(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    with pytest.raises(SecondFactorOnError):
        await desk.auth.own.begin_totp(agent)
    await desk.enter(code=desk.code(secret))


async def test_switching_it_off_asks_for_the_password_and_a_code(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    code = desk.code(secret)
    with pytest.raises(LoginFailedError):
        await desk.auth.own.turn_totp_off(agent, "a wrong password", code)
    with pytest.raises(CodeFailedError):
        await desk.auth.own.turn_totp_off(agent, PASSWORD, desk.code(secret, steps=9))
    with pytest.raises(CodeNeededError):
        await desk.enter()
    await desk.auth.own.turn_totp_off(agent, PASSWORD, code)
    await desk.enter()
    assert (await desk.row(agent.id)).totp_secret is None


async def test_guessing_the_code_locks_as_guessing_the_password_does(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    for _ in range(MOST_FAILURES):
        with pytest.raises(CodeFailedError):
            await desk.auth.own.turn_totp_off(agent, PASSWORD, "000000")
    with pytest.raises(LockedError):
        await desk.auth.own.turn_totp_off(agent, PASSWORD, desk.code(secret))


async def test_a_code_of_signing_in_does_not_switch_it_off_too(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    code = desk.code(secret)
    await desk.enter(code=code)
    with pytest.raises(LoginFailedError):
        await desk.auth.own.turn_totp_off(agent, PASSWORD, code)
