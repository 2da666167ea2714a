"""お問い合わせの状況: one's own at once, another's only with the contact that was left with it."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.inquiries.model import InquiryState, NewInquiry
from madoguchi.inquiries.tables import InquiryRow
from tests.actions.conftest import OpenTalk, alter
from tests.support.skills import Talk

STATUS = ("問い合わせの返事はまだですか", "act_inquiry_status")
EMAIL = "hanako@example.jp"


async def an_inquiry(context: Context, customer: Talk | None = None, **changed: str | None) -> str:
    """Return the number of an inquiry, of this customer or of nobody who is here."""
    usual = {"topic": "order", "summary": "まだ届きません", "contact": EMAIL, "site": "store"}
    whose = customer.id if customer is not None else None
    member = customer.customer.member_id if customer is not None else None
    new = NewInquiry(**(usual | changed), conversation_id=whose, member_id=member)  # type: ignore[arg-type]
    inquiry = await context.inquiries.open(new, f"{whose}-{changed}")
    return inquiry.number


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (InquiryState.OPEN, "受け付けています。\n担当者が12月4日(金)までにご返信します。"),
        (InquiryState.WORKING, "担当者が対応しています。\nご返信は12月4日(金)までの予定です。"),
        (InquiryState.ANSWERED, "ご返信しています。"),
        (InquiryState.CLOSED, "対応が終わっています。"),
    ],
)
async def test_the_only_inquiry_is_told_at_once(
    talk: OpenTalk, context: Context, database: AsyncEngine, state: InquiryState, words: str
) -> None:
    customer = await talk(site="store")
    number = await an_inquiry(context, customer)
    await alter(database, InquiryRow, number, state=state)
    await customer.say(*STATUS)
    assert customer.last.kind is Kind.RESULT
    assert f"ご注文・配送、番号 {number}" in customer.text
    assert words in customer.text
    assert customer.last.card is not None


async def test_of_several_the_one_that_is_meant_is_asked_for(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await an_inquiry(context, customer)
    number = await an_inquiry(context, customer, topic="return")
    await customer.say(*STATUS)
    assert customer.titles[-1] == "ほかのお問い合わせ番号を入力する"
    await customer.tap("返品（12月2日）")
    assert number in customer.text


async def test_a_member_sees_what_was_asked_in_another_conversation(
    talk: OpenTalk, context: Context
) -> None:
    earlier = await talk(site="store", member_id="ALLU-1001")
    number = await an_inquiry(context, earlier)
    later = await talk(site="store", member_id="ALLU-1001")
    await later.say(*STATUS)
    assert number in later.text


@pytest.mark.parametrize("at_once", ["number", "number and contact", "nothing"])
async def test_another_conversations_inquiry_is_proven_by_its_contact(
    talk: OpenTalk, context: Context, at_once: str
) -> None:
    number = await an_inquiry(context)
    customer = await talk(site="store")
    first = {"number": number, "number and contact": f"{number} {EMAIL}", "nothing": STATUS[0]}
    await customer.say(first[at_once], STATUS[1])
    if at_once == "nothing":
        assert "お問い合わせ番号を教えてください" in customer.text
        await customer.say(number.lower().replace("-", " "))
    if at_once != "number and contact":
        assert "ご返信先（電話番号かメールアドレス）を教えてください" in customer.text
        await customer.say(EMAIL)
    assert f"番号 {number}" in customer.text


@pytest.mark.parametrize("number", ["right", "Q-20261202-0999"])
async def test_a_wrong_contact_and_a_wrong_number_get_the_same_words(
    talk: OpenTalk, context: Context, number: str
) -> None:
    known = await an_inquiry(context)
    customer = await talk(site="store")
    await customer.say(known if number == "right" else number, STATUS[1])
    await customer.say("taro@example.jp")
    assert customer.text == (
        "番号とご返信先の組み合わせを確認できませんでした。\n"
        "お問い合わせのときのご返信先を、もう一度教えてください。"
    )
    assert customer.titles == ["番号を入れ直す"]


async def test_after_five_wrong_contacts_it_is_locked(talk: OpenTalk, context: Context) -> None:
    number = await an_inquiry(context)
    customer = await talk(site="store")
    await customer.say(number, STATUS[1])
    for each in range(5):
        await customer.say(f"taro{each}@example.jp")
    assert "13:30までご本人の確認を止めています" in customer.text
    await customer.say(f"{number} {EMAIL}", STATUS[1])
    assert "13:30までご本人の確認を止めています" in customer.text
    other = await talk(site="store")
    await other.say(f"{number} {EMAIL}", STATUS[1])
    assert "止めています" in other.text


async def test_a_number_can_be_put_right_where_the_contact_is_asked_for(
    talk: OpenTalk, context: Context
) -> None:
    number = await an_inquiry(context)
    customer = await talk(site="store")
    await customer.say("Q-20261202-0999", STATUS[1])
    await customer.say(f"すみません、{number}でした")
    await customer.say(EMAIL)
    assert f"番号 {number}" in customer.text


async def test_who_enters_another_number_is_not_shown_their_own_instead(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store")
    own = await an_inquiry(context, customer)
    other = await an_inquiry(context, topic="return")
    await customer.say(f"{other}のほうです", STATUS[1])
    await customer.tap("番号を入れ直す")
    await customer.say("ええと、どれだったかな")
    assert own not in customer.text
    assert "お問い合わせ番号を教えてください" in customer.text
    await customer.say(other)
    await customer.say(EMAIL)
    assert f"番号 {other}" in customer.text


async def test_what_is_answered_in_the_chat_is_proven_by_no_contact(
    talk: OpenTalk, context: Context
) -> None:
    number = await an_inquiry(context, contact="chat")
    customer = await talk(site="store")
    await customer.say(number, STATUS[1])
    await customer.say("chat")
    assert f"番号 {number}）" not in customer.text
    assert customer.last.kind is Kind.ASK
