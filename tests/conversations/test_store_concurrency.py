"""The same contract when many write at once: numbers without gaps, everything exactly once."""

from __future__ import annotations

import asyncio

from madoguchi.conversations.model import Customer, Draft, Kind, Sender
from madoguchi.conversations.store import ConversationStore, KeyReusedError

CUSTOMER = Customer("web")
ANSWER = Draft(Kind.ANSWER, "全品送料無料です。")
MORE = Draft(Kind.ANSWER, "送料はかかりません。")


async def test_twenty_writers_leave_no_gap_in_the_numbers(store: ConversationStore) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [])
    stored = await asyncio.gather(
        *(store.receive(conversation.id, f"key-{n}", text=f"質問{n}") for n in range(20))
    )
    transcript = await store.messages_after(conversation.id, 0)
    assert [message.seq for message in transcript] == list(range(1, 21))
    assert {message.text for message in transcript} == {f"質問{n}" for n in range(20)}
    assert (await store.get(conversation.id)).last_seq == 20
    for inbound, message in stored:
        assert message is not None
        assert transcript[inbound.seq - 1] == message


async def test_messages_are_answered_in_the_order_of_their_numbers(
    store: ConversationStore,
) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [])
    await asyncio.gather(
        *(store.receive(conversation.id, f"key-{n}", text=f"質問{n}") for n in range(10))
    )
    order = []
    while inbound := await store.next_pending(conversation.id):
        order.append(inbound.seq)
        await store.answer(inbound, [ANSWER])
    assert order == list(range(1, 11))


async def test_writers_of_questions_and_answers_leave_no_gap_either(
    store: ConversationStore,
) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [ANSWER])

    async def ask_and_answer(number: int) -> None:
        inbound, _ = await store.receive(conversation.id, str(number), text="送料は？")
        await store.answer(inbound, [ANSWER, MORE], "store/shipping_fee")

    await asyncio.gather(*(ask_and_answer(number) for number in range(10)))
    transcript = await store.messages_after(conversation.id, 0)
    assert [message.seq for message in transcript] == list(range(1, 32))
    # What is said together stays together.
    firsts = [message.seq for message in transcript if message.text == ANSWER.text][1:]
    assert all(transcript[seq].text == MORE.text for seq in firsts)


async def test_the_same_event_five_times_at_once_is_stored_once(store: ConversationStore) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [])
    received = await asyncio.gather(
        *(store.receive(conversation.id, "key-1", text="送料は？") for _ in range(5))
    )
    assert len({inbound.id for inbound, _ in received}) == 1
    assert sum(message is not None for _, message in received) == 1
    assert (await store.get(conversation.id)).last_seq == 1


async def test_of_two_contents_under_one_key_one_is_stored(store: ConversationStore) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [])
    outcomes = await asyncio.gather(
        *(store.receive(conversation.id, "key-1", text=f"質問{n}") for n in range(5)),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in refused] == [KeyReusedError] * 4
    assert len(await store.messages_after(conversation.id, 0)) == 1


async def test_two_workers_that_race_answer_once(store: ConversationStore) -> None:
    conversation, _, _ = await store.open(CUSTOMER, [])
    inbound, _ = await store.receive(conversation.id, "key-1", text="送料は？")
    answers = await asyncio.gather(*(store.answer(inbound, [ANSWER, MORE]) for _ in range(6)))
    assert sorted(map(len, answers)) == [0, 0, 0, 0, 0, 2]
    transcript = await store.messages_after(conversation.id, 0)
    assert [message.sender for message in transcript] == [Sender.CUSTOMER, Sender.BOT, Sender.BOT]
    assert len((await store.inbound(inbound.id)).replies) == 2


async def test_conversations_do_not_hold_each_other_up(store: ConversationStore) -> None:
    conversations = [(await store.open(CUSTOMER, [ANSWER]))[0] for _ in range(5)]
    await asyncio.gather(
        *(
            store.receive(conversation.id, f"key-{n}", text="送料は？")
            for conversation in conversations
            for n in range(4)
        )
    )
    assert sorted(await store.conversations_pending()) == sorted(c.id for c in conversations)
    for conversation in conversations:
        transcript = await store.messages_after(conversation.id, 0)
        assert [message.seq for message in transcript] == [1, 2, 3, 4, 5]
