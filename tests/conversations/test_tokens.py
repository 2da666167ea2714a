"""Ids and tokens cannot be guessed, and a token fits one conversation."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from madoguchi.conversations.tokens import (
    body_hash,
    new_id,
    new_token,
    token_fits,
    token_hash,
)

ids = st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True)
tokens = st.text(st.characters(codec="utf-8"), max_size=60)


@given(ids, tokens)
def test_a_token_fits_its_conversation(conversation_id: str, token: str) -> None:
    assert token_fits(conversation_id, token, token_hash(conversation_id, token))


@given(ids, ids, tokens, tokens)
def test_a_token_fits_nothing_else(one: str, other: str, token: str, wrong: str) -> None:
    assume((one, token) != (other, wrong))
    assert not token_fits(one, token, token_hash(other, wrong))


@given(tokens, tokens)
def test_two_bodies_are_told_apart(one: str, other: str) -> None:
    assert (body_hash(one) == body_hash(other)) == (one == other)


def test_what_is_stored_of_a_token_does_not_show_it() -> None:
    token = new_token()
    assert token not in token_hash(new_id(), token)


def test_new_ids_and_tokens_are_long_and_never_the_same() -> None:
    made = [new_id() for _ in range(200)] + [new_token() for _ in range(200)]
    assert len(set(made)) == 400
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{43}", name) for name in made)
