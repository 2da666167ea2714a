"""Second factors at rest: sealed, opened with old secrets too, sealed anew when they are used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.desk.sealing import Seal
from madoguchi.desk.signin import LoginFailedError
from madoguchi.desk.tables import AgentRow
from tests.desk.signin_parts import PASSWORD, SECRET, Desk, desk_on
from tests.support.databases import TestClock

NEW = "another secret that is at least as long as the first"
COLUMN = 255

words = st.text(min_size=1, max_size=64)


@given(words, words)
def test_what_was_sealed_is_opened_with_the_same_secret_only(plain: str, other: str) -> None:
    seal = Seal([SECRET])
    stored = seal.sealed(plain)
    assert stored.startswith("sealed:")
    assert seal.opened(stored) == plain
    if other != SECRET:
        assert Seal([other]).opened(stored) is None


def test_the_same_secret_looks_different_every_time_and_fits_its_column() -> None:
    seal = Seal([SECRET])
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    first, second = seal.sealed(secret), seal.sealed(secret)
    assert first != second
    assert secret not in first
    assert len(first) <= COLUMN


def test_an_old_secret_opens_and_the_newest_seals() -> None:
    old, both, new = Seal([SECRET]), Seal([NEW, SECRET]), Seal([NEW])
    stored = old.sealed("a factor")
    assert both.opened(stored) == "a factor"
    renewed = both.renewed(stored)
    assert new.opened(renewed) == "a factor"
    assert both.renewed(renewed) == renewed


def test_what_nobody_can_open_stays_as_it_is() -> None:
    stored = Seal(["lost"]).sealed("a factor")
    assert Seal([SECRET]).renewed(stored) == stored


def test_what_was_stored_in_clear_is_read_and_then_sealed() -> None:
    seal = Seal([SECRET])
    assert seal.opened("JBSWY3DP") == "JBSWY3DP"
    assert seal.opened(seal.renewed("JBSWY3DP")) == "JBSWY3DP"
    assert seal.renewed("JBSWY3DP") != "JBSWY3DP"


async def test_a_second_factor_is_never_stored_in_clear(desk: Desk) -> None:
    agent = await desk.add()
    secret, _ = await desk.auth.own.begin_totp(agent)
    assert secret not in ((await desk.row(agent.id)).totp_secret or "")
    await desk.auth.own.confirm_totp(agent, desk.code(secret))
    assert secret not in ((await desk.row(agent.id)).totp_secret or "")


async def test_one_that_was_stored_in_clear_is_sealed_when_it_is_used(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    async with desk.database.begin() as connection:
        await connection.execute(update(AgentRow).values(totp_secret=secret))
    await desk.enter(code=desk.code(secret))
    assert ((await desk.row(agent.id)).totp_secret or "").startswith("sealed:")


async def test_a_replaced_secret_lets_everybody_in_once_the_old_one_is_named(
    database: AsyncEngine, clock: TestClock, desk: Desk
) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    forgot = desk_on(database, clock, secrets=[NEW])
    with pytest.raises(LoginFailedError):
        await forgot.auth.sign_in.sign_in("sato", PASSWORD, desk.code(secret))
    both = desk_on(database, clock, secrets=[NEW, SECRET])
    await both.enter(code=desk.code(secret))
    await forgot.enter(code=desk.code(secret, steps=1))
