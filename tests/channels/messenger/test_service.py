"""The whole service with a page on Messenger: asked over real HTTP, answered over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import StartService
from tests.messenger_platform import faults
from tests.messenger_platform.courier import Courier
from tests.messenger_platform.fake import VERIFY_TOKEN, FakeMeta
from tests.messenger_platform.platform import Person, Sent
from tests.support.engine import ScriptedEngine, rasa_message, says
from tests.support.server import LiveService


@dataclass
class Talk:
    """A customer, and the service on the other side of Meta."""

    meta: FakeMeta
    courier: Courier
    person: Person
    service: LiveService

    async def says(self, mid: str, **message: Any) -> None:
        """Have the customer send a message."""
        said = self.meta.platform.from_person(self.person, message={"mid": mid, **message})
        assert (await self.meta.tell(self.courier, said)).status_code == 200

    async def receives(self, count: int) -> list[Sent]:
        """Return what the customer got, once it is that many messages."""
        platform = self.meta.platform
        async with asyncio.timeout(30):
            while len(platform.sent) < count:
                await platform.taken.wait()
                platform.taken.clear()
        return platform.sent


@pytest.fixture
async def talk(meta: FakeMeta, start_service: StartService) -> AsyncIterator[Talk]:
    platform = meta.platform
    service = await start_service(
        messenger_app_secret=platform.app_secret,
        messenger_verify_token=VERIFY_TOKEN,
        messenger_page_token=platform.token,
        messenger_api_url=meta.url,
        messenger_site="store",
    )
    async with meta.courier(f"{service.http.base_url}/messenger/webhook") as courier:
        yield Talk(meta, courier, platform.person(), service)


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
