"""A choice counts for the customer it was offered to, for a day; commands count for everybody."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from madoguchi.channels.postbacks import (
    LONGEST_DATA,
    Chosen,
    Command,
    Expired,
    Foreign,
    Postbacks,
    command,
)
from madoguchi.conversations.tokens import new_id

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
HANA = "U" + "a" * 32
TARO = "U" + "b" * 32
POSTBACKS = Postbacks("a secret of thirty-two characters")

choice_ids = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=128)
users = st.text(max_size=60)
times = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (made aware by timezones)
lives = st.timedeltas(timedelta(0), timedelta(days=400))


@given(choice_ids, users, times)
def test_what_was_offered_can_be_chosen(choice_id: str, user: str, now: datetime) -> None:
    data = POSTBACKS.sign(choice_id, user, now)
    assert POSTBACKS.read(data, user, now) == Chosen(choice_id)


@given(choice_ids, users, times)
def test_line_accepts_the_data(choice_id: str, user: str, now: datetime) -> None:
    assert len(POSTBACKS.sign(choice_id, user, now)) <= LONGEST_DATA


@given(choice_ids, times, lives, st.timedeltas(timedelta(seconds=2), timedelta(days=9)))
def test_it_ends_with_its_life(
    choice_id: str, now: datetime, life: timedelta, later: timedelta
) -> None:
    postbacks = Postbacks("secret", life)
    data = postbacks.sign(choice_id, HANA, now)
    assert postbacks.read(data, HANA, now + life) == Chosen(choice_id)
    assert postbacks.read(data, HANA, now + life + later) == Expired()


def test_the_life_is_a_day() -> None:
    data = POSTBACKS.sign("abc", HANA, NOW)
    assert POSTBACKS.read(data, HANA, NOW + timedelta(hours=24)) == Chosen("abc")
    assert POSTBACKS.read(data, HANA, NOW + timedelta(hours=24, seconds=1)) == Expired()


@given(choice_ids, users, users)
def test_another_customer_s_choice_is_foreign(choice_id: str, user: str, other: str) -> None:
    assume(user != other)
    data = POSTBACKS.sign(choice_id, user, NOW)
    assert POSTBACKS.read(data, other, NOW) == Foreign()


@given(choice_ids, st.data())
def test_one_flipped_bit_makes_it_foreign(choice_id: str, data: st.DataObject) -> None:
    signed = POSTBACKS.sign(choice_id, HANA, NOW).encode()
    at = data.draw(st.integers(0, len(signed) * 8 - 1))
    changed = bytearray(signed)
    changed[at // 8] ^= 1 << at % 8
    assert POSTBACKS.read(changed.decode("latin-1"), HANA, NOW) == Foreign()


@given(st.text(max_size=320), users, times)
def test_anything_else_is_foreign(data: str, user: str, now: datetime) -> None:
    assume(not data.startswith("menu:"))
    assert POSTBACKS.read(data, user, now) == Foreign()


def test_its_end_cannot_be_moved() -> None:
    version, choice_id, ends, mac = POSTBACKS.sign("abc", HANA, NOW).split(".")
    for other in (str(int(ends) + 1), f"0{ends}", f"+{ends}", "9" * 11, "٣" * 10):
        data = f"{version}.{choice_id}.{other}.{mac}"
        assert POSTBACKS.read(data, HANA, NOW) == Foreign()


def test_parts_cannot_be_moved_into_each_other() -> None:
    one = POSTBACKS.sign("abc", "1\nUabc", NOW)
    other = POSTBACKS.sign("abc", "Uabc", NOW)
    assert one.rpartition(".")[2] != other.rpartition(".")[2]


def test_another_secret_s_choice_is_foreign() -> None:
    data = Postbacks("another secret").sign("abc", HANA, NOW)
    assert POSTBACKS.read(data, HANA, NOW) == Foreign()


def test_the_conversations_own_ids_fit() -> None:
    for _ in range(100):
        choice_id = new_id()
        data = POSTBACKS.sign(choice_id, HANA, NOW)
        assert POSTBACKS.read(data, HANA, NOW) == Chosen(choice_id)


@pytest.mark.parametrize("wrong", ["", "a.b", "a b", "あ", "a" * 129, "a\n"])
def test_what_is_no_id_is_not_signed(wrong: str) -> None:
    with pytest.raises(ValueError, match="choice's id"):
        POSTBACKS.sign(wrong, HANA, NOW)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty secret"):
        Postbacks("")


@given(users, times)
def test_a_command_is_the_same_for_everybody_at_any_time(user: str, now: datetime) -> None:
    assert POSTBACKS.read(command("order_status"), user, now) == Command("order_status")


@pytest.mark.parametrize("wrong", ["", "Order", "a b", "注文", "a" * 41, "/act_order_status"])
def test_what_is_no_command_is_not_made_and_not_read(wrong: str) -> None:
    with pytest.raises(ValueError, match="no command"):
        command(wrong)
    assert POSTBACKS.read(f"menu:{wrong}", HANA, NOW) == Foreign()
