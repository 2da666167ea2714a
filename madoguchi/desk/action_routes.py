"""What agents do with chats over HTTP; every deed is in the log."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Header, Path
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from madoguchi.conversations.stream import Event
from madoguchi.desk.agent import Agent
from madoguchi.desk.assign_routes import assigned, working
from madoguchi.desk.chat_routes import Readable, Use, Workable
from madoguchi.desk.gate import DeskAuth, Worker, allowed, auth_of
from madoguchi.desk.notebook import MOST_TAGS, PLACEHOLDER, Canned, ShortcutTakenError
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.parts import DeskParts
from madoguchi.desk.refusals import DeskProblem, not_owner
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may
from madoguchi.desk.summary import Summary
from madoguchi.media.uploads import MOST_FILES, UnknownFileError

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Auth = Annotated[DeskAuth, Depends(auth_of)]
Writer = Annotated[Agent, Depends(allowed(Action.WRITE_CANNED))]
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,128}$")]
# PostgreSQL stores no NUL.
_Words = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")]
Text = Annotated[_Words, StringConstraints(min_length=1, max_length=5000)]
Short = Annotated[_Words, StringConstraints(min_length=1, max_length=80)]
Tag = Annotated[_Words, StringConstraints(min_length=1, max_length=40)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(_Body):
    """A text."""

    text: Text


class SaidToCustomer(_Body):
    """A message: a text, files that were uploaded, or both."""

    text: Annotated[_Words, StringConstraints(max_length=5000)]
    attachments: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]] = Field(
        default_factory=list, max_length=MOST_FILES
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.attachments:
            raise ValueError("a message needs a text or a file")
        return self


class Noted(_Body):
    """A note that may be left out."""

    note: Annotated[_Words, StringConstraints(max_length=2000)] | None = None


class Closed(_Body):
    """How a chat ended."""

    result: Literal["solved", "unsolved", "inquiry", "spam", "no_answer"]


class Transferred(_Body):
    """To whom."""

    agent_id: Annotated[str, StringConstraints(max_length=32)]


class Snoozed(_Body):
    """Until when; None: not any more."""

    until: AwareDatetime | None


class Tagged(_Body):
    """All tags."""

    tags: list[Tag] = Field(max_length=MOST_TAGS)


class Read(_Body):
    """Up to which message."""

    seq: int = Field(ge=0, le=2**31 - 1)


class CannedBody(_Body):
    """A canned answer."""

    shortcut: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
    title: Short
    text: Text
    site: Literal["store", "rental"] | None = None


def refuse_gaps(text: str) -> None:
    """Raise DeskProblem when a canned answer's gap was left unfilled in what is to be sent."""
    left = PLACEHOLDER.search(text)
    if left is not None:
        raise DeskProblem(422, "chats.placeholder_empty", place=left.group())


@router.post("/chats/{id}/take")
async def take(chat: Workable, agent: Worker, use: Use) -> dict[str, Any]:
    """Take a chat from the queue, or from the bot."""
    done = await _done(use, chat, use.ownership.take(chat.id, agent.id))
    return done | {"over_capacity": await use.workload.is_over(agent.id)}


@router.post("/chats/{id}/release")
async def release(chat: Workable, agent: Worker, use: Use) -> dict[str, Any]:
    """Put a chat back into the queue."""
    return await _done(use, chat, use.ownership.release(chat.id, agent.id))


@router.post("/chats/{id}/give-back")
async def give_back(chat: Workable, agent: Worker, use: Use, body: Noted) -> dict[str, Any]:
    """Give a chat back to the bot."""
    step = use.giving_back(chat.id, agent.id, body.note)
    return await _done(use, chat, step)


@router.post("/chats/{id}/close")
async def close(chat: Workable, agent: Worker, use: Use, body: Closed) -> dict[str, Any]:
    """Close a chat with its result."""
    step = use.ownership.close(chat.id, agent.id, body.result)
    return await _done(use, chat, step)


@router.post("/chats/{id}/transfer")
async def transfer(
    chat: Workable, agent: Worker, use: Use, body: Transferred, auth: Auth
) -> dict[str, Any]:
    """Hand a chat to another agent."""
    own = chat.agent is not None and chat.agent[0] == agent.id
    if not own and may(agent.role, Action.ASSIGN):
        return await assigned(use, auth, chat, body.agent_id, agent)
    to = await working(auth, body.agent_id)
    done = await _done(use, chat, use.ownership.transfer(chat.id, agent.id, to.id))
    return done | {"over_capacity": await use.workload.is_over(to.id)}


