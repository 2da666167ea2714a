"""The protocol's page agrees with the code, and its example works."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from shutil import which
from typing import Any

import pytest
from fastapi import FastAPI

from madoguchi.channels.webhook.client import Bounds
from madoguchi.channels.webhook.events import MOST_EVENTS, read_events
from madoguchi.channels.webhook.refusals import problems
from madoguchi.channels.webhook.schemas import SHAPES, MessagesOut
from madoguchi.channels.webhook.sender import CODES
from madoguchi.channels.webhook.signature import Secrets
from madoguchi.channels.webhook.webhook import router
from madoguchi.clock import SystemClock
from madoguchi.conversations.channel import RawEvent
from madoguchi.settings import PROJECT, Settings
from tests.channels.webhook.conftest import NOW, a_delivery
from tests.channels.webhook.other import SECRET
from tests.support.server import serving

PAGE = (PROJECT / "docs" / "webhook-channel.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def cells(column: int) -> Iterator[str]:
    """Return every code in a column of the page's tables."""
    for line in PAGE.splitlines():
        row = line.strip("|").split("|")
        if line.startswith("|") and len(row) > column:
            yield from re.findall(r"`([a-z_]+)`", row[column])


def keys_of(shown: Any) -> Any:
    """Return the shape of JSON: its keys, without the values."""
    if isinstance(shown, dict):
        return {key: keys_of(value) for key, value in shown.items()}
    if isinstance(shown, list):
        return [keys_of(shown[0])] if shown else []
    return None


def test_every_type_of_event_is_documented() -> None:
    assert set(SHAPES) <= set(cells(0))


def test_every_refusal_is_documented() -> None:
    assert set(problems()) | {"invalid", "text_too_long"} <= set(cells(0))


def test_every_end_of_a_try_is_documented() -> None:
    assert set(cells(2)) >= CODES


def test_every_refusal_is_explained_politely() -> None:
    assert all(text.endswith("ください。") for text in problems().values())


def test_the_limits_are_the_ones_in_use() -> None:
    page = " ".join(PAGE.split())
    assert f"Up to {MOST_EVENTS} events" in page
    assert f"within {Bounds().answer:.0f} seconds" in page
    assert f"up to {Settings(env='test').max_text_length:,} characters" in page


def test_the_events_that_are_shown_are_accepted() -> None:
    shown = json.loads(blocks("json")[0])
    assert len(shown["events"]) >= 5
    batch = read_events(json.dumps(shown).encode(), NOW, 5000)
    assert all(result.accepted for result in batch.results)


def test_the_messages_that_are_shown_have_the_shape_of_ours() -> None:
    ours = json.loads(MessagesOut.of(a_delivery()).body())
    assert keys_of(json.loads(blocks("json")[1])) == keys_of(ours)


@pytest.mark.skipif(
    not all(map(which, ("bash", "curl", "openssl", "od"))), reason="a program of the example lacks"
)
async def test_the_command_that_is_shown_brings_an_event() -> None:
    stored: list[RawEvent] = []

    async def store(channel: str, events: list[RawEvent]) -> None:
        stored.extend(events)

    app = FastAPI()
    app.include_router(router(Secrets.read(SECRET), SystemClock(), store, max_text_length=5000))
    [script] = blocks("bash")
    async with serving(app) as address:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", script),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "API": address, "WEBHOOK_SECRET": SECRET},
        )
        printed, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(printed) == {
        "events": [{"id": "event-1", "accepted": True, "reason": None, "where": None}]
    }
    assert [event.event_id for event in stored] == ["event-1"]
