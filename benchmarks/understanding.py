"""Milliseconds to understand one message, in the engine's environment on one core.

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
from typing import Any

_REPEATS = 3


def main() -> None:
    """Print the figures as one line of JSON."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    model, phrases = sys.argv[1], Path(sys.argv[2])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    texts = [json.loads(line)["text"] for line in phrases.read_text("utf-8").splitlines()]
    print(json.dumps(asyncio.run(_measure(model, texts))))


async def _measure(model: str, texts: list[str]) -> dict[str, Any]:
    from rasa.core.agent import Agent

    from bot.launch import give_back_memory

    agent = Agent.load(model)
    await agent.parse_message("こんにちは")
    give_back_memory()
    taken = []
    for number in range(_REPEATS):
        for text in texts:
            # A mark that changes nothing but the text keeps the embedding's cache out of it.
            started = time.perf_counter()
            await agent.parse_message(text + "\u3000" * (number + 1) + str(number))
            taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {
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
