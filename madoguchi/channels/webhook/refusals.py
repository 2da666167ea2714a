"""Refusals that only this channel has, in the words of ``messages/webhook.yml``."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

import yaml
from fastapi.responses import JSONResponse

from madoguchi import knowledge
from madoguchi.metrics import REFUSED


def refusal(status: int, code: str) -> JSONResponse:
    """Return the refusal as ``application/problem+json`` (RFC 9457) and count it."""
    REFUSED.labels(code).inc()
    body = {
        "type": f"urn:madoguchi:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": problems()[code],
    }
    return JSONResponse(body, status, media_type="application/problem+json")


@lru_cache
def problems() -> dict[str, str]:
    """Return the explanations by their codes."""
    file = Path(knowledge.__file__).parent / "messages" / "webhook.yml"
    found: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))["problems"]
    return found
