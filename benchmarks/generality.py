"""Trains our pipeline on another Japanese data set and counts on its test part.

Run as ``bot/.venv/bin/python benchmarks/generality.py ja-JP.jsonl`` with a file in MASSIVE's
format, or with xSID's two, ``ja.valid.conll ja.test.conll``. ``--stock 100`` has Rasa's own
pipeline trained on the same for 100 epochs. The data stays where it is; the figures go to
``benchmarks/generality.json``, in the place of older ones of the same name.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List
from zoneinfo import ZoneInfo

import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.intent_sets import (  # noqa: E402 - the path first: scripts are run by their name
    Entry,
    read_files,
    training_phrases,
    unseen,
)

# What belongs to the shops' catalogue and has no part in how an intent is understood.
_OURS = ("EntityRules", "AnswerDecision")
_RESULT = PROJECT / "benchmarks" / "generality.json"

Figures = Dict[str, Any]


def main() -> None:
    """Train, measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--name", default="MASSIVE 1.1, ja-JP")
    parser.add_argument("--stock", type=int, default=0, help="epochs of Rasa's own; 0: without it")
    parser.add_argument("--remark", default="", help="sentences for the report")
    arguments = parser.parse_args()
    found = measure(read_files(arguments.files), arguments.stock)
    head = {"name": arguments.name, "remark": arguments.remark}
    known = json.loads(_RESULT.read_text("utf-8"))["sets"] if _RESULT.exists() else []
    text = json.dumps({"sets": replaced(known, {**head, **found})}, ensure_ascii=False, indent=1)
    _RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)


def measure(entries: List[Entry], epochs: int) -> Figures:
    """Return the figures of the pipelines, each trained on the training part.

    Rasa's own is only trained when ``epochs`` is not 0.
    """
    from benchmarks.sample import write_phrases
    from benchmarks.stock.compare import commit, trained_and_measured, with_epochs

    known = training_phrases(entries)
    parts = {
        "test.jsonl": [entry for entry in entries if entry.part == "test"],
        "unseen.jsonl": unseen(entries),
    }
    configs = {"ours": pipeline((PROJECT / "config.yml").read_text("utf-8"))}
    if epochs:
        stock = (PROJECT / "benchmarks" / "stock" / "config.yml").read_text("utf-8")
        configs["stock"] = with_epochs(stock, epochs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nlu").mkdir()
        write_phrases(known, folder / "nlu" / "nlu.yml")
        for file, part in parts.items():
            lines = (json.dumps(case) + "\n" for case in cases(part))
            (folder / file).write_text("".join(lines), encoding="utf-8")
        files = [folder / file for file in parts]
        pipelines = {
            which: trained_and_measured(config, folder / "nlu", files, folder)
            for which, config in configs.items()
        }
    return {
        "date": datetime.now(ZoneInfo("Asia/Tokyo")).strftime("%-d %B %Y"),
        "commit": commit(),
        "intents": len(known),
        "trained": sum(map(len, known.values())),
        "tested": len(parts["test.jsonl"]),
        "unseen": len(parts["unseen.jsonl"]),
        "untrained": sum(entry.intent not in known for entry in parts["test.jsonl"]),
        "epochs": epochs,
        "pipelines": pipelines,
    }


def cases(entries: List[Entry]) -> List[Dict[str, Any]]:
    """Return entries as an evaluation file's lines; the domain stands for the style."""
    return [
        {"text": entry.text, "gold": [entry.intent], "style": entry.domain} for entry in entries
    ]


def replaced(known: List[Figures], found: Figures) -> List[Figures]:
    """Return the data sets' figures with new ones in the place of those of the same name."""
    return [*(one for one in known if one["name"] != found["name"]), found]


def pipeline(config: str) -> str:
    """Return the configuration without what belongs to the catalogue.

    The temperature is left out: it was found for other data, and changes no ranking.
    """
    read = yaml.safe_load(config)
    read["pipeline"] = [
        {name: value for name, value in part.items() if name != "temperature"}
        for part in read["pipeline"]
        if not part["name"].endswith(_OURS)
    ]
    return yaml.safe_dump(read, allow_unicode=True, sort_keys=False)


if __name__ == "__main__":
    main()
