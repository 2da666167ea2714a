"""Compares our pipeline with Rasa's own on the same sample of phrases; writes ``result.json``.

Run as ``bot/.venv/bin/python benchmarks/stock/compare.py [--each 20] [--epochs 100] FILE.jsonl …``.
DIET takes most of the time, about a second of two cores for every 100 phrases and epoch.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
sys.path.insert(0, str(PROJECT))

_SEED = 1
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "RASA_MAX_CACHE_SIZE": "0",
}


def main() -> None:
    """Train and measure both, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="phrases of every intent")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of DIET")
    parser.add_argument("--remark", default="", help="a sentence for the report")
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    files = arguments.files or [PROJECT / "evaluation" / "second.jsonl"]
    found = compare(arguments.each, arguments.epochs, files)
    found["remark"] = arguments.remark
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (HERE / "result.json").write_text(text + "\n", encoding="utf-8")


def compare(each: int, epochs: int, files: List[Path]) -> Dict[str, Any]:
    """Return both pipelines' figures, and what they were measured on."""
    from benchmarks.sample import read_phrases, sample, write_phrases

    drawn = sample(read_phrases(PROJECT / "data" / "nlu"), each, _SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nlu").mkdir()
        write_phrases(drawn, folder / "nlu" / "nlu.yml")
        stock = (HERE / "config.yml").read_text("utf-8")
        configs = {
            "ours": (PROJECT / "config.yml").read_text("utf-8"),
            "stock": with_epochs(stock, epochs),
        }
        pipelines = {
            which: trained_and_measured(config, folder / "nlu", files, folder)
            for which, config in configs.items()
        }
    return {
        "date": datetime.now(ZoneInfo("Asia/Tokyo")).strftime("%-d %B %Y"),
        "commit": commit(),
        "each": each,
        "epochs": epochs,
        "intents": len(drawn),
        "phrases": sum(map(len, drawn.values())),
        "pipelines": pipelines,
    }


def with_epochs(config: str, epochs: int) -> str:
    """Return a configuration with another number of epochs. Raises ValueError if it has none."""
    changed, count = re.subn(r"(?m)^(\s*epochs:) \d+$", rf"\1 {epochs}", config)
    if count != 1:
        raise ValueError("expected one component with epochs")
    return changed


def trained_and_measured(config: str, nlu: Path, files: List[Path], folder: Path) -> Dict[str, Any]:
    """Return what ``benchmarks/pipelines.py`` measures while training and with the model."""
    settings, model = folder / "config.yml", folder / "models" / "one.tar.gz"
    settings.write_text(config, encoding="utf-8")
    figures = _pipelines(folder, "train", settings, nlu, model)
    return {**figures, **_pipelines(folder, "measure", model, *files)}


def _pipelines(folder: Path, what: str, *arguments: Path) -> Dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", PROJECT / "benchmarks" / "pipelines.py", what, *arguments],
        cwd=PROJECT,
        env={**os.environ, **_QUIET, "RASA_CACHE_DIRECTORY": str(folder / "cache")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: Dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def commit() -> str:
    """Return the commit that is measured, and whether anything was changed since."""
    asked = ["git", "describe", "--always", "--dirty= with changes", "--exclude=*"]
    done = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
