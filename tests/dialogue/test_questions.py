"""Each kind of question reads what answers it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.dialogue.heard import Heard, hear
from madoguchi.dialogue.questions import (
    Confirm,
    Contact,
    FreeText,
    Number,
    Option,
    Pick,
    Question,
    Read,
)

ITEMS = [Option("商品", "product"), Option("ALLU銀座店", "ginza", spoken=("銀座", "Ginza"))]


def heard(text: str, intent: str = "nlu_fallback") -> Heard:
    return hear({"text": text, "intent": {"name": intent}}, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("商品", "product"),
        ("「商品」。", "product"),
        ("ＡＬＬＵ銀座店", "ginza"),
        ("銀座", "ginza"),
        ("GINZA!", "ginza"),
        ("商品について", None),
        ("", None),
    ],
)
def test_a_pick_reads_an_options_title_or_words(text: str, value: str | None) -> None:
    assert Pick(ITEMS).read(heard(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("はい", True),
        ("お願いします", True),
        ("いいえ", False),
        ("やめます", False),
        ("キャンセル", False),
        # It can mean either; what cannot be undone is not done on it.
        ("いいです", False),
        ("結構です", False),
        ("大丈夫です", None),
        ("はい、やめます", None),
        ("いいえ、結構です", False),
        ("やっぱり、やめます。", False),
        ("書き直す", "rewrite"),
        ("たぶん", None),
        ("はいていない服です", None),
        ("", None),
    ],
)
def test_a_confirmation_reads_a_yes_a_no_and_what_else_is_offered(text: str, value: object) -> None:
    question = Confirm("実行する", "しない", (Option("書き直す", "rewrite"),))
    assert question.read(heard(text)) == value
    assert [option.value for option in question.options] == [True, False, "rewrite"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("はい", True),
        ("いいえ", False),
        ("結構です", False),
        ("やめます", None),
        ("いいえ、やめます", False),
    ],
)
def test_where_a_no_goes_on_only_a_stop_leaves(text: str, value: object) -> None:
    assert Confirm("送る", "自分で送る", no_goes_on=True).read(heard(text)) == value


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("order", "ａ２０２６１１０３－００４２です", "A-20261103-0042"),
        ("order", "1002045871", None),
        ("rental", "000123", "R-000123"),
        ("product", "1002 045 871", "1002045871"),
        ("product", "090-1234-5678", None),
        ("inquiry", "Q 20261122 0007", "Q-20261122-0007"),
        ("inquiry", "わかりません", None),
        (None, "A-20261103-0042", None),
    ],
)
def test_a_number_is_read_as_the_shop_writes_it(kind: str, text: str, number: str | None) -> None:
    assert Number(kind).read(heard(text)) == number  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "any_contact", "email"),
    [
        ("090-1234-5678", "09012345678", None),
        ("Hanako@Example.jp", "hanako@example.jp", "hanako@example.jp"),
        ("090-1234-5678かhanako@example.jp", "09012345678", "hanako@example.jp"),
        ("@example.jp", None, None),
        ("電話してください", None, None),
    ],
)
def test_a_contact_is_a_telephone_number_or_an_address(
    text: str, any_contact: str | None, email: str | None
) -> None:
    assert Contact().read(heard(text)) == any_contact
    assert Contact(email_only=True).read(heard(text)) == email


def test_free_text_is_kept_as_it_is_but_not_endlessly() -> None:
    assert (
        FreeText().read(heard("  傷がありました。\n困っています "))
        == "傷がありました。\n困っています"
    )
    assert FreeText(longest=3).read(heard("あいうえお")) == "あいう"
    assert FreeText(shortest=3).read(heard(" あい ")) is None
    assert FreeText().read(heard("  ")) is None
    assert FreeText().read(heard("やめます")) is None


@pytest.mark.parametrize(
    ("text", "intent", "taken"),
    [
        ("送料はいくらですか", "store_shipping_fee", False),
        ("送料は？", "store_shipping_fee", False),
        ("注文はどこでしょうか。", "act_order_status", False),
        ("送料が高かったので", "store_shipping_fee", True),
        ("どうしてでしょうか", "nlu_fallback", True),
        ("そうですか", "smalltalk_affirm", True),
    ],
)
def test_a_question_that_can_be_answered_is_no_free_text_where_none_is_wanted(
    text: str,
    intent: str,
    taken: bool,  # noqa: FBT001  (what the table says)
) -> None:
    assert (FreeText(questions=False).read(heard(text, intent)) is not None) is taken
    assert FreeText().read(heard(text, intent)) == text


def test_a_reading_of_ones_own_goes_after_the_buttons() -> None:
    question = Read(lambda said: said.text if said.text.startswith("何") else None, ITEMS)
    assert question.read(heard("銀座")) == "ginza"
    assert question.read(heard("何か")) == "何か"
    assert question.read(heard("商品など")) is None


def test_an_option_may_stand_for_no() -> None:
    question = Read(lambda _: None, [Option("なし", value=False)])
    assert question.read(heard("なし")) is False


QUESTIONS: list[Question] = [
    Pick(ITEMS),
    Confirm("はい", "いいえ"),
    *(Number(kind) for kind in ("order", "rental", "product", "inquiry")),
    Contact(),
    FreeText(questions=False),
]


@given(
    st.sampled_from(QUESTIONS),
    st.text(),
    st.sampled_from(["nlu_fallback", "smalltalk_affirm", "smalltalk_deny", "act_receipt"]),
)
def test_any_text_is_read_or_not(question: Question, text: str, intent: str) -> None:
    answer = question.read(heard(text, intent))
    assert answer is None or isinstance(answer, str | bool)
    if isinstance(question, Confirm) and answer is True:
        assert not heard(text, intent).says_no
