"""How satisfied a customer on Messenger or Instagram was: asked, tapped, and said in a word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from madoguchi.conversations.model import Owner
from tests.channels.messenger.talk import Talk, talking
from tests.conftest import StartService
from tests.messenger_platform.fake import FakeMeta
from tests.messenger_platform.platform import Sent

AGENT = "agent-sato"


@pytest.fixture(params=["page", "instagram"])
async def talk(
    request: pytest.FixtureRequest,
    meta: FakeMeta,
    instagram: FakeMeta,
    start_service: StartService,
) -> AsyncIterator[Talk]:
    """A customer on each of the two."""
    used = meta if request.param == "page" else instagram
    async with talking(used, start_service) as talk:
        yield talk


async def helped(talk: Talk) -> str:
    """Have an agent answer the customer and close the chat."""
    await talk.says("m_1", text="送料は")
    await talk.receives(1)
    channel = "messenger" if talk.meta.platform.object == "page" else "instagram"
    person = await talk.service.parts.messaging.people.find(channel, talk.person.id)
    assert person is not None
    desk, chat = talk.service.parts.desk, person.conversation_id
    await desk.ownership.take(chat, AGENT)
    await desk.ownership.say(chat, AGENT, "担当の佐藤です。", "k1")
    desk.wake_delivery()
    await talk.receives(2)
    await desk.ownership.close(chat, AGENT, "solved")
    desk.wake_delivery()
    return chat


async def taps(talk: Talk, sent: Sent, title: str, mid: str) -> None:
    """Tap a quick reply below a message."""
    [reply] = [each for each in sent.message["quick_replies"] if each["title"] == title]
    await talk.says(mid, text=title, quick_reply={"payload": reply["payload"]})


async def test_a_score_is_asked_for_and_tapped(talk: Talk) -> None:
    chat = await helped(talk)
    question = (await talk.receives(3))[2]
    titles = [each["title"] for each in question.message["quick_replies"]]
    assert [title[0] for title in titles] == ["5", "4", "3", "2", "1"]
    await taps(talk, question, titles[0], "m_2")
    thanks = (await talk.receives(4))[3]
    assert "ありがとうございます" in str(thanks.text)
    [rating] = await talk.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (5, None)
    assert (await talk.service.parts.store.get(chat)).owner is Owner.CLOSED
    assert talk.service.engine.asked == ["送料は"]


async def test_a_word_is_written_after_asking_for_it(talk: Talk) -> None:
    chat = await helped(talk)
    question = (await talk.receives(3))[2]
    await taps(talk, question, "1 良くなかった", "m_2")
    await taps(talk, (await talk.receives(4))[3], "ひとこと書く", "m_3")
    await talk.receives(5)
    await talk.says("m_4", text="返事が遅かったです")
    await talk.receives(6)
    [rating] = await talk.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (1, "返事が遅かったです")
    assert talk.service.engine.asked == ["送料は"]


async def test_the_same_tap_twice_is_one_score_and_one_thanks(talk: Talk) -> None:
    chat = await helped(talk)
    question = (await talk.receives(3))[2]
    for _ in range(2):
        await taps(talk, question, "4 良かった", "m_2")
    await talk.receives(4)
    await talk.says("m_3", text="返品は")
    sent = await talk.receives(5)
    assert [each.text for each in sent[4:]] == ["答え: 返品は"]
    assert len(await talk.service.parts.desk.ratings.of(chat)) == 1
