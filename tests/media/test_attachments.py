"""Customers' files in the database: noted once, claimed by one, kept or refused."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.channel import Incident, MediaRef
from madoguchi.conversations.tables import ConversationRow
from madoguchi.media.attachments import CLAIM, State, attach
from madoguchi.media.tables import AttachmentContentRow, AttachmentRow
from tests.media.conftest import Inbox, MachineClock

PHOTO = MediaRef("m1", name="写真.jpg", size=3)
BYTES = b"\xff\xd8\xff"


async def rows_of(database: AsyncEngine, table: type) -> int:
    async with AsyncSession(database) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_file_is_noted_with_its_message(inbox: Inbox) -> None:
    conversation = await inbox.conversation()
    seq = await inbox.send(conversation, PHOTO)

    [found] = await inbox.attachments.of_conversation(conversation)

    assert (found.seq, found.channel, found.kind, found.name) == (seq, "line", "image", "写真.jpg")
    assert (found.state, found.content_type, found.size) == (State.WAITING, None, None)
    assert await inbox.attachments.waiting() == [found]
    assert await inbox.attachments.content(found.id) is None


async def test_the_same_event_notes_its_file_once(inbox: Inbox) -> None:
    conversation = await inbox.conversation()
    await asyncio.gather(
        *(inbox.send(conversation, PHOTO, event_id="same") for _ in range(5)),
    )
    assert len(await inbox.attachments.of_conversation(conversation)) == 1


async def test_a_file_whose_message_is_not_stored_is_not_noted(
    inbox: Inbox, database: AsyncEngine
) -> None:
    async with AsyncSession(database) as session, session.begin():
        with pytest.raises(LookupError, match="4711"):
            await attach(session, 4711, "line", "image", PHOTO)

    with pytest.raises(RuntimeError, match="the process dies here"):
        await _noted_in_a_transaction_that_fails(inbox, database)
    assert await inbox.attachments.waiting() == []


async def _noted_in_a_transaction_that_fails(inbox: Inbox, database: AsyncEngine) -> None:
    conversation = await inbox.conversation()
    inbound, _ = await inbox.store.receive(conversation, "plain", text="こんにちは")
    async with AsyncSession(database) as session, session.begin():
        await attach(session, inbound.id, "line", "image", PHOTO)
        raise RuntimeError("the process dies here")


@pytest.mark.parametrize(
    "media",
    [
        MediaRef("m1", name="\0\ud800\u202e"),
        MediaRef("m1", name="あ" * 5000 + ".jpg"),
        MediaRef("\0", url="https://例え.jp/\ud800\0"),
        MediaRef("x" * 5000, url="https://files.example/" + "y" * 9000, size=2**70),
    ],
)
async def test_no_odd_name_or_address_keeps_a_message_from_being_stored(
    inbox: Inbox, media: MediaRef
) -> None:
    claim = await inbox.claimed(media)
    assert claim.media == media


async def test_only_one_of_several_processes_may_fetch_a_file(inbox: Inbox) -> None:
    conversation = await inbox.conversation()
    for number in range(4):
        await inbox.send(conversation, MediaRef(f"m{number}"))

    found = await asyncio.gather(*(inbox.attachments.claim(["line"], 10) for _ in range(5)))

    fetched = sorted(claim.media.external_id for claims in found for claim in claims)
    assert fetched == ["m0", "m1", "m2", "m3"]


async def test_a_claim_is_of_the_given_channels_and_number(inbox: Inbox) -> None:
    conversation = await inbox.conversation()
    await inbox.send(conversation, MediaRef("a"), channel="line")
    await inbox.send(conversation, MediaRef("b"), channel="webhook")
    await inbox.send(conversation, MediaRef("c"), channel="webhook")

    [claim] = await inbox.attachments.claim(["webhook"], 1)

    assert (claim.channel, claim.media, claim.attempt) == ("webhook", MediaRef("b"), 1)
    assert await inbox.attachments.claim([], 10) == []


async def test_a_kept_file_can_be_had_with_its_bytes(inbox: Inbox) -> None:
    claim = await inbox.claimed(PHOTO)

    assert await inbox.attachments.keep(claim, BYTES, "image/jpeg", "../壁 時計.jpg")

    kept = await inbox.file_of(claim)
    assert (kept.state, kept.content_type, kept.size) == (State.KEPT, "image/jpeg", 3)
    assert (kept.name, kept.digest) == ("壁 時計.jpg", hashlib.sha256(BYTES).hexdigest())
    assert await inbox.attachments.content(kept.id) == (kept, BYTES)
    assert await inbox.attachments.kept_bytes(claim.conversation_id) == 3
    assert await inbox.attachments.waiting() == []


async def test_without_a_new_name_the_senders_stays(inbox: Inbox) -> None:
    claim = await inbox.claimed(PHOTO)
    await inbox.attachments.keep(claim, BYTES, "image/jpeg")
    assert (await inbox.file_of(claim)).name == "写真.jpg"


async def test_a_refused_file_says_why_and_is_not_fetched_again(
    inbox: Inbox, time: MachineClock
) -> None:
    claim = await inbox.claimed(PHOTO)

    assert await inbox.attachments.refuse(claim, "type")

    time.advance(timedelta(days=1))
    refused = await inbox.file_of(claim)
    assert (refused.state, refused.reason) == (State.REFUSED, "type")
    assert await inbox.attachments.claim(["line"], 10) == []
    assert await inbox.attachments.content(refused.id) is None
    assert await inbox.attachments.kept_bytes(claim.conversation_id) == 0


@pytest.mark.parametrize("end", ["kept", "refused"])
async def test_where_a_file_came_from_is_forgotten_with_its_end(
    inbox: Inbox, database: AsyncEngine, end: str
) -> None:
    claim = await inbox.claimed(MediaRef("m1", url="https://files.example/secret"))
    if end == "kept":
        await inbox.attachments.keep(claim, BYTES, "image/jpeg")
    else:
        await inbox.attachments.refuse(claim, "gone")
    async with AsyncSession(database) as session:
        row = await session.get(AttachmentRow, claim.id)
        assert row is not None
        assert row.source is None


async def test_a_file_that_is_put_off_waits_that_long(inbox: Inbox, time: MachineClock) -> None:
    claim = await inbox.claimed(PHOTO)

    assert await inbox.attachments.put_off(claim, timedelta(minutes=5))

    time.advance(timedelta(minutes=4, seconds=50))
    assert await inbox.attachments.claim(["line"], 10) == []
    time.advance(timedelta(seconds=20))
    [again] = await inbox.attachments.claim(["line"], 10)
    assert (again.id, again.attempt) == (claim.id, 2)


async def test_a_claim_that_is_given_back_counts_as_no_try(inbox: Inbox) -> None:
    claim = await inbox.claimed(PHOTO)
    assert await inbox.attachments.release(claim)
    [again] = await inbox.attachments.claim(["line"], 10)
    assert again == claim


async def test_what_a_dead_process_was_fetching_is_fetched_by_another(
    inbox: Inbox, time: MachineClock
) -> None:
    dead = await inbox.claimed(PHOTO)
    time.advance(CLAIM - timedelta(seconds=10))
    assert await inbox.attachments.claim(["line"], 10) == []

    time.advance(timedelta(seconds=20))
    [alive] = await inbox.attachments.claim(["line"], 10)

    assert (alive.id, alive.attempt) == (dead.id, 2)
    # The first one was only slow, and comes back.
    assert not await inbox.attachments.keep(dead, b"old", "image/png")
    assert not await inbox.attachments.refuse(dead, "gone")
    assert not await inbox.attachments.put_off(dead, timedelta(0))
    assert not await inbox.attachments.release(dead)
    assert await inbox.attachments.keep(alive, BYTES, "image/jpeg")
    kept = await inbox.file_of(alive)
    assert await inbox.attachments.content(kept.id) == (kept, BYTES)


async def test_of_two_ends_of_one_claim_only_one_counts(
    inbox: Inbox, database: AsyncEngine
) -> None:
    claim = await inbox.claimed(PHOTO)
    ends = await asyncio.gather(
        *(inbox.attachments.keep(claim, BYTES, "image/jpeg") for _ in range(3)),
        inbox.attachments.refuse(claim, "gone"),
    )
    assert ends.count(True) == 1
    kept = (await inbox.file_of(claim)).state is State.KEPT
    assert await rows_of(database, AttachmentContentRow) == int(kept)


async def test_files_are_in_the_order_of_their_messages(inbox: Inbox) -> None:
    conversation, other = await inbox.conversation(), await inbox.conversation()
    seqs = [
        await inbox.send(conversation, MediaRef("a")),
        await inbox.send(conversation, MediaRef("b"), Incident.VIDEO),
        await inbox.send(conversation, MediaRef("c"), Incident.FILE),
    ]
    await inbox.send(other, MediaRef("d"))

    found = await inbox.attachments.of_conversation(conversation)

    assert [each.seq for each in found] == seqs
    assert [each.kind for each in found] == ["image", "video", "file"]
    assert len(await inbox.attachments.waiting()) == 4


async def test_a_message_that_is_taken_back_takes_its_file_along(
    inbox: Inbox, database: AsyncEngine
) -> None:
    conversation = await inbox.conversation()
    first = await inbox.send(conversation, MediaRef("a"))
    second = await inbox.send(conversation, MediaRef("b"))
    for claim in await inbox.attachments.claim(["line"], 10):
        await inbox.attachments.keep(claim, BYTES, "image/jpeg")

    assert await inbox.attachments.remove(conversation, first) == 1

    assert [each.seq for each in await inbox.attachments.of_conversation(conversation)] == [second]
    assert await rows_of(database, AttachmentContentRow) == 1
    assert await inbox.attachments.remove(conversation, first) == 0


async def test_a_file_that_is_taken_back_while_it_is_fetched_is_not_kept(
    inbox: Inbox, database: AsyncEngine
) -> None:
    claim = await inbox.claimed(PHOTO)
    [file] = await inbox.attachments.of_conversation(claim.conversation_id)

    await inbox.attachments.remove(claim.conversation_id, file.seq)

    assert not await inbox.attachments.keep(claim, BYTES, "image/jpeg")
    assert await rows_of(database, AttachmentContentRow) == 0


async def test_files_go_with_their_conversation(inbox: Inbox, database: AsyncEngine) -> None:
    claim = await inbox.claimed(PHOTO)
    await inbox.attachments.keep(claim, BYTES, "image/jpeg")
    async with AsyncSession(database) as session, session.begin():
        await session.delete(await session.get_one(ConversationRow, claim.conversation_id))
    assert await rows_of(database, AttachmentRow) == 0
    assert await rows_of(database, AttachmentContentRow) == 0
