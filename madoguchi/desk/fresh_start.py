"""Frees the assistant of what was going on before a person had the chat."""

from __future__ import annotations

from sqlalchemy import delete, update

from madoguchi.conversations.labels import RETIRED
from madoguchi.conversations.tables import ChoiceRow
from madoguchi.desk.steps import Step
from madoguchi.dialogue.tables import DialogueRow, DialogueTurnRow


async def start_afresh(step: Step) -> None:
    """End the running skill, forget what was talked about, and retire the choices offered so far.

    A choice of before says that it has ended; those that are not for the assistant (a rating's, a
    platform's) stay. What the engine itself holds is no harm: it is told where the service stands.
    """
    session, chat = step.session, step.row.id
    await session.execute(delete(DialogueTurnRow).where(DialogueTurnRow.conversation_id == chat))
    await session.execute(delete(DialogueRow).where(DialogueRow.conversation_id == chat))
    await session.execute(
        update(ChoiceRow)
        .where(ChoiceRow.conversation_id == chat, ChoiceRow.payload.startswith("/"))
        .values(payload=RETIRED)
    )
    step.row.last_topic = None
