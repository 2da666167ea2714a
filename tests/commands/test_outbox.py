"""The command that shows what did not arrive, and sends it again."""

from __future__ import annotations

import pytest

from madoguchi.clock import SystemClock
from madoguchi.commands.database import opened_database
from madoguchi.commands.outbox import OUTBOX
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.model import Draft, Kind
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.people import People
from madoguchi.conversations.store import ConversationStore
from madoguchi.settings import Settings
from tests.support.channel import NAME, SENT


@pytest.fixture
async def stuck(used: Settings) -> Settings:
    """Settings of a database with one delivery that was refused and one that arrived."""
    async with opened_database(used) as database:
        store = ConversationStore(database, SystemClock())
        person = await People(database, SystemClock()).meet(NAME, "hana", None)
        outbox = Outbox(database)
        for outcome in (Outcome(Result.REFUSED, code="invalid_request", detail="odd"), SENT):
            await store.say(person.conversation_id, [Draft(Kind.NOTICE, "お知らせの本文")])
            [claim] = await outbox.claim([NAME])
            await outbox.finish(claim, outcome)
    return used


async def test_what_is_parked_is_listed_with_its_reason_and_without_its_text(
    stuck: Settings,
) -> None:
    shown = await OUTBOX.listed(stuck)
    assert "parked" in shown
    assert "invalid_request: odd" in shown
    assert "sent" not in shown
    assert "お知らせ" not in shown


async def test_what_arrived_is_listed_with_what_it_cost_when_asked(stuck: Settings) -> None:
    assert "push, 1 counted" in await OUTBOX.listed(stuck, everything=True)


async def test_a_parked_delivery_is_named_to_be_sent_again(stuck: Settings) -> None:
    assert "1 will be sent again" in await OUTBOX.resend(stuck, [1])
    assert "waiting" in await OUTBOX.listed(stuck)


async def test_all_that_is_parked_is_sent_again(stuck: Settings) -> None:
    assert "1 will be sent again" in await OUTBOX.resend(stuck, [], parked=True)


async def test_what_is_not_stuck_is_left_alone_and_named(stuck: Settings) -> None:
    assert "left alone: 2, 99" in await OUTBOX.resend(stuck, [2, 99])


async def test_with_nothing_waiting_it_says_so(used: Settings) -> None:
    assert "nothing is waiting" in await OUTBOX.listed(used)
