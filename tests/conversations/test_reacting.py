"""What is said to a file: whether somebody who can look at it is on the way."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Customer, Owner
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.tables import ConversationRow
from madoguchi.knowledge.sentences import sentences
from madoguchi.messaging import reacting


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
@pytest.mark.parametrize("owner", [Owner.BOT, Owner.QUEUE])
async def test_whoever_waits_for_a_person_is_not_told_to_ask_for_one(
    store: ConversationStore, database: AsyncEngine, kind: str, owner: Owner
) -> None:
    conversation, _token, _messages = await store.open(Customer("web", "store"), [])
    async with AsyncSession(database) as session, session.begin():
        await session.execute(update(ConversationRow).values(owner=owner))
    inbound, _message = await store.receive(conversation.id, "k1", text="（画像）")
    said = await reacting(store, sentences())(dataclasses.replace(inbound, kind=kind))
    assert said is not None
    titles = [choice.title for choice in said[0].choices]
    assert ("担当者と話したい" in titles) is (owner is Owner.BOT)
    assert ("お呼びしている担当者が" in said[0].text) is (owner is Owner.QUEUE)
