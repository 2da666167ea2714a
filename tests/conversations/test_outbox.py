"""The outbox on both databases: claimed once, in order, retried, held, parked, taken over."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import FixedClock
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Customer, Draft, Kind
from madoguchi.conversations.outbox import CLAIM, Claim, Outbox, State, gone_from_here
from madoguchi.conversations.people import People
from madoguchi.conversations.store import ConversationStore
from madoguchi.database import migrate, open_database
from tests.conversations.conftest import NOW
from tests.support.channel import NAME, SENT

_AGAIN = Outcome(Result.RETRY, code="busy")


class Bench:
    """An outbox whose time is moved by the test, and a customer to write to."""

    def __init__(self, url: str) -> None:
        self.database = open_database(url)
        # What is stored is due at the machine's time, so time here begins a little after it.
        self.time = datetime.now(UTC) + timedelta(seconds=5)
        self.store = ConversationStore(self.database, FixedClock(NOW))
        self.people = People(self.database, FixedClock(NOW))
        self.outbox = self.another()

    def another(self, holder: str | None = None) -> Outbox:
        """Return the outbox as another process has it."""
        return Outbox(self.database, attempts=3, now=lambda: self.time, holder=holder)

    async def customer(self, name: str = "hana") -> str:
        """Return a customer's conversation."""
        return (await self.people.meet(NAME, name, None)).conversation_id

    async def say(self, conversation_id: str, text: str) -> None:
        """Store a message for the customer."""
        await self.store.say(conversation_id, [Draft(Kind.NOTICE, text)])

    async def claim(self) -> Claim:
        """Return the one delivery that is due."""
        [claim] = await self.outbox.claim([NAME])
        return claim

    async def rows(self) -> list[OutboxRow]:
        """Return all deliveries."""
        async with AsyncSession(self.database) as session:
            return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


@pytest.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """An empty outbox on each database."""
    made = Bench(database_url)
    await migrate(made.database)
    yield made
    await made.database.dispose()


async def test_a_message_for_the_widget_has_no_delivery(bench: Bench) -> None:
    conversation, _, _ = await bench.store.open(Customer("web"), [])
    await bench.say(conversation.id, "こんにちは")
    assert await bench.rows() == []


