"""What LINE may do to a message of ours, and what becomes of it: never lost, never sent twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.line.sender import LineSender
from madoguchi.conversations.channel_tables import ChannelEventRow, OutboxRow
from tests.channels.line.service.conftest import Shop
from tests.line_platform import faults
from tests.line_platform.customer import Customer
from tests.line_platform.faults import Fault
from tests.support.engine import rasa_message, says
from tests.support.waiting import until


async def test_after_the_reply_token_s_minute_it_is_pushed(shop: Shop, hana: Customer) -> None:
    shop.service.engine.will(shop.service.engine.hangs)
    await hana.says("遅い質問")
    await shop.service.engine.was_asked(1)
    shop.line.clock.advance(61)
    shop.service.engine.go_on.set()
    [answer] = await hana.receives()
    assert (answer.via, answer.counted) == ("push", True)
    [entry] = await shop.ended()
    assert (entry.via, entry.counted) == ("push", 1)
    [push] = shop.line.calls("push")
    assert push.headers.get("x-line-retry-key")


@pytest.mark.parametrize(
    "fault",
    [faults.hangs(accepted=True), faults.server_error(accepted=True), faults.resets(accepted=True)],
    ids=["hangs", "fails", "breaks"],
)
async def test_a_reply_that_arrived_without_an_answer_is_not_sent_again(
    shop: Shop, hana: Customer, fault: Fault
) -> None:
    shop.line.fail("reply", fault)
    await hana.says("送料は")
    [entry] = await shop.ended()
    assert (entry.state, entry.code) == ("sent", "confirmed")
    assert [bubble.via for bubble in shop.line.sent(hana)] == ["reply"]


@pytest.mark.parametrize(
    "fault", [faults.server_error(), faults.resets(), faults.rate_limit()], ids=str
)
async def test_a_reply_that_did_not_arrive_is_tried_again(
    shop: Shop, hana: Customer, fault: Fault
) -> None:
    shop.line.fail("reply", fault, times=2)
    await hana.says("送料は")
    [answer] = await hana.receives()
    assert answer.via == "reply"
    [entry] = await shop.ended()
    assert (entry.state, entry.attempts) == ("sent", 3)
    assert len(shop.line.sent(hana)) == 1


@pytest.mark.parametrize(
    "fault",
    [faults.hangs(accepted=True), faults.server_error(accepted=True), faults.resets(accepted=True)],
    ids=["hangs", "fails", "breaks"],
)
async def test_a_push_that_arrived_without_an_answer_is_known_by_its_key(
    shop: Shop, hana: Customer, fault: Fault
) -> None:
    await _make_push(shop, hana)
    shop.line.fail("push", fault)
    shop.service.engine.go_on.set()
    [entry] = await shop.ended()
    assert (entry.state, entry.via) == ("sent", "push")
    first, second = shop.line.calls("push")
    assert second.status == 409
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"]
    assert len(shop.line.sent(hana)) == 1


@pytest.mark.parametrize(
    "fault", [faults.hangs(accepted=False), faults.server_error(), faults.resets()], ids=str
)
async def test_a_push_that_did_not_arrive_is_pushed_again_and_not_taken_for_sent(
    shop: Shop, hana: Customer, fault: Fault
) -> None:
    await _make_push(shop, hana)
    shop.line.fail("push", fault)
    shop.service.engine.go_on.set()
    [entry] = await shop.ended()
    assert (entry.state, entry.via) == ("sent", "push")
    assert len(shop.line.sent(hana)) == 1


async def test_a_message_that_line_refuses_does_not_hold_the_next_one_up(
    shop: Shop, hana: Customer
) -> None:
    shop.line.fail("reply", faults.bad_request())
    await hana.says("一つ目")
    await hana.says("二つ目")
    [answer] = await hana.receives()
    assert answer.text == "答え: 二つ目"
    parked, sent = await shop.ended()
    assert (parked.state, parked.code) == ("parked", "invalid_request")
    assert sent.state == "sent"


async def test_a_parked_message_is_sent_when_the_shop_asks(shop: Shop, hana: Customer) -> None:
    shop.line.fail("reply", faults.bad_request())
    await hana.says("一つ目")
    [parked] = await shop.ended()
    assert await shop.service.parts.messaging.outbox.resend(parked.id)
    [answer] = await hana.receives()
    assert answer.text == "答え: 一つ目"


async def test_a_wrong_access_token_gives_nothing_up(shop: Shop, hana: Customer) -> None:
    shop.line.fail("reply", faults.unauthorized())
    await hana.says("送料は")
    await shop.line.called("reply")
    await shop.worked_on()
    [entry] = await shop.deliveries()
    assert entry.state in {"waiting", "sending"}


class TestMonthlyLimit:
    """When the month's messages are used up."""

    async def test_a_push_waits_for_the_customer_s_next_message(
        self, shop: Shop, hana: Customer
    ) -> None:
        await _make_push(shop, hana)
        shop.line.fail("push", faults.monthly_limit())
        shop.service.engine.go_on.set()
        await shop.line.called("push")
        [entry] = await shop.ended()
        assert (entry.state, entry.code) == ("held", "quota")
        await hana.says("まだですか")
        first, second = await hana.receives(2)
        assert (first.text, second.text) == ("答え: 遅い質問", "答え: まだですか")
        assert {first.via, second.via} == {"reply"}
        assert len(shop.line.calls("reply")) >= 1

    async def test_near_the_limit_the_bot_stops_pushing(self, shop: Shop, hana: Customer) -> None:
        sender = shop.service.parts.messaging.channels["line"].sender
        assert isinstance(sender, LineSender)
        await sender._quota.remaining()
        shop.line.platform.quota.limit = 15  # and 20 are kept for people
        sender._quota._next_read = None  # five minutes have passed since the start
        await _make_push(shop, hana)
        shop.service.engine.go_on.set()
        [entry] = await shop.ended()
        assert (entry.state, entry.code) == ("held", "quota")
        assert shop.line.calls("push") == []


