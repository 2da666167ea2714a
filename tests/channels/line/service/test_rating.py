"""How satisfied a customer on LINE was: asked only for free, tapped, and never the assistant's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.line.tables import ReplyTokenRow
from madoguchi.channels.line.tokens import FRESH
from madoguchi.conversations.model import Owner
from madoguchi.conversations.outbox import machine_time
from tests.channels.line.service.conftest import Shop
from tests.conftest import StartService
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine

AGENT = "agent-sato"
BEST, WORST = "5 とても良かった", "1 良くなかった"


@pytest.fixture
async def pushing(start_service: StartService) -> AsyncIterator[Shop]:
    """A shop that pays for asking."""
    async with FakeLine() as line:
        service = await start_service(
            line_api_url=line.url, line_data_url=line.data_url, line_rating_push=True
        )
        line.connect(f"{service.http.base_url}/line/webhook")
        yield Shop(line, service)


async def helped(
    shop: Shop, customer: Customer, thanks: str | None = "ありがとう", minutes: int = 0
) -> str:
    """Have an agent answer and close the chat, after the customer's thanks if there are any.

    ``minutes`` pass at LINE before it is closed.
    """
    await customer.says("送料は")
    await customer.receives()
    desk = shop.service.parts.desk
    person = await shop.service.parts.messaging.people.find("line", customer.id)
    assert person is not None
    chat = person.conversation_id
    await desk.ownership.take(chat, AGENT)
    await desk.ownership.say(chat, AGENT, "担当の佐藤です。", "k1")
    desk.wake_delivery()
    await customer.receives()
    if thanks is None:
        await _grow_old(shop)
    else:
        await customer.says(thanks)
        await shop.worked_on()
    shop.line.clock.advance(60 * minutes)
    await desk.ownership.close(chat, AGENT, "solved")
    desk.wake_delivery()
    return chat


async def _grow_old(shop: Shop) -> None:
    """Let every reply token become too old."""
    async with AsyncSession(shop.service.parts.database) as session, session.begin():
        await session.execute(update(ReplyTokenRow).values(at=machine_time() - 2 * FRESH))


async def test_it_is_asked_as_a_free_reply_with_five_quick_replies(
    shop: Shop, hana: Customer
) -> None:
    chat = await helped(shop, hana)
    [question] = await hana.receives()
    assert (question.via, question.counted) == ("reply", False)
    assert [each.label for each in hana.quick_replies] == [
        "5 とても良かった", "4 良かった", "3 ふつう", "2 あまり良くなかった", "1 良くなかった",
    ]  # fmt: skip
    await hana.taps(BEST)
    [thanks] = await hana.receives()
    assert "ありがとうございます" in thanks.text
    assert thanks.via == "reply"
    assert await shop.service.parts.desk.ratings.of(chat) != []
    assert (await shop.service.parts.store.get(chat)).owner is Owner.CLOSED
    assert shop.service.engine.asked == ["送料は"]


async def test_a_word_is_written_after_asking_for_it_and_taken_back(
    shop: Shop, hana: Customer
) -> None:
    chat = await helped(shop, hana)
    await hana.receives()
    await hana.taps(WORST)
    await hana.receives()
    await hana.taps("ひとこと書く")
    await hana.receives()
    word = await hana.says("返事が遅かったです")
    await hana.receives()
    [rating] = await shop.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (1, "返事が遅かったです")
    await hana.unsends(word)
    await shop.worked_on()
    [rating] = await shop.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (1, None)
    assert shop.service.engine.asked == ["送料は"]


async def test_without_a_reply_token_nobody_is_asked(shop: Shop, hana: Customer) -> None:
    chat = await helped(shop, hana, thanks=None)
    messages = await shop.service.parts.store.messages_after(chat, 0)
    assert [message.act for message in messages if message.act] == []


async def test_a_token_that_runs_out_meanwhile_is_no_reason_to_pay(
    shop: Shop, hana: Customer
) -> None:
    chat = await helped(shop, hana, minutes=10)
    entries = await shop.ended()
    assert (entries[-1].state, entries[-1].code) == ("cancelled", "not_free")
    assert await shop.service.parts.desk.ratings.of(chat) == []


async def test_who_pays_for_it_asks_with_a_push(pushing: Shop) -> None:
    hana = pushing.line.user("佐藤 花子")
    await helped(pushing, hana, thanks=None)
    [question] = await hana.receives()
    assert (question.via, question.counted) == ("push", True)


async def test_who_blocks_the_account_is_not_asked(shop: Shop, hana: Customer) -> None:
    await hana.says("送料は")
    await hana.receives()
    desk = shop.service.parts.desk
    person = await shop.service.parts.messaging.people.find("line", hana.id)
    assert person is not None
    await desk.ownership.take(person.conversation_id, AGENT)
    await desk.ownership.say(person.conversation_id, AGENT, "担当の佐藤です。", "k1")
    await hana.blocks()
    await shop.worked_on()
    await desk.ownership.close(person.conversation_id, AGENT, "solved")
    assert [message.act for message in await shop.transcript(hana) if message.act] == []
