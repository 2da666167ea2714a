"""Accuracy, milliseconds and memory of one model, in the engine's environment on one core.

Run by ``make bench`` as ``bot/.venv/bin/python benchmarks/understanding.py MODEL PHRASES``.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

_REPEATS = 3


def main() -> None:
    """Print the figures as one line of JSON."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    model, phrases = sys.argv[1], Path(sys.argv[2])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cases = [json.loads(line) for line in phrases.read_text("utf-8").splitlines()]
    print(json.dumps(asyncio.run(_measure(model, cases))))


async def _measure(model: str, cases: List[Dict[str, Any]]) -> Dict[str, Any]:
    from bot.launch import give_back_memory
    from bot.without_tensorflow import serve_without_tensorflow

    serve_without_tensorflow()
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    await agent.parse_message("こんにちは")
    give_back_memory()
    taken, right = [], []
    for case in cases:
        ranking = (await agent.parse_message(case["text"]))["intent_ranking"]
        if "oos" not in case["gold"]:
            best = next(entry["name"] for entry in ranking if entry["name"] != "nlu_fallback")
            right.append(best in {name.replace("/", "_", 1) for name in case["gold"]})
    for number in range(_REPEATS):
        for text in (case["text"] for case in cases):
            # A mark that changes nothing but the text keeps the embedding's cache out of it.
            started = time.perf_counter()
            await agent.parse_message(text + "\u3000" * (number + 1) + str(number))
            taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {
        "right_on_top": round(statistics.mean(right), 3),
        "messages": len(taken),
        "median_ms": round(statistics.median(taken), 2),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
        "p99_ms": round(taken[int(len(taken) * 0.99)], 2),
        "resident_mb": round(_resident_mb()),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


if __name__ == "__main__":
    main()
