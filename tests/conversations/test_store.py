"""The contract of the store, the same on SQLite and PostgreSQL: what is kept and who sees it."""

from __future__ import annotations

import asyncio

import pytest

from madoguchi.clock import TOKYO, SystemClock
from madoguchi.conversations.model import (
    Choice,
    Conversation,
    Customer,
    Draft,
    Kind,
    Message,
    Owner,
    Sender,
)
from madoguchi.conversations.store import (
    ConversationStore,
    KeyReusedError,
    UnknownChoiceError,
    UnknownConversationError,
)
from madoguchi.database import open_database
from tests.conversations.conftest import NOW

HANAKO = Customer("web", "store", "ALLU-1001", "佐藤 花子")
FEE = Choice("送料はいくら？", "/store_shipping_fee", topic="store/shipping_fee")
STATUS = Choice("注文の状況を確認する", "/act_order_status", act="order_status")
GREETING = Draft(Kind.SMALLTALK, "こんにちは。", choices=(FEE, STATUS))
ANSWER = Draft(
    Kind.ANSWER,
    "全品送料無料です。\n絵文字も残ります😀",
    topic="store/shipping_fee",
    act="order_status",
    card={"行": [1, {"価格": None}]},
    understanding={"intent": "store_shipping_fee", "confidence": 0.9},
)
NOTICE = Draft(Kind.NOTICE, "少しお待ちください。", sender=Sender.SYSTEM)


async def opened(store: ConversationStore) -> Conversation:
    conversation, _, _ = await store.open(HANAKO, [GREETING])
    return conversation


async def test_a_new_conversation_has_its_greeting_and_belongs_to_the_bot(
    store: ConversationStore,
) -> None:
    conversation, token, [greeting] = await store.open(HANAKO, [GREETING])
    assert len(token) >= 43
    assert conversation == Conversation(
        conversation.id, "web", "store", "ALLU-1001", Owner.BOT, last_seq=1, last_topic=None
    )
    assert await store.get(conversation.id) == conversation
    assert await store.messages_after(conversation.id, 0) == [greeting]
    assert (greeting.seq, greeting.sender, greeting.at) == (1, Sender.BOT, NOW)
    assert greeting.at.tzinfo is TOKYO
    assert [(c.title, c.payload, c.topic, c.act) for c in greeting.choices] == [
        (c.title, c.payload, c.topic, c.act) for c in (FEE, STATUS)
    ]
    assert len({choice.id for choice in greeting.choices}) == 2


async def test_a_token_opens_its_own_conversation(store: ConversationStore) -> None:
    conversation, token, _ = await store.open(HANAKO, [])
    assert await store.authorise(conversation.id, token) == conversation


async def test_a_token_of_one_conversation_does_not_open_another(store: ConversationStore) -> None:
    one, ones_token, _ = await store.open(HANAKO, [])
    other, others_token, _ = await store.open(HANAKO, [])
    assert ones_token != others_token
    for conversation_id, token in [(one.id, others_token), (other.id, ones_token)]:
        with pytest.raises(UnknownConversationError):
            await store.authorise(conversation_id, token)


@pytest.mark.parametrize("name", ["", "x", "a\0b", "\ud800", "x" * 33, "' OR ''='"])
async def test_what_is_no_conversation_is_not_found(store: ConversationStore, name: str) -> None:
    conversation, token, _ = await store.open(HANAKO, [])
    with pytest.raises(UnknownConversationError):
        await store.authorise(name, token)
    with pytest.raises(UnknownConversationError):
        await store.get(name)
    with pytest.raises(UnknownConversationError):
        await store.authorise(conversation.id, name)
    with pytest.raises(UnknownConversationError):
        await store.receive(name, "key", text="送料は？")


async def test_a_received_message_is_in_the_transcript_and_waits_for_its_answer(
    store: ConversationStore,
) -> None:
    conversation = await opened(store)
    inbound, message = await store.receive(conversation.id, "key-1", text="送料は？")
    assert message == Message(2, Sender.CUSTOMER, Kind.NOTICE, "送料は？", NOW, client_id="key-1")
    assert (inbound.seq, inbound.text, inbound.payload) == (2, "送料は？", None)
    assert (inbound.done, inbound.told_to_wait, inbound.replies) == (False, False, ())
    assert await store.next_pending(conversation.id) == inbound
    assert await store.conversations_pending() == [conversation.id]


async def test_an_answer_is_kept_as_it_was_given(store: ConversationStore) -> None:
    conversation = await opened(store)
    inbound, _ = await store.receive(conversation.id, "key-1", text="送料は？")
    [message] = await store.answer(inbound, [ANSWER], topic="store/shipping_fee")
    assert (message.kind, message.text, message.card) == (Kind.ANSWER, ANSWER.text, ANSWER.card)
    assert (message.topic, message.act) == (ANSWER.topic, ANSWER.act)
    assert await store.messages_after(conversation.id, 2) == [message]
    answered = await store.inbound(inbound.id)
    assert answered.done
    assert answered.replies == (message,)
    assert await store.next_pending(conversation.id) is None
    assert await store.conversations_pending() == []
    assert (await store.get(conversation.id)).last_topic == "store/shipping_fee"


async def test_an_answer_without_a_topic_leaves_the_last_one(store: ConversationStore) -> None:
    conversation = await opened(store)
    for key, topic in [("1", "store/shipping_fee"), ("2", None)]:
        inbound, _ = await store.receive(conversation.id, key, text="送料は？")
        await store.answer(inbound, [ANSWER], topic)
    assert (await store.get(conversation.id)).last_topic == "store/shipping_fee"


