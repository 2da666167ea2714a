"""How satisfied a customer of another system was: asked, tapped, and said in a word."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.conversations.model import Owner
from tests.channels.webhook.events_by_hand import an_event
from tests.channels.webhook.other import OtherSystem
from tests.channels.webhook.shop import USER, Shop, shop_on
from tests.conftest import StartService

AGENT = "agent-sato"


@pytest.fixture
async def shop(start_service: StartService, other: OtherSystem, address: str) -> Shop:
    """A running service whose webhook leads to the other system."""
    return await shop_on(start_service, other, address)


async def helped(shop: Shop) -> str:
    """Have an agent answer the customer and close the chat."""
    await shop.post(an_event(id="1", text="送料は"))
    await shop.messages(1)
    person = await shop.service.parts.messaging.people.find("webhook", USER)
    assert person is not None
    desk, chat = shop.service.parts.desk, person.conversation_id
    await desk.ownership.take(chat, AGENT)
    await desk.ownership.say(chat, AGENT, "担当の佐藤です。", "k1")
    await desk.ownership.close(chat, AGENT, "solved")
    desk.wake_delivery()
    return chat


async def asked(shop: Shop) -> dict[str, Any]:
    """Return the question, which comes after the two answers."""
    question = (await shop.messages(3))[2]
    assert question["act"] == "rating"
    return question


def choice(message: dict[str, Any], title: str) -> str:
    """Return the id of a choice by its words."""
    [found] = [each["id"] for each in message["choices"] if each["title"] == title]
    return str(found)


async def test_a_score_is_asked_for_and_tapped(shop: Shop) -> None:
    chat = await helped(shop)
    question = await asked(shop)
    assert [each["title"][0] for each in question["choices"]] == ["5", "4", "3", "2", "1"]
    await shop.post(an_event("choice", id="2", choice=choice(question, "5 とても良かった")))
    thanks = (await shop.messages(4))[3]
    assert thanks["act"] == "rating_thanks"
    [rating] = await shop.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (5, None)
    assert (await shop.service.parts.store.get(chat)).owner is Owner.CLOSED
    assert shop.service.engine.asked == ["送料は"]


async def test_a_word_is_written_after_asking_for_it_and_taken_back(shop: Shop) -> None:
    chat = await helped(shop)
    question = await asked(shop)
    await shop.post(an_event("choice", id="2", choice=choice(question, "1 良くなかった")))
    thanks = (await shop.messages(4))[3]
    await shop.post(an_event("choice", id="3", choice=choice(thanks, "ひとこと書く")))
    await shop.messages(5)
    await shop.post(an_event(id="4", text="返事が遅かったです"))
    await shop.messages(6)
    [rating] = await shop.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (1, "返事が遅かったです")
    await shop.post(an_event("unsend", id="5", message="4"))
    await shop.holds(lambda texts: "返事が遅かったです" not in texts)
    [rating] = await shop.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (1, None)
    assert shop.service.engine.asked == ["送料は"]


async def test_the_same_tap_again_is_one_score(shop: Shop) -> None:
    chat = await helped(shop)
    best = choice(await asked(shop), "5 とても良かった")
    for _ in range(2):
        await shop.post(an_event("choice", id="2", choice=best))
    await shop.messages(4)
    await shop.post(an_event(id="3", text="返品は"))
    assert (await shop.messages(5))[4]["text"] == "答え: 返品は"
    assert len(await shop.service.parts.desk.ratings.of(chat)) == 1
