"""Milliseconds of a turn against how much was said before: ``python -m benchmarks.trackers``.

Engines with the trained model answer the same conversations turn by turn. They differ in how many
events a tracker may hold before it is renewed. The action that asks back is the service's own, in a
process of its own. Processor time is the engine's, and hardly depends on what else runs; it is read
as Linux tells it. About ten minutes when nothing else runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from actions.clarify import ActionClarify
from madoguchi.actions_app import create_actions_app
from madoguchi.settings import PROJECT, Settings, settings
from madoguchi.supervisor import free_port
from madoguchi.training import current_model, engine_environment, train

_SECRET = "measured"
_TURNS = (10, 50, 100, 200, 400)
_NEVER = 10**9
_LIMITS = {"never": _NEVER, "200": 200, "100": 100, "50": 50, "20": 20}
_CONVERSATIONS = 2
_START_SECONDS = 120
_OUT = PROJECT / "results" / "trackers.json"
# Answered and asked back, long and short, in the order in which they are sent again and again.
_TEXTS = (
    "送料はいくらかかりますか",
    "領収書を発行してほしいのですが、宛名は変えられますか",
    "変更したい",
    "海外への発送はできますか",
    "返品したいときはどうすればいいですか",
    "ありがとうございます",
    "手続き",
    "ギフト包装はお願いできますか",
    "レンタルの審査にはどれくらい時間がかかりますか",
    "サイズ",
)


# What was measured of which kind of turn, and the turn's number: milliseconds.
type _Taken = dict[tuple[str, int], list[float]]


@dataclass(frozen=True)
class _Engine:
    """A running engine, and what its turns took."""

    http: httpx.AsyncClient
    process: int
    taken: _Taken = field(default_factory=dict)

    def processor_ms(self) -> float:
        """Return how long it has run on a processor."""
        return int(Path(f"/proc/{self.process}/schedstat").read_text("ascii").split()[0]) / 1e6


def main() -> int:
    """Print the tables, write the figures to ``results/`` and return the exit code."""
    used = settings()
    model = current_model() or train(used.engine_python)
    with _actions() as actions_url:
        taken = asyncio.run(_measure(used, model, actions_url))
    figures = {
        f"{kind}, {measure}": [
            _row(f"{kind}, {measure}", turns, taken) for turns in (*_TURNS, None)
        ]
        for measure in ("processor", "clock")
        for kind in ("answered", "asked back")
    }
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, rows in figures.items():
        print(f"\n{name}: milliseconds by the events after which a tracker is renewed\n")
        print(f"| {' | '.join(rows[0])} |\n|{'---|' * len(rows[0])}")
        for row in rows:
            print(f"| {' | '.join(str(value) for value in row.values())} |")
    return 0


async def _measure(used: Settings, model: Path, actions_url: str) -> dict[str, _Taken]:
    async with contextlib.AsyncExitStack() as running:
        engines = {
            name: await running.enter_async_context(_engine(used, model, actions_url, limit))
            for name, limit in _LIMITS.items()
        }
        for number in range(_CONVERSATIONS):
            for turn in range(1, max(_TURNS) + 1):
                for engine in engines.values():
                    await _turn(engine, f"conversation-{number}", turn)
    return {name: engine.taken for name, engine in engines.items()}


async def _turn(engine: _Engine, sender: str, turn: int) -> None:
    body = {
        "sender": sender,
        "text": _TEXTS[turn % len(_TEXTS)],
        "payload": None,
        "metadata": {"site": "store", "last_topic": "store/shipping_fee", "inbound": turn},
    }
    started, worked = time.perf_counter(), engine.processor_ms()
    answer = await engine.http.post("/webhooks/madoguchi/messages", json=body)
    took = {
        "clock": (time.perf_counter() - started) * 1000,
        "processor": engine.processor_ms() - worked,
    }
    said = answer.raise_for_status().json()["messages"]
    asked_back = any(message["custom"].get("kind") == "clarify" for message in said)
    for measure, milliseconds in took.items():
        kind = f"{'asked back' if asked_back else 'answered'}, {measure}"
        engine.taken.setdefault((kind, turn), []).append(milliseconds)


def _row(kind: str, turns: int | None, taken: dict[str, _Taken]) -> dict[str, Any]:
    """Return what it took around this turn, or the mean of all turns.

    Around means every text once, in every conversation, and the median of them.
    """
    row: dict[str, Any] = {"turns": turns or "all, mean"}
    for name, by_turn in taken.items():
        near = range(1 if turns is None else turns - len(_TEXTS) + 1, (turns or max(_TURNS)) + 1)
        each = [took for turn in near for took in by_turn.get((kind, turn), ())]
        middle = statistics.fmean if turns is None else statistics.median
        row[name] = round(middle(each), 1) if each else None
    return row


@contextlib.asynccontextmanager
async def _engine(
    used: Settings, model: Path, actions_url: str, limit: int
) -> AsyncIterator[_Engine]:
    """Start an engine with conversations of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = engine_environment(
            MADOGUCHI_ACTIONS_URL=actions_url,
            MADOGUCHI_ENGINE_SECRET=_SECRET,
            MADOGUCHI_TRACKERS=f"{folder}/trackers.db",
            MADOGUCHI_RENEW_AFTER=str(limit),
            OMP_NUM_THREADS="1",
        )
        process = await asyncio.create_subprocess_exec(
            used.engine_python,
            *("-m", "bot.launch", "--model", model, "--port", str(port)),
            env=environment,
            cwd=PROJECT,
        )
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"X-Madoguchi-Secret": _SECRET},
                timeout=60,
            ) as http:
                await _ready(http, process)
                yield _Engine(http, process.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _ready(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            if process.returncode is not None:
                raise RuntimeError("the engine did not start")
            with contextlib.suppress(httpx.HTTPError):
                answer = await http.get("/webhooks/madoguchi/ready")
                if answer.status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.3)


@contextlib.contextmanager
def _actions() -> Iterator[str]:
    """Run the action that asks back, where the engines call it; yields its address."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve_actions, args=(port,))
    process.start()
    try:
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.join()


def _serve_actions(port: int) -> None:
    app = create_actions_app(_SECRET, lambda: [ActionClarify()])
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    sys.exit(main())
