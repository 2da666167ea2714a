"""The customer's own order or rental: the one that is meant, proven to be theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.tables import OrderRow
from tests.actions.conftest import OpenTalk, alter, prove
from tests.support.databases import TestClock
from tests.support.skills import Talk

STATUS = ("注文の状況を教えて", "act_order_status")
CANCEL = ("注文をキャンセルしたい", "act_order_cancel")
RENTAL = ("レンタルの状況を教えて", "act_rental_status")
FIXED, PHONE, EMAIL = "A-20261103-0042", "090-1234-5678", "hanako@example.jp"
HANAKO, ICHIRO, NOBODY = "ALLU-1001", "ALLU-1002", "ALLU-9999"
WRONG = (
    "番号とご登録の連絡先の組み合わせを確認できませんでした。\n"
    "ご登録の電話番号かメールアドレスを、もう一度教えてください。"
)
OTHER = "ほかの注文番号を入力する"


def is_about(customer: Talk, number: str) -> bool:
    """Return whether the newest reply's card is that of the order or rental."""
    return customer.last.card is not None and number in str(customer.last.card["rows"])


async def asked(talk: OpenTalk, number: str, **customer: str) -> Talk:
    """Return a talk in which the contact for a number was asked for."""
    visitor = await talk(**({"site": "store"} | customer))
    await visitor.say(number, STATUS[1])
    assert visitor.text.startswith("ご本人の確認のため、")
    return visitor


@pytest.mark.parametrize(
    "contact",
    [PHONE, "０９０１２３４５６７８", "+81 90 1234 5678", EMAIL, "HANAKO@example.jp です"],
)
@pytest.mark.parametrize("number", [FIXED, "ａ２０２６１１０３ ００４２", "エーの20261103の0042"])
async def test_a_guest_names_the_number_and_proves_it(
    talk: OpenTalk, number: str, contact: str
) -> None:
    customer = await talk(site="store")
    await customer.say(*STATUS)
    assert customer.text.startswith("お調べします。注文番号を教えてください")
    await customer.say(number)
    assert customer.text.startswith("ご本人の確認のため、")
    await customer.say(contact)
    assert is_about(customer, FIXED)


@pytest.mark.parametrize(
    ("text", "intent", "number"),
    [
        (f"{FIXED}の状況。電話は{PHONE}です", "act_order_status", FIXED),
        (f"{EMAIL} で注文した {FIXED} は？", "act_order_status", FIXED),
        (f"R-000123 {PHONE}", "act_rental_status", "R-000123"),
    ],
)
async def test_number_and_contact_may_come_in_the_very_first_message(
    talk: OpenTalk, text: str, intent: str, number: str
) -> None:
    customer = await talk()
    await customer.say(text, intent)
    assert customer.last.kind is Kind.RESULT
    assert is_about(customer, number)


async def test_a_wrong_contact_in_the_first_message_is_one_wrong_try(talk: OpenTalk) -> None:
    customer = await talk()
    await customer.say(f"{FIXED} 080-0000-0000", "act_order_status")
    assert customer.text == WRONG
    for _ in range(3):
        await customer.say("080-0000-0000")
        assert customer.text == WRONG
    await customer.say(PHONE)
    assert is_about(customer, FIXED)


@pytest.mark.parametrize("number", [FIXED, "A-20261103-9999"])
async def test_no_such_number_and_not_yours_get_the_same_words(talk: OpenTalk, number: str) -> None:
    customer = await asked(talk, number)
    shown = []
    for each in range(5):
        await customer.say(f"080-0000-000{each}")
        shown.append((customer.text, customer.titles))
    assert shown[:4] == [(WRONG, ["番号を入れ直す"])] * 4
    assert shown[4][0].startswith("確認できないお試しが続いたため、安全のため13:30まで")
    assert customer.last.kind is Kind.FALLBACK
    assert shown[4][1] == ["問い合わせる・担当者と話す"]


async def test_the_lock_holds_for_the_customer_and_for_the_number(
    talk: OpenTalk, numbers: Mapping[str, str], clock: TestClock
) -> None:
    customer = await asked(talk, FIXED)
    for each in range(5):
        await customer.say(f"080-0000-000{each}")
    # Neither a right contact now, nor another number, nor another conversation opens it.
    await customer.say(f"{FIXED} {PHONE}", "act_order_status")
    assert "13:30まで" in customer.text
    await customer.say(numbers["card-shipped"], "act_order_status")
    assert "13:30まで" in customer.text
    stranger = await talk(site="store")
    await stranger.say(f"{FIXED} {PHONE}", "act_order_status")
    assert "13:30まで" in stranger.text
    await stranger.say("ほかの注文", "act_order_status")
    await prove(stranger, numbers["card-shipped"])
    assert is_about(stranger, numbers["card-shipped"])
    clock.at += timedelta(minutes=30)
    await customer.say(f"{FIXED} {PHONE}", "act_order_status")
    assert is_about(customer, FIXED)


