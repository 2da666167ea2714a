"""What every refusal has to look like (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """Return the problem after checking its shape, status and, when given, its code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert set(problem) == {"type", "title", "status", "code", "detail"}
    assert problem["type"] == f"urn:madoguchi:problem:{problem['code']}"
    assert problem["title"] == HTTPStatus(status).phrase
    assert problem["status"] == status
    assert problem["detail"].endswith("。")
    if code is not None:
        assert problem["code"] == code
    return problem
