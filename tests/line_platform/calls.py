"""The requests that the bot has made, as tests and operators look at them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass
class Call:
    """One request to the API and what became of it."""

    endpoint: str
    method: str
    path: str
    headers: dict[str, str]
    at: datetime
    request_id: str
    body: bytes = b""
    # None until it is answered, and for ever when it was not.
    status: int | None = None
    error: str = ""
    # Whether the platform has done with it, answered or not.
    done: bool = False

    @property
    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None
