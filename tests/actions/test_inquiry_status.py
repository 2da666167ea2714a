"""お問い合わせの状況: one's own at once, another's only with the contact that was left with it."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.inquiries.history import NewStep, history_of, note
from madoguchi.inquiries.model import InquiryState, NewInquiry
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.notifications.model import Recipient, Via
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
    answered = state in {InquiryState.ANSWERED, InquiryState.CLOSED}
    assert customer.last.kind is (Kind.ASK if answered else Kind.RESULT)
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


async def _answered(
    context: Context, database: AsyncEngine, number: str, via: Via, text: str
) -> None:
    """Answer as the desk would."""
    async with AsyncSession(database) as session, session.begin():
        to = Recipient(via, EMAIL if via is Via.EMAIL else "")
        step = NewStep(to, InquiryState.ANSWERED, {"agent_id": "sato", "text": text})
        await note(session, number, [], step, context.clock.now())
    await alter(database, InquiryRow, number, state=InquiryState.ANSWERED)


async def test_the_answer_is_told_after_the_proof(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    number = await an_inquiry(context)
    await _answered(context, database, number, Via.EMAIL, "12月5日に届きます。")
    customer = await talk(site="store")
    await customer.say(number, STATUS[1])
    await customer.say("taro@example.jp")
    assert "12月5日に届きます" not in customer.text
    await customer.say(EMAIL)
    assert "ご返信（12月2日(水)）\n12月5日に届きます。" in customer.text


async def test_what_was_said_by_telephone_is_not_read_out(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    customer = await talk(site="store")
    number = await an_inquiry(context, customer, contact="090-1234-5678")
    await _answered(context, database, number, Via.PHONE, "ご立腹。次は店長から")
    await customer.say(*STATUS)
    assert "12月2日(水)にお電話でご連絡しています。" in customer.text
    assert "店長" not in customer.text


async def test_who_has_more_to_ask_opens_it_again_and_it_is_due_anew(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    customer = await talk(site="store")
    number = await an_inquiry(context, customer)
    await alter(
        database, InquiryRow, number, state=InquiryState.ANSWERED, due_on=date(2026, 11, 20)
    )
    await customer.say(*STATUS)
    assert customer.titles == ["この件で続けて質問する", "解決しました"]
    await customer.tap("この件で続けて質問する")
    await customer.say("届いた時計の針が動きません")
    assert f"番号 {number}）の続きとして承りました" in customer.text
    assert "12月4日(金)までに" in customer.text
    inquiry = await context.inquiries.get(number)
    assert inquiry is not None
    assert (inquiry.state, inquiry.due_on) == (InquiryState.OPEN, date(2026, 12, 4))
    async with AsyncSession(database) as session:
        [step] = await history_of(session, number)
    assert (step.text, step.agent_id) == ("届いた時計の針が動きません", None)


async def test_who_is_content_leaves_it_answered(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    customer = await talk(site="store")
    number = await an_inquiry(context, customer)
    await alter(database, InquiryRow, number, state=InquiryState.ANSWERED)
    await customer.say(*STATUS)
    await customer.tap("解決しました")
    assert "ありがとうございます" in customer.text
    inquiry = await context.inquiries.get(number)
    assert inquiry is not None
    assert inquiry.state is InquiryState.ANSWERED


async def test_the_same_message_opens_it_again_once(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    customer = await talk(site="store")
    number = await an_inquiry(context, customer)
    tries = [context.inquiries.reopen(number, (customer.id, 1), "key") for _ in range(3)]
    await asyncio.gather(*tries)
    async with AsyncSession(database) as session:
        assert len(await history_of(session, number)) == 1
