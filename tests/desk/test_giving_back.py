"""Given back: the assistant begins anew, old buttons are over, and another call is another one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.model import Kind, Owner, Sender
from madoguchi.conversations.tables import LabelRow
from madoguchi.desk.giving_back import GivingBack
from madoguchi.desk.model import Reason, Stage
from madoguchi.dialogue.state import SkillState
from madoguchi.dialogue.tables import DialogueRow
from tests.desk.reception_desk import (
    ReceptionDesk,
    asks_which,
    fallback,
    understands,
    wants_person,
)
from tests.support.databases import TestClock
from tests.support.engine import rasa_message

SATO = "sato"
BACK = "担当者から自動応答に戻りました。"
COMPLAINT = understands(
    "smalltalk_complaint", rasa_message("申し訳ありません。", "utter_smalltalk_complaint")
)


@pytest.fixture
async def desk(reception: ReceptionDesk) -> ReceptionDesk:
    """The reception, with an agent who is there."""
    await reception.agent(SATO)
    return reception


def giving_back(desk: ReceptionDesk) -> GivingBack:
    """Return the agent's button."""
    return GivingBack(desk.ownership, desk.words.given_back(), desk.engine.forget)


async def with_agent(desk: ReceptionDesk, first: str = "届いた品に傷がある") -> str:
    """Return a chat that an agent has, after a call."""
    chat = await desk.open()
    await desk.write(chat, first)
    await desk.write(chat, "担当者", wants_person(desk))
    assert await desk.ownership.take(chat, SATO)
    return chat


async def test_the_customer_is_told_once(desk: ReceptionDesk) -> None:
    chat = await with_agent(desk)
    back = giving_back(desk)
    done = await asyncio.gather(*(back(chat, SATO, "返品で解決") for _ in range(3)))
    assert sorted(done) == [False, False, True]
    assert [text.startswith(BACK) for text in await desk.told(chat)] == [True]
    assert await desk.owner(chat) is Owner.BOT
    assert desk.engine.forgotten == [chat]


async def test_an_engine_that_is_away_keeps_nobody_from_giving_back(desk: ReceptionDesk) -> None:
    chat = await with_agent(desk)
    desk.engine.away = True
    assert await giving_back(desk)(chat, SATO, None)
    assert await desk.owner(chat) is Owner.BOT