async def test_what_is_claimed_is_claimed_by_nobody_else(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    outboxes = [bench.another() for _ in range(8)]
    claims = await asyncio.gather(*(each.claim([NAME]) for each in outboxes))
    assert sum(map(len, claims)) == 1


async def test_a_conversation_s_deliveries_go_one_after_the_other(bench: Bench) -> None:
    hana = await bench.customer()
    for text in ("一", "二", "三"):
        await bench.say(hana, text)
    seqs: list[int] = []
    for _ in range(3):
        claim = await bench.claim()
        assert await bench.outbox.claim([NAME]) == []
        seqs.extend(claim.seqs)
        await bench.outbox.finish(claim, SENT)
    assert seqs == [1, 2, 3]


async def test_other_conversations_do_not_wait(bench: Bench) -> None:
    await bench.say(await bench.customer("hana"), "一")
    await bench.say(await bench.customer("ichiro"), "二")
    assert len(await bench.outbox.claim([NAME])) == 2


async def test_a_failed_try_is_tried_again_later_and_later_with_the_same_key(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    first = await bench.claim()
    await bench.outbox.finish(first, _AGAIN)
    assert await bench.outbox.claim([NAME]) == []
    bench.time += timedelta(seconds=1)
    second = await bench.claim()
    assert (second.attempt, second.retry_key) == (2, first.retry_key)
    await bench.outbox.finish(second, _AGAIN)
    bench.time += timedelta(seconds=2)
    assert (await bench.claim()).attempt == 3


async def test_a_platform_s_own_wait_is_kept(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    after = Outcome(Result.RETRY, after=timedelta(minutes=5))
    await bench.outbox.finish(await bench.claim(), after)
    bench.time += timedelta(minutes=4, seconds=59)
    assert await bench.outbox.claim([NAME]) == []
    bench.time += timedelta(seconds=2)
    await bench.claim()


async def test_after_some_tries_it_is_parked_and_the_next_one_goes(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    await bench.say(hana, "二")
    for _ in range(3):
        await bench.outbox.finish(await bench.claim(), _AGAIN)
        bench.time += timedelta(minutes=2)
    [parked] = await bench.outbox.entries([State.PARKED])
    assert (parked.code, parked.attempts) == ("busy", 3)
    assert (await bench.claim()).seqs == (2,)


async def test_what_can_never_work_is_parked_at_once(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    await bench.say(hana, "二")
    refused = Outcome(Result.REFUSED, code="invalid", detail="x" * 900)
    assert await bench.outbox.finish(await bench.claim(), refused) is State.PARKED
    assert (await bench.claim()).seqs == (2,)


async def test_a_parked_delivery_is_sent_again_when_asked(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    claim = await bench.claim()
    await bench.outbox.finish(claim, Outcome(Result.REFUSED))
    assert await bench.outbox.resend(claim.id)
    again = await bench.claim()
    assert (again.attempt, again.retry_key, again.unsure) == (1, claim.retry_key, False)
    await bench.outbox.finish(again, SENT)
    assert not await bench.outbox.resend(claim.id)


async def test_what_waits_for_its_next_try_is_tried_at_once_when_asked(bench: Bench) -> None:
    """A token that LINE refuses is asked again in ten minutes only, unless a new one is there."""
    await bench.say(await bench.customer(), "一")
    claim = await bench.claim()
    later = Outcome(Result.UNSURE, code="refused_credentials", after=timedelta(minutes=10))
    await bench.outbox.finish(claim, later)
    assert await bench.outbox.claim([NAME]) == []
    assert await bench.outbox.resend(claim.id)
    again = await bench.claim()
    assert (again.attempt, again.retry_key, again.unsure) == (2, claim.retry_key, True)
    assert not await bench.outbox.resend(claim.id)


async def test_what_is_asked_for_while_another_process_claims_it_is_tried_once(
    bench: Bench,
) -> None:
    other = bench.another("elsewhere:1:x")
    for number in range(20):
        await bench.say(await bench.customer(f"customer {number}"), "一")
        bench.time += timedelta(hours=1)
        held = await bench.claim()
        await bench.outbox.finish(held, Outcome(Result.HELD, after=timedelta(0)))
        claimed, _ = await asyncio.gather(other.claim([NAME]), bench.outbox.resend(held.id))
        left = await bench.outbox.claim([NAME])
        assert [each.id for each in (*claimed, *left)] == [held.id]
        await (other if claimed else bench.outbox).finish((*claimed, *left)[0], SENT)


async def test_a_day_later_it_gets_another_key(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    claim = await bench.claim()
    await bench.outbox.finish(claim, Outcome(Result.REFUSED))
    bench.time = NOW + timedelta(days=1)
    await bench.outbox.resend(claim.id)
    assert (await bench.claim()).retry_key != claim.retry_key


async def test_what_a_dead_process_held_is_taken_up_as_unsure(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    dead = bench.another("elsewhere:1:x")
    [lost] = await dead.claim([NAME])
    assert await bench.outbox.claim([NAME]) == []
    bench.time += CLAIM + timedelta(seconds=1)
    claim = await bench.claim()
    assert (claim.unsure, claim.attempt, claim.retry_key) == (True, 2, lost.retry_key)
    assert await dead.finish(lost, SENT) is None
    assert await bench.outbox.finish(claim, SENT) is State.SENT


async def test_what_a_process_of_this_host_left_is_taken_up_at_once(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    await bench.another("left behind").claim([NAME])
    await bench.outbox.take_over(lambda holder: holder == "left behind")
    assert (await bench.claim()).unsure


async def test_unsureness_lasts_until_it_is_sent(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    await bench.outbox.finish(await bench.claim(), Outcome(Result.UNSURE))
    bench.time += timedelta(minutes=1)
    second = await bench.claim()
    assert second.unsure
    await bench.outbox.finish(second, _AGAIN)
    bench.time += timedelta(minutes=1)
    assert (await bench.claim()).unsure


async def test_what_is_held_waits_and_is_no_failed_try(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    held = Outcome(Result.HELD, code="promised", after=timedelta(minutes=10))
    await bench.outbox.finish(await bench.claim(), held)
    bench.time += timedelta(minutes=9)
    assert await bench.outbox.claim([NAME]) == []
    assert await bench.outbox.release(hana) == 1
    claim = await bench.claim()
    assert (claim.attempt, claim.last_code) == (1, "promised")


async def test_what_is_held_goes_by_itself_when_its_time_has_come(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    held = Outcome(Result.HELD, after=timedelta(minutes=10))
    await bench.outbox.finish(await bench.claim(), held)
    bench.time += timedelta(minutes=11)
    await bench.claim()


async def test_what_is_held_goes_with_what_is_said_next(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    await bench.outbox.finish(await bench.claim(), Outcome(Result.HELD))
    await bench.store.receive(hana, "event", text="まだですか")
    await bench.say(hana, "二")
    assert (await bench.claim()).seqs == (1, 3)
    assert [row.state for row in await bench.rows()] == [State.MERGED, State.SENDING]


async def test_what_is_held_only_after_the_next_was_stored_goes_with_it_too(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    claim = await bench.claim()
    await bench.say(hana, "二")
    await bench.outbox.finish(claim, Outcome(Result.HELD))
    assert (await bench.claim()).seqs == (1, 2)
    assert [row.state for row in await bench.rows()] == [State.MERGED, State.SENDING]


async def test_what_is_held_goes_with_the_next_and_not_with_the_newest(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    first = await bench.claim()
    await bench.say(hana, "二")
    await bench.outbox.finish(first, Outcome(Result.HELD))
    await bench.say(hana, "三")
    second = await bench.claim()
    assert second.seqs == (1, 2)
    await bench.outbox.finish(second, SENT)
    assert (await bench.claim()).seqs == (3,)


async def test_what_was_tried_stays_as_it_is_whatever_is_held(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    first = await bench.claim()
    await bench.say(hana, "二")
    await bench.outbox.finish(first, Outcome(Result.HELD, unsent=True))
    await bench.outbox.release(hana)
    second = await bench.claim()
    assert second.seqs == (1,)
    await bench.outbox.finish(second, SENT)
    third = await bench.claim()
    await bench.outbox.finish(third, Outcome(Result.UNSURE))
    bench.time += timedelta(minutes=1)
    assert (await bench.claim()).seqs == (2,)


async def test_what_arrived_in_part_is_held_without_being_sent_again(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    claim = await bench.claim()
    await bench.outbox.mark(claim.id, 1)
    await bench.outbox.finish(claim, Outcome(Result.HELD))
    await bench.say(hana, "二")
    assert (await bench.claim()).seqs == (2,)


async def test_what_is_held_and_surely_unsent_is_merged_after_a_killed_try(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    await bench.claim()
    bench.time += CLAIM + timedelta(seconds=1)
    again = await bench.claim()
    assert again.unsure
    await bench.outbox.finish(again, Outcome(Result.HELD, unsent=True))
    await bench.say(hana, "二")
    assert (await bench.claim()).seqs == (1, 2)


async def test_an_unsure_delivery_is_merged_with_nothing(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    await bench.outbox.finish(await bench.claim(), Outcome(Result.UNSURE))
    bench.time += timedelta(minutes=1)
    await bench.outbox.finish(await bench.claim(), Outcome(Result.HELD))
    await bench.say(hana, "二")
    assert (await bench.claim()).seqs == (2,)


async def test_who_left_is_sent_nothing_more(bench: Bench) -> None:
    hana = await bench.customer()
    await bench.say(hana, "一")
    assert await bench.outbox.cancel(hana, "blocked") == 1
    assert await bench.outbox.claim([NAME]) == []
    [entry] = await bench.outbox.entries([State.CANCELLED], hana)
    assert entry.code == "blocked"


@pytest.mark.parametrize(
    ("ending", "confirmed"), [(Outcome(Result.UNSURE), 1), (_AGAIN, 0), (SENT, 0)]
)
async def test_only_an_unsure_delivery_is_confirmed_by_the_platform(
    bench: Bench, ending: Outcome, confirmed: int
) -> None:
    await bench.say(await bench.customer(), "一")
    claim = await bench.claim()
    await bench.outbox.finish(claim, ending)
    assert await bench.outbox.confirm(claim.id) == confirmed


async def test_parts_that_arrived_are_remembered(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    claim = await bench.claim()
    await bench.outbox.mark(claim.id, 2)
    await bench.outbox.mark(claim.id, 1)
    assert await bench.outbox.done(claim.id) == 2


async def test_a_channel_that_is_not_served_here_is_left_alone(bench: Bench) -> None:
    await bench.say(await bench.customer(), "一")
    assert await bench.outbox.claim(["another"]) == []


def test_a_process_is_gone_when_its_number_is_free_here() -> None:
    here = socket.gethostname()[:40]
    assert gone_from_here(f"{here}:{2**22 + 1}:x")
    assert not gone_from_here(f"{here}:{os.getppid()}:x")
    # The number came round again.
    assert gone_from_here(f"{here}:{os.getpid()}:x")


@pytest.mark.parametrize("holder", ["elsewhere:1:x", "", "::", "nonsense", "1"])
def test_of_other_hosts_nothing_is_known(holder: str) -> None:
    assert not gone_from_here(holder)
