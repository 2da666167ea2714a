"""Each message is answered once, in order, whatever the engine does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import FixedClock, as_utc
from madoguchi.conversations.model import Customer, Draft, Inbound, Kind, Message, Sender
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.worker import InboxWorker
from madoguchi.database import open_database
from madoguchi.dialogue.store import DialogueStore
from madoguchi.dialogue.tables import DialogueRow
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from tests.conversations.conftest import NOW
from tests.support.empty_tables import new_file
from tests.support.engine import ScriptedEngine, rasa_message, says

LONG = 60.0


class Desk:
    """A worker at its store, and customers who write."""

    def __init__(
        self, store: ConversationStore, dialogues: DialogueStore, engine: ScriptedEngine
    ) -> None:
        self.store = store
        self.dialogues = dialogues
        self.engine = engine
        self.worker = self.new_worker()

    def new_worker(self, **more: Any) -> InboxWorker:
        return InboxWorker(
            self.store,
            Streams(),
            self.engine,
            catalogue(),
            sentences(),
            dialogues=self.dialogues,
            **more,
        )

    async def work_with(self, **more: Any) -> None:
        """Have another worker go on."""
        await self.worker.stop()
        self.worker = self.new_worker(**more)
        await self.worker.start()

    async def open(self, site: str | None = "store") -> str:
        conversation, _, _ = await self.store.open(Customer("web", site), [])
        return conversation.id

    async def write(self, conversation_id: str, *texts: str) -> list[Inbound]:
        stored = []
        for text in texts:
            inbound, _ = await self.store.receive(conversation_id, text, text=text)
            stored.append(inbound)
            self.worker.wake(conversation_id)
        return stored

    async def answered(self, *inbound: Inbound) -> None:
        async with asyncio.timeout(LONG):
            for one in inbound:
                # One that was put off is not waited for: it may take any time.
                while not (await self.worker.wait(one, 1)).done:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def transcript(self, conversation_id: str) -> list[Message]:
        return await self.store.messages_after(conversation_id, 0)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A migrated database."""
    database = open_database(await new_file(tmp_path / "inbox.db"))
    yield database
    await database.dispose()


@pytest.fixture
async def desk(database: AsyncEngine, engine: ScriptedEngine) -> AsyncIterator[Desk]:
    """A desk whose worker is at work."""
    clock = FixedClock(NOW)
    desk = Desk(ConversationStore(database, clock), DialogueStore(database, clock), engine)
    await desk.worker.start()
    yield desk
    await desk.worker.stop()


async def test_a_message_gets_the_engines_answer(desk: Desk) -> None:
    conversation = await desk.open()
    [inbound] = await desk.write(conversation, "送料は？")
    answered = await desk.worker.wait(inbound, LONG)
    [reply] = answered.replies
    assert (reply.sender, reply.kind, reply.text) == (Sender.BOT, Kind.ANSWER, "答え: 送料は？")
    assert (await desk.store.get(conversation)).last_topic == "store/shipping_fee"


async def test_messages_of_a_conversation_are_answered_one_by_one_in_order(desk: Desk) -> None:
    conversation = await desk.open()
    texts = [f"質問{number}" for number in range(8)]
    await desk.answered(*await desk.write(conversation, *texts))
    assert desk.engine.asked == texts
    assert desk.engine.most_in_one_conversation == 1
    replies = [m.text for m in await desk.transcript(conversation) if m.sender is Sender.BOT]
    assert replies == [f"答え: {text}" for text in texts]


async def test_the_engine_is_asked_no_more_than_it_can_answer_in_time(desk: Desk) -> None:
    """After a restart everybody waits; who waits in the engine's own queue would be given up."""
    desk.engine.will(*[desk.engine.hangs] * 20)
    waiting = []
    for number in range(20):
        waiting += await desk.write(await desk.open(), f"質問{number}")
    await desk.engine.was_asked(16)
    desk.engine.go_on.set()
    await desk.answered(*waiting)
    assert desk.engine.most_at_once == 16


async def test_many_conversations_are_answered_at_once(desk: Desk) -> None:
    """The engine answers none of them before it was asked all of them."""
    desk.engine.will(*[desk.engine.hangs] * 10)
    waiting = []
    for number in range(10):
        waiting += await desk.write(await desk.open(), f"質問{number}")
    await desk.engine.was_asked(10)
    desk.engine.go_on.set()
    await desk.answered(*waiting)
    assert desk.engine.most_at_once == 10
    assert desk.engine.most_in_one_conversation == 1


