"""Which passwords are taken, and that what is stored of them tells nothing."""

from __future__ import annotations

import asyncio
import unicodedata

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.desk.passwords import (
    LONGEST,
    MEMORY_KIB,
    SHORTEST,
    TIME_COST,
    Passwords,
    WeakPasswordError,
    check_new,
    generated,
)
from tests.desk.signin_parts import PASSWORD, quick_passwords

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "short"),
        ("elevenchars", "short"),
        ("あいうえおかきくけこさ", "short"),
        ("correct horse " * 10, "long"),
        ("hanako.sato12", "login"),
        ("Hanako.Sato-2026", "login"),
        ("hanako.satohanako.sato", "login"),
        ("password1234", "obvious"),
        ("Passw0rd!2026", "obvious"),
        ("2026!!madoguchi", "obvious"),
        ("パスワード1234567", "obvious"),
        ("correct horse battery staple", "obvious"),
        ("aaaaaaaaaaaaaaaa", "obvious"),
        ("121212121212", "obvious"),
        ("123456789012", "obvious"),
        ("zyxwvutsrqponm", "obvious"),
        ("ｐａｓｓｗｏｒｄ１２３４", "obvious"),
        *[(demo.password, "obvious") for demo in DEMO_AGENTS],
    ],
)
def test_a_password_that_is_guessed_early_is_refused(password: str, reason: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        check_new(password, "hanako.sato")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "twelve chars",
        "all lower case words",
        "hanako.sato likes tea",
        "0481-7729-6634-1",
        "x" * (LONGEST - 12) + "and some more",
    ],
)
def test_any_other_long_one_is_taken(password: str) -> None:
    check_new(password[:LONGEST], "hanako.sato")


@given(ANY_TEXT, ANY_TEXT)
def test_every_password_is_judged_whatever_is_typed(password: str, login: str) -> None:
    try:
        check_new(password, login)
    except WeakPasswordError as refused:
        assert refused.reason in {"short", "long", "login", "obvious"}  # noqa: PT017
    else:
        assert SHORTEST <= len(unicodedata.normalize("NFKC", password).casefold()) <= LONGEST


def test_a_made_up_password_is_good_enough_and_never_the_same() -> None:
    made = {generated() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_new(password, "sato")


async def test_the_hash_is_argon2id_above_the_recommended_least() -> None:
    stored = await Passwords().hash(PASSWORD)
    parameters = extract_parameters(stored)
    assert parameters.type is Type.ID
    assert parameters.memory_cost == MEMORY_KIB >= 19 * 1024
    assert parameters.time_cost == TIME_COST >= 2
    assert await Passwords().verify(stored, PASSWORD)
    assert len(stored) <= 255


async def test_the_right_password_fits_its_hash_and_no_other_does() -> None:
    passwords = quick_passwords()
    stored = await passwords.hash(PASSWORD)
    assert await passwords.verify(stored, PASSWORD)
    assert not await passwords.verify(stored, PASSWORD + " ")
    assert not await passwords.verify(stored, "")
    assert PASSWORD not in stored
    assert stored != await passwords.hash(PASSWORD)


async def test_the_same_password_of_another_keyboard_fits() -> None:
    passwords = quick_passwords()
    stored = await passwords.hash("ガギグゲゴ full width １")
    assert await passwords.verify(stored, "カ\u3099キ\u3099ク\u3099ケ\u3099コ\u3099 full width 1")


async def test_half_a_character_is_only_a_wrong_password() -> None:
    passwords = quick_passwords()
    assert not await passwords.verify(await passwords.hash(PASSWORD), "\ud800" * 12)


@pytest.mark.parametrize("stored", [None, "!", "", "$argon2id$broken", "plain text"])
async def test_nothing_fits_what_is_no_hash(stored: str | None) -> None:
    passwords = quick_passwords()
    assert not await passwords.verify(stored, PASSWORD)
    assert not await passwords.verify(stored, "")


def test_an_unknown_name_costs_a_hash_with_the_same_parameters() -> None:
    passwords = Passwords(time_cost=2, memory_kib=64)
    nobodys = extract_parameters(passwords._nobodys)
    assert (nobodys.type, nobodys.time_cost, nobodys.memory_cost) == (Type.ID, 2, 64)
    assert (nobodys.hash_len, nobodys.salt_len, nobodys.parallelism) == (32, 16, 1)
    assert not passwords.needs_rehash(passwords._nobodys)


async def test_a_hash_with_earlier_parameters_is_to_be_made_anew() -> None:
    earlier, now = Passwords(1, 8), Passwords(2, 8)
    stored = await earlier.hash(PASSWORD)
    assert now.needs_rehash(stored)
    assert not earlier.needs_rehash(stored)
    assert await now.verify(stored, PASSWORD)


async def test_others_go_on_while_passwords_are_hashed() -> None:
    passwords, turns = Passwords(time_cost=1, memory_kib=8 * 1024), 0
    hashing = asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(6)))
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(set(await hashing)) == 6
    assert turns > 6
