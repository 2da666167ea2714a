"""The transcript that a customer gets: everything they saw, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Draft, Kind, Sender
from madoguchi.conversations.tables import MessageRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.desk.agent import Presence
from madoguchi.desk.model import Reason
from madoguchi.desk.tables import NoteRow
from madoguchi.media.tables import AttachmentRow
from madoguchi.notifications.mail import AddressError
from madoguchi.notifications.transcript import Line, written
from madoguchi.notifications.transcript_mails import (
    MailOffError,
    TooOftenError,
    TranscriptMails,
)
from madoguchi.notifications.wording import wording
from tests.notifications.conftest import NOON, Watch


def test_it_reads_like_a_conversation() -> None:
    lines = [
        Line(NOON, Sender.CUSTOMER, "注文はどこですか"),
        Line(
            NOON + timedelta(minutes=1),
            Sender.BOT,
            "お調べしました。\n\n次のとおりです。",
            card={
                "title": "バッグ",
                "state": {"label": "配送中", "tone": "info"},
                "rows": [{"label": "注文番号", "value": "A-1001"}],
            },
        ),
        Line(NOON + timedelta(days=1), Sender.AGENT, "佐藤です。", "佐藤 花子", files=["控え.pdf"]),
        Line(NOON + timedelta(days=1), Sender.SYSTEM, "", files=[None]),
    ]
    now = datetime(2026, 12, 5, 14, 5, tzinfo=TOKYO)
    assert written(lines, "ALLU", now) == (
        "ALLU チャットの記録\n"
        "作成日時: 2026年12月5日(土) 14:05（時刻はすべて日本時間です）\n"
        "\n■ 2026年12月4日(金)\n"
        "\n12:30　お客様\n  注文はどこですか\n"
        "\n12:31　自動応答\n  お調べしました。\n\n  次のとおりです。\n"
        "  バッグ（配送中）\n  ・注文番号: A-1001\n"
        "\n■ 2026年12月5日(土)\n"
        "\n12:30　担当者 佐藤 花子\n  佐藤です。\n  ［ファイル］控え.pdf\n"
        "\n12:30　お知らせ\n  ［ファイル］名前のないファイル\n"
    )


def test_a_chat_without_a_word_has_a_transcript_too() -> None:
    assert "やりとりはまだありません。" in written([], "ALLU", NOON)


async def test_notes_and_what_was_taken_back_are_not_in_it(watch: Watch) -> None:
    chat = await watch.waiting()
    sato = await watch.agent("sato", presence=Presence.ONLINE)
    await watch.ownership.take(chat, sato)
    await watch.ownership.say(chat, sato, "お待たせしました。", "k")
    await watch.store.receive(chat, "e1", text="写真です")
    await watch.store.receive(chat, "e2", text="まちがえました")
    async with AsyncSession(watch.database) as session, session.begin():
        session.add(NoteRow(conversation_id=chat, agent_id=sato, text="内緒のメモ", at=NOON))
        session.add(
            AttachmentRow(
                id="a",
                conversation_id=chat,
                seq=2,
                channel="web",
                kind="image",
                name="傷.jpg",
                state="ready",
                attempts=0,
                next_at=NOON,
                created_at=NOON,
            )
        )
        await session.execute(
            update(MessageRow)
            .where(MessageRow.conversation_id == chat, MessageRow.text == "まちがえました")
            .values(withdrawn_at=NOON)
        )
    text = await watch.transcripts.of(chat)
    assert "担当者 Sato\n  お待たせしました。" in text
    assert "お客様\n  写真です\n  ［ファイル］傷.jpg" in text
    for inner in ("内緒", "まちがえました", "鞄に傷"):
        assert inner not in text
    with pytest.raises(UnknownConversationError):
        await watch.transcripts.of("nobody")


async def test_a_request_is_sent_once_and_three_times_a_day_at_most(watch: Watch) -> None:
    mails = TranscriptMails(watch.database, watch.clock, mail=True)
    chat = await watch.customer()
    await asyncio.gather(*(mails.request(chat, "hanako@example.jp") for _ in range(4)))
    assert len(await watch.rows()) == 1
    for number in range(2):
        await watch.store.say(chat, [Draft(Kind.NOTICE, f"{number}", sender=Sender.SYSTEM)])
        await mails.request(chat, "hanako@example.jp")
    with pytest.raises(TooOftenError):
        await mails.request(chat, "another@example.jp")
    # Nor does a stranger fill somebody's mailbox from many chats.
    with pytest.raises(TooOftenError):
        await mails.request(await watch.customer(), "hanako@example.jp")
    await mails.request(chat, "another@example.jp", agent_id="sato")
    watch.later(days=1)
    await mails.request(chat, "another@example.jp")
    assert len(await watch.rows()) == 5


async def test_what_cannot_be_sent_is_refused(watch: Watch) -> None:
    chat = await watch.customer()
    mails = TranscriptMails(watch.database, watch.clock, mail=True)
    with pytest.raises(AddressError):
        await mails.request(chat, "no address")
    with pytest.raises(UnknownConversationError):
        await mails.request("nobody", "hanako@example.jp")
    with pytest.raises(MailOffError):
        await TranscriptMails(watch.database, watch.clock, mail=False).request(chat, "a@b.jp")


def test_every_reason_and_speaker_has_a_name() -> None:
    assert all(wording().has(f"reasons.{reason}") for reason in Reason)
    assert all(wording().has(f"transcript.speakers.{sender}") for sender in Sender)
