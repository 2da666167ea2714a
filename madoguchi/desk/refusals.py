"""Refusals at the desk: problems (RFC 9457) whose sentences are in ``messages/desk.yml``."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import yaml
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from madoguchi import knowledge
from madoguchi.desk.summary import Summary
from madoguchi.knowledge.words import Words
from madoguchi.metrics import REFUSED
from madoguchi.problems import Problem

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "desk.yml"


@lru_cache
def desk_words() -> Words:
    """Return the desk's texts, named ``section.key``."""
    return Words(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


class DeskProblem(Problem):
    """A request of the desk that is refused; ``signin.locked`` has the code ``locked``."""

    def __init__(
        self, status: int, name: str, headers: dict[str, str] | None = None, **values: object
    ) -> None:
        """Refuse with the status and the sentence of that name, its values filled in."""
        super().__init__(status, name.rpartition(".")[2], headers, **values)
        self.detail = desk_words()(name, **values)
        # What the page needs besides the sentence, as keys of the problem (RFC 9457, 3.2).
        self.fields: dict[str, Any] = {}

    def with_fields(self, **fields: Any) -> Self:
        """Return the problem with keys of its own, such as who has the chat."""
        self.fields |= fields
        return self


def not_owner(chat: Summary) -> DeskProblem:
    """Return the refusal of what only the one who has the chat may do: with who that is."""
    if chat.agent is None:
        return DeskProblem(409, "chats.nobody_s").with_fields(agent=None)
    number, name = chat.agent
    problem = DeskProblem(409, "chats.not_owner", agent=name)
    return problem.with_fields(agent={"id": number, "name": name})


def desk_problem_response(problem: DeskProblem) -> JSONResponse:
    """Return the problem as the desk sees it."""
    REFUSED.labels(problem.code).inc()
    body = {
        "type": f"urn:madoguchi:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.fields,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


def handle_desk_problems(app: FastAPI) -> None:
    """Answer the desk's refusals with their own sentences; called before the app serves."""

    @app.exception_handler(DeskProblem)
    async def refused(_request: Request, error: DeskProblem) -> JSONResponse:
        return desk_problem_response(error)