async def test_a_worker_that_is_woken_needs_no_second_look(desk: Desk) -> None:
    """It was not started, so nothing sweeps up what it overlooks."""
    await desk.worker.stop()
    desk.worker = desk.new_worker()
    conversation = await desk.open()
    for number in range(10):
        [inbound] = await desk.write(conversation, str(number))
        assert (await desk.worker.wait(inbound, LONG)).done


async def test_a_choice_that_is_named_instead_of_tapped_is_taken(desk: Desk) -> None:
    buttons = [
        {"title": "送料はいくら？", "payload": "/store_shipping_fee"},
        {"title": "返品したい", "payload": "/store_return_change_of_mind"},
    ]
    desk.engine.will(says(rasa_message("どれですか？", buttons=buttons)))
    conversation = await desk.open()
    for text in ("注文", "2番目でお願いします", "2番目で"):
        await desk.answered(*await desk.write(conversation, text))
    # The last one has nothing to choose from any more.
    assert desk.engine.payloads == [None, "/store_return_change_of_mind", None]
    assert desk.engine.asked == ["注文", "2番目でお願いします", "2番目で"]


async def test_while_the_engine_is_away_the_customer_is_told_once(desk: Desk) -> None:
    desk.engine.away = True
    conversation = await desk.open()
    [inbound] = await desk.write(conversation, "送料は？")
    put_off = await desk.worker.wait(inbound, LONG)
    assert not put_off.done
    await desk.engine.was_asked(3)
    [notice] = (await desk.store.inbound(inbound.id)).replies
    assert (notice.sender, notice.kind) == (Sender.SYSTEM, Kind.NOTICE)
    assert notice.text == sentences().engine_away().text


async def test_what_was_kept_is_answered_in_order_when_the_engine_is_back(desk: Desk) -> None:
    desk.engine.away = True
    conversation, other = await desk.open(), await desk.open()
    kept = await desk.write(conversation, "1", "2", "3")
    others = await desk.write(other, "4")
    for inbound in (kept[0], others[0]):
        assert (await desk.worker.wait(inbound, LONG)).told_to_wait
    desk.engine.away = False
    await desk.answered(*kept, *others)
    said = [(m.sender, m.text) for m in await desk.transcript(conversation)]
    assert [text for sender, text in said if sender is Sender.BOT] == [
        "答え: 1",
        "答え: 2",
        "答え: 3",
    ]
    assert sum(sender is Sender.SYSTEM for sender, _ in said) == 1
    assert [reply.text for reply in (await desk.store.inbound(others[0].id)).replies][1:] == [
        "答え: 4"
    ]


async def test_one_failure_is_tried_again_and_not_seen(desk: Desk) -> None:
    desk.engine.will(desk.engine.fails)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    answered = await desk.worker.wait(inbound, LONG)
    assert [reply.text for reply in answered.replies] == ["答え: 送料は？"]
    assert answered.attempts == 1


@pytest.mark.parametrize(
    ("behaviour", "site"),
    [("fails", "store"), ("fails", "rental"), ("fails", None), ("answers_nothing", "store")],
)
async def test_after_three_failures_the_customer_gets_an_apology_with_ways_on(
    desk: Desk, behaviour: str, site: str | None
) -> None:
    desk.engine.will(*[getattr(desk.engine, behaviour)] * 3)
    conversation = await desk.open(site)
    first, second = await desk.write(conversation, "送料は？", "返品は？")
    await desk.answered(first, second)
    [apology] = (await desk.store.inbound(first.id)).replies
    assert apology.kind is Kind.FALLBACK
    assert apology.text == sentences().could_not_answer(site).text
    assert len(apology.choices) >= 2
    assert desk.engine.asked == ["送料は？"] * 3 + ["返品は？"]
    assert [reply.text for reply in (await desk.store.inbound(second.id)).replies] == [
        "答え: 返品は？"
    ]


