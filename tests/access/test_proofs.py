"""A proof lasts for its day, and five wrong tries lock for half an hour, on each database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.proofs import Proof, Proofs
from madoguchi.access.tables import ProofTryRow
from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Customer
from madoguchi.conversations.store import ConversationStore
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 22, 30, tzinfo=TOKYO)
MIDNIGHT = datetime(2026, 12, 2, 0, 0, tzinfo=TOKYO)
WHO = ["conversation:c1", "number:A-20261103-0042"]


@pytest.fixture
def clock() -> TestClock:
    """Half past ten in the evening, in Tokyo."""
    return TestClock(NOW)


@pytest.fixture
def proofs(database: AsyncEngine, clock: TestClock) -> Proofs:
    """Proofs on the database."""
    return Proofs(database, clock)


@pytest.fixture
async def conversation(database: AsyncEngine, clock: TestClock) -> str:
    """The id of a conversation."""
    opened, _, _ = await ConversationStore(database, clock).open(Customer("web"), [])
    return opened.id


async def test_nothing_is_proven_at_first(proofs: Proofs, conversation: str) -> None:
    assert await proofs.of(conversation) == []


async def test_a_proof_lasts_until_midnight_in_tokyo(
    proofs: Proofs, conversation: str, clock: TestClock
) -> None:
    await proofs.prove(conversation, "order", "A-20261103-0042")
    proof = Proof("order", "A-20261103-0042", MIDNIGHT)
    assert await proofs.of(conversation) == [proof]
    clock.at = MIDNIGHT - timedelta(seconds=1)
    assert await proofs.of(conversation) == [proof]
    clock.at = MIDNIGHT
    assert await proofs.of(conversation) == []


async def test_what_is_proven_twice_is_one_proof(proofs: Proofs, conversation: str) -> None:
    await proofs.prove(conversation, "order", "A-20261103-0042")
    await proofs.prove(conversation, "order", "A-20261103-0042")
    await proofs.prove(conversation, "rental", "R-000123")
    assert [proof.kind for proof in await proofs.of(conversation)] == ["order", "rental"]


async def test_a_proof_is_its_conversations_alone_and_can_be_ended(
    proofs: Proofs, conversation: str, database: AsyncEngine, clock: TestClock
) -> None:
    other, _, _ = await ConversationStore(database, clock).open(Customer("web"), [])
    await proofs.prove(conversation, "order", "A-20261103-0042")
    assert await proofs.of(other.id) == []
    await proofs.end(other.id)
    assert len(await proofs.of(conversation)) == 1
    await proofs.end(conversation)
    assert await proofs.of(conversation) == []


async def test_the_fifth_wrong_try_locks_for_half_an_hour(proofs: Proofs, clock: TestClock) -> None:
    for event in range(4):
        await proofs.count_wrong(WHO, f"e{event}")
    assert await proofs.locked_until(WHO) is None
    await proofs.count_wrong(WHO, "e4")
    assert await proofs.locked_until(WHO) == NOW + timedelta(minutes=30)
    # Whoever tries this number from elsewhere, or another number from here, is locked as well.
    assert await proofs.locked_until(["conversation:c2", WHO[1]]) is not None
    assert await proofs.locked_until([WHO[0], "number:A-20261103-0043"]) is not None
    assert await proofs.locked_until(["conversation:c2"]) is None
    clock.at = NOW + timedelta(minutes=30)
    assert await proofs.locked_until(WHO) is None


async def test_the_lock_counts_from_the_fifth_try_however_long_the_first_is_ago(
    proofs: Proofs, clock: TestClock
) -> None:
    for event, minute in enumerate([0, 10, 20, 25, 29]):
        clock.at = NOW + timedelta(minutes=minute)
        await proofs.count_wrong(WHO, f"e{event}")
    clock.at = NOW + timedelta(minutes=58)
    assert await proofs.locked_until(WHO) == NOW + timedelta(minutes=59)
    clock.at = NOW + timedelta(minutes=59)
    assert await proofs.locked_until(WHO) is None


async def test_a_message_that_is_worked_on_twice_is_one_try(proofs: Proofs) -> None:
    for _ in range(9):
        await proofs.count_wrong(WHO, "e1")
    assert await proofs.locked_until(WHO) is None


async def test_tries_at_the_same_moment_all_count(proofs: Proofs) -> None:
    await asyncio.gather(*(proofs.count_wrong(WHO, f"e{event}") for event in range(5)))
    assert await proofs.locked_until(WHO) is not None


async def test_numbers_that_were_tried_are_not_kept_in_the_clear(
    proofs: Proofs, database: AsyncEngine
) -> None:
    await proofs.count_wrong(WHO, "e1")
    async with AsyncSession(database) as session:
        subjects = list(await session.scalars(select(ProofTryRow.subject)))
    assert len(subjects) == 2
    assert not any("0042" in subject for subject in subjects)


async def test_a_try_that_is_taken_back_was_none(proofs: Proofs) -> None:
    for event in range(5):
        await proofs.count_wrong(WHO, f"e{event}")
    await proofs.take_back(WHO, "e4")
    assert await proofs.locked_until(WHO) is None
    await proofs.count_wrong(WHO, "e5")
    assert await proofs.locked_until(WHO) is not None


async def test_a_try_does_not_count_against_itself(proofs: Proofs) -> None:
    for event in range(5):
        await proofs.count_wrong(WHO, f"e{event}")
    assert await proofs.locked_until(WHO, but="e4") is None
    assert await proofs.locked_until(WHO, but="e9") is not None
