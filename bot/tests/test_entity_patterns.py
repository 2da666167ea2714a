"""Numbers, names and dates are recognised in every spelling that customers use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entities import build_language, extract
from bot.entity_patterns import DATES, NUMBERS, ruler_patterns
from bot.normalise import normalise

LANGUAGE = build_language()
HYPHENS = ["-", "－", "‐", "–", "—", "―", "−", "ー", "ｰ", " ", "\u3000", ""]
DAYS = [
    *("先週の水曜", "先週", "再来週の月曜日", "明後日", "あさって", "一昨日", "おととい", "本日"),
    *("明日", "来月3日", "来月の3日", "再来月の頭", "今月末", "12月1日", "2026年12月1日"),
    *("12/1", "2026/12/1", "3日前", "10日後", "金曜", "日曜日"),
]
AMOUNTS = [
    *("2,980円", "500円", "12万円", "12万5千円", "1万2,000円", "1.5万円", "2千円", "1億円"),
    *("三千円", "十万円", "二万五千円"),
]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


days = st.dates().map(lambda day: f"20{day:%y%m%d}")
hyphens = st.sampled_from(HYPHENS)
spellings = st.sampled_from([str, str.lower, full_width])


def digits(least: int, most: int, first: str = "0123456789") -> st.SearchStrategy[str]:
    """Draw a number of so many digits that begins with one of ``first``."""
    rest = st.text("0123456789", min_size=least - 1, max_size=most - 1)
    return st.tuples(st.sampled_from(first), rest).map("".join)


def found(text: str) -> list[tuple[str, str]]:
    """Return the labels and values of what a text names."""
    return [(entity["entity"], entity["value"]) for entity in extract(LANGUAGE, text)]


@given(days, digits(4, 4), hyphens, hyphens, spellings)
def test_an_order_number_is_found_in_every_spelling(
    day: str, serial: str, first: str, second: str, spelling: Any
) -> None:
    text = f"注文{spelling('A' + first + day + second + serial)}の件です"
    assert found(text) == [("order_number", f"A-{day}-{serial}")]


@given(digits(6, 6), hyphens, spellings)
def test_a_rental_number_is_found_in_every_spelling(
    serial: str, hyphen: str, spelling: Any
) -> None:
    assert found(f"「{spelling('R' + hyphen + serial)}」です") == [("rental_number", f"R-{serial}")]


@given(digits(10, 10, first="123456789"), spellings)
def test_ten_digits_are_a_product_number(number: str, spelling: Any) -> None:
    assert found(f"商品番号{spelling(number)}の在庫") == [("product_number", number)]


@given(digits(10, 11, first="0"), spellings)
def test_ten_or_eleven_digits_from_zero_are_a_phone_number(number: str, spelling: Any) -> None:
    assert found(f"電話は{spelling(number)}です") == [("phone", number)]


@given(digits(5, 9) | digits(11, 20, first="123456789") | digits(12, 20, first="0"))
def test_digits_of_another_length_are_no_number_of_ours(number: str) -> None:
    assert found(f"番号は{number}です") == []


@given(hyphens, hyphens, st.sampled_from([(3, 4, 4), (2, 4, 4), (4, 2, 4), (4, 3, 3), (4, 3, 4)]))
def test_a_phone_number_is_found_with_any_hyphens(
    first: str, second: str, lengths: tuple[int, int, int]
) -> None:
    area, exchange, line = ("0123456789"[: lengths[0]], "2" * lengths[1], "3" * lengths[2])
    text = f"電話は{area}{first}{exchange}{second}{line}です"
    assert found(text) == [("phone", area + exchange + line)]


@pytest.mark.parametrize(
    "text",
    [
        "XA-20261103-0042",
        "A-20261103-00421",
        "A-20261103-004",
        "A-2026113-0042",
        "A-19991103-0042",
        "XR-000123",
        "R-0001234",
        "R-00012",
        "12345678901",
        "123456789",
        "0042",
        "03-1234",
        "taro@",
        "@example.com",
        "",
        "\u3000",
        "こんにちは",
    ],
)
def test_what_only_resembles_a_number_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("taro@example.com", "taro@example.com"),
        ("メールはTaro.Yamada@Example.CO.JPです", "taro.yamada@example.co.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍに送って", "taro@example.com"),
        ("taro+shop_1@ex-ample.jp。", "taro+shop_1@ex-ample.jp"),
        # Earlier forms win: this is no order number.
        ("a-20261103-0042@example.com", "a-20261103-0042@example.com"),
    ],
)
def test_an_address_is_found(text: str, address: str) -> None:
    assert found(text) == [("email", address)]


@pytest.mark.parametrize(
    "pattern", ruler_patterns(), ids=lambda pattern: f"{pattern['label']}-{pattern['pattern']}"
)
@pytest.mark.parametrize("text", ["{}", "すみません、{}はどうですか", "{}で"])
def test_every_name_of_a_store_or_a_way_to_pay_is_found(pattern: dict[str, str], text: str) -> None:
    asked = text.format(pattern["pattern"])
    assert found(asked) == [(pattern["label"], pattern["id"])]
    assert found(full_width(asked.upper())) == [(pattern["label"], pattern["id"])]


def test_a_name_has_one_meaning_and_is_written_as_it_is_looked_for() -> None:
    names = [pattern["pattern"] for pattern in ruler_patterns()]
    assert len(set(names)) == len(names)
    assert [normalise(name).text for name in names] == names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("心斎橋ANNEX店", "ALLU心斎橋 ANNEX店"),
        ("心斎橋店", "ALLU心斎橋店"),
        ("ＡＬＬＵ\u3000銀座店", "ALLU銀座店"),
        ("ナンボヤ", "なんぼや"),
        ("ﾅﾝﾎﾞﾔ", "なんぼや"),
        ("ブラコン", "ブランドコンシェル"),
    ],
)
def test_a_store_is_found_by_its_nickname(text: str, value: str) -> None:
    assert found(f"{text}で受け取りたい") == [("store", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("クレカ", "credit_card"),
        ("ＶＩＳＡ", "credit_card"),
        ("ﾍﾟｲﾍﾟｲ", "paypay"),
        ("Amazon Pay", "amazon_pay"),
        ("コンビニ払い", "convenience_store"),
        ("代引き", "cash_on_delivery"),
        ("銀行振込", "bank_transfer"),
        ("オリコローン", "loan_orico"),
        ("ジャックス", "loan_jaccs"),
    ],
)
def test_a_way_to_pay_is_found_as_it_is_spoken_of(text: str, value: str) -> None:
    assert found(f"{text}は使えますか") == [("payment_method", value)]


@pytest.mark.parametrize("date", DAYS)
def test_a_date_is_found_as_it_is_spoken_of(date: str) -> None:
    assert found(f"{date}に注文しました") == [("date", date)]
    assert found(full_width(f"{date}に注文しました")) == [("date", date)]


@pytest.mark.parametrize("text", ["毎日", "土地", "お金", "月額", "126/300", "先日", "日本"])
def test_what_only_resembles_a_date_is_none(text: str) -> None:
    assert found(f"{text}のこと") == []


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_found_whole(amount: str) -> None:
    assert found(f"手数料は{amount}でした") == [("amount", amount)]
    assert found(full_width(f"手数料は、{amount}でした")) == [("amount", amount)]


@given(
    st.sampled_from([*NUMBERS.values(), DATES]), st.text("0-1/.,a@r月日円万一\u3000", max_size=80)
)
def test_a_form_is_never_empty(pattern: Any, text: str) -> None:
    assert all(match.group() for match in pattern.finditer(normalise(text).text))
