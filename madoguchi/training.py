"""Trains the assistant's model when what it is made of has changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from madoguchi.settings import PROJECT, SettingsError

MODELS = PROJECT / "models"
_CURRENT = MODELS / "current.json"
_SOURCES = ("config.yml", "domain.yml", "bot/requirements.txt")
# They serve a model and have no part in making it.
_SKIPPED = {
    "launch.py",
    "renewal.py",
    "without_tensorflow.py",
    "channel.py",
    "sentences.py",
    "dependence.py",
    "followups.py",
    "tests",
    ".venv",
}


class TrainingError(Exception):
    """Rasa could not train; the message holds what it said last."""


def current_model() -> Path | None:
    """Return the model that was trained from what lies here now, if there is one."""
    try:
        known = json.loads(_CURRENT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    model = MODELS / str(known.get("model"))
    return model if known.get("sources") == sources_digest() and model.exists() else None


def train(engine_python: Path) -> Path:
    """Train a model and return its file.

    Raises TrainingError, and SettingsError without the engine's environment.
    """
    if not engine_python.exists():
        raise SettingsError(f"{engine_python} is missing; run 'make setup'")
    digest, started = sources_digest(), time.monotonic()
    model = MODELS / f"madoguchi-{digest[:12]}.tar.gz"
    log = PROJECT / "var" / "train.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [engine_python, "-m", "bot.train", "--out", model],
            cwd=PROJECT,
            env=engine_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0 or not model.exists():
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise TrainingError("\n".join([f"training failed; the whole output is in {log}", *last]))
    seconds = round(time.monotonic() - started)
    known = {"sources": digest, "model": model.name, "seconds": seconds}
    _CURRENT.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    _drop_old_models()
    return model


def _drop_old_models() -> None:
    """Keep the newest two: a running engine may still be started again from the one before."""
    models = sorted(MODELS.glob("madoguchi-*.tar.gz"), key=lambda file: file.stat().st_mtime)
    for old in models[:-2]:
        old.unlink()


def sources_digest() -> str:
    """Return a hash of everything that a model is made of."""
    digest = hashlib.sha256()
    for file in _source_files():
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def engine_environment(**values: str) -> dict[str, str]:
    """Return the environment of a Rasa process: no telemetry, and none of our settings."""
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith("MADOGUCHI_")
    }
    defaults = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "LOG_LEVEL": "WARNING",
        "MPLCONFIGDIR": str(PROJECT / "var" / "matplotlib"),
        "MADOGUCHI_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
        "MADOGUCHI_ENGINE_SECRET": "unset",
        "MADOGUCHI_TRACKERS": "var/trackers.db",
    }
    return {**inherited, **defaults, **values}


def _source_files() -> Iterator[Path]:
    for name in _SOURCES:
        yield PROJECT / name
    for folder, pattern in (
        ("data", "*.yml"),
        ("bot", "*.py"),
        ("madoguchi/knowledge/catalogue", "*.yml"),
    ):
        for file in sorted((PROJECT / folder).rglob(pattern)):
            if not _SKIPPED & {*file.parts, file.name}:
                yield file
