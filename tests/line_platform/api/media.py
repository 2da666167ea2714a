"""What customers have sent, for download (``api-data`` in LINE's own addresses)."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.line_platform.api.gate import Incoming


def content(incoming: Incoming) -> Response:
    """Hand out the bytes; 202 while a film or sound is being prepared."""
    found = incoming.platform.contents.get(incoming.path["message"])
    if found.preparation != "succeeded":
        return JSONResponse({}, 202)
    length = {"content-length": str(found.length)} if found.tells_length else {}
    return StreamingResponse(found.chunks(), headers=length, media_type=found.content_type)


def preview(incoming: Incoming) -> Response:
    """Hand out a smaller picture."""
    found = incoming.platform.contents.preview(incoming.path["message"])
    return Response(found.data, media_type=found.content_type)


def transcoding(incoming: Incoming) -> Response:
    """Tell how far a film or sound is."""
    return JSONResponse(
        {"status": incoming.platform.contents.transcoding(incoming.path["message"])}
    )
