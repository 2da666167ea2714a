"""Every refusal has a sentence of its own, and none says more than it should."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI, HTTPException
from hypothesis import given
from hypothesis import strategies as st

import madoguchi
from madoguchi.problems import Problem, handle_problems, problem_response
from tests.support.problems import assert_problem
from tests.support.server import client_of, serving

SOURCE = Path(madoguchi.__file__).parent
VALUES: dict[str, Any] = {
    "limit": 5000,
    "where": "text",
    "seconds": 7,
    "kind": "写真",
    "megabytes": 20,
}
SENTENCES: dict[str, str] = yaml.safe_load(
    (SOURCE / "knowledge" / "messages" / "ja.yml").read_text(encoding="utf-8")
)["problems"]


def codes_in_the_source() -> set[str]:
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'Problem\(\s*\d+,\s*"(\w+)"', source))
    return found


def test_every_code_that_is_raised_has_its_sentence() -> None:
    raised = codes_in_the_source()
    assert {"token_missing", "too_many_requests"} <= raised
    assert raised <= set(SENTENCES)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_can_be_said_politely(code: str) -> None:
    body = json.loads(bytes(problem_response(Problem(400, code, **VALUES)).body))
    assert body["code"] == code
    assert body["detail"].endswith("。")
    assert not re.search(r"[{}]", body["detail"])


@given(st.text(st.characters(codec="utf-8")))
def test_what_a_client_named_is_repeated_literally(where: str) -> None:
    response = problem_response(Problem(422, "body_invalid", where=where))
    assert where in json.loads(bytes(response.body))["detail"]


@pytest.fixture
def app() -> FastAPI:
    """An application of which every route fails in another way."""
    failing = FastAPI()
    handle_problems(failing)

    @failing.get("/refused")
    async def refused() -> None:
        raise Problem(429, "too_many_requests", headers={"Retry-After": "7"}, seconds=7)

    @failing.get("/status/{status}")
    async def status(status: int) -> None:
        raise HTTPException(status, "what the framework says")

    @failing.get("/unforeseen")
    async def unforeseen() -> None:
        raise RuntimeError("090-1234-5678")

    return failing


async def test_errors_of_an_application_are_answered_as_problems(app: FastAPI) -> None:
    async with serving(app) as address, client_of(address) as http:
        refused = await http.get("/refused")
        assert "7秒" in assert_problem(refused, 429, "too_many_requests")["detail"]
        assert refused.headers["retry-after"] == "7"
        assert_problem(await http.get("/nowhere"), 404, "not_found")
        assert_problem(await http.post("/refused"), 405, "method_not_allowed")
        assert_problem(await http.get("/status/number"), 422, "body_invalid")
        unforeseen = await http.get("/unforeseen")
        assert_problem(unforeseen, 500, "internal")
        assert "090" not in unforeseen.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 500, 503])
async def test_an_http_error_keeps_its_status(app: FastAPI, status: int) -> None:
    async with serving(app) as address, client_of(address) as http:
        problem: dict[str, Any] = assert_problem(await http.get(f"/status/{status}"), status)
    assert "framework" not in problem["detail"]
