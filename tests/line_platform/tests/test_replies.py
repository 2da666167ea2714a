"""Replies: free, once, and soon."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.tests.bot import TinyBot
from tests.line_platform.tests.conftest import PUSH, REPLY, push, reply, text


def token_of(bot: TinyBot) -> str:
    """Return the reply token of the event that came last."""
    return str(bot.events[-1]["replyToken"])


def refused(answer: httpx.Response) -> bool:
    """Tell whether LINE has refused a reply token."""
    return (answer.status_code, answer.json()) == (400, {"message": "Invalid reply token"})


async def test_a_reply_is_seen_and_free(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("送料は？")
    answer = await api.post(
        REPLY, json=reply(token_of(bot), text("無料です。"), text("全国です。"))
    )
    assert answer.status_code == 200
    sent = answer.json()["sentMessages"]
    assert [bubble.id for bubble in line.sent(hana)] == [each["id"] for each in sent]
    assert all(each["quoteToken"] for each in sent)
    first, second = await hana.receives(2)
    assert (first.text, second.text) == ("無料です。", "全国です。")
    assert (first.via, first.counted) == ("reply", False)
    assert (await api.get("/v2/bot/message/quota/consumption")).json() == {"totalUsage": 0}


async def test_a_token_replies_once(hana: Customer, bot: TinyBot, api: httpx.AsyncClient) -> None:
    await hana.says("送料は？")
    assert (await api.post(REPLY, json=reply(token_of(bot)))).status_code == 200
    assert refused(await api.post(REPLY, json=reply(token_of(bot))))
    assert len(await hana.receives(1)) == 1


async def test_a_token_lives_for_a_minute(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("1つ目")
    line.clock.advance(60)
    assert (await api.post(REPLY, json=reply(token_of(bot)))).status_code == 200
    await hana.says("2つ目")
    line.clock.advance(61)
    assert refused(await api.post(REPLY, json=reply(token_of(bot))))


async def test_an_unknown_token_is_refused(api: httpx.AsyncClient) -> None:
    assert refused(await api.post(REPLY, json=reply("0" * 32)))


async def test_the_minute_begins_when_the_webhook_arrives(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    with line.holding() as held:
        await hana.says("遅れて届きます")
    assert refused(await api.post(REPLY, json=reply(held[0]["replyToken"])))
    line.clock.advance(120)
    await line.deliver(*held)
    line.clock.advance(59)
    assert (await api.post(REPLY, json=reply(token_of(bot)))).status_code == 200


async def test_redelivery_opens_a_token_again_unless_it_was_used(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    lost = await hana.says("落ちていました")
    line.clock.advance(300)
    assert refused(await api.post(REPLY, json=reply(token_of(bot))))
    await line.redeliver(lost)
    assert (await api.post(REPLY, json=reply(token_of(bot)))).status_code == 200
    await line.redeliver(lost)
    assert refused(await api.post(REPLY, json=reply(token_of(bot))))


async def test_redelivery_does_not_open_a_token_after_twenty_minutes(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    lost = await hana.says("ずっと落ちていました")
    line.clock.advance(20 * 60 + 1)
    await line.redeliver(lost)
    assert refused(await api.post(REPLY, json=reply(token_of(bot))))


async def test_a_reply_with_a_wrong_message_leaves_the_token_alone(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("送料は？")
    wrong = await api.post(REPLY, json=reply(token_of(bot), text("")))
    assert wrong.status_code == 400
    assert (await api.post(REPLY, json=reply(token_of(bot)))).status_code == 200


async def test_a_retry_key_on_a_reply_is_refused(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("送料は？")
    key = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert (await api.post(REPLY, json=reply(token_of(bot)), headers=key)).status_code == 400
    assert line.sent(hana) == []


async def test_a_reply_in_a_group_is_seen_in_the_group(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    group = line.group("家族", [hana])
    await hana.says("送料は？", group=group)
    await api.post(REPLY, json=reply(token_of(bot), text("無料です。")))
    assert [bubble.text for bubble in line.sent(group)] == ["無料です。"]
    assert line.sent(hana) == []


async def test_a_reply_to_somebody_who_blocks_is_taken_and_lost(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("送料は？")
    token = token_of(bot)
    await hana.blocks()
    assert (await api.post(REPLY, json=reply(token))).status_code == 200
    assert line.sent(hana) == []
    assert [bubble.via for bubble in line.platform.undelivered] == ["reply"]
    await hana.unblocks()
    assert line.sent(hana) == []


async def test_a_follow_event_can_be_replied_to(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.follows()
    await api.post(REPLY, json=reply(token_of(bot), text("友だち追加ありがとうございます。")))
    assert [bubble.via for bubble in line.sent(hana)] == ["reply"]


async def test_what_arrives_is_read_once_and_in_order(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    for words in ("1", "2", "3"):
        await api.post(PUSH, json=push(hana.id, text(words)))
    seen: list[Any] = [bubble.text for bubble in await hana.receives(2)]
    seen += [bubble.text for bubble in await hana.receives()]
    assert seen == ["1", "2", "3"]