@pytest.mark.parametrize(
    "message",
    [
        "no message",
        rasa_message("x", custom={"kind": "surprise"}),
        rasa_message("\ud800"),
        rasa_message("x", buttons=[{"title": "x" * 201, "payload": "/" + "x" * 501}]),
    ],
)
async def test_an_answer_that_cannot_be_shown_is_a_failure_and_blocks_nobody(
    desk: Desk, message: object
) -> None:
    desk.engine.will(*[says(message)] * 3)
    conversation = await desk.open()
    first, second = await desk.write(conversation, "送料は？", "返品は？")
    await desk.answered(first, second)
    [apology] = (await desk.store.inbound(first.id)).replies
    assert apology.kind is Kind.FALLBACK


async def test_a_worker_that_starts_takes_up_what_was_left_waiting(desk: Desk) -> None:
    await desk.worker.stop()
    conversation = await desk.open()
    waiting = [(await desk.store.receive(conversation, text, text=text))[0] for text in ("1", "2")]
    desk.worker = desk.new_worker()
    await desk.worker.start()
    await desk.answered(*waiting)
    assert desk.engine.asked == ["1", "2"]


async def test_stopping_in_the_middle_of_a_turn_loses_nothing(desk: Desk) -> None:
    desk.engine.will(desk.engine.hangs)
    conversation = await desk.open()
    first, second = await desk.write(conversation, "1", "2")
    await desk.engine.was_asked(1)
    await desk.worker.stop()
    assert [message.sender for message in await desk.transcript(conversation)] == [
        Sender.CUSTOMER,
        Sender.CUSTOMER,
    ]
    assert await desk.store.next_pending(conversation) == first
    desk.worker = desk.new_worker()
    await desk.worker.start()
    await desk.answered(first, second)
    replies = [m.text for m in await desk.transcript(conversation) if m.sender is Sender.BOT]
    assert replies == ["答え: 1", "答え: 2"]


async def test_failures_are_counted_across_a_restart(desk: Desk) -> None:
    desk.engine.will(desk.engine.fails, desk.engine.hangs, desk.engine.fails, desk.engine.fails)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    await desk.engine.was_asked(2)
    await desk.worker.stop()
    desk.worker = desk.new_worker()
    await desk.worker.start()
    await desk.answered(inbound)
    [apology] = (await desk.store.inbound(inbound.id)).replies
    assert apology.kind is Kind.FALLBACK
    assert (await desk.store.inbound(inbound.id)).attempts == 3


async def test_waiting_ends_when_its_time_is_over(desk: Desk) -> None:
    desk.engine.will(desk.engine.hangs)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    given_up = await desk.worker.wait(inbound, 0.05)
    assert not given_up.done
    assert given_up.replies == ()


async def test_one_who_gives_up_waiting_does_not_keep_the_answer_from_another(desk: Desk) -> None:
    """A client that repeats its request waits for the same message twice at once."""
    desk.engine.will(desk.engine.hangs)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    patient = asyncio.create_task(desk.worker.wait(inbound, 3600))
    await desk.worker.wait(inbound, 0.05)
    desk.engine.go_on.set()
    async with asyncio.timeout(LONG):
        assert (await patient).done


async def test_everyone_who_waits_for_a_message_gets_its_answer(desk: Desk) -> None:
    desk.engine.will(desk.engine.hangs)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    waiting = [asyncio.create_task(desk.worker.wait(inbound, 3600)) for _ in range(5)]
    await desk.engine.was_asked(1)
    desk.engine.go_on.set()
    async with asyncio.timeout(LONG):
        assert all(answered.done for answered in await asyncio.gather(*waiting))


async def test_a_number_alone_asks_for_what_it_is_the_number_of(desk: Desk) -> None:
    conversation = await desk.open()
    await desk.answered(*await desk.write(conversation, "A-20261103-0042です", "R-000123", "はい"))
    assert desk.engine.payloads == ["/act_order_status", "/act_rental_status", None]


async def test_a_contact_alone_is_told_what_it_takes_to_look_something_up(desk: Desk) -> None:
    conversation = await desk.open()
    [inbound] = await desk.write(conversation, "090-1234-5678")
    await desk.answered(inbound)
    [said] = (await desk.store.inbound(inbound.id)).replies
    assert said.text.startswith("電話番号やメールアドレスだけでは、お調べできません。")
    assert "注文の状況を確認する" in [choice.title for choice in said.choices]
    assert desk.engine.asked == []


THANKS = Draft(Kind.NOTICE, "画像をお預かりしました。")


