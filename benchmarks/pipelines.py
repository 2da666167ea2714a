"""Trains one pipeline and measures its classifier, each in a process of its own.

Run in the engine's environment by ``benchmarks/stock/compare.py`` and ``benchmarks/generality.py``:
``pipelines.py train CONFIG NLU MODEL`` and ``pipelines.py measure MODEL FILE.jsonl …``, both print
one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, List, Set

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

_TIMED = 300


def main() -> None:
    """Print what the first argument asks for."""
    what, *arguments = sys.argv[1:]
    if what == "train":
        found = train(*arguments)
    else:
        found = asyncio.run(measure(arguments[0], [Path(name) for name in arguments[1:]]))
    print(json.dumps(found, ensure_ascii=False))


def train(config: str, nlu: str, model: str) -> Dict[str, Any]:
    """Train with Rasa; returns how long it took, in seconds, and the most memory it held, in MB."""
    from rasa.model_training import train_nlu

    started = time.monotonic()
    out = Path(model)
    name = out.name[: -len(".tar.gz")]
    train_nlu(config=config, nlu_data=nlu, output=str(out.parent), fixed_model_name=name)
    return {
        "training_seconds": round(time.monotonic() - started),
        # Other work on the machine does not change it.
        "training_cpu_seconds": round(time.process_time()),
        "training_peak_mb": _peak_mb(),
    }


async def measure(model: str, files: List[Path]) -> Dict[str, Any]:
    """Return how often the best intent of the ranking is right, and what a message costs.

    No bound decides here: it is the classifiers that are compared. Lines with the gold ``oos``
    are left out.
    """
    if not needs_tensorflow(model):
        from bot.without_tensorflow import serve_without_tensorflow

        serve_without_tensorflow()
    from rasa.core.agent import Agent

    from bot.decision import CATALOGUE, read_catalogue
    from bot.launch import give_back_memory

    families, _sites = read_catalogue(PROJECT / CATALOGUE)
    agent = Agent.load(model)
    await agent.parse_message("こんにちは")
    give_back_memory()
    figures: Dict[str, Any] = {"resident_mb": round(_resident_mb())}
    taken: List[float] = []
    files_found = {}
    for file in files:
        found: Dict[str, List[bool]] = defaultdict(list)
        for case in map(json.loads, file.read_text("utf-8").splitlines()):
            if "oos" in case["gold"]:
                continue
            # Time of the processor, so that other work on the machine does not change it.
            started = time.process_time()
            ranking = (await agent.parse_message(case["text"]))["intent_ranking"]
            taken.append((time.process_time() - started) * 1000)
            right = right_intents(case["gold"], families)
            found[case["style"]].append(bool(ranking) and ranking[0]["name"] in right)
        files_found[file.name] = {style: [sum(part), len(part)] for style, part in found.items()}
    taken = sorted(taken[:_TIMED])
    figures["median_cpu_ms"] = round(statistics.median(taken), 1)
    figures["p95_cpu_ms"] = round(taken[int(len(taken) * 0.95)], 1)
    return {**figures, "right": files_found}


def needs_tensorflow(model: str) -> bool:
    """Return whether a model has a network of Rasa's own; ours is served without TensorFlow."""
    import tarfile

    with tarfile.open(model) as packed:
        return any("DIETClassifier" in name for name in packed.getnames())


def right_intents(gold: List[str], families: Dict[str, List[str]]) -> Set[str]:
    """Return the intents that are right: the gold ones and those that are the same wish."""
    intents = {name.replace("/", "_", 1) for name in gold}
    return intents | {member for intent in intents for member in families.get(intent, [])}


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


if __name__ == "__main__":
    main()