async def test_what_was_going_on_before_is_over(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    await desk.write(chat, "送料は")
    async with AsyncSession(desk.database) as session, session.begin():
        session.add(
            DialogueRow(
                conversation_id=chat,
                state=SkillState("1", "order_cancel", asking="number").to_json(),
                memory={"order": "A-20261103-0042"},
                updated_at=as_utc(desk.clock.now()),
            )
        )
    assert (await desk.store.get(chat)).last_topic is not None
    assert await desk.ownership.take(chat, SATO)
    await giving_back(desk)(chat, SATO, None)
    assert (await desk.store.get(chat)).last_topic is None
    inbound, _ = await desk.store.receive(chat, "later", text="それは")
    standing = await desk.dialogues.begin(inbound)
    assert (standing.skill, standing.own) == (None, ())


async def test_buttons_of_before_lead_nowhere(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    called, *_ = await desk.write(chat, "担当者", wants_person(desk))
    inquiry = next(choice for choice in called.choices if choice.act == "inquiry")
    assert await desk.ownership.take(chat, SATO)
    await giving_back(desk)(chat, SATO, None)
    await desk.tap(chat, inquiry.id)
    assert desk.engine.payloads[-1] == "/continue"


async def test_a_closed_chat_begins_anew_as_well(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    called, *_ = await desk.write(chat, "担当者", wants_person(desk))
    assert await desk.ownership.take(chat, SATO)
    assert await desk.ownership.close(chat, SATO, "solved")
    await desk.tap(chat, called.choices[0].id)
    assert desk.engine.payloads[-1] == "/continue"
    assert await desk.owner(chat) is Owner.BOT


async def test_the_way_to_another_call_stays_open(desk: ReceptionDesk) -> None:
    chat = await with_agent(desk)
    await giving_back(desk)(chat, SATO, None)
    notice = (await desk.store.messages_after(chat, 0))[-1]
    await desk.tap(chat, notice.choices[0].id, wants_person(desk))
    assert desk.engine.payloads[-1] == "/smalltalk_human"
    assert await desk.owner(chat) is Owner.QUEUE


async def test_a_retired_button_is_no_example_to_learn_from(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    [question] = await desk.write(chat, "ほげ", asks_which())
    assert await desk.ownership.take(chat, SATO)
    await giving_back(desk)(chat, SATO, None)
    await desk.tap(chat, question.choices[0].id)
    async with AsyncSession(desk.database) as session:
        assert await session.scalar(select(LabelRow.id)) is None


async def test_a_second_handoff_has_its_own_reason_and_goal(desk: ReceptionDesk) -> None:
    chat = await with_agent(desk, "届いた品に大きな傷があって返品したいです")
    await desk.ownership.say(chat, SATO, "返品を承りました。", "a1")
    await giving_back(desk)(chat, SATO, "返品で解決")
    await desk.write(chat, "領収書の宛名")
    await desk.write(chat, "ひどい", COMPLAINT)
    first, second = await desk.handoffs(chat)
    assert (first.state, first.reason, first.goal) == (
        Stage.ENDED,
        Reason.CUSTOMER,
        "届いた品に大きな傷があって返品したいです",
    )
    assert (second.state, second.reason, second.detail, second.goal) == (
        Stage.WAITING,
        Reason.RULE,
        "complaint",
        "領収書の宛名",
    )
    assert await desk.ownership.take(chat, SATO)


async def test_failures_of_before_do_not_count_after_it(desk: ReceptionDesk) -> None:
    chat = await desk.open()
    await desk.write(chat, "ほげ", fallback())
    assert await desk.ownership.take(chat, SATO)
    await giving_back(desk)(chat, SATO, None)
    await desk.write(chat, "ふが", fallback())
    assert await desk.owner(chat) is Owner.BOT
    await desk.write(chat, "ぴよ", fallback())
    assert (await desk.called(chat)).reason is Reason.FAILED


async def test_what_the_agent_dealt_with_calls_nobody_again_for_a_while(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    chat = await desk.open()
    await desk.write(chat, "ひどい", COMPLAINT)
    assert await desk.ownership.take(chat, SATO)
    await giving_back(desk)(chat, SATO, None)
    assert len(await desk.write(chat, "ひどい", COMPLAINT)) == 1
    assert await desk.owner(chat) is Owner.BOT
    [said] = await desk.write(chat, "担当者", wants_person(desk))
    assert "お呼びしました" in said.text
    assert len(await desk.handoffs(chat)) == 2


async def test_what_was_written_to_the_agent_is_not_answered_by_the_bot(
    desk: ReceptionDesk,
) -> None:
    chat = await with_agent(desk)
    await desk.store.receive(chat, "to-agent", text="担当の方への質問")
    await giving_back(desk)(chat, SATO, None)
    await desk.write(chat, "次の質問")
    assert "担当の方への質問" not in desk.engine.asked
    senders = [message.sender for message in await desk.store.messages_after(chat, 0)]
    assert senders[-4:] == [Sender.CUSTOMER, Sender.SYSTEM, Sender.CUSTOMER, Sender.BOT]


async def test_a_chat_whose_agent_was_silent_waits_again_and_the_customer_knows(
    desk: ReceptionDesk, clock: TestClock
) -> None:
    chat = await with_agent(desk)
    before = await desk.called(chat)
    clock.at += timedelta(minutes=1)
    await desk.store.receive(chat, "q", text="もしもし")
    clock.at += timedelta(minutes=16)
    patience, notice = timedelta(minutes=15), desk.words.returned()
    returned = await asyncio.gather(
        *(desk.ownership.return_idle(patience, notice) for _ in range(3))
    )
    assert sorted(returned) == [[], [], [chat]]
    [told] = await desk.told(chat)
    assert "順番は前のままです" in told
    after = await desk.called(chat)
    assert (after.id, after.stage) == (before.id, Stage.WAITING)
    message = (await desk.store.messages_after(chat, 0))[-1]
    assert message.kind is Kind.HANDOFF