async def test_a_signed_in_member_is_locked_in_every_conversation(talk: OpenTalk) -> None:
    customer = await asked(talk, "A-20261103-9999", member_id=NOBODY)
    for each in range(5):
        await customer.say(f"080-0000-000{each}")
    again = await talk(site="store", member_id=NOBODY)
    await again.say(f"{FIXED} {PHONE}", "act_order_status")
    assert "止めています" in again.text


async def test_members_see_their_own_while_they_are_locked(talk: OpenTalk) -> None:
    customer = await asked(talk, "A-20261103-9999", member_id=ICHIRO)
    for each in range(5):
        await customer.say(f"080-0000-000{each}")
    await customer.say(*STATUS)
    assert customer.last.kind is Kind.RESULT


async def test_another_number_can_be_given_where_the_contact_is_asked_for(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-shipped"])
    await customer.say(f"間違えました、{FIXED}です")
    assert customer.text.startswith("ご本人の確認のため、")
    await customer.say(PHONE)
    assert is_about(customer, FIXED)


async def test_another_number_and_its_contact_can_be_given_at_once(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-shipped"])
    await customer.say(f"間違えました、{FIXED}、{PHONE}です")
    assert is_about(customer, FIXED)


async def test_another_number_can_be_asked_for_by_a_button(talk: OpenTalk) -> None:
    customer = await asked(talk, "A-20261103-0043")
    await customer.tap("番号を入れ直す")
    assert "注文番号を教えてください" in customer.text
    await customer.say(FIXED)
    await customer.say(EMAIL)
    assert is_about(customer, FIXED)


async def test_after_a_new_number_the_contact_is_asked_for_as_if_for_the_first_time(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-shipped"])
    await customer.say("080-0000-0000")
    assert customer.text == WRONG
    await customer.say(FIXED)
    assert customer.text.startswith("ご本人の確認のため、")


@pytest.mark.parametrize(
    "said", ["番号がわかりません", "注文番号はどこに書いてありますか", "覚えてないです"]
)
async def test_who_does_not_know_the_number_hears_where_it_stands(
    talk: OpenTalk, said: str
) -> None:
    customer = await talk(site="store")
    await customer.say(*STATUS)
    await customer.say(said)
    assert customer.text.startswith("番号がお手元にない場合は、")
    assert customer.last.kind is Kind.ASK


async def test_a_member_with_one_order_is_not_asked(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id=ICHIRO)
    await customer.say(*STATUS)
    assert is_about(customer, numbers["ichiro-loan"])


async def test_a_member_with_one_order_that_fits_is_not_asked(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    for name in ("hanako-preparing", "hanako-transfer-pending", "hanako-arrived"):
        await alter(database, OrderRow, numbers[name], state=OrderState.RETURNED)
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*STATUS)
    assert is_about(customer, FIXED)


async def test_a_member_with_several_orders_chooses_among_those_that_fit(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*CANCEL)
    assert customer.text == "どのご注文についてですか？"
    assert customer.titles[-1] == OTHER
    assert "キルティング チェーンバッグ（12月1日注文）" in customer.titles
    assert not any("シルク スカーフ" in title for title in customer.titles)
    await customer.tap("キルティング チェーンバッグ（12月1日注文）")
    assert is_about(customer, numbers["hanako-transfer-pending"])


async def test_the_one_that_is_meant_can_be_named_by_its_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*CANCEL)
    await customer.say(f"{numbers['hanako-receipt-shown']}です")
    assert is_about(customer, numbers["hanako-receipt-shown"])


async def test_no_more_are_offered_than_fit_below_a_message(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*STATUS)
    assert 2 <= len(customer.titles) <= 6


async def test_a_member_without_orders_names_one_like_a_guest(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id=NOBODY)
    await customer.say(*STATUS)
    assert "注文番号を教えてください" in customer.text
    await customer.say(FIXED)
    await customer.say(PHONE)
    assert is_about(customer, FIXED)


@pytest.mark.parametrize("way", ["button", "first message"])
async def test_anothers_order_needs_its_contact_also_from_a_member(
    talk: OpenTalk, numbers: Mapping[str, str], way: str
) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    if way == "button":
        await customer.say(*STATUS)
        await customer.tap(OTHER)
        await customer.say(numbers["ichiro-loan"])
    else:
        await customer.say(f"{numbers['ichiro-loan']}の状況", "act_order_status")
    assert customer.text.startswith("ご本人の確認のため、")
    await customer.say(PHONE)
    assert customer.text == WRONG


async def test_a_member_who_asks_for_another_order_is_not_shown_their_own(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    """A number that turns out to be wrong does not make the only own order the one meant."""
    customer = await talk(site="store", member_id=ICHIRO)
    await customer.say(FIXED, "act_order_status")
    await customer.tap("番号を入れ直す")
    await customer.say("ええと、ちょっと待ってくださいね")
    assert not is_about(customer, numbers["ichiro-loan"])
    assert "注文番号を教えてください" in customer.text
    await customer.say(FIXED)
    await customer.say(PHONE)
    assert is_about(customer, FIXED)


async def test_what_was_talked_about_is_meant_next_too(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*STATUS)
    await customer.tap("キルティング チェーンバッグ（12月1日注文）")
    await customer.say(*CANCEL)
    assert customer.last.kind is Kind.ASK
    assert is_about(customer, numbers["hanako-transfer-pending"])


async def test_what_was_talked_about_is_forgotten_after_an_hour(
    talk: OpenTalk, clock: TestClock
) -> None:
    customer = await talk(site="store", member_id=HANAKO)
    await customer.say(*STATUS)
    await customer.tap("キルティング チェーンバッグ（12月1日注文）")
    clock.at += timedelta(hours=1)
    await customer.say(*CANCEL)
    assert customer.text == "どのご注文についてですか？"


async def test_a_proven_order_is_not_asked_for_again(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await prove(customer, numbers["bank-pending"])
    await customer.say(*CANCEL)
    assert customer.last.kind is Kind.ASK
    assert is_about(customer, numbers["bank-pending"])


async def test_of_two_proven_orders_the_one_that_fits_is_offered(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await prove(customer, numbers["bank-pending"])
    await customer.say(numbers["card-delivered"], "act_order_status")
    await prove(customer, numbers["card-delivered"])
    await customer.say("返品したい", "act_return_eligibility")
    assert is_about(customer, numbers["card-delivered"])


async def test_rentals_are_found_the_same_way(talk: OpenTalk) -> None:
    guest = await talk(site="rental")
    await guest.say(*RENTAL)
    assert guest.text.startswith("お調べします。レンタル番号を教えてください")
    await guest.say("000123")
    await guest.say(PHONE)
    assert is_about(guest, "R-000123")
    member = await talk(site="rental", member_id="KEIYA-2001")
    await member.say(*RENTAL)
    assert is_about(member, "R-000201")


async def test_an_order_is_no_rental(talk: OpenTalk) -> None:
    customer = await talk()
    await customer.say(f"{FIXED} {PHONE}", "act_order_status")
    await customer.say(*RENTAL)
    assert "レンタル番号を教えてください" in customer.text


async def test_help_with_the_contact_does_not_say_again_that_it_was_wrong(talk: OpenTalk) -> None:
    customer = await asked(talk, FIXED)
    await customer.say("080-0000-0000")
    assert customer.text == WRONG
    await customer.say("登録した電話がわかりません")
    assert customer.text.startswith("ご注文やお申し込みのときに入力された、")
    assert "確認できませんでした" not in customer.text
    assert customer.text.endswith("もう一度教えてください。")


async def with_two(talk: OpenTalk, first: str, second: str) -> Talk:
    """Return a customer who has proven two orders, the second one last."""
    customer = await talk(site="store")
    await customer.say(*STATUS)
    await prove(customer, first)
    await customer.say("ほかの注文", "act_order_status")
    if "ほかの注文番号を入力する" in customer.titles:
        await customer.tap(OTHER)
    await prove(customer, second)
    assert is_about(customer, second)
    return customer


async def test_another_order_in_words_is_not_answered_with_the_same_one(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say(*CANCEL)
    await prove(customer, numbers["card-shipped"])
    await customer.say("あ、間違えました。別の注文です", "act_order_cancel")
    assert customer.last.kind is Kind.ASK
    assert OTHER in customer.titles
    await prove(customer, numbers["bank-pending"])
    assert numbers["bank-pending"] in customer.text


async def test_the_one_before_is_asked_for_and_named_by_the_end_of_its_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    first, second = numbers["card-shipped"], numbers["bank-pending"]
    customer = await with_two(talk, first, second)
    await customer.say("さっきの注文のほうを教えて", "act_order_status")
    assert customer.text == "どのご注文についてですか？"
    await customer.say(f"{first[-4:]}のほう")
    assert is_about(customer, first)


async def test_a_wrong_number_may_be_taken_back_in_words(talk: OpenTalk) -> None:
    customer = await asked(talk, FIXED)
    await customer.say("すみません、番号を間違えました")
    assert customer.text.startswith("お調べします。注文番号を教えてください")