async def test_messages_are_found_between_two_numbers(store: ConversationStore) -> None:
    conversation = await opened(store)
    for number in range(5):
        await store.receive(conversation.id, str(number), text=f"質問{number}")
    found = await store.messages_after(conversation.id, 2, until=4)
    assert [message.seq for message in found] == [3, 4]
    assert await store.messages_after(conversation.id, 6) == []


async def test_one_event_that_comes_again_is_stored_once(store: ConversationStore) -> None:
    conversation = await opened(store)
    first, message = await store.receive(conversation.id, "key-1", text="送料は？")
    [reply] = await store.answer(first, [ANSWER])
    again, repeated = await store.receive(conversation.id, "key-1", text="送料は？")
    assert message is not None
    assert repeated is None
    assert again.id == first.id
    assert again.replies == (reply,)
    assert (await store.get(conversation.id)).last_seq == 3


async def test_one_event_id_may_be_used_in_two_conversations(store: ConversationStore) -> None:
    one, other = await opened(store), await opened(store)
    ones, _ = await store.receive(one.id, "key-1", text="送料は？")
    others, _ = await store.receive(other.id, "key-1", text="返品は？")
    assert ones.id != others.id


async def test_an_event_id_with_another_content_is_refused(store: ConversationStore) -> None:
    conversation, _, [greeting] = await store.open(HANAKO, [GREETING])
    tapped = greeting.choices[0].id
    await store.receive(conversation.id, "text", text=tapped)
    await store.receive(conversation.id, "choice", choice_id=tapped)
    with pytest.raises(KeyReusedError):
        await store.receive(conversation.id, "text", text="返品は？")
    with pytest.raises(KeyReusedError):
        await store.receive(conversation.id, "text", choice_id=tapped)
    with pytest.raises(KeyReusedError):
        await store.receive(conversation.id, "choice", text=tapped)
    assert (await store.get(conversation.id)).last_seq == 3


async def test_a_tapped_choice_says_its_title_and_keeps_its_payload(
    store: ConversationStore,
) -> None:
    conversation, _, [greeting] = await store.open(HANAKO, [GREETING])
    inbound, message = await store.receive(
        conversation.id, "key-1", choice_id=greeting.choices[1].id
    )
    assert message is not None
    assert message.text == STATUS.title
    assert (inbound.text, inbound.payload) == (STATUS.title, STATUS.payload)


async def test_a_choice_of_another_conversation_is_refused(store: ConversationStore) -> None:
    _, _, [others] = await store.open(HANAKO, [GREETING])
    conversation = await opened(store)
    for choice_id in (others.choices[0].id, "unknown", "a\0b", "\ud800"):
        with pytest.raises(UnknownChoiceError):
            await store.receive(conversation.id, "key-1", choice_id=choice_id)
    assert (await store.get(conversation.id)).last_seq == 1
    assert await store.next_pending(conversation.id) is None


async def test_the_replies_of_a_message_are_its_own(store: ConversationStore) -> None:
    conversation = await opened(store)
    first, _ = await store.receive(conversation.id, "1", text="送料は？")
    await store.tell_to_wait(first, NOTICE)
    second, _ = await store.receive(conversation.id, "2", text="返品は？")
    await store.answer(first, [ANSWER, ANSWER])
    await store.answer(second, [ANSWER])
    firsts = (await store.inbound(first.id)).replies
    seconds = (await store.inbound(second.id)).replies
    assert [(reply.seq, reply.sender) for reply in firsts] == [
        (3, Sender.SYSTEM),
        (5, Sender.BOT),
        (6, Sender.BOT),
    ]
    assert [reply.seq for reply in seconds] == [7]


async def test_a_message_without_replies_is_answered_too(store: ConversationStore) -> None:
    conversation = await opened(store)
    inbound, _ = await store.receive(conversation.id, "1", text="送料は？")
    assert await store.answer(inbound, []) == []
    assert (await store.inbound(inbound.id)).done
    assert (await store.inbound(inbound.id)).replies == ()


async def test_a_customer_is_told_to_wait_only_once(store: ConversationStore) -> None:
    conversation = await opened(store)
    inbound, _ = await store.receive(conversation.id, "1", text="送料は？")
    told = await asyncio.gather(*(store.tell_to_wait(inbound, NOTICE) for _ in range(4)))
    assert sorted(map(len, told)) == [0, 0, 0, 1]
    assert (await store.inbound(inbound.id)).told_to_wait
    await store.answer(inbound, [ANSWER])
    assert await store.tell_to_wait(inbound, NOTICE) == []


async def test_an_answered_message_is_not_put_off(store: ConversationStore) -> None:
    conversation = await opened(store)
    inbound, _ = await store.receive(conversation.id, "1", text="送料は？")
    await store.answer(inbound, [ANSWER])
    assert await store.tell_to_wait(inbound, NOTICE) == []
    assert not (await store.inbound(inbound.id)).told_to_wait


async def test_attempts_are_counted(store: ConversationStore) -> None:
    conversation = await opened(store)
    inbound, _ = await store.receive(conversation.id, "1", text="送料は？")
    assert [await store.count_attempt(inbound) for _ in range(3)] == [1, 2, 3]
    assert (await store.inbound(inbound.id)).attempts == 3


async def test_what_was_pending_is_found_after_a_crash(
    store: ConversationStore, database_url: str
) -> None:
    conversation, token, _ = await store.open(HANAKO, [GREETING])
    inbound, _ = await store.receive(conversation.id, "1", text="送料は？")
    await store.receive(conversation.id, "2", text="返品は？")
    database = open_database(database_url)
    after = ConversationStore(database, SystemClock())
    assert await after.conversations_pending() == [conversation.id]
    assert await after.next_pending(conversation.id) == inbound
    assert (await after.authorise(conversation.id, token)).id == conversation.id
    await database.dispose()
