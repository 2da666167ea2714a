"""A phone number or an e-mail address is the same one, however a customer writes it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.systems.contacts import is_registered, normalised_contact

_WIDE = str.maketrans({ascii_: chr(ascii_ + 0xFEE0) for ascii_ in range(0x21, 0x7F)})
_HYPHENS = ["", "-", "－", "‐", "−", "ー", "ｰ", "—", " ", "\u3000", ".", " - "]
_phones = st.from_regex(r"0[5-9]0[0-9]{8}|0[1-9][1-9][0-9]{7}|0120[0-9]{6}", fullmatch=True)
_emails = st.from_regex(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,20}@[a-z0-9-]{1,10}(\.[a-z0-9-]{1,10}){1,3}", fullmatch=True
)
_widths = st.sampled_from([str, lambda text: text.translate(_WIDE)])
_cuts = st.lists(st.integers(1, 9), max_size=3, unique=True).map(sorted)


def cut(digits: str, at: list[int], hyphen: str) -> str:
    """Return the digits with hyphens at these places."""
    edges = pairwise([0, *at, len(digits)])
    return hyphen.join(digits[first:last] for first, last in edges)


@pytest.mark.parametrize(
    "written",
    [
        "09012345678",
        "090-1234-5678",
        "０９０－１２３４－５６７８",
        "090ー1234ー5678",
        "(090) 1234-5678",
        "（０９０）１２３４−５６７８",
        " 090 1234 5678\n",
        "090.1234.5678",
        "+81 90-1234-5678",
        "＋８１９０１２３４５６７８",
        "+81(0)90-1234-5678",
        "81-90-1234-5678",
        "010-81-90-1234-5678",
    ],
)
def test_a_mobile_number_is_known_in_every_usual_form(written: str) -> None:
    assert normalised_contact(written) == "09012345678"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("03-1234-5678", "0312345678"),
        ("+81 3 1234 5678", "0312345678"),
        ("0120-778-407", "0120778407"),
        ("Hanako@Example.JP", "hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        (" hanako @ example.jp ", "hanako@example.jp"),
        ("hana..ko.@docomo.example.jp", "hana..ko.@docomo.example.jp"),
    ],
)
def test_other_numbers_and_addresses_are_known_too(written: str, kept: str) -> None:
    assert normalised_contact(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "hanako",
        "hanako@example",
        "hanako@exa mple@jp.jp",
        "090-1234-567",
        "090-1234-56789",
        "1234-5678-90",
        "A-20261103-0042",
        "+1 650 253 0000",
        "٠٩٠١٢٣٤٥٦٧٨",
        "0" * 400,
        "a" * 400 + "@example.jp",
    ],
)
def test_what_is_neither_is_nothing(written: str) -> None:
    assert normalised_contact(written) is None


@given(_phones, _cuts, st.sampled_from(_HYPHENS), _widths)
def test_hyphens_spaces_and_wide_digits_make_no_difference(
    phone: str, at: list[int], hyphen: str, width: Callable[[str], str]
) -> None:
    written = cut(phone, at, hyphen)
    assert normalised_contact(width(written)) == phone


@given(_phones, _cuts, st.sampled_from(_HYPHENS), st.sampled_from(["+81", "+81 ", "+81(0)", "81"]))
def test_the_country_s_number_stands_for_the_first_zero(
    phone: str, at: list[int], hyphen: str, country: str
) -> None:
    assert normalised_contact(country + cut(phone[1:], at, hyphen)) == phone


@given(_emails, st.sampled_from([str.lower, str.upper, str.title]), _widths)
def test_upper_case_and_wide_letters_make_no_difference(
    email: str, case: Callable[[str], str], width: Callable[[str], str]
) -> None:
    assert normalised_contact(width(case(email))) == email


@given(st.text() | _phones | _emails)
def test_whatever_is_written_the_kept_form_stays_as_it_is(written: str) -> None:
    kept = normalised_contact(written)
    assert kept is None or (kept.isascii() and normalised_contact(kept) == kept)


@given(_phones, _phones)
def test_two_numbers_are_never_taken_for_one(one: str, other: str) -> None:
    assert is_registered(one, [other, None]) == (one == other)


@given(st.text())
def test_nothing_fits_a_contact_that_was_never_registered(written: str) -> None:
    assert not is_registered(written, [None, None])


def test_a_number_or_an_address_of_the_two_is_enough() -> None:
    kept = ["09012345678", "hanako@example.jp"]
    assert is_registered("+81 90 1234 5678", kept)
    assert is_registered("HANAKO@EXAMPLE.JP", kept)
    assert not is_registered("ichiro@example.jp", kept)
