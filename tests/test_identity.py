"""Only the shop's own site can say who a customer is, and only for an hour."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.identity import Identity, IdentityError, read_identity, sign_identity

# Long enough for every algorithm that is tried.
SECRET = "the-shops-own-secret-" * 4
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=TOKYO)
CLOCK = FixedClock(NOW)
HOUR = 3600

members = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=128)
names = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def claims(**changed: Any) -> dict[str, Any]:
    """Return what a right token says, changed; None leaves a claim out."""
    usual = {"sub": "ALLU-1001", "aud": "madoguchi", "exp": int(NOW.timestamp()) + HOUR}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def token(secret: str = SECRET, algorithm: str = "HS256", **changed: Any) -> str:
    return jwt.encode(claims(**changed), secret, algorithm=algorithm)


def assert_refused(offered: str) -> None:
    with pytest.raises(IdentityError):
        read_identity(offered, SECRET, CLOCK)


@given(members, names, st.integers(1, HOUR))
def test_a_right_token_is_believed(member: str, name: str | None, seconds: int) -> None:
    signed = sign_identity(member, name, SECRET, CLOCK, timedelta(seconds=seconds))
    assert read_identity(signed, SECRET, CLOCK) == Identity(member, name or None)


@given(st.text(st.characters(codec="utf-8"), min_size=32, max_size=100))
def test_a_token_signed_with_another_secret_is_refused(secret: str) -> None:
    assume(secret != SECRET)
    assert_refused(token(secret))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_signed_with_another_algorithm_is_refused(algorithm: str) -> None:
    assert_refused(token(algorithm=algorithm))


@pytest.mark.parametrize("signature", ["", "x", token().rpartition(".")[2]])
def test_a_token_that_names_no_algorithm_is_refused(signature: str) -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none")
    assert_refused(unsigned.rpartition(".")[0] + "." + signature)


@given(st.none() | st.text(max_size=20) | st.lists(st.text(max_size=12), max_size=3))
def test_a_token_for_others_is_refused(audience: Any) -> None:
    assume(audience != "madoguchi" and "madoguchi" not in (audience or []))
    assert_refused(token(aud=audience))


@pytest.mark.parametrize("missing", ["sub", "exp", "aud"])
def test_a_token_that_says_too_little_is_refused(missing: str) -> None:
    too_little: dict[str, Any] = {missing: None}
    assert_refused(token(**too_little))


@given(st.integers(-(10**9), 0))
def test_an_expired_token_is_refused(seconds: int) -> None:
    assert_refused(token(exp=int(NOW.timestamp()) + seconds))


@given(st.integers(HOUR + 1, 10**12))
def test_a_token_that_lives_longer_than_an_hour_is_refused(seconds: int) -> None:
    assert_refused(token(exp=int(NOW.timestamp()) + seconds))


@given(st.integers(1, HOUR))
def test_a_token_that_is_not_valid_yet_is_refused(seconds: int) -> None:
    assert_refused(token(nbf=int(NOW.timestamp()) + seconds))


def test_a_token_that_is_valid_since_a_while_is_believed() -> None:
    offered = token(nbf=int(NOW.timestamp()) - 1, iat=int(NOW.timestamp()) - 1)
    assert read_identity(offered, SECRET, CLOCK).member_id == "ALLU-1001"


@pytest.mark.parametrize(
    "value", [True, "soon", [], {}, float("nan"), float("inf"), float("-inf"), 10**400]
)
def test_a_time_that_is_no_time_is_refused(value: Any) -> None:
    assert_refused(token(exp=value))


@pytest.mark.parametrize("value", [True, "now", [], {}, float("inf")])
def test_a_beginning_that_is_no_time_is_refused(value: Any) -> None:
    assert_refused(token(nbf=value))


@pytest.mark.parametrize("value", ["", "x" * 129, "a\0b", "\ud800"])
def test_a_member_that_no_shop_has_is_refused(value: str) -> None:
    assert_refused(token(sub=value))


@given(st.integers() | st.lists(st.text()) | st.booleans())
def test_a_member_that_is_no_text_is_refused(value: Any) -> None:
    payload = claims(sub=value)
    encoder = jwt.PyJWS()
    body = json.dumps(payload).encode()
    assert_refused(encoder.encode(body, SECRET, algorithm="HS256"))


@given(st.integers() | st.lists(st.text()) | st.just("\ud800") | st.just("a\0b"))
def test_a_name_that_cannot_be_shown_is_left_out(value: Any) -> None:
    assert read_identity(token(name=value), SECRET, CLOCK).name is None


def test_a_long_name_is_cut() -> None:
    assert read_identity(token(name="あ" * 201), SECRET, CLOCK).name == "あ" * 200


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_anything_else_is_refused(offered: str) -> None:
    assert_refused(offered)


@given(st.integers(0, 2), st.integers(0, 200), st.characters(codec="ascii"))
def test_a_token_changed_in_one_place_is_refused(part: int, place: int, new: str) -> None:
    parts = token().split(".")
    index = place % (len(parts[part]) - 1)
    assume(parts[part][index] != new)
    parts[part] = parts[part][:index] + new + parts[part][index + 1 :]
    assert_refused(".".join(parts))