@router.post("/chats/{id}/snooze")
async def snooze(chat: Workable, agent: Worker, use: Use, body: Snoozed) -> dict[str, Any]:
    """Put a chat out of sight for a while."""
    step = use.ownership.snooze(chat.id, agent.id, body.until)
    return await _done(use, chat, step)


@router.post("/chats/{id}/typing")
async def typing(chat: Readable, agent: Worker, use: Use) -> dict[str, Any]:
    """Show the customer that the agent is writing; only the holder's is shown."""
    if chat.agent is not None and chat.agent[0] == agent.id:
        use.streams.publish(chat.id, Event("typing", {"from": "agent", "on": True}))
    return {}


@router.post("/chats/{id}/read")
async def read(chat: Readable, agent: Worker, use: Use, body: Read) -> dict[str, Any]:
    """Note what was read; only by the holder, whose reading the customer is waiting for."""
    if chat.agent is not None and chat.agent[0] == agent.id:
        await use.notebook.read(chat.id, body.seq)
    return {}


@router.post("/chats/{id}/messages")
async def say(
    chat: Workable,
    agent: Worker,
    use: Use,
    body: SaidToCustomer,
    idempotency_key: Key,
) -> dict[str, Any]:
    """Send a message, once per Idempotency-Key."""
    refuse_gaps(body.text)
    try:
        message, new = await use.ownership.say(
            chat.id, agent.id, body.text, idempotency_key, body.attachments
        )
    except UnknownFileError:
        raise DeskProblem(422, "files.file_unusable") from None
    except NotOwnerError:
        raise not_owner((await use.summaries.of([chat.id]))[0]) from None
    if new:
        use.wake_delivery()
    [stored] = await use.chats.messages(chat.id, after=message.seq - 1, before=message.seq + 1)
    return {"message": stored}


@router.post("/chats/{id}/notes")
async def note(chat: Readable, agent: Worker, use: Use, body: Said) -> dict[str, Any]:
    """Add a note that customers never see."""
    await use.notebook.note(chat.id, agent.id, body.text)
    return {"notes": await use.chats.notes(chat.id)}


@router.put("/chats/{id}/tags")
async def tag(chat: Readable, _agent: Worker, use: Use, body: Tagged) -> dict[str, Any]:
    """Set a chat's tags."""
    await use.notebook.tag(chat.id, body.tags)
    return await _now(use, chat)


@router.post("/canned")
async def add_canned(_agent: Writer, use: Use, body: CannedBody) -> dict[str, Any]:
    """Add a canned answer."""
    return await _put_canned(use, 0, body)


@router.put("/canned/{number}")
async def change_canned(
    _agent: Writer, use: Use, body: CannedBody, number: Annotated[int, Path(ge=1)]
) -> dict[str, Any]:
    """Change a canned answer."""
    return await _put_canned(use, number, body)


@router.delete("/canned/{number}")
async def drop_canned(
    _agent: Writer, use: Use, number: Annotated[int, Path(ge=1)]
) -> dict[str, Any]:
    """Delete a canned answer."""
    await use.notebook.drop_canned(number)
    return {}


@router.post("/deliveries/{number}/resend")
async def resend(
    agent: Worker, use: Use, number: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> dict[str, Any]:
    """Send anew what did not reach the customer."""
    chat = await use.outbox.conversation_of(number)
    seen = chat is not None and await use.seeing.one(agent, chat)
    if not seen or not await use.outbox.resend(number):
        raise DeskProblem(409, "chats.not_resendable")
    use.wake_delivery()
    await use.audit.record("delivery.resend", agent.id, {"delivery": number}, chat)
    return {}


async def _put_canned(use: DeskParts, number: int, body: CannedBody) -> dict[str, Any]:
    canned = Canned(number, body.shortcut, body.title, body.text, body.site)
    try:
        stored = await use.notebook.put_canned(canned)
    except ShortcutTakenError:
        raise DeskProblem(409, "chats.shortcut_taken") from None
    if stored is None:
        raise DeskProblem(404, "chats.canned_unknown")
    return {"canned": vars(stored)}


async def _done(use: DeskParts, chat: Summary, step: Awaitable[bool]) -> dict[str, Any]:
    """Do a step and return the chat; raise 409 with who has it when it was not possible."""
    if not await step:
        raise not_owner((await use.summaries.of([chat.id]))[0])
    use.wake_delivery()
    return await _now(use, chat)


async def _now(use: DeskParts, chat: Summary) -> dict[str, Any]:
    [summary] = await use.summaries.of([chat.id])
    return {"summary": summary.as_json()}
