"""Files that come whole: held for an agent, taken along by one message, deleted when unsent."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import SystemClock
from madoguchi.conversations.model import Customer, Owner
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import open_database
from madoguchi.desk.files import AgentFiles, NotSendableError
from madoguchi.desk.ownership import NotOwnerError, Ownership
from madoguchi.housekeeping import tidy
from madoguchi.media.attachments import Attachments
from madoguchi.media.limits import largest
from madoguchi.media.sendable import sendable
from madoguchi.media.tables import AttachmentContentRow, AttachmentRow
from madoguchi.media.uploads import RefusedError, UnknownFileError, examine, store
from tests.media import samples

PHOTO = examine(samples.PNG, "傷.png")


def files_of(database: AsyncEngine, *, reaches: bool = False) -> AgentFiles:
    """Return agents' files, of a service that platforms reach or not."""
    return AgentFiles(database, lambda name: sendable(name, reaches_platforms=reaches))


async def held_chat(database: AsyncEngine, agent: str = "sato", channel: str = "web") -> str:
    """Return a new chat that the agent has."""
    opened, _, _ = await ConversationStore(database, SystemClock()).open(Customer(channel), [])
    async with AsyncSession(database) as session, session.begin():
        await session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == opened.id)
            .values(owner=Owner.AGENT, agent_id=agent)
        )
    return opened.id


async def count(database: AsyncEngine) -> tuple[int, int]:
    """Return how many files and how many files' bytes are stored."""
    async with AsyncSession(database) as session:
        files = await session.scalar(select(func.count()).select_from(AttachmentRow))
        contents = await session.scalar(select(func.count()).select_from(AttachmentContentRow))
    return files or 0, contents or 0


async def age(database: AsyncEngine, by: timedelta) -> None:
    """Have every file be that much older."""
    async with AsyncSession(database) as session, session.begin():
        for row in await session.scalars(select(AttachmentRow)):
            row.created_at -= by


async def test_a_held_file_is_kept_with_its_bytes(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    file = await files_of(database).hold(chat, "sato", PHOTO)
    found = await Attachments(database).content(file.id)
    assert found is not None
    attachment, content = found
    assert content == samples.PNG
    assert (attachment.seq, attachment.agent_id, attachment.name) == (0, "sato", "傷.png")


async def test_nobody_else_holds_files_for_a_chat(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    with pytest.raises(NotOwnerError):
        await files_of(database).hold(chat, "suzuki", PHOTO)
    assert await count(database) == (0, 0)


@pytest.mark.parametrize(
    ("channel", "reaches", "taken"),
    [
        ("web", False, {"image", "file"}),
        ("line", False, set()),
        ("line", True, {"image"}),
        ("instagram", True, {"image"}),
        ("messenger", True, {"image", "file"}),
        ("webhook", True, {"image", "file"}),
    ],
)
async def test_a_channel_takes_what_was_said_before(
    database: AsyncEngine, channel: str, *, reaches: bool, taken: set[str]
) -> None:
    chat = await held_chat(database, channel=channel)
    files = files_of(database, reaches=reaches)
    held = set()
    for upload in (PHOTO, examine(samples.PDF, "領収書.pdf")):
        with contextlib.suppress(NotSendableError):
            held.add((await files.hold(chat, "sato", upload)).kind)
    assert held == taken


async def test_two_processes_give_a_file_to_one_message(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    file = await files_of(database).hold(chat, "sato", PHOTO)
    other = open_database(database.url.render_as_string(hide_password=False))
    both = [Ownership(engine, SystemClock(), Streams()) for engine in (database, other)]
    ended = await asyncio.gather(
        *(
            both[number % 2].say(chat, "sato", "", f"key-{number}", [file.id])
            for number in range(6)
        ),
        return_exceptions=True,
    )
    await other.dispose()
    said = [each for each in ended if not isinstance(each, BaseException)]
    assert len(said) == 1
    assert [each for each in ended if isinstance(each, BaseException)] != []
    assert all(isinstance(each, UnknownFileError | tuple) for each in ended)
    [found] = await Attachments(database).of_conversation(chat)
    assert found.seq == said[0][0].seq
    assert said[0][0].files[0].id == file.id


async def test_what_another_agent_uploaded_is_not_sent(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    file = await files_of(database).hold(chat, "sato", PHOTO)
    ownership = Ownership(database, SystemClock(), Streams())
    await ownership.transfer(chat, "sato", "suzuki")
    with pytest.raises(UnknownFileError):
        await ownership.say(chat, "suzuki", "こちら", "key", [file.id])
    messages = await ConversationStore(database, SystemClock()).messages_after(chat, 0)
    assert [message for message in messages if message.text == "こちら"] == []


async def test_only_what_was_not_sent_for_a_day_is_deleted(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    files = files_of(database)
    sent, left = [await files.hold(chat, "sato", PHOTO) for _ in range(2)]
    await Ownership(database, SystemClock(), Streams()).say(chat, "sato", "", "key", [sent.id])
    await tidy(database)
    assert await count(database) == (2, 2)
    await age(database, timedelta(days=1, minutes=1))
    await tidy(database)
    assert await count(database) == (1, 1)
    attachments = Attachments(database)
    assert await attachments.content(sent.id) is not None
    assert await attachments.content(left.id) is None


async def test_a_removed_message_takes_its_files_along(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    file = await files_of(database).hold(chat, "sato", PHOTO)
    said, _ = await Ownership(database, SystemClock(), Streams()).say(
        chat, "sato", "", "key", [file.id]
    )
    assert await Attachments(database).remove(chat, said.seq) == 1
    assert await count(database) == (0, 0)


async def test_one_conversation_does_not_fill_the_disk(database: AsyncEngine) -> None:
    chat = await held_chat(database)
    room = 2 * len(samples.PNG)
    async with AsyncSession(database) as session, session.begin():
        for seq in (1, 2):
            await store(session, chat, PHOTO, "web", seq=seq, most=room)
        with pytest.raises(RefusedError, match="too_much"):
            await store(session, chat, PHOTO, "web", seq=3, most=room)


@given(st.binary(max_size=200), st.none() | st.text(max_size=120))
def test_whatever_comes_is_kept_as_what_it_is_or_refused(content: bytes, name: str | None) -> None:
    upload = None
    with contextlib.suppress(RefusedError):
        upload = examine(content, name)
    if upload is not None:
        assert upload.content == content
        assert upload.kind in {"image", "video", "audio", "file"}
        assert "html" not in upload.content_type
        assert "svg" not in upload.content_type


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.PNG, "image"),
        (samples.HEIC, "image"),
        (samples.MP4, "video"),
        (samples.MP3, "audio"),
        (samples.M4A, "audio"),
        (samples.PDF, "file"),
        (samples.DOCX, "file"),
        (samples.TEXT, "file"),
    ],
)
def test_the_bytes_say_of_which_kind_a_file_is(content: bytes, kind: str) -> None:
    assert examine(content, None).kind == kind
    padded = content + bytes(largest(kind) + 1 - len(content))
    if content != samples.TEXT:  # a text with zeros is none
        with pytest.raises(RefusedError):
            examine(padded, None)


def test_a_picture_that_is_a_program_too_is_kept_as_a_picture() -> None:
    upload = examine(samples.GIF + samples.JAR, "photo.jar")
    assert upload.content_type == "image/gif"
