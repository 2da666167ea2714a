"""Customers' numbers are found in any written form, and masked for the engine."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.dialogue.found import Found, asked_by_number, find, masked, only_a_contact

FULL_WIDTH = str.maketrans("0123456789A-R@", "０１２３４５６７８９Ａ－Ｒ＠")


@pytest.mark.parametrize(
    "written",
    [
        "A-20261103-0042",
        "注文番号はＡ－２０２６１１０３－００４２です",
        "a20261103 0042のバッグ",
        "エーの20261103の0042です",
        "2026-11-03-0042",
        "202611030042",
        "二〇二六一一〇三〇〇四二",
        "A‐20261103‐0042",
        "A 2026 11 03 0042",
    ],
)
def test_an_order_number_is_found_however_it_is_written(written: str) -> None:
    assert find(written).orders == ("A-20261103-0042",)


@pytest.mark.parametrize(
    "written", ["R-000123", "r000123", "Ｒ－０００１２３", "アール000123", "R 000-123"]
)
def test_a_rental_number_is_found_however_it_is_written(written: str) -> None:
    assert find(written).rentals == ("R-000123",)


def test_six_digits_are_a_rental_number_only_when_one_was_asked_for() -> None:
    assert find("000123です", "rental").rentals == ("R-000123",)
    assert find("000123です").rentals == ()


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("090-1234-5678", "09012345678"),
        ("電話番号は０９０の１２３４の５６７８でございます", "09012345678"),
        ("〇九〇の一二三四の五六七八", "09012345678"),
        ("090.1234.5678", "09012345678"),
        ("０９０―１２３４―５６７８", "09012345678"),
        ("０９０−１２３４−５６７８", "09012345678"),
        ("+81 90-1234-5678", "09012345678"),
        ("+81(0)90 1234 5678", "09012345678"),
        ("03(1234)5678", "0312345678"),
        ("09012345678です", "09012345678"),
    ],
)
def test_a_telephone_number_becomes_its_digits(written: str, digits: str) -> None:
    assert find(written).phones == (digits,)
    assert find(written).contact == digits


def test_an_address_is_found_in_lower_case() -> None:
    assert find("Hanako@Example.JP まで").emails == ("hanako@example.jp",)


def test_a_product_number_is_no_telephone_number() -> None:
    assert find("商品番号2100012345") == Found(products=("2100012345",))


@pytest.mark.parametrize(
    "text", ["300,000円です", "12月11日まで", "2026年11月3日", "A-20261399-0042", ""]
)
def test_amounts_days_and_impossible_numbers_are_no_numbers(text: str) -> None:
    assert find(text) == Found()


def test_several_numbers_are_all_found_once_and_in_order() -> None:
    found = find("R-000124とR-000123、それとr-000124。連絡は090-1234-5678かa@b.jp")
    assert found.rentals == ("R-000124", "R-000123")
    assert found.contact == "09012345678"
    assert found.emails == ("a@b.jp",)


def test_a_masked_text_keeps_its_words_and_loses_its_numbers() -> None:
    text = (
        "Ａ－２０２６１１０３－００４２の件、電話は090-1234-5678、メールは hanako@example.jp です"
    )
    assert masked(text) == "A-00000000-0000の件、電話は000-0000-0000、メールは x@example.com です"


@pytest.mark.parametrize(
    "text",
    ["送料はいくらですか？", "３０万円以下の商品", "300,000円", "😊 こんにちは", "/act_receipt"],
)
def test_a_text_without_numbers_reaches_the_engine_as_it_is(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", ["000123", "A-20261399-0042", "2026 1103 42です", "0120778407"])
def test_also_a_mistyped_number_is_masked(text: str) -> None:
    assert not re.search(r"[1-9]", re.sub(r"^A-", "", masked(text)))


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(0, 9999),
    st.sampled_from(["", "注文", "電話じゃなくて "]),
    st.sampled_from(["", "です", "のバッグ", " を返品したい"]),
    st.booleans(),
)
def test_every_order_number_is_found_inside_any_sentence(
    day: date, count: int, before: str, after: str, wide: object
) -> None:
    number = f"A-{day:%Y%m%d}-{count:04d}"
    text = f"{before}{number.translate(FULL_WIDTH) if wide else number}{after}"
    assert find(text).orders == (number,)
    assert f"{count:04d}" not in masked(text) or count == 0


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through_and_masking_is_final(text: str) -> None:
    find(text)
    once = masked(text)
    left = find(once)
    assert (left.orders, left.rentals, left.inquiries, left.phones) == ((), (), (), ())
    assert masked(once) == once


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A-20261103-0042", "act_order_status"),
        ("注文番号は Ａ－２０２６１１０３－００４２ です。", "act_order_status"),
        ("a202611030042 09012345678", "act_order_status"),
        ("A-20261103-0042、電話番号は090の1234の5678でございます", "act_order_status"),
        ("R-000123について", "act_rental_status"),
        ("R000123 / ken@example.jp", "act_rental_status"),
        ("Q-20261122-0007", "act_inquiry_status"),
        ("1002045871", "act_stock_location"),
        ("商品番号は1002045871です", "act_stock_location"),
        ("A-20261103-0042をキャンセル", None),
        ("090-1234-5678", None),
        ("こんにちは", None),
        ("", None),
    ],
)
def test_a_message_that_is_hardly_more_than_a_number_is_known(text: str, kind: str | None) -> None:
    assert asked_by_number(text) == kind


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("090-1234-5678", True),
        ("電話番号は０９０の１２３４の５６７８でございます", True),
        ("メールは hanako@example.jp です", True),
        ("A-20261103-0042 090-1234-5678", False),
        ("09012345678に電話してください", False),
        ("はい", False),
        ("", False),
    ],
)
def test_a_message_that_is_hardly_more_than_a_contact_is_known(text: str, *, alone: bool) -> None:
    assert only_a_contact(text) is alone
