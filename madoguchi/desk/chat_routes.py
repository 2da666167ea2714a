"""The desk's lists and chats over HTTP: what agents read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from madoguchi.conversations.tokens import is_id
from madoguchi.desk.gate import Reader
from madoguchi.desk.packet import packet
from madoguchi.desk.parts import DeskParts, parts_of
from madoguchi.desk.refusals import DeskProblem, desk_words
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may
from madoguchi.desk.summaries import VIEWS
from madoguchi.desk.summary import Summary
from madoguchi.media.routes import attachment_response

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Use = Annotated[DeskParts, Depends(parts_of)]
# What shows every chat, whoever has it.
_ALL = frozenset({"open", "closed", "all"})


class Listing(BaseModel):
    """Which chats, and from where on."""

    view: str = "queue"
    tag: str | None = Field(None, max_length=40)
    before: str | None = Field(None, max_length=100)
    limit: int = Field(50, ge=1, le=100)


class Question(BaseModel):
    """Which words, and from where on."""

    q: str = Field(min_length=1, max_length=100)
    before: str | None = Field(None, max_length=100)
    limit: int = Field(30, ge=1, le=100)


async def readable(chat_id: Annotated[str, Path(alias="id")], agent: Reader, use: Use) -> Summary:
    """Return a chat that the agent may see. Raises DeskProblem 404."""
    seen = is_id(chat_id) and await use.seeing.one(agent, chat_id)
    found = await use.summaries.of([chat_id]) if seen else []
    if not found:
        raise DeskProblem(404, "chats.chat_unknown")
    return found[0]


Readable = Annotated[Summary, Depends(readable)]


async def workable(chat_id: Annotated[str, Path(alias="id")], agent: Reader, use: Use) -> Summary:
    """Return a chat that the agent may see, or a colleague's, whose steps then refuse it.

    Two who reach for one chat at once, or who lost it a moment ago, have to learn whose it is.
    Raises DeskProblem 404.
    """
    found = await use.summaries.of([chat_id]) if is_id(chat_id) else []
    if found and (found[0].agent is not None or await use.seeing.one(agent, chat_id)):
        return found[0]
    raise DeskProblem(404, "chats.chat_unknown")


Workable = Annotated[Summary, Depends(workable)]


@router.get("/chats")
async def list_chats(agent: Reader, use: Use, asked: Annotated[Listing, Query()]) -> dict[str, Any]:
    """Return a page of a view."""
    if asked.view not in VIEWS:
        raise DeskProblem(422, "chats.view_unknown")
    if asked.view in _ALL and not may(agent.role, Action.READ_ALL):
        raise DeskProblem(403, "signin.not_allowed")
    chats, following = await use.summaries.listed(
        asked.view, agent.id, tag=asked.tag, before=asked.before, limit=asked.limit
    )
    return {"chats": [chat.as_json() for chat in chats], "next": following}


@router.get("/search")
async def search(agent: Reader, use: Use, asked: Annotated[Question, Query()]) -> dict[str, Any]:
    """Return a page of the chats with the words, the newest first, and where each was found."""
    hits = await use.search.find(asked.q, agent, before=asked.before, limit=asked.limit)
    chats = await use.summaries.of(list(hits.places))
    return {
        "chats": [chat.as_json() | {"snippet": hits.places[chat.id].as_json()} for chat in chats],
        "next": hits.next,
    }


@router.get("/chats/{id}")
async def read_chat(
    summary: Readable,
    use: Use,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:
    """Return a chat with its newest messages, or older ones, and all that stands around it."""
    messages = await use.chats.messages(summary.id, before=before)
    # What was said in chats that are part of this one comes with its first page.
    merged = await use.merging.merged(summary.id) if before is None else []
    takes = use.files.sendable(summary.channel)
    return {
        "summary": summary.as_json(),
        # Said before anybody chooses a file.
        "can_send_files": takes.what,
        "files_reason": desk_words()(f"files.{takes.reason}") if takes.reason else None,
        "messages": messages,
        "merged": [vars(each) | {"messages": await use.chats.messages(each.id)} for each in merged],
        "notes": await use.chats.notes(summary.id, *(each.id for each in merged)),
        "ratings": await use.ratings.of(summary.id),
        "packet": packet(
            messages,
            use.catalogue,
            goal=summary.goal,
            reason=summary.reason,
            matter=summary.matter,
            member_id=summary.member_id,
            proven=await use.summaries.proven(summary.id),
        ),
    }


@router.get("/canned")
async def canned(
    _agent: Reader, use: Use, site: Annotated[str | None, Query(max_length=16)] = None
) -> dict[str, Any]:
    """Return the canned answers."""
    return {"canned": [vars(each) for each in await use.notebook.canned(site)]}


@router.get("/attachments/{id}")
async def attachment(
    agent: Reader, use: Use, attachment_id: Annotated[str, Path(alias="id")]
) -> Response:
    """Return a customer's file, so that nothing in it runs."""
    found = await use.attachments.content(attachment_id) if is_id(attachment_id) else None
    if found is None or (found[0].seq == 0 and found[0].agent_id != agent.id):
        raise DeskProblem(404, "chats.file_unknown")
    file, content = found
    if not await use.seeing.one(agent, file.conversation_id):
        raise DeskProblem(404, "chats.file_unknown")
    return attachment_response(file, content)