class TestFetching:
    """「結果を見る」: an answer that comes late is fetched for free."""

    async def test_a_late_answer_is_fetched_with_a_button(self, shop: Shop, hana: Customer) -> None:
        shop.service.engine.away = True
        await hana.says("送料は")
        [notice] = await hana.receives()
        assert "結果を見る" in notice.labels
        shop.service.engine.away = False

        async def answered() -> bool:
            return len(await shop.texts(hana)) == 3

        await until(answered)
        await shop.ended()
        assert len(shop.line.sent(hana)) == 1
        await hana.taps("結果を見る")
        [answer] = await hana.receives()
        assert (answer.text, answer.counted) == ("答え: 送料は", False)

    async def test_pushed_without_an_answer_it_is_pushed_again_and_not_kept_back(
        self, shop: Shop, hana: Customer
    ) -> None:
        shop.service.engine.away = True
        await hana.says("送料は")
        await hana.receives()
        shop.service.engine.away = False

        async def held() -> bool:
            return [entry.state for entry in await shop.deliveries()] == ["sent", "held"]

        await until(held)
        shop.line.fail("push", faults.server_error(accepted=True))
        async with AsyncSession(shop.service.parts.database) as session, session.begin():
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.state == "held")
                .values(next_at=datetime.now(UTC))  # the ten minutes are over
            )
        first, second = await shop.line.called("push", 2)
        assert (first.status, second.status) == (500, 409)
        assert [entry.state for entry in await shop.ended()] == ["sent", "sent"]
        [_notice, answer] = shop.line.sent(hana)
        assert answer.text == "答え: 送料は"

    async def test_fetched_too_early_it_says_so_and_offers_the_button_again(
        self, shop: Shop, hana: Customer
    ) -> None:
        shop.service.engine.away = True
        await hana.says("送料は")
        await hana.receives()
        await hana.taps("結果を見る")
        [told] = await hana.receives()
        assert "まだお調べしています" in told.text
        assert "結果を見る" in told.labels
        assert not told.counted


async def test_a_message_that_was_worked_on_late_is_not_answered_with_its_old_token(
    shop: Shop, hana: Customer
) -> None:
    """The token's minute began when the webhook came; its refusal would prove nothing."""
    await shop.service.parts.messaging.intake.stop()
    await hana.says("送料は")
    async with AsyncSession(shop.service.parts.database) as session, session.begin():
        earlier = datetime.now(UTC) - timedelta(seconds=55)
        await session.execute(update(ChannelEventRow).values(received_at=earlier))
    await shop.service.parts.messaging.intake.start()
    [answer] = await hana.receives()
    assert answer.via == "push"
    assert shop.line.calls("reply") == []


async def test_seven_messages_of_one_answer_all_arrive_in_order(shop: Shop, hana: Customer) -> None:
    texts = [f"{number}。" + "あ" * 2400 for number in range(7)]
    shop.service.engine.will(says(*(rasa_message(text) for text in texts)))
    await hana.says("全部教えて")
    [entry] = await shop.ended()
    assert entry.state == "sent"
    shown = "".join(bubble.text for bubble in shop.line.sent(hana)).replace("\n", "")
    assert shown == "".join(texts)


async def test_who_blocked_gets_nothing_and_costs_nothing(shop: Shop, hana: Customer) -> None:
    shop.service.engine.will(shop.service.engine.hangs)
    await hana.says("遅い質問")
    await shop.service.engine.was_asked(1)
    await hana.blocks()

    async def gone() -> bool:
        person = await shop.service.parts.messaging.people.find("line", hana.id)
        return person is not None and person.blocked

    await until(gone)
    shop.service.engine.go_on.set()
    [entry] = await shop.ended()
    assert (entry.state, entry.code) == ("cancelled", "blocked")
    assert shop.line.calls("reply") + shop.line.calls("push") == []
    await hana.unblocks()
    [greeting] = await hana.receives()
    assert "友だち追加" in greeting.text


async def test_a_profile_that_cannot_be_read_loses_nothing(shop: Shop, hana: Customer) -> None:
    shop.line.fail("profile", faults.server_error(), times=None)
    await hana.says("送料は")
    [answer] = await hana.receives()
    assert answer.text == "答え: 送料は"


async def _make_push(shop: Shop, hana: Customer) -> None:
    """Have the next answer be too late for a reply; it goes on with ``engine.go_on``."""
    shop.service.engine.will(shop.service.engine.hangs)
    await hana.says("遅い質問")
    await shop.service.engine.was_asked(1)
    shop.line.clock.advance(61)
