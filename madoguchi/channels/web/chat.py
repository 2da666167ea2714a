"""The Chat API, version 1: conversations and their messages."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from starlette.responses import JSONResponse

from madoguchi.channels.web.schemas import (
    ConversationOut,
    MessageOut,
    NewConversation,
    NewMessage,
    ProblemOut,
    Replies,
)
from madoguchi.conversations.model import Conversation, Customer, Inbound
from madoguchi.conversations.store import (
    KeyReusedError,
    UnknownChoiceError,
    UnknownConversationError,
)
from madoguchi.conversations.stream import Event
from madoguchi.identity import Identity, IdentityError, read_identity
from madoguchi.problems import Problem
from madoguchi.services import Services, services

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": "The request is refused",
        "content": {"application/problem+json": {"schema": ProblemOut.model_json_schema()}},
    }
    for status in (400, 401, 404, 409, 413, 422, 429)
}

router = APIRouter(prefix="/api/v1", tags=["chat"])
Use = Annotated[Services, Depends(services)]


async def authorised(
    conversation_id: Annotated[str, Path(alias="id")],
    use: Use,
    authorization: Annotated[str | None, Header()] = None,
) -> Conversation:
    """Return the conversation that the request's token is bound to."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "token_missing", headers={"WWW-Authenticate": "Bearer"})
    try:
        return await use.store.authorise(conversation_id, token.strip())
    except UnknownConversationError:
        raise Problem(404, "conversation_unknown") from None


Authorised = Annotated[Conversation, Depends(authorised)]


@router.post("/conversations", status_code=201, responses=PROBLEMS)
async def open_conversation(request: Request, body: NewConversation, use: Use) -> ConversationOut:
    """Open a conversation; the answer holds its token and the greeting."""
    await use.limits.count_conversation(request.client.host if request.client else "")
    identity = _identity(body.identity, use)
    customer = Customer(
        channel="web",
        site=body.site,
        member_id=identity.member_id if identity else None,
        member_name=identity.name if identity else None,
    )
    greeting = use.sentences.greeting(body.site)
    conversation, token, messages = await use.store.open(customer, [greeting])
    return ConversationOut(
        id=conversation.id,
        token=token,
        messages=[MessageOut.of(message, use.links.shown) for message in messages],
    )


@router.post(
    "/conversations/{id}/messages",
    responses={**PROBLEMS, 202: {"model": Replies, "description": "Replies come on the stream"}},
)
async def send_message(
    body: NewMessage,
    conversation: Authorised,
    use: Use,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Take a message once per Idempotency-Key and wait for its replies for some seconds."""
    key = checked_key(idempotency_key)
    _check_body(body, use.settings.max_text_length)
    await count_once(conversation, key, use)
    return await answered(await _receive(body, conversation, key, use), conversation, use)


async def count_once(conversation: Conversation, key: str, use: Services) -> None:
    """Count a message, but not one that comes again for the answer it has. Raises Problem 429.

    Who lost an answer and asks for it again has said nothing more.
    """
    if not await use.store.is_answered(conversation.id, key):
        await use.limits.count_message(conversation.member_id or conversation.id)


async def answered(inbound: Inbound, conversation: Conversation, use: Services) -> JSONResponse:
    """Return the replies to a message, as soon as they are there, or 202 after some seconds."""
    if not inbound.done:
        use.worker.wake(conversation.id)
        inbound = await use.worker.wait(inbound, use.settings.reply_wait_seconds)
    owner = (await use.store.get(conversation.id)).owner
    replies = Replies(
        owner=owner.value,
        messages=[MessageOut.of(message, use.links.shown) for message in inbound.replies],
    )
    return JSONResponse(replies.model_dump(mode="json"), 200 if inbound.replies else 202)


async def _receive(body: NewMessage, conversation: Conversation, key: str, use: Use) -> Inbound:
    try:
        inbound, message = await use.store.receive(
            conversation.id, key, text=body.text, choice_id=body.choice
        )
    except UnknownChoiceError:
        raise Problem(422, "choice_unknown") from None
    except KeyReusedError:
        raise Problem(422, "key_reused") from None
    if message is not None:
        # A rating has its reply at once.
        for each in (message, *inbound.replies):
            use.streams.publish(conversation.id, Event("message", each))
    return inbound


def _identity(token: str | None, use: Use) -> Identity | None:
    if token is None:
        return None
    try:
        return read_identity(token, use.settings.identity_secret.get_secret_value(), use.clock)
    except IdentityError:
        raise Problem(401, "identity_invalid") from None


def checked_key(key: str | None) -> str:
    """Return a message's key. Raises Problem 400 for none, and for what is none."""
    if key is None or not _KEY.fullmatch(key):
        raise Problem(400, "key_missing")
    return key


def _check_body(body: NewMessage, limit: int) -> None:
    if (body.text is None) == (body.choice is None):
        raise Problem(422, "text_missing")
    if body.text is None:
        return
    if not body.text.strip():
        raise Problem(422, "text_empty")
    if len(body.text) > limit:
        raise Problem(422, "text_too_long", limit=limit)
