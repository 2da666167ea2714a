"""Draws what becomes of the answers when the bound of the confidence is moved.

Run as ``bot/.venv/bin/python benchmarks/threshold.py MODEL PICTURE.png FILE.jsonl``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

_OUTCOMES = ("right", "among the choices", "wrong", "not answered", "out of scope, answered")
_CHOICES = 3

Ranked = Tuple[Dict[str, Any], List[Dict[str, Any]]]


def main() -> None:
    """Write the picture and print the figures at the bound in use."""
    model, picture, phrases = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    cases = [json.loads(line) for line in phrases.read_text("utf-8").splitlines()]
    ranked = asyncio.run(_rank(model, cases))
    bounds = np.arange(0.1, 0.96, 0.05)
    used = _settings()
    curves = [_shares(ranked, {**used, "answer_above": float(bound)}) for bound in bounds]
    _draw(picture, bounds, curves, used["answer_above"])
    print(json.dumps(_shares(ranked, used), indent=1))


async def _rank(model: str, cases: List[Dict[str, Any]]) -> List[Ranked]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return [(case, (await agent.parse_message(case["text"]))["intent_ranking"]) for case in cases]


def _settings() -> Dict[str, Any]:
    from bot.decision import AnswerDecision

    config = yaml.safe_load((PROJECT / "config.yml").read_text("utf-8"))
    own = next(part for part in config["pipeline"] if part["name"].endswith("AnswerDecision"))
    return {**AnswerDecision.get_default_config(), **own}


def _shares(ranked: List[Ranked], settings: Dict[str, Any]) -> Dict[str, float]:
    """Return the share of each outcome among the questions, and of oos that is answered."""
    from bot.decision import AnswerDecision, read_catalogue

    decision = AnswerDecision(settings, None, None)  # type: ignore[arg-type]
    decision._families, _sites = read_catalogue(PROJECT / settings["catalogue"])
    counts = Counter(_outcome(decision, case, ranking) for case, ranking in ranked)
    outside = sum("oos" in case["gold"] for case, _ in ranked)
    questions = len(ranked) - outside
    return {
        name: counts[name] / (outside if name.startswith("out of scope") else questions)
        for name in _OUTCOMES
    }


def _outcome(decision: Any, case: Dict[str, Any], ranking: List[Dict[str, Any]]) -> str:
    name, _ = decision._decide(ranking)
    answered = name != "nlu_fallback" and not name.startswith("out_of_scope")
    if "oos" in case["gold"]:
        real = answered and name.startswith(("store_", "rental_", "act_"))
        return "out of scope, answered" if real else "out of scope"
    gold = {gold.replace("/", "_", 1) for gold in case["gold"]}
    if "act_inquiry" in gold:
        gold.add("smalltalk_human")
    if answered:
        return "right" if name in gold else "wrong"
    offered = [entry["name"] for entry in ranking if not entry["name"].startswith("out_of_scope")]
    asked = name == "nlu_fallback" and gold & set(offered[:_CHOICES])
    return "among the choices" if asked else "not answered"


def _draw(picture: Path, bounds: np.ndarray, curves: List[Dict[str, float]], in_use: float) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=110)
    for name, style in zip(_OUTCOMES, ("-", "-", "-", "-", "--")):
        axes.plot(bounds, [100 * curve[name] for curve in curves], style, label=name)
    axes.axvline(in_use, color="grey", linewidth=1)
    axes.set_xlabel("bound of the confidence (grey: in use)")
    axes.set_ylabel("share, %")
    axes.set_ylim(0, 100)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture)


if __name__ == "__main__":
    main()
