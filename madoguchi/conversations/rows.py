"""Between the tables' rows and the conversation's own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.model import (
    Choice,
    Conversation,
    Draft,
    File,
    Kind,
    Message,
    Owner,
    Sender,
)
from madoguchi.conversations.tables import ChoiceRow, ConversationRow, MessageRow
from madoguchi.conversations.tokens import new_id
from madoguchi.media.tables import AttachmentRow


def message_row(
    conversation_id: str, seq: int, draft: Draft, at: datetime, client_id: str | None
) -> MessageRow:
    """Return the row of a draft that became message ``seq``."""
    return MessageRow(
        conversation_id=conversation_id,
        seq=seq,
        sender=draft.sender,
        kind=draft.kind,
        topic=draft.topic,
        act=draft.act,
        text=draft.text,
        card=draft.card,
        client_id=client_id,
        understanding=draft.understanding,
        at=at,
    )


def choice_rows(conversation_id: str, seq: int, choices: Sequence[Choice]) -> list[ChoiceRow]:
    """Return the rows of a message's choices, each with an id nobody can guess."""
    return [
        ChoiceRow(
            id=new_id(),
            conversation_id=conversation_id,
            seq=seq,
            position=position,
            title=choice.title,
            topic=choice.topic,
            act=choice.act,
            payload=choice.payload,
        )
        for position, choice in enumerate(choices)
    ]


def message_of(
    row: MessageRow, choices: Sequence[ChoiceRow], files: Sequence[AttachmentRow] = ()
) -> Message:
    """Return the message that a row, its choices' rows and its kept files' rows hold."""
    return Message(
        seq=row.seq,
        sender=Sender(row.sender),
        kind=Kind(row.kind),
        text=row.text,
        at=as_utc(row.at).astimezone(TOKYO),
        topic=row.topic,
        act=row.act,
        card=row.card,
        client_id=row.client_id,
        choices=tuple(
            Choice(
                id=choice.id,
                title=choice.title,
                payload=choice.payload,
                topic=choice.topic,
                act=choice.act,
            )
            for choice in choices
        ),
        files=tuple(
            File(
                id=file.id,
                kind=file.kind,
                name=file.name,
                content_type=file.content_type or "",
                size=file.size or 0,
            )
            for file in files
        ),
    )


def conversation_of(row: ConversationRow) -> Conversation:
    """Return the conversation that a row holds, without its token."""
    return Conversation(
        id=row.id,
        channel=row.channel,
        site=row.site,
        member_id=row.member_id,
        owner=Owner(row.owner),
        last_seq=row.last_seq,
        last_topic=row.last_topic,
    )
