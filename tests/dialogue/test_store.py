"""A message may be worked on twice and counts once, together with its replies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Choice, Customer, Draft, Inbound, Kind, Sender
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.state import Memory, SkillState, Standing
from madoguchi.dialogue.store import DialogueStore
from madoguchi.dialogue.tables import DialogueRow, DialogueTurnRow
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 2, 13, 0, tzinfo=TOKYO)
ASKED = SkillState(id="1", skill="receipt", asking="number", options={"a": {"b": [1, None]}})
REPLY = Draft(
    Kind.ASK,
    "注文番号を教えてください",
    topic="store/receipt",
    act="receipt",
    choices=(Choice("はい", "/continue", topic="t", act="a"), Choice("いいえ", "/x")),
    card={"title": "札", "rows": [{"label": "状態", "value": "済"}], "links": []},
    sender=Sender.SYSTEM,
)


@dataclass
class Stores:
    """The two stores that share a transaction."""

    database: AsyncEngine
    clock: TestClock
    conversations: ConversationStore
    dialogues: DialogueStore

    async def conversation(self) -> str:
        conversation, _token, _messages = await self.conversations.open(Customer("web"), [])
        return conversation.id

    async def said(self, conversation_id: str, text: str = "領収書がほしい") -> Inbound:
        key = f"{text}-{conversation_id}"
        inbound, _message = await self.conversations.receive(conversation_id, key, text=text)
        return inbound

    async def tried(self, inbound: Inbound, state: SkillState | None = ASKED) -> None:
        """Have a skill work on the message."""
        turn = await self.dialogues.turn(inbound.conversation_id, inbound.id)
        turn.state, turn.memory = state, Memory(order="A-1")
        turn.replies.append(REPLY)
        await self.dialogues.keep(turn)

    async def answered(self, inbound: Inbound) -> int:
        """Store the answer; return how many messages it has."""
        messages = await self.conversations.answer(inbound, [REPLY], None, self.dialogues.settle)
        return len(messages)

    async def rows(self) -> tuple[int, int]:
        """Return how many conversations have a state, and how many messages are being tried."""
        async with AsyncSession(self.database) as session:
            settled = await session.scalars(select(DialogueRow))
            tried = await session.scalars(select(DialogueTurnRow))
            return len(list(settled)), len(list(tried))


@pytest.fixture
def stores(database: AsyncEngine) -> Stores:
    """The stores on a database of each kind."""
    clock = TestClock(NOW)
    return Stores(
        database, clock, ConversationStore(database, clock), DialogueStore(database, clock)
    )


async def test_nothing_waits_in_a_new_conversation(stores: Stores) -> None:
    inbound = await stores.said(await stores.conversation())
    assert await stores.dialogues.begin(inbound) == Standing()
    turn = await stores.dialogues.turn(inbound.conversation_id, inbound.id)
    assert (turn.state, turn.memory, turn.replies) == (None, Memory(), [])
    assert turn.inbound.text == "領収書がほしい"
    assert await stores.dialogues.replies(inbound.id) == []


async def test_the_next_action_of_a_message_goes_on_where_the_first_one_stood(
    stores: Stores,
) -> None:
    inbound = await stores.said(await stores.conversation())
    await stores.tried(inbound)
    turn = await stores.dialogues.turn(inbound.conversation_id, inbound.id)
    assert turn.state == ASKED
    assert turn.memory == Memory(order="A-1")
    assert turn.replies == [REPLY]
    assert await stores.dialogues.replies(inbound.id) == [REPLY]


async def test_what_was_tried_does_not_count_before_it_is_answered(stores: Stores) -> None:
    inbound = await stores.said(await stores.conversation())
    await stores.tried(inbound)
    assert (await stores.rows()) == (0, 1)
    # Tried again from the start.
    assert (await stores.dialogues.begin(inbound)).skill is None
    assert (await stores.rows()) == (0, 0)
    turn = await stores.dialogues.turn(inbound.conversation_id, inbound.id)
    assert (turn.state, turn.replies) == (None, [])


async def test_with_its_answer_it_counts_for_the_next_message(stores: Stores) -> None:
    conversation = await stores.conversation()
    first = await stores.said(conversation)
    await stores.tried(first)
    assert await stores.answered(first) == 1
    assert (await stores.rows()) == (1, 0)
    second = await stores.said(conversation, "はい")
    assert await stores.dialogues.begin(second) == Standing("receipt", ("order",))
    turn = await stores.dialogues.turn(conversation, second.id)
    assert (turn.state, turn.memory, turn.replies) == (ASKED, Memory(order="A-1"), [])


async def test_a_second_try_after_the_answer_changes_nothing(stores: Stores) -> None:
    conversation = await stores.conversation()
    inbound = await stores.said(conversation)
    await stores.tried(inbound)
    await stores.answered(inbound)
    # Another worker had the same message, and ends later.
    await stores.tried(inbound, SkillState(id="2", skill="order_cancel"))
    assert await stores.answered(inbound) == 0
    then = await stores.said(conversation, "はい")
    assert (await stores.dialogues.begin(then)).skill == "receipt"


async def test_of_two_at_once_one_counts(stores: Stores) -> None:
    conversation = await stores.conversation()
    inbound = await stores.said(conversation)
    await stores.tried(inbound)
    stored = await asyncio.gather(*(stores.answered(inbound) for _ in range(3)))
    assert sorted(stored) == [0, 0, 1]
    assert (await stores.rows()) == (1, 0)


async def test_an_answer_that_is_not_stored_does_not_count_either(stores: Stores) -> None:
    conversation = await stores.conversation()
    inbound = await stores.said(conversation)
    await stores.tried(inbound)

    async def settles_and_fails(session: AsyncSession, inbound_id: int) -> None:
        await stores.dialogues.settle(session, inbound_id)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await stores.conversations.answer(inbound, [REPLY], None, settles_and_fails)
    assert (await stores.rows()) == (0, 1)
    assert not (await stores.conversations.inbound(inbound.id)).done
    assert len(await stores.conversations.messages_after(conversation, 0)) == 1
    assert await stores.answered(inbound) == 1


async def test_an_answer_without_a_skill_leaves_what_waits(stores: Stores) -> None:
    conversation = await stores.conversation()
    first = await stores.said(conversation)
    await stores.tried(first)
    await stores.answered(first)
    second = await stores.said(conversation, "送料は？")
    await stores.answered(second)
    third = await stores.said(conversation, "はい")
    assert (await stores.dialogues.begin(third)).skill == "receipt"


@pytest.mark.parametrize(
    ("later", "waits"),
    [(timedelta(minutes=59, seconds=59), True), (timedelta(hours=1), False)],
)
async def test_after_an_hour_all_is_forgotten(
    stores: Stores,
    later: timedelta,
    waits: bool,  # noqa: FBT001  (what the table says)
) -> None:
    conversation = await stores.conversation()
    first = await stores.said(conversation)
    await stores.tried(first)
    await stores.answered(first)
    stores.clock.at += later
    second = await stores.said(conversation, "はい")
    standing = await stores.dialogues.begin(second)
    assert standing == (Standing("receipt", ("order",)) if waits else Standing())
    turn = await stores.dialogues.turn(conversation, second.id)
    assert (turn.state is not None, turn.memory == Memory(order="A-1")) == (waits, waits)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("A-20261103-0042は？", ("order",)),
        ("R-000123は？", ("rental",)),
        ("A-20261103-0042とR-000123", ("order", "rental")),
        ("1002045871は？", ()),
    ],
)
async def test_a_number_in_the_message_says_that_it_is_about_ones_own(
    stores: Stores, text: str, own: tuple[str, ...]
) -> None:
    inbound = await stores.said(await stores.conversation(), text)
    assert await stores.dialogues.begin(inbound) == Standing(None, own)


async def test_a_skill_can_be_dropped_for_a_person(stores: Stores) -> None:
    conversation, other = await stores.conversation(), await stores.conversation()
    for each in (conversation, other):
        inbound = await stores.said(each)
        await stores.tried(inbound)
        await stores.answered(inbound)
    await stores.dialogues.drop(conversation)
    await stores.dialogues.drop("unheard of")
    dropped = await stores.said(conversation, "はい")
    assert await stores.dialogues.begin(dropped) == Standing(None, ("order",))
    kept = await stores.said(other, "はい")
    assert (await stores.dialogues.begin(kept)).skill == "receipt"


async def test_a_message_is_one_of_its_conversation_alone(stores: Stores) -> None:
    conversation, other = await stores.conversation(), await stores.conversation()
    inbound = await stores.said(conversation)
    for whose, which in ((other, inbound.id), (conversation, inbound.id + 1), ("x", inbound.id)):
        with pytest.raises(LookupError):
            await stores.dialogues.turn(whose, which)


async def test_states_of_conversations_do_not_mix(stores: Stores) -> None:
    conversation, other = await stores.conversation(), await stores.conversation()
    inbound = await stores.said(conversation)
    await stores.tried(inbound)
    await stores.answered(inbound)
    theirs = await stores.said(other)
    assert await stores.dialogues.begin(theirs) == Standing()
