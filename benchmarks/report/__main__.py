"""Measures everything of the report but Rasa's own pipeline, whose figures are kept."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.report.confusions import matrix, pairs, sections
from benchmarks.report.page import page
from benchmarks.sample import read_phrases
from madoguchi.evaluation.run import evaluate_file
from madoguchi.settings import PROJECT, Settings, settings
from madoguchi.training import current_model, engine_environment, train

_FILES = [PROJECT / "evaluation" / name for name in ("second.jsonl", "followups.jsonl")]
_PAGE = PROJECT / "docs" / "evaluation-report.md"
_IMAGES = PROJECT / "docs" / "images"
_RESULTS = PROJECT / "results" / "report"
_STOCK = PROJECT / "benchmarks" / "stock" / "result.json"
_GENERALITY = PROJECT / "benchmarks" / "generality.json"


def main() -> int:
    """Write the page and its pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=_FILES)
    files = parser.parse_args().files
    used = settings()
    model = current_model() or train(used.engine_python)
    found = [_evaluated(used, model, file) for file in files]
    _PAGE.write_text(page(_figures(used, model, files, found)), encoding="utf-8")
    print(f"written to {_PAGE.relative_to(PROJECT)}")
    return 0


def _figures(
    used: Settings, model: Path, files: list[Path], found: list[dict[str, Any]]
) -> dict[str, Any]:
    # What depends on the topic before cannot be understood by the classifier alone.
    alone = [file for file in files if '"after"' not in file.read_text(encoding="utf-8")]
    phrases = read_phrases(PROJECT / "data" / "nlu")
    cases = [case for file in found for case in file["cases"]]
    return {
        "date": datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo")).strftime("%-d %B %Y"),
        "commit": commit(),
        "phrases": sum(map(len, phrases.values())),
        "intents": len(phrases),
        "files": found,
        "pairs": pairs(cases),
        "tenths": _pictures(used, model, cases, alone),
        "parsed": [file.name for file in alone],
        "ablation": "\n".join(_engine(used, "ablation.py", *alone)),
        "cross": json.loads(_engine(used, "crossvalidation.py")[-1]),
        "understanding": json.loads(_engine(used, "understanding.py", model, alone[0])[-1]),
        "training_seconds": _read(model.parent / "current.json")["seconds"],
        "stock": _read(_STOCK),
        "generality": _read(_GENERALITY) if _GENERALITY.exists() else None,
    }


def commit() -> str:
    """Return the commit that is measured, and whether anything was changed since."""
    asked = ["git", "describe", "--always", "--dirty= with changes", "--exclude=*"]
    done = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _evaluated(used: Settings, model: Path, file: Path) -> dict[str, Any]:
    out = _RESULTS / f"{file.stem}.json"
    evaluate_file(used, model, file, out)
    return _read(out)


def _pictures(
    used: Settings, model: Path, cases: list[dict[str, Any]], files: list[Path]
) -> list[dict[str, Any]]:
    _IMAGES.mkdir(exist_ok=True)
    rows, columns, counts = matrix(cases, sections())
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "matrix.json"
        data.write_text(json.dumps({"rows": rows, "columns": columns, "counts": counts}), "utf-8")
        drawn = _engine(used, "report/pictures.py", model, data, _IMAGES, *files)
    tenths: list[dict[str, Any]] = json.loads(drawn[-1])
    return tenths


def _engine(used: Settings, script: str, *arguments: Path) -> list[str]:
    """Return the lines that a script prints in the engine's environment."""
    print(f"madoguchi: {script}", flush=True)
    done = subprocess.run(
        [used.engine_python, "-W", "ignore", PROJECT / "benchmarks" / script, *arguments],
        cwd=PROJECT,
        env=engine_environment(OMP_NUM_THREADS="1"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
