"""How agents bring files to the desk, before they send them with a message."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request

from madoguchi.conversations.tokens import is_id
from madoguchi.desk.chat_routes import Readable, Use
from madoguchi.desk.files import NotSendableError
from madoguchi.desk.gate import Worker
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.refusals import DeskProblem, not_owner
from madoguchi.media.receiving import BrokenOffError, name_in, received
from madoguchi.media.uploads import RefusedError, examined
from madoguchi.media.wording import refusal

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


@router.post("/chats/{id}/files")
async def hold(
    request: Request,
    chat: Readable,
    agent: Worker,
    use: Use,
    x_file_name: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Keep a file, whose bytes are the body, until the agent's message takes it along."""
    if chat.agent is None or chat.agent[0] != agent.id:
        raise not_owner(chat)  # before twenty megabytes are read
    try:
        upload = await examined(await received(request), name_in(x_file_name))
        file = await use.files.hold(chat.id, agent.id, upload)
    except BrokenOffError:
        raise DeskProblem(400, "files.broken_off") from None
    except RefusedError as error:
        code, values = refusal(error)
        raise DeskProblem(422, f"files.{code}", **values) from None
    except NotSendableError as error:
        raise DeskProblem(422, f"files.{error.reason}") from None
    except NotOwnerError:
        raise not_owner((await use.summaries.of([chat.id]))[0]) from None
    return {
        "id": file.id,
        "name": file.name,
        "kind": file.kind,
        "content_type": file.content_type,
        "size": file.size,
    }


@router.delete("/chats/{id}/files/{file}")
async def drop(
    chat: Readable, agent: Worker, use: Use, file: Annotated[str, Path()]
) -> dict[str, Any]:
    """Delete a file that was not sent."""
    if not is_id(file) or not await use.files.drop(chat.id, agent.id, file):
        raise DeskProblem(404, "chats.file_unknown")
    return {}
