"""Trains our pipeline on another Japanese data set and counts on its test part.

Run as ``bot/.venv/bin/python benchmarks/generality.py ja-JP.jsonl [--name NAME]`` with a file in
MASSIVE's format: JSON Lines with ``utt``, ``intent``, ``scenario`` and ``partition`` (``train``,
``dev``, ``test``). The data stays where it is; the figures go to ``benchmarks/generality.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

# What belongs to the shops' catalogue and has no part in how an intent is understood.
_OURS = ("EntityRules", "AnswerDecision")

Entries = List[Dict[str, Any]]


def main() -> None:
    """Train, measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--name", default="MASSIVE 1.1, ja-JP")
    arguments = parser.parse_args()
    lines = arguments.file.read_text("utf-8").splitlines()
    found = measure([json.loads(line) for line in lines if line.strip()])
    text = json.dumps({"name": arguments.name, **found}, ensure_ascii=False, indent=1)
    (PROJECT / "benchmarks" / "generality.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def measure(entries: Entries) -> Dict[str, Any]:
    """Return the figures of a model that is trained on the training part."""
    from benchmarks.sample import write_phrases
    from benchmarks.stock.compare import trained_and_measured

    known, asked = phrases(entries), cases(entries)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nlu").mkdir()
        write_phrases(known, folder / "nlu" / "nlu.yml")
        test = folder / "test.jsonl"
        test.write_text("".join(json.dumps(case) + "\n" for case in asked), encoding="utf-8")
        config = pipeline((PROJECT / "config.yml").read_text("utf-8"))
        figures = trained_and_measured(config, folder / "nlu", [test], folder)
    trained = sum(map(len, known.values()))
    return {"intents": len(known), "trained": trained, "tested": len(asked), **figures}


def phrases(entries: Entries) -> Dict[str, List[str]]:
    """Return the training part's phrases by intent."""
    found: Dict[str, List[str]] = {}
    for entry in entries:
        if entry["partition"] == "train":
            found.setdefault(entry["intent"], []).append(entry["utt"])
    return found


def cases(entries: Entries) -> Entries:
    """Return the test part as an evaluation file's lines; the scenario stands for the style."""
    return [
        {"text": entry["utt"], "gold": [entry["intent"]], "style": entry["scenario"]}
        for entry in entries
        if entry["partition"] == "test"
    ]


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
