"""A customer's page tells that they are writing, for the agent who waits for it."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictBool

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use
from madoguchi.conversations.model import Owner
from madoguchi.conversations.stream import CUSTOMER_TYPING, Event

router = APIRouter(prefix="/api/v1", tags=["chat"])
# Where no agent is concerned, nobody would see it.
_SEEN = frozenset({Owner.QUEUE, Owner.AGENT})


class TypingBody(BaseModel):
    """Whether the customer is writing."""

    model_config = ConfigDict(extra="forbid")

    on: StrictBool


@router.post("/conversations/{id}/typing", status_code=204, responses=PROBLEMS)
async def customer_typing(body: TypingBody, conversation: Authorised, use: Use) -> None:
    """Tell agents that the customer is writing, or has stopped. Nothing of it is stored."""
    await use.limits.count_typing(conversation.id)
    if conversation.owner in _SEEN:
        use.streams.publish(
            conversation.id, Event(CUSTOMER_TYPING, {"from": "customer", "on": body.on})
        )
