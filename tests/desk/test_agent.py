"""Which values an agent may have."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.agent import (
    AgentFieldError,
    checked_capacity,
    checked_email,
    checked_login,
    checked_name,
    known_login,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=100)


@pytest.mark.parametrize(
    ("check", "value", "field"),
    [
        *[(checked_login, wrong, "login") for wrong in ("", "佐藤", "-sato", "a b", "x" * 65)],
        (checked_login, "sato\0", "login"),
        *[(checked_name, wrong, "name") for wrong in (" ", "\u200b\u202e", "あ" * 81)],
        *[(checked_email, wrong, "email") for wrong in ("sato", "sato@localhost", "a b@c.jp")],
        (checked_email, "sato@example.jp\nBcc: all@example.jp", "email"),
        (checked_email, "x" * 250 + "@example.jp", "email"),
        *[(checked_capacity, wrong, "capacity") for wrong in (-1, 0, 51)],
    ],
)
def test_a_value_that_no_agent_may_have_is_refused(
    check: Callable[[Any], object], value: object, field: str
) -> None:
    with pytest.raises(AgentFieldError) as refused:
        check(value)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("sato", "sato"),
        (" SATO ", "sato"),
        ("Ｓato", "sato"),
        ("sato@example.jp", "sato@example.jp"),
        ("0.a-b_c+d", "0.a-b_c+d"),
    ],
)
def test_a_sign_in_name_is_the_same_however_it_is_typed(typed: str, stored: str) -> None:
    assert known_login(typed) == stored == checked_login(typed)


@given(ANY_TEXT)
def test_whatever_is_typed_as_a_sign_in_name_is_plain_when_it_is_taken(typed: str) -> None:
    plain = known_login(typed)
    assert plain is None or (plain.isascii() and plain.isprintable() and plain == plain.lower())
    assert plain is None or known_login(plain) == plain


@given(ANY_TEXT)
def test_a_name_has_nothing_that_cannot_be_seen(typed: str) -> None:
    try:
        name = checked_name(typed)
    except AgentFieldError:
        return
    assert 0 < len(name) <= 80
    assert all(unicodedata.category(character)[0] != "C" for character in name)
    assert checked_name(name) == name


def test_what_cannot_be_seen_is_taken_from_a_name() -> None:
    assert checked_name(" 佐藤\u202e\t花子\ud800\0 ") == "佐藤 花子"


def test_no_address_is_none() -> None:
    assert checked_email(None) is None
    assert checked_email("  ") is None
    assert checked_email(" sato@example.jp ") == "sato@example.jp"


@pytest.mark.parametrize("capacity", [1, 2, 50])
def test_a_capacity_is_a_number_of_chats(capacity: int) -> None:
    assert checked_capacity(capacity) == capacity
