"""A person is called with the answer that says so: both in one transaction, and once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.conversations.calling import Considered
from madoguchi.conversations.model import Conversation, Draft, Inbound, Kind, Owner, Sender
from madoguchi.desk.model import Reason, Stage
from tests.desk.reception_desk import (
    ReceptionDesk,
    asks_which,
    fallback,
    understands,
    wants_person,
)
from tests.support.databases import TestClock
from tests.support.engine import rasa_message

SUNDAY = datetime(2026, 12, 6, 13, tzinfo=TOKYO)
COMPLAINT = understands(
    "smalltalk_complaint", rasa_message("申し訳ありません。", "utter_smalltalk_complaint")
)
DAMAGED = understands(
    "store_damaged_on_arrival",
    rasa_message("まず、当店へお問い合わせください。", "utter_store_damaged_on_arrival"),
)
RESULT = {"kind": "result", "act": "rental_loss_report", "name": "rental_loss_report.done"}
REPORTED = understands("continue", rasa_message("承りました。", "", custom=RESULT))
AWAY = {"kind": "fallback", "act": "order_status", "name": "common.system_unavailable"}
SYSTEM_AWAY = understands("act_order_status", rasa_message("つながりません。", "", custom=AWAY))


@pytest.fixture
def desk(reception: ReceptionDesk) -> ReceptionDesk:
    """The reception, its worker at work."""
    return reception


async def test_who_asks_for_a_person_waits_from_the_very_answer_on(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    [said] = await desk.write(chat, "担当者と話したい", wants_person(desk))
    assert said.kind is Kind.HANDOFF
    assert said.text.startswith("担当者をお呼びしました。次にご案内します")
    handoff = await desk.called(chat)
    assert (handoff.reason, handoff.stage) == (Reason.CUSTOMER, Stage.WAITING)
    assert await desk.owner(chat) is Owner.QUEUE


@pytest.mark.parametrize(
    ("asks", "goal"),
    [
        ("担当者と話したい", "領収書"),
        (
            "届いた鞄の持ち手のことで担当の方とお話ししたいです",
            "届いた鞄の持ち手のことで担当の方とお話ししたいです",
        ),
    ],
)
async def test_the_goal_is_what_was_told_and_not_the_bare_wish_for_a_person(
    desk: ReceptionDesk, asks: str, goal: str
) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "領収書")
    await desk.write(chat, asks, wants_person(desk))
    assert (await desk.called(chat)).goal == goal


async def test_who_says_nothing_else_wants_a_person(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "担当者", wants_person(desk))
    assert (await desk.called(chat)).goal == "担当者"


async def test_a_second_wish_is_told_how_many_wait_and_is_no_second_call(
    desk: ReceptionDesk,
) -> None:
    await desk.agent()
    first, chat = await desk.open(), await desk.open()
    await desk.write(first, "担当者", wants_person(desk))
    await desk.write(chat, "担当者", wants_person(desk))
    [again] = await desk.write(chat, "担当者はまだ来ないの", wants_person(desk))
    assert again.text.startswith("担当者をお呼びしています。先に1名の方がお待ち")
    assert await desk.ownership.take(first, "sato")
    [later] = await desk.write(chat, "まだですか")
    assert later.text.startswith("担当者をお呼びしています。次にご案内します")
    assert len(await desk.handoffs(chat)) == 1
    assert "まだですか" not in desk.engine.asked


async def test_whoever_waits_for_nobody_may_say_the_same_words_to_the_bot(
    desk: ReceptionDesk,
) -> None:
    chat = await desk.open()
    [said] = await desk.write(chat, "まだですか")
    assert said.text == "答え: まだですか"


async def test_who_waits_still_asks_the_bot(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "担当者", wants_person(desk))
    [said] = await desk.write(chat, "送料は")
    assert said.text == "答え: 送料は"
    assert await desk.owner(chat) is Owner.QUEUE


async def test_damage_calls_with_the_answer_that_says_so(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    answer, called = await desk.write(chat, "届いたバッグの持ち手が切れていました", DAMAGED)
    assert (answer.kind, called.kind) == (Kind.ANSWER, Kind.HANDOFF)
    assert called.text.startswith("届いた商品の不備の件は、担当者が直接うかがいます。")
    handoff = await desk.called(chat)
    assert (handoff.reason, handoff.detail) == (Reason.RULE, "damaged")
    assert handoff.goal == "届いたバッグの持ち手が切れていました"


async def test_a_question_about_damage_calls_nobody(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    assert len(await desk.write(chat, "壊れていた場合は交換できますか", DAMAGED)) == 1
    assert await desk.owner(chat) is Owner.BOT


async def test_a_reported_loss_calls(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open("rental")
    _, called = await desk.write(chat, "届け出る", REPORTED)
    assert called.text.startswith("紛失・盗難の件は、担当者が直接うかがいます。")
    assert (await desk.called(chat)).detail == "loss"


async def test_a_system_that_is_away_calls(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "注文の状況", SYSTEM_AWAY)
    assert (await desk.called(chat)).reason is Reason.SYSTEM


async def test_two_failures_call_and_leave_the_question_tappable(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    assert len(await desk.write(chat, "ほげ", fallback())) == 1
    called, question = await desk.write(chat, "ふが", asks_which())
    assert "お力になれず" in called.text
    assert question.kind is Kind.CLARIFY
    assert (await desk.called(chat)).reason is Reason.FAILED


async def test_none_of_these_leads_on_to_a_person(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    [question] = await desk.write(chat, "ほげ", asks_which())
    none = next(choice for choice in question.choices if choice.title == "どれでもない")
    led_on = rasa_message("承知しました。", "utter_clarify_none")
    await desk.tap(chat, none.id, understands("none_of_these", led_on))
    assert (await desk.called(chat)).reason is Reason.FAILED


async def test_a_tap_that_settles_it_ends_the_row_of_failures(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    [question] = await desk.write(chat, "ほげ", asks_which())
    await desk.tap(chat, question.choices[0].id)
    assert len(await desk.write(chat, "ふが", fallback())) == 1
    assert await desk.owner(chat) is Owner.BOT


async def test_an_apology_after_vain_tries_is_a_failure_too(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "ほげ", fallback())
    engine = desk.engine
    await desk.write(chat, "ふが", engine.fails, engine.fails, engine.fails)
    assert (await desk.called(chat)).reason is Reason.FAILED


async def test_nobody_is_called_twice(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "担当者", wants_person(desk))
    assert len(await desk.write(chat, "ひどい", COMPLAINT)) == 1
    assert len(await desk.write(chat, "届いた靴が破れてます", DAMAGED)) == 1
    [handoff] = await desk.handoffs(chat)
    assert handoff.reason == Reason.CUSTOMER


async def test_outside_the_hours_the_answer_names_the_matter_and_the_day(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    clock.at = SUNDAY
    await desk.agent()
    chat = await desk.open()
    [said] = await desk.write(chat, "届いた靴が破れてます", DAMAGED)
    assert "届いた商品の不備の件は、担当者が承ります。" in said.text
    assert "次の受付は12月7日(月) 12:00から" in said.text
    assert "12月8日(火)までにご返信" in said.text
    assert [choice.act for choice in said.choices] == ["inquiry"]
    assert await desk.owner(chat) is Owner.BOT


@pytest.mark.parametrize(
    "gone", [{"presence": "away"}, {"presence_at": datetime(2026, 12, 2, 3, 50, tzinfo=TOKYO)}]
)
async def test_with_nobody_at_the_desk_nobody_is_promised(
    desk: ReceptionDesk, gone: dict[str, Any]
) -> None:
    await desk.agent(**gone)
    chat = await desk.open()
    [said] = await desk.write(chat, "担当者", wants_person(desk))
    assert said.text.startswith("ただいまチャットでお答えできる担当者がおりません。")
    assert await desk.owner(chat) is Owner.BOT


async def test_an_offer_is_not_repeated_with_every_further_failure(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    said = [(await desk.write(chat, text, fallback()))[-1].text for text in ("あ", "い", "う")]
    assert ["お問い合わせを残していただければ" in text for text in said] == [False, True, False]


async def test_who_waits_when_everybody_has_left_is_told_so(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    await desk.agent()
    chat = await desk.open()
    await desk.write(chat, "担当者", wants_person(desk))
    clock.at += timedelta(hours=5)
    [said] = await desk.write(chat, "まだですか")
    assert "順番はそのままお取りしています" in said.text
    assert "次の受付は12月3日(木) 12:00から" in said.text
    assert await desk.owner(chat) is Owner.QUEUE


async def test_the_answer_and_the_call_stand_or_fall_together(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    inbound, _ = await desk.store.receive(chat, "e", text="ひどい")
    conversation = await desk.store.get(chat)
    draft = Draft(Kind.SMALLTALK, "申し訳ありません。", name="utter_smalltalk_complaint")
    considered = await desk.reception.consider(conversation, inbound, [draft])

    async def dies(session: AsyncSession, inbound_id: int) -> None:
        assert considered.settle is not None
        await considered.settle(session, inbound_id)
        raise RuntimeError("died in between")

    with pytest.raises(RuntimeError):
        await desk.store.answer(inbound, considered.drafts, None, dies)
    assert await desk.handoffs(chat) == []
    assert await desk.owner(chat) is Owner.BOT
    assert len(await desk.store.messages_after(chat, 0)) == 1


async def test_however_answer_and_taking_race_the_call_is_no_second_one(
    desk: ReceptionDesk,
) -> None:
    await desk.agent()
    for number in range(6):
        chat = await desk.open()
        inbound, _ = await desk.store.receive(chat, f"e{number}", text="ひどい")
        conversation = await desk.store.get(chat)
        draft = Draft(Kind.SMALLTALK, "申し訳ありません。", name="utter_smalltalk_complaint")
        considered = await desk.reception.consider(conversation, inbound, [draft])
        replies, taken = await asyncio.gather(
            desk.store.answer(inbound, considered.drafts, None, considered.settle),
            desk.ownership.take(chat, "sato"),
        )
        assert taken
        [handoff] = await desk.handoffs(chat)
        assert handoff.state == Stage.TAKEN
        assert await desk.owner(chat) is Owner.AGENT
        assert (handoff.reason == Reason.RULE) is bool(replies)


async def test_two_processes_call_once(desk: ReceptionDesk) -> None:
    await desk.agent()
    chat = await desk.open()
    inbound, _ = await desk.store.receive(chat, "e", text="ひどい")
    conversation = await desk.store.get(chat)
    draft = Draft(Kind.SMALLTALK, "申し訳ありません。", name="utter_smalltalk_complaint")
    both = [
        await desk.reception.consider(conversation, inbound, [draft]),
        await desk.reception.consider(conversation, inbound, [draft]),
    ]
    replies = await asyncio.gather(
        *(desk.store.answer(inbound, each.drafts, None, each.settle) for each in both)
    )
    assert sorted(len(each) for each in replies) == [0, 2]
    assert len(await desk.handoffs(chat)) == 1


class _Fails:
    """A reception that fails."""

    async def reply(self, _conversation: Conversation, _inbound: Inbound) -> list[Draft] | None:
        """Have nothing to say."""
        return None

    async def consider(self, *_: object) -> Considered:
        """Fail."""
        raise RuntimeError("no reception")


async def test_a_reception_that_fails_leaves_the_customer_an_apology(desk: ReceptionDesk) -> None:
    await desk.worker.stop()
    desk.worker = desk.new_worker(_Fails())
    await desk.worker.start()
    chat = await desk.open()
    [said] = await desk.write(chat, "送料は")
    assert (said.kind, said.sender) == (Kind.FALLBACK, Sender.BOT)
