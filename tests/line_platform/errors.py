"""The errors that the Messaging API answers with, in LINE's words.

The texts are those of the published reference and its examples. Where LINE publishes none (marked
below), the words are this platform's: match the status code there, not the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

AUTHENTICATION = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)
FORBIDDEN = "Access to this API is not available for your account"
INVALID_REPLY_TOKEN = "Invalid reply token"
FAILED_TO_SEND = "Failed to send messages"
RETRY_KEY_ACCEPTED = "The retry key is already accepted"
MONTHLY_LIMIT = "You have reached your monthly limit."
RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
NOT_FOUND = "Not found"
CONTENT_NOT_FOUND = "not found"
CONTENT_GONE = "The content is gone"
NO_TRANSCODING = "Transcoding status doesn't support this type of content"
NO_PREVIEW = "The content can not be previewed"
RICH_MENU_IMAGE_SIZE = "The image size is not allowed for richmenu"
RICH_MENU_HAS_IMAGE = "An image has already been uploaded to the richmenu"
RICH_MENU_NEEDS_IMAGE = "must upload richmenu image before applying it to user"
NO_DEFAULT_RICH_MENU = "no default richmenu"
USER_HAS_NO_RICH_MENU = "the user has no richmenu"
# LINE documents the status of these, not the text.
RETRY_KEY_NOT_SUPPORTED = "The retry key is not supported by this API"
RETRY_KEY_INVALID = "The value for the 'X-Line-Retry-Key' header is invalid"
TOO_LARGE = "Request body exceeds the maximum size"
INTERNAL = "Internal server error"
METHOD_NOT_ALLOWED = "Method not allowed"


@dataclass(frozen=True)
class Detail:
    """One fault of a request: what is wrong, and where."""

    message: str
    property: str


@dataclass(eq=False)
class LineError(Exception):
    """An error answer: status, message, details, further fields and headers."""

    status: int
    message: str
    details: list[Detail] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer; details are left out when there are none."""
        found = [{"message": each.message, "property": each.property} for each in self.details]
        return {"message": self.message, **({"details": found} if found else {}), **self.more}


def invalid_body(details: list[Detail]) -> LineError:
    """Return the error of a body with faults that are listed."""
    return LineError(400, f"The request body has {len(details)} error(s)", details)


def invalid_message(index: int, details: list[Detail]) -> LineError:
    """Return the error of a template or Flex Message with faults that are listed."""
    return LineError(400, f"A message (messages[{index}]) in the request body is invalid", details)


def invalid_property(name: str) -> LineError:
    """Return the error of a property that is of the wrong type or form."""
    return LineError(
        400, f"The property, '{name}', in the request body is invalid (line: -, column: -)"
    )


def invalid_parameter(name: str) -> LineError:
    """Return the error of a parameter of the path that is of the wrong form."""
    return LineError(400, f"The value for the '{name}' parameter is invalid")