async def test_what_a_reaction_answers_the_engine_is_not_asked(desk: Desk) -> None:
    async def react(inbound: Inbound) -> list[Draft] | None:
        return [THANKS] if inbound.text == "画像" else None

    await desk.work_with(reactions=react)
    conversation = await desk.open()
    picture, question = await desk.write(conversation, "画像", "送料は？")
    await desk.answered(picture, question)
    [thanks] = (await desk.store.inbound(picture.id)).replies
    assert (thanks.kind, thanks.text) == (THANKS.kind, THANKS.text)
    assert desk.engine.asked == ["送料は？"]


async def test_a_reaction_may_be_to_say_nothing(desk: Desk) -> None:
    async def react(_inbound: Inbound) -> list[Draft] | None:
        return []

    await desk.work_with(reactions=react)
    conversation = await desk.open()
    [sticker] = await desk.write(conversation, "スタンプ")
    assert (await desk.worker.wait(sticker, LONG)).done
    assert [message.sender for message in await desk.transcript(conversation)] == [Sender.CUSTOMER]


async def test_a_customer_is_shown_that_an_answer_is_being_made(desk: Desk) -> None:
    """And waits neither for that nor for its failure."""
    thought: list[str] = []
    forever = asyncio.Event()

    async def think(conversation_id: str) -> None:
        thought.append(conversation_id)
        if len(thought) == 1:
            raise RuntimeError("the platform is away")
        await forever.wait()

    await desk.work_with(thinking=think)
    conversation = await desk.open()
    await desk.answered(*await desk.write(conversation, "一", "二"))
    assert thought == [conversation] * 2


async def test_whoever_delivers_is_told_when_there_is_something(desk: Desk) -> None:
    told: list[str] = []
    await desk.work_with(stored=lambda: told.append("look"))
    await desk.answered(*await desk.write(await desk.open(), "一", "二"))
    assert told == ["look"] * 2


class SurpriseError(Exception):
    """What nobody foresaw."""


async def test_what_nobody_foresaw_is_tried_again_and_not_seen(desk: Desk) -> None:
    failures = [SurpriseError, SurpriseError]

    async def react(_inbound: Inbound) -> list[Draft] | None:
        if failures:
            raise failures.pop()
        return None

    await desk.work_with(reactions=react)
    [inbound] = await desk.write(await desk.open(), "送料は？")
    answered = await desk.worker.wait(inbound, LONG)
    assert [reply.text for reply in answered.replies] == ["答え: 送料は？"]
    assert answered.attempts == 2


async def test_a_message_that_always_fails_holds_nothing_up(desk: Desk) -> None:
    async def react(inbound: Inbound) -> list[Draft] | None:
        if inbound.text == "毒":
            raise SurpriseError
        return None

    await desk.work_with(reactions=react)
    conversation = await desk.open()
    poison, second = await desk.write(conversation, "毒", "返品は？")
    await desk.answered(poison, second)
    [apology] = (await desk.store.inbound(poison.id)).replies
    assert apology.text == sentences().could_not_answer("store").text
    assert (await desk.store.inbound(poison.id)).attempts == 3
    assert desk.engine.asked == ["返品は？"]


async def test_an_answer_that_cannot_be_stored_holds_nothing_up(desk: Desk) -> None:
    async def react(inbound: Inbound) -> list[Draft] | None:
        return [Draft(Kind.NOTICE, "\ud800")] if inbound.text == "毒" else None

    await desk.work_with(reactions=react)
    conversation = await desk.open()
    poison, second = await desk.write(conversation, "毒", "返品は？")
    await desk.answered(poison, second)
    replies = [m.text for m in await desk.transcript(conversation) if m.sender is Sender.BOT]
    assert replies == [sentences().could_not_answer("store").text, "答え: 返品は？"]


async def test_a_conversation_whose_skill_cannot_be_read_is_not_held_up(
    desk: Desk, database: AsyncEngine
) -> None:
    """Not even the apology may need what fails."""
    conversation = await desk.open()
    async with AsyncSession(database) as session, session.begin():
        session.add(
            DialogueRow(
                conversation_id=conversation,
                state={"of": "a version that nobody remembers"},
                memory={},
                updated_at=as_utc(NOW),
            )
        )
    [inbound] = await desk.write(conversation, "送料は？")
    await desk.answered(inbound)
    [apology] = (await desk.store.inbound(inbound.id)).replies
    assert apology.kind is Kind.FALLBACK
