"""Meta's errors, as its "Common Error Codes" has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MetaError(Exception):
    """A refusal by the API."""

    status: int
    code: int
    message: str
    subcode: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return what the API answers."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AbCdEfGhIjKlMnOp",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


WINDOW = MetaError(
    400, 10, "(#10) This message is sent outside of allowed window.", subcode=2018278
)
INSTAGRAM_WINDOW = MetaError(
    403, 10, "This message is sent outside of allowed window.", subcode=2534022
)
PERMISSION = MetaError(403, 10, "(#10) Application does not have permission for this action")
TOKEN = MetaError(401, 190, "Error validating access token: Session has expired", subcode=463)
PROOF = MetaError(400, 100, "Invalid appsecret_proof provided in the API argument")
NO_PERSON = MetaError(400, 100, "(#100) No matching user found", subcode=2018001)
BLOCKED = MetaError(400, 551, "(#551) This person isn't available right now.", subcode=1545041)
RATE_613 = MetaError(400, 613, "(#613) Calls to this api have exceeded the rate limit.")
RATE_4 = MetaError(400, 4, "(#4) Application request limit reached", headers={"Retry-After": "90"})
TEMPORARY = MetaError(500, 1200, "(#1200) Temporary send message failure. Please try again later.")
UNEXPECTED = MetaError(500, 2, "An unexpected error has occurred. Please retry your request later.")
UNKNOWN = MetaError(500, 1, "An unknown error occurred", subcode=99)
# Meta: the messages are all sent, but the endpoint returns an error.
SENT_WITH_ERROR = MetaError(500, 1, "Received invalid JSON reply.", subcode=1357046)
POLICY = MetaError(403, 368, "The action attempted has been deemed abusive")


def invalid(message: str) -> MetaError:
    """Return the refusal of a request that is not as documented."""
    return MetaError(400, 100, f"(#100) {message}")
