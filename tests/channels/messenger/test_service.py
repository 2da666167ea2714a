"""The whole service with a page on Messenger: asked over real HTTP, answered over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.channels.messenger.talk import Talk, talking
from tests.conftest import StartService
from tests.messenger_platform import faults
from tests.messenger_platform.fake import FakeMeta
from tests.support.engine import ScriptedEngine, rasa_message, says


@pytest.fixture
async def talk(meta: FakeMeta, start_service: StartService) -> AsyncIterator[Talk]:
    async with talking(meta, start_service) as talk:
        yield talk


async def test_a_question_is_answered(talk: Talk) -> None:
    assert await talk.courier.verify()
    await talk.says("m_1", text="送料は？")
    [answer] = await talk.receives(1)
    assert (answer.person, answer.text) == (talk.person.id, "答え: 送料は？")


async def test_a_question_that_comes_three_times_is_answered_once(talk: Talk) -> None:
    for _ in range(3):
        await talk.says("m_1", text="一")
    await talk.says("m_2", text="二")
    sent = await talk.receives(2)
    assert [each.text for each in sent] == ["答え: 一", "答え: 二"]


async def test_a_tapped_quick_reply_is_the_choice(talk: Talk, engine: ScriptedEngine) -> None:
    buttons = [{"title": "返品", "payload": "/store_return_change_of_mind"}]
    engine.will(says(rasa_message("どちらですか？", buttons=buttons)))
    await talk.says("m_1", text="返品")
    [asked] = await talk.receives(1)
    [reply] = asked.message["quick_replies"]
    await talk.says("m_2", text=reply["title"], quick_reply={"payload": reply["payload"]})
    await talk.receives(2)
    assert engine.payloads == [None, "/store_return_change_of_mind"]


async def test_another_customers_button_is_too_old(talk: Talk, engine: ScriptedEngine) -> None:
    buttons = [{"title": "返品", "payload": "/store_return_change_of_mind"}]
    engine.will(says(rasa_message("どちらですか？", buttons=buttons)))
    await talk.says("m_1", text="返品")
    [asked] = await talk.receives(1)
    [reply] = asked.message["quick_replies"]
    talk.person = talk.meta.platform.person("鈴木 一郎", number=2)
    await talk.says("m_2", text=reply["title"], quick_reply={"payload": reply["payload"]})
    told = (await talk.receives(2))[1]
    assert told.person == talk.person.id
    assert engine.payloads == [None]


async def test_an_answer_whose_end_was_not_seen_is_proven_by_its_echo(talk: Talk) -> None:
    platform = talk.meta.platform
    # What customers see first, that someone types, is no message.
    platform.faults.always = faults.cut()
    await talk.says("m_1", text="一")
    await talk.receives(1)
    platform.faults.always = None
    await talk.meta.tell(talk.courier, *platform.echoes)
    await talk.says("m_2", text="二")
    sent = await talk.receives(2)
    assert [each.text for each in sent] == ["答え: 一", "答え: 二"]


async def test_instagram_alone_is_answered(
    instagram: FakeMeta, start_service: StartService
) -> None:
    async with talking(instagram, start_service) as talk:
        await talk.says("m_1", text="送料は？")
        [answer] = await talk.receives(1)
        assert (answer.person, answer.text) == (talk.person.id, "答え: 送料は？")


async def test_what_is_for_another_page_of_the_same_app_is_left_alone(
    meta: FakeMeta, start_service: StartService
) -> None:
    platform = meta.platform
    async with talking(meta, start_service, messenger_page_id=platform.account) as talk:
        other = FakeMeta(replace(platform, account="100000000000002"), meta.url)
        elsewhere = platform.from_person(talk.person, message={"mid": "m_1", "text": "一"})
        assert (await other.tell(talk.courier, elsewhere)).status_code == 200
        await talk.says("m_2", text="二")
        [answer] = await talk.receives(1)
        assert answer.text == "答え: 二"
        assert talk.service.engine.asked == ["二"]


@pytest.mark.parametrize(
    ("app_id", "code"),
    [("", "confirmed"), ("900000000000009", "confirmed"), ("1", "connection_lost")],
)
async def test_an_echo_proves_a_message_unless_it_is_of_another_app(
    meta: FakeMeta, start_service: StartService, app_id: str, code: str
) -> None:
    platform = meta.platform
    async with talking(meta, start_service, messenger_app_id=app_id) as talk:
        platform.faults.always = faults.cut()
        await talk.says("m_1", text="一")
        await talk.receives(1)
        await talk.tried()
        await meta.tell(talk.courier, *platform.echoes)
        await talk.worked_on()
        [delivery] = await talk.deliveries()
        assert delivery.code == code
