"""The outbox on both databases: once by its key, claimed by one, retried, parked, taken over."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import timedelta

from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.deliveries import gone_from_here
from madoguchi.database import open_database
from madoguchi.notifications.model import (
    Claim,
    Kind,
    NewNotification,
    Recipient,
    State,
    Via,
)
from madoguchi.notifications.outbox import CLAIM, NotificationOutbox
from tests.notifications.conftest import NOON, Watch

AGAIN = Outcome(Result.RETRY, code="busy", detail="SMTP 451")
SENT = Outcome(Result.SENT)
LEAD = Recipient(Via.EMAIL, "lead@example.jp")


def new(key: str, to: Recipient = LEAD) -> NewNotification:
    """Return something to tell."""
    return NewNotification(key, Kind.INQUIRIES_DUE, to, {"today": [], "late": []})


async def claimed(outbox: NotificationOutbox) -> Claim:
    """Return the one notification that is due."""
    [claim] = await outbox.claim([Via.EMAIL])
    return claim


async def test_a_key_is_told_once_whoever_stores_it(watch: Watch) -> None:
    url = watch.database.url.render_as_string(hide_password=False)
    other = open_database(url)
    outboxes = [watch.outbox, NotificationOutbox(other)]
    news = [new(f"k{number}") for number in range(20)]
    added = await asyncio.gather(*(outbox.add(news, NOON) for outbox in outboxes * 3))
    await other.dispose()
    assert sum(added) == 20
    assert len(await watch.rows()) == 20
    assert await watch.outbox.known(["k1", "k99"]) == {"k1"}


async def test_two_processes_never_send_the_same_one(watch: Watch) -> None:
    await watch.outbox.add([new(f"k{number}") for number in range(10)], NOON)
    url = watch.database.url.render_as_string(hide_password=False)
    other = open_database(url)
    both = [watch.outbox, NotificationOutbox(other, now=watch.machine.now)]
    found = await asyncio.gather(*(outbox.claim([Via.EMAIL]) for outbox in both))
    await other.dispose()
    ids = [claim.id for claims in found for claim in claims]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 10


async def test_what_fails_is_tried_later_and_parked_in_the_end(watch: Watch) -> None:
    await watch.outbox.add([new("k")], NOON)
    for attempt in (1, 2):
        claim = await claimed(watch.outbox)
        assert claim.attempt == attempt
        assert await watch.outbox.finish(claim, AGAIN) is State.WAITING
        assert await watch.outbox.claim([Via.EMAIL]) == []
        watch.machine.ahead += timedelta(hours=1)
    assert await watch.outbox.finish(await claimed(watch.outbox), AGAIN) is State.PARKED
    [entry] = await watch.outbox.entries([State.PARKED])
    assert (entry.code, entry.detail, entry.attempts) == ("busy", "SMTP 451", 3)


async def test_what_is_refused_is_parked_at_once_and_can_be_sent_again(watch: Watch) -> None:
    await watch.outbox.add([new("k")], NOON)
    claim = await claimed(watch.outbox)
    assert await watch.outbox.finish(claim, Outcome(Result.REFUSED, code="x")) is State.PARKED
    assert await watch.outbox.resend(claim.id)
    again = await claimed(watch.outbox)
    assert (again.key, again.attempt) == ("k", 1)
    assert await watch.outbox.finish(again, SENT) is State.SENT
    assert not await watch.outbox.resend(claim.id)


async def test_the_claim_of_a_dead_process_ends(watch: Watch) -> None:
    await watch.outbox.add([new("k")], NOON)
    lost = await claimed(watch.outbox)
    other = watch.another_outbox("elsewhere:1:x")
    assert await other.claim([Via.EMAIL]) == []
    watch.machine.ahead += CLAIM + timedelta(seconds=1)
    mine = await claimed(other)
    assert (mine.id, mine.attempt) == (lost.id, 2)
    assert await watch.outbox.finish(lost, SENT) is None
    assert await other.finish(mine, SENT) is State.SENT


async def test_what_a_dead_process_of_this_host_held_is_free_at_once(watch: Watch) -> None:
    await watch.outbox.add([new("k")], NOON)
    host = socket.gethostname()[:40]
    dead, living = f"{host}:99999999:x", f"{host}:{os.getppid()}:x"
    await claimed(watch.another_outbox(living))
    await watch.outbox.take_over(gone_from_here)
    assert await watch.outbox.claim([Via.EMAIL]) == []
    watch.machine.ahead += CLAIM + timedelta(seconds=1)
    await claimed(watch.another_outbox(dead))
    await watch.outbox.take_over(gone_from_here)
    assert len(await watch.outbox.claim([Via.EMAIL])) == 1


async def test_only_the_ways_that_are_served_are_claimed(watch: Watch) -> None:
    await watch.outbox.add([new("k", Recipient(Via.WEBHOOK)), new("p", Recipient(Via.PHONE))], NOON)
    assert await watch.outbox.claim([Via.EMAIL]) == []
    assert len(await watch.outbox.claim([Via.WEBHOOK])) == 1
    # What a person has told by telephone was never to be sent.
    assert {entry.to.via for entry in await watch.outbox.entries(list(State))} == {Via.WEBHOOK}
