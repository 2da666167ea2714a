"""Deliveries over real HTTP: each part once and in order, whatever the platform does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.model import Message
from tests.channels.messenger.things import (
    IMPATIENT,
    Shop,
    a_message,
    an_agents_message,
    choices,
    shop_at,
)
from tests.messenger_platform import errors, faults
from tests.messenger_platform.fake import FakeMeta, served
from tests.messenger_platform.faults import Fault
from tests.messenger_platform.platform import Platform

THREE = (a_message("一つ目"), a_message("二つ目"), a_message("三つ目"))


def texts(shop: Shop) -> list[str | None]:
    return [sent.text for sent in shop.platform.sent]


async def deliver(shop: Shop, *messages: Message, attempt: int = 1) -> Outcome:
    return await shop.channel.sender.deliver(shop.delivery(*messages, attempt=attempt))


async def test_a_delivery_reaches_the_customer(shop: Shop) -> None:
    outcome = await deliver(shop, a_message("どちらですか？", choices=choices("注文", "返品")))
    [sent] = shop.platform.sent
    assert (sent.person, sent.text, sent.titles) == (
        shop.person.id,
        "どちらですか？",
        ["注文", "返品"],
    )
    assert (sent.messaging_type, sent.tag) == ("RESPONSE", None)
    assert (outcome.result, outcome.counted, outcome.external_ids) == (
        Result.SENT,
        1,
        (sent.mid,),
    )


async def test_parts_go_one_by_one_and_say_which_they_are(shop: Shop) -> None:
    await deliver(shop, *THREE)
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]
    assert [sent.message["metadata"] for sent in shop.platform.sent] == [
        "madoguchi:7:1:3",
        "madoguchi:7:2:3",
        "madoguchi:7:3:3",
    ]


async def test_instagram_is_sent_no_metadata(instagram_shop: Shop) -> None:
    outcome = await deliver(instagram_shop, a_message("はい"))
    assert outcome.result is Result.SENT
    assert instagram_shop.platform.sent[0].message == {"text": "はい"}
    assert len(outcome.external_ids[0]) < 100


async def test_a_delivery_without_anything_to_say_is_done(shop: Shop) -> None:
    assert (await deliver(shop, a_message(" "))).result is Result.SENT
    assert not shop.platform.sent


async def test_a_further_try_goes_on_after_what_was_taken(shop: Shop) -> None:
    shop.platform.faults.next = [Fault(), faults.refused(errors.TEMPORARY)]
    first = await deliver(shop, *THREE)
    assert (first.result, first.code) == (Result.RETRY, "temporary")
    assert texts(shop) == ["一つ目"]
    second = await deliver(shop, *THREE, attempt=2)
    assert second.result is Result.SENT
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]


@pytest.mark.parametrize(
    "fault", [faults.hangs(), faults.cut(), faults.nonsense(), faults.gateway(accepted=True)]
)
async def test_what_was_taken_without_an_answer_is_proven_by_its_echo(
    meta: FakeMeta, fault: Fault
) -> None:
    shop = shop_at(meta, IMPATIENT)
    shop.platform.faults.next = [Fault(), fault]
    first = await deliver(shop, *THREE)
    assert first.result is Result.UNSURE
    assert first.after is not None
    await shop.hears_echoes()
    assert (await deliver(shop, *THREE, attempt=2)).result is Result.SENT
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]
    await shop.close()


async def test_an_echo_that_is_faster_than_the_answer_counts_at_once(meta: FakeMeta) -> None:
    shop = shop_at(meta, IMPATIENT)
    shop.platform.faults.next = [faults.hangs()]
    delivery = asyncio.create_task(deliver(shop, *THREE))
    await shop.platform.taken.wait()
    await shop.hears_echoes()
    assert (await delivery).result is Result.SENT
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]
    await shop.close()


async def test_without_an_echo_an_unsure_part_is_sent_again_rather_than_lost(
    meta: FakeMeta,
) -> None:
    shop = shop_at(meta, IMPATIENT)
    shop.platform.faults.next = [faults.hangs(accepted=False)]
    assert (await deliver(shop, *THREE)).result is Result.UNSURE
    assert (await deliver(shop, *THREE, attempt=2)).result is Result.SENT
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]
    await shop.close()


async def test_a_late_echo_takes_nothing_back(shop: Shop) -> None:
    shop.platform.faults.next = [Fault(), Fault(), faults.refused(errors.TEMPORARY)]
    await deliver(shop, *THREE)
    shop.platform.echoes.reverse()
    await shop.hears_echoes()
    await deliver(shop, *THREE, attempt=2)
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]


async def test_a_platform_that_is_away_has_taken_nothing(meta: FakeMeta) -> None:
    shop = shop_at(FakeMeta(meta.platform, "http://127.0.0.1:1"))
    outcome = await deliver(shop, a_message())
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")
    await shop.close()


async def test_a_wrong_token_is_the_shops_to_mend_and_loses_nothing(shop: Shop) -> None:
    shop.platform.token = "a newer one"
    outcome = await deliver(shop, a_message())
    assert (outcome.result, outcome.code) == (Result.RETRY, "token_expired")
    assert outcome.after == timedelta(minutes=10)
    shop.platform.token = "page-token"
    assert (await deliver(shop, a_message(), attempt=2)).result is Result.SENT


async def test_a_request_without_the_apps_proof_is_refused(meta: FakeMeta) -> None:
    shop = shop_at(meta)
    shop.platform.app_secret = "another"
    assert (await deliver(shop, a_message())).code == "invalid_request"
    await shop.close()


async def test_a_customer_who_blocks_wants_nothing(shop: Shop) -> None:
    shop.person.blocks = True
    assert (await deliver(shop, a_message())).result is Result.UNWANTED


async def test_a_day_later_the_bot_is_silent_and_says_so(shop: Shop) -> None:
    shop.platform.now += timedelta(hours=24)
    outcome = await deliver(shop, a_message())
    assert (outcome.result, outcome.code) == (Result.REFUSED, "window_closed")
    assert not shop.platform.requests


async def test_a_day_later_a_person_may_still_answer(shop: Shop) -> None:
    shop.platform.now += timedelta(days=6, hours=23)
    assert (await deliver(shop, an_agents_message())).result is Result.SENT
    [sent] = shop.platform.sent
    assert (sent.messaging_type, sent.tag) == ("MESSAGE_TAG", "HUMAN_AGENT")


async def test_a_person_may_not_answer_without_the_permission(meta: FakeMeta) -> None:
    shop = shop_at(meta, human_agent=False)
    shop.platform.now += timedelta(days=2)
    assert (await deliver(shop, an_agents_message())).code == "window_closed"
    await shop.close()


async def test_a_week_later_nobody_may_write(shop: Shop) -> None:
    shop.platform.now += timedelta(days=7)
    assert (await deliver(shop, an_agents_message())).code == "window_closed"


async def test_a_window_that_only_meta_knows_to_be_closed_is_told(shop: Shop) -> None:
    delivery = shop.delivery(a_message())
    shop.person.heard_at = None
    outcome = await shop.channel.sender.deliver(delivery)
    assert (outcome.result, outcome.code) == (Result.REFUSED, "window_closed")


async def test_a_delivery_that_was_taken_whole_is_sent_even_when_the_window_has_closed(
    shop: Shop,
) -> None:
    await deliver(shop, *THREE)
    shop.platform.now += timedelta(days=8)
    assert (await deliver(shop, *THREE, attempt=2)).result is Result.SENT
    assert len(shop.platform.sent) == 3


async def test_a_try_that_takes_long_goes_on_in_the_next_one(shop: Shop) -> None:
    sender = shop.channel.sender
    object.__setattr__(sender, "try_seconds", 0.0)
    for attempt in (1, 2):
        outcome = await deliver(shop, *THREE, attempt=attempt)
        assert (outcome.result, outcome.code, outcome.after) == (
            Result.RETRY,
            "unfinished",
            timedelta(0),
        )
    assert (await deliver(shop, *THREE, attempt=3)).result is Result.SENT
    assert texts(shop) == ["一つ目", "二つ目", "三つ目"]


_FAULTS = st.sampled_from(
    [
        Fault(),
        faults.cut(accepted=True),
        faults.cut(accepted=False),
        faults.nonsense(accepted=True),
        faults.gateway(accepted=False),
        faults.gateway(accepted=True),
        faults.refused(errors.TEMPORARY),
        faults.refused(errors.RATE_613),
        faults.refused(errors.SENT_WITH_ERROR, accepted=True),
    ]
)


@settings(max_examples=25)
@given(
    plan=st.lists(_FAULTS, max_size=10),
    said=st.lists(st.text("あいう", min_size=1, max_size=5), min_size=1, max_size=4),
)
async def test_with_echoes_every_part_arrives_exactly_once_and_in_order(
    plan: list[Fault], said: list[str]
) -> None:
    async with served(Platform()) as meta:
        shop = shop_at(meta)
        shop.platform.faults.next = list(plan)
        messages = [a_message(text) for text in said]
        for attempt in range(1, len(plan) + 2):
            outcome = await deliver(shop, *messages, attempt=attempt)
            await shop.hears_echoes()
            if outcome.result is Result.SENT:
                break
        assert outcome.result is Result.SENT
        assert texts(shop) == said
        await shop.close()
