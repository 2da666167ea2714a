"""What a customer chose when the assistant asked is kept as an example, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Choice, Customer, Draft, Kind
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.tables import LabelRow
from madoguchi.database import open_database

FEE = Choice("送料はいくら？", "/store_shipping_fee", topic="store/shipping_fee")
NONE = Choice("どれでもない", "/none_of_these")
ASKED = Draft(Kind.CLARIFY, "次のどれについてですか？", choices=(FEE, NONE))
ANSWERED = Draft(Kind.ANSWER, "全品送料無料です。", choices=(FEE, NONE))


async def labels(database_url: str) -> list[dict[str, Any]]:
    database = open_database(database_url)
    async with AsyncSession(database) as session:
        found = [
            {"text": row.text, "offered": row.offered, "chosen": row.chosen}
            for row in await session.scalars(select(LabelRow))
        ]
    await database.dispose()
    return found


async def tapped_after(store: ConversationStore, reply: Draft, *wrote: str) -> None:
    conversation, _, _ = await store.open(Customer("web"), [])
    for text in wrote:
        inbound, _ = await store.receive(conversation.id, text, text=text)
    [message] = await store.answer(inbound, [reply])
    await store.receive(conversation.id, "tap", choice_id=message.choices[0].id)


async def test_the_choice_after_a_question_is_remembered_with_what_was_written(
    store: ConversationStore, database_url: str
) -> None:
    await tapped_after(store, ASKED, "こんにちは", "届けるのにお金かかる？")
    assert await labels(database_url) == [
        {
            "text": "届けるのにお金かかる？",
            "offered": ["/store_shipping_fee", "/none_of_these"],
            "chosen": "/store_shipping_fee",
        }
    ]


async def test_a_choice_below_an_answer_is_not_remembered(
    store: ConversationStore, database_url: str
) -> None:
    await tapped_after(store, ANSWERED, "送料は？")
    assert await labels(database_url) == []


async def test_a_choice_of_a_greeting_is_not_remembered(
    store: ConversationStore, database_url: str
) -> None:
    conversation, _, [greeting] = await store.open(Customer("web"), [ASKED])
    await store.receive(conversation.id, "tap", choice_id=greeting.choices[0].id)
    assert await labels(database_url) == []


async def test_a_repeated_tap_is_remembered_once(
    store: ConversationStore, database_url: str
) -> None:
    conversation, _, _ = await store.open(Customer("web"), [])
    inbound, _ = await store.receive(conversation.id, "1", text="送料")
    [message] = await store.answer(inbound, [ASKED])
    for _ in range(2):
        await store.receive(conversation.id, "tap", choice_id=message.choices[0].id)
    assert len(await labels(database_url)) == 1
