"""Measures understanding and whole conversations, and writes the figures as JSON.

``python -m benchmarks training`` measures a training instead, and prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import training
from benchmarks.conversations import measure
from madoguchi.evaluation.assistant import fresh_assistant
from madoguchi.settings import PROJECT, Settings, settings
from madoguchi.training import current_model, engine_environment, train

_PHRASES = PROJECT / "evaluation" / "second.jsonl"
_OUT = PROJECT / "results" / "benchmark.json"


def main() -> int:
    """Measure and return the exit code."""
    used = settings()
    if sys.argv[1:] == ["training"]:
        print(json.dumps(training.measure(used.engine_python)))
        return 0
    model = current_model() or train(used.engine_python)
    trained = json.loads((model.parent / "current.json").read_text(encoding="utf-8"))
    print("understanding one message, on one core", flush=True)
    figures: dict[str, Any] = {
        "training_seconds": trained["seconds"],
        "understanding": _understanding(used, model),
    }
    print(f"  {figures['understanding']}\nconversations through the Chat API", flush=True)
    figures["conversations"] = asyncio.run(_conversations(used, model))
    for line in figures["conversations"]:
        print(f"  {line}")
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"written to {_OUT.relative_to(PROJECT)}")
    return 0


def _understanding(used: Settings, model: Path) -> dict[str, Any]:
    script = PROJECT / "benchmarks" / "understanding.py"
    done = subprocess.run(
        [used.engine_python, "-W", "ignore", script, model, _PHRASES],
        cwd=PROJECT,
        env=engine_environment(OMP_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


async def _conversations(used: Settings, model: Path) -> list[dict[str, Any]]:
    texts = [json.loads(line)["text"] for line in _PHRASES.read_text("utf-8").splitlines()]
    async with fresh_assistant(used, model) as http:
        return [await measure(str(http.base_url), texts, customers) for customers in (1, 8, 32)]


if __name__ == "__main__":
    sys.exit(main())
