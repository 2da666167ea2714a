"""A customer on the web proves an order or rental, because the agent of the chat has asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use, checked_key, count_once
from madoguchi.channels.web.schemas import MessageOut, Replies
from madoguchi.conversations.store import KeyReusedError
from madoguchi.desk.identification import (
    NotAskedError,
    StillCheckingError,
    UnreadableError,
    claimed,
)
from madoguchi.problems import Problem

router = APIRouter(prefix="/api/v1", tags=["chat"])


class Identity(BaseModel):
    """The number of an order or rental, and the telephone number or e-mail address given for it."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=80)
    contact: str = Field(max_length=254)


@router.post("/conversations/{id}/identification", responses=PROBLEMS)
async def identify(
    body: Identity,
    conversation: Authorised,
    use: Use,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Replies:
    """Check what the customer says, once per Idempotency-Key, and return what they are told."""
    key = checked_key(idempotency_key)
    await count_once(conversation, key, use)
    try:
        said = claimed(body.number, body.contact)
        told = await use.desk.identification.answer(conversation.id, key, said)
    except UnreadableError as error:
        raise Problem(422, f"identification_{error.what}") from None
    except NotAskedError:
        raise Problem(409, "identification_over") from None
    except KeyReusedError:
        raise Problem(422, "key_reused") from None
    except StillCheckingError:
        raise Problem(409, "identification_checking") from None
    owner = (await use.store.get(conversation.id)).owner
    messages = [MessageOut.of(message, use.links.shown) for message in told]
    return Replies(owner=owner.value, messages=messages)
