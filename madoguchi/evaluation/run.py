"""Asks a freshly started assistant every case through the Chat API."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import httpx

from madoguchi.evaluation.assistant import fresh_assistant
from madoguchi.evaluation.cases import Case, outcome, read_cases
from madoguchi.evaluation.report import Result, summary, table
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.settings import Settings

_AT_ONCE = 4


def evaluate_file(settings: Settings, model: Path, file: Path, out: Path) -> int:
    """Print and write the figures of a file; returns the exit code."""
    cases = read_cases(file)
    print(f"madoguchi: asking {len(cases)} questions (about {len(cases) // 20 + 20} s)", flush=True)
    results = asyncio.run(_measure(settings, model, cases))
    found = summary(results)
    out.parent.mkdir(parents=True, exist_ok=True)
    details = [_details(result) for result in results]
    written = {"file": file.name, "summary": found, "cases": details}
    out.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(table(found))
    if astray := sum(_astray(result) for result in results):
        print(f"{astray} cases began with another answer than that of the topic before them")
    print(f"every case: {out}")
    return 0


def _details(result: Result) -> dict[str, Any]:
    case = result.case
    details: dict[str, Any] = {
        "text": case.text,
        "gold": sorted(case.gold),
        "style": case.style,
        "outcome": result.outcome.value,
        "said": result.said,
    }
    if case.after is not None:
        details |= {"after": case.after, "said_before": result.said_before}
    return details


def _astray(result: Result) -> bool:
    """Return whether the title of the topic before a case was answered with something else."""
    after = result.case.after
    return after is not None and f"answer {after}" not in (result.said_before or "").split("; ")


async def _measure(settings: Settings, model: Path, cases: list[Case]) -> list[Result]:
    async with fresh_assistant(settings, model) as http:
        gate = asyncio.Semaphore(_AT_ONCE)
        return await asyncio.gather(*(_ask(http, case, gate) for case in cases))


async def _ask(http: httpx.AsyncClient, case: Case, gate: asyncio.Semaphore) -> Result:
    async with gate:
        opened = (await http.post("/api/v1/conversations", json={"site": None})).json()
        said_before = None
        if case.after is not None:
            title = catalogue().topics[case.after].title
            said_before = _briefly(await _say(http, opened, title))
        messages = await _say(http, opened, case.text)
    return Result(case, outcome(case, messages), _briefly(messages), said_before)


async def _say(http: httpx.AsyncClient, opened: dict[str, Any], text: str) -> list[dict[str, Any]]:
    answer = await http.post(
        f"/api/v1/conversations/{opened['id']}/messages",
        json={"text": text},
        headers={
            "Authorization": f"Bearer {opened['token']}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
    return messages


def _briefly(messages: list[dict[str, Any]]) -> str:
    return "; ".join(_brief(message) for message in messages)


def _brief(message: dict[str, Any]) -> str:
    choices = " ".join(
        choice["topic"] or f"act/{choice['act']}"
        for choice in message["choices"]
        if choice["topic"] or choice["act"]
    )
    named = message["topic"] or (f"act/{message['act']}" if message["act"] else "")
    return f"{message['kind']} {named or choices}".strip()
