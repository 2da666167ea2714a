"""500 messages of 50 customers, while service and engine are killed and LINE fails at random.

Set ``KILLS_SEED`` to repeat a run; the processes' own timing stays what it is.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import secrets
import time

import pytest

from madoguchi.knowledge.reactions import reactions
from madoguchi.knowledge.sentences import sentences
from tests.e2e.line.conftest import Shop
from tests.e2e.line.customers import Asker
from tests.e2e.line.run import BLOWS, Killer, spoil
from tests.line_platform.bubbles import Bubble

pytestmark = [pytest.mark.assistant, pytest.mark.alone, pytest.mark.timeout(600)]

QUESTIONS = {
    "送料っていくら？": "store/shipping_fee",
    "領収書はどうやってもらえますか": "store/receipt",
    "写真と色が違うってことある？": "store/product_color",
    "ローンの申込画面閉じちゃった、どうしよう": "store/loan_application_stuck",
    "会員登録をしなければ購入することはできないのでしょうか。": "store/member_required",
    "掲載されている商品はすべて正規品と考えてよろしいですか。": "store/product_authenticity",
    "ハワイのホテル宛てにバッグをお送りいただくことはできますか。": "store/shipping_overseas",
    "彼女の誕プレなんだけどリボンとか付けられる？": "store/gift_wrapping",
    "お値引きの交渉は可能でしょうか。": "store/discount",
    "腕時計のコマの調整はしていただけますでしょうか。": "store/watch_band_adjustment",
    "こちらで扱っているお品物はすべて新品でしょうか。": "store/product_new_or_used",
    "何度も受け取るのが負担ですので、荷物を一個口にしていただきたいのですが。": (
        "store/combine_orders"
    ),
}
CUSTOMERS, EACH = 50, 10
# The messages are sent, and the processes killed, over about this time.
SPAN_SECONDS = 45.0
# So long after the last message everything has to be answered and delivered.
SETTLING_SECONDS = 150.0
NOTICES = {
    "wait": sentences().engine_away("line").text,
    "working": reactions().to("working").text,
    "fetched": reactions().to("fetched").text,
    "choose": "下からお選びください",
}


async def test_every_message_is_answered_once_and_in_order_whatever_is_killed(shop: Shop) -> None:
    seed = int(os.environ.get("KILLS_SEED") or secrets.randbelow(10**6))
    print(f"KILLS_SEED={seed}")
    answers = await _answers(shop)
    chance = random.Random(seed)  # noqa: S311  (a run that can be repeated)
    askers = [
        Asker(shop.line, number, chance.sample(list(QUESTIONS), EACH), chance.randrange(10**6))
        for number in range(1, CUSTOMERS + 1)
    ]
    killer = Killer(shop.service, chance)
    started = time.monotonic()
    taps = [asyncio.create_task(asker.taps_when_told_to_wait()) for asker in askers]
    async with asyncio.TaskGroup() as going:
        going.create_task(killer.strike(SPAN_SECONDS))
        going.create_task(spoil(shop.line, chance, SPAN_SECONDS))
        for asker in askers:
            going.create_task(asker.ask(SPAN_SECONDS))
    sent = time.monotonic() - started
    waits = await shop.records.finished(SETTLING_SECONDS)
    await killer.rests()
    print(
        f"sent in {sent:.0f} s, settled after {time.monotonic() - started:.0f} s, "
        f"away {[round(each) for each in killer.stretches()]} s, "
        f"{len(shop.line.calls('reply'))} replies, {len(shop.line.calls('push'))} pushes"
    )
    for tap in taps:
        tap.cancel()
    await asyncio.gather(*taps, return_exceptions=True)

    problems = [f"still waiting: {waits}"] if waits else []
    for asker in askers:
        faults = await _faults_of(shop, asker, answers)
        problems += [f"{asker.customer.user.name}: {fault}" for fault in faults]
    # A reply token tells for about a minute what became of it; after that nobody knows.
    problems += [
        f"not delivered: {each}"
        for each in await shop.records.undelivered()
        if not each.is_rightly_in_doubt
    ]
    assert not problems, "\n".join(problems)
    assert await shop.records.failed_events() == 0
    for part in ("service", "engine"):
        assert _deaths(shop, part) == sum(part in blow for blow in BLOWS)


async def _answers(shop: Shop) -> dict[str, str]:
    """Return each question's answer, as one customer gets it before anything is killed."""
    asker = Asker(shop.line, 0, list(QUESTIONS), 0)
    await asker.ask(0)
    assert await shop.records.finished(60) == {}
    found = await shop.records.exchanges(asker)
    assert {each.text: each.topics for each in found} == {
        question: (topic,) for question, topic in QUESTIONS.items()
    }
    answers = {each.text: _plain(each.replies[0]) for each in found}
    assert len(set(answers.values())) == len(QUESTIONS)
    return answers


async def _faults_of(shop: Shop, asker: Asker, answers: dict[str, str]) -> list[str]:
    """Return what is wrong with one customer's conversation, as stored and as seen on LINE."""
    exchanges = await shop.records.exchanges(asker)
    wrong = []
    if [each.text for each in exchanges] != list(asker.questions):
        wrong.append(f"stored as {[each.text for each in exchanges]}")
    wrong += [
        f"{each.text} is {each.state} with {each.topics}"
        for each in exchanges
        if each.state != "done" or each.topics != (QUESTIONS[each.text],)
    ]
    seen = _plain("\n".join(_said(bubble) for bubble in shop.line.sent(asker.customer)))
    expected = [answers[question] for question in asker.questions]
    counts = [seen.count(answer) for answer in expected]
    # What is parked in doubt may have been seen or not.
    certain = [each.in_doubt or count == 1 for count, each in zip(counts, exchanges, strict=False)]
    if not all(certain) or max(counts) > 1:
        wrong.append(f"the answers were seen {counts} times")
    order = [seen.find(answer) for answer, count in zip(expected, counts, strict=True) if count]
    if order != sorted(order):
        wrong.append(f"the answers were seen in the order {order}")
    told = sum(each.told_to_wait for each in exchanges)
    if seen.count(_plain(NOTICES["wait"])) != told:
        wrong.append(f"told to wait {seen.count(_plain(NOTICES['wait']))} times instead of {told}")
    for text in (*expected, *(_plain(notice) for notice in NOTICES.values())):
        seen = seen.replace(text, "")
    if seen:
        wrong.append(f"besides, {seen[:60]} was seen")
    return wrong


def _said(bubble: Bubble) -> str:
    """Return what a bubble says; the titles of an older answer's choices are buttons in it."""
    titles = {line for button in bubble.buttons for line in button.label.split("\n")}
    return "\n".join(line for line in bubble.text.split("\n") if line not in titles)


def _plain(text: str) -> str:
    """Return a text without the breaks that LINE's bubbles may put elsewhere."""
    return re.sub(r"\s+", "", text)


def _deaths(shop: Shop, part: str) -> int:
    return shop.service.output.count(f"the {part} ended (code -9)")
