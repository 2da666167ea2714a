"""Alive, ready, and the figures; when it is not ready it says why."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import httpx
import pytest

from madoguchi.database import open_database
from tests.conftest import StartService
from tests.support.chat import Chat
from tests.support.postgres import postgres_programs, throwaway_postgres
from tests.support.server import LiveService


def reasons(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 503
    body = answer.json()
    assert body["status"] == "unavailable"
    found: dict[str, str] = body["reasons"]
    return found


async def test_with_everything_there_it_is_ready(service: LiveService) -> None:
    answer = await service.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "reasons": {}}


async def test_without_its_engine_it_is_not_ready_but_alive(service: LiveService) -> None:
    service.engine.away = True
    assert reasons(await service.http.get("/readyz")) == {"engine": "away"}
    assert (await service.http.get("/healthz")).json() == {"status": "ok"}
    service.engine.away = False
    assert (await service.http.get("/readyz")).status_code == 200


@pytest.mark.postgres
async def test_without_its_database_it_is_not_ready_but_alive(start_service: StartService) -> None:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL server: install Debian's package 'postgresql'")
    with throwaway_postgres(programs) as server:
        service = await start_service(database_url=await server.new_database())
        assert (await service.http.get("/readyz")).status_code == 200
    service.engine.away = True
    found = reasons(await service.http.get("/readyz"))
    assert set(found) == {"database", "engine", "systems"}
    assert found["database"].endswith("the database does not answer")
    assert "postgres@" not in found["database"]
    assert (await service.http.get("/healthz")).status_code == 200


async def test_with_a_database_that_is_no_database_it_is_not_ready(
    service: LiveService, tmp_path: Path
) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 1000)
    broken = open_database(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")
    service.app.state.services = dataclasses.replace(service.parts, database=broken)
    assert set(reasons(await service.http.get("/readyz"))) == {"database"}
    await broken.dispose()


def figure(figures: str, line: str) -> float:
    """Return a figure, nothing yet being zero."""
    found = [
        value
        for name, _, value in (f.rpartition(" ") for f in figures.splitlines())
        if name == line
    ]
    return float(found[0]) if found else 0.0


COUNTED = [
    'madoguchi_turns_total{kind="answer"}',
    "madoguchi_turn_seconds_count",
    'madoguchi_requests_total{method="POST",route="/api/v1/conversations",status="201"}',
    'madoguchi_refused_total{reason="not_found"}',
    'madoguchi_engine_failures_total{reason="failed"}',
]


async def test_what_happens_is_counted(service: LiveService) -> None:
    before = (await service.http.get("/metrics")).text
    service.engine.will(service.engine.fails)
    await (await Chat.open(service.http)).say("送料は？")
    await service.http.get("/nowhere")
    after = await service.http.get("/metrics")
    assert after.headers["content-type"].startswith("text/plain")
    raised = [line for line in COUNTED if figure(after.text, line) > figure(before, line)]
    assert raised == COUNTED


async def test_the_figures_name_nobody(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    await chat.say("送料は？", key="my-own-key")
    await service.http.get(f"/nowhere/{chat.id}")
    figures = (await service.http.get("/metrics")).text
    for secret in (chat.id, chat.token, "送料", "my-own-key"):
        assert secret not in figures
