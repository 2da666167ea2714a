"""Draws the report's pictures; runs in the engine's environment, whose model it asks.

``pictures.py MODEL DATA.json FOLDER FILE.jsonl …`` prints one line of JSON: the confidences in
tenths, each with how many messages there were and how many were right.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(PROJECT))

_TENTHS = 10
_DARK = 0.3
_COLOURS = {"right": "#2a7f62", "wrong": "#c8553d", "outside the guides": "#9aa0a6"}

# How sure the assistant was, and what became of it: one of _COLOURS.
Sure = Tuple[float, str]


def main() -> None:
    """Draw all of them."""
    model, data, folder = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8")), sys.argv[3]
    files = [Path(name) for name in sys.argv[4:]]
    images = Path(folder)
    draw_matrix(images / "confusion.png", data["rows"], data["columns"], data["counts"])
    from benchmarks import threshold

    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    ranked = asyncio.run(threshold._rank(model, [json.loads(line) for line in lines]))
    sure = _sure(ranked)
    draw_confidence(images / "confidence.png", sure)
    bounds = np.arange(0.1, 0.96, 0.05)
    used = threshold._settings()
    curves = [threshold._shares(ranked, {**used, "answer_above": float(bound)}) for bound in bounds]
    threshold._draw(images / "bound.png", bounds, curves, used["answer_above"])
    print(json.dumps(tenths(sure)))


def tenths(sure: List[Sure]) -> List[Dict[str, Any]]:
    """Return, for each tenth of confidence that occurs, its questions, their mean and the right.

    What is outside the guides is left out: nothing that is said to it is right.
    """
    found = []
    for number in range(_TENTHS):
        part = [
            (value, became)
            for value, became in sure
            if became in ("right", "wrong") and min(int(value * _TENTHS), _TENTHS - 1) == number
        ]
        if part:
            right = sum(became == "right" for _, became in part)
            mean = sum(value for value, _ in part) / len(part)
            found.append({"from": number / _TENTHS, "count": len(part), "mean": mean})
            found[-1]["right"] = right
    return found


def _sure(ranked: List[Tuple[Dict[str, Any], List[Dict[str, Any]]]]) -> List[Sure]:
    """Return each best intent's confidence with that of the same wish, and what became of it."""
    from benchmarks.pipelines import right_intents
    from bot.decision import CATALOGUE, OUTSIDE, read_catalogue

    families = read_catalogue(PROJECT / CATALOGUE)[0]
    sure = []
    for case, ranking in ranked:
        best = next(entry["name"] for entry in ranking if entry["name"] not in OUTSIDE)
        family = {best, *families.get(best, [])}
        value = sum(entry["confidence"] for entry in ranking if entry["name"] in family)
        became = "right" if best in right_intents(case["gold"], families) else "wrong"
        sure.append((value, "outside the guides" if "oos" in case["gold"] else became))
    return sure


def draw_matrix(
    picture: Path, rows: List[str], columns: List[str], counts: List[List[int]]
) -> None:
    """Draw how often what was asked (rows) was answered with what (columns), with the counts."""
    plt = _pyplot()
    table = np.array(counts, dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(10, 8.5), dpi=90)
    # The square root lets one mistake of fifty be seen.
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(table)):
        dark = shares[row, column] > _DARK
        axes.text(
            column,
            row,
            int(table[row, column]),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if dark else "black",
        )
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right", fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    axes.set_xlabel("what was said, by section of the guides")
    axes.set_ylabel("what was asked")
    figure.tight_layout()
    figure.savefig(picture)


def draw_confidence(picture: Path, sure: List[Sure]) -> None:
    """Draw how many messages had which confidence, by what became of them."""
    plt = _pyplot()
    # Each by itself and with its own scale: there are fifty times more right ones than others.
    figure, panels = plt.subplots(len(_COLOURS), 1, sharex=True, figsize=(8, 6), dpi=100)
    for axes, (name, colour) in zip(panels, _COLOURS.items()):
        values = [value for value, became in sure if became == name]
        axes.hist(values, bins=np.arange(0, 1.01, 0.05), color=colour)
        axes.set_title(f"{name}: {len(values)} messages", loc="left", fontsize=10)
        axes.set_ylabel("messages")
        axes.grid(alpha=0.3)
    panels[-1].set_xlabel("confidence of the best topic, act or talk")
    figure.tight_layout()
    figure.savefig(picture)


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    return plt


if __name__ == "__main__":
    main()
