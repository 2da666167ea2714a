"""Seconds and memory of a training that ``make train`` would do: ``python -m benchmarks training``.

Its model is thrown away. The embeddings of phrases that were trained on before are known, as they
are when a phrase is added.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from madoguchi.settings import PROJECT
from madoguchi.training import engine_environment

_KIBIBYTES_IN_A_MEGABYTE = 1024


def measure(engine_python: Path) -> dict[str, Any]:
    """Return seconds by the clock and of the processors, and the most memory in megabytes.

    Both include the start of the process. Raises RuntimeError when the training fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [
            engine_python,
            "-m",
            "bot.train",
            "--out",
            Path(folder) / "model.tar.gz",
        ]
        started = time.perf_counter()
        with subprocess.Popen(
            command,
            cwd=PROJECT,
            env=engine_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise RuntimeError("the training failed; 'make train' says why")
    return {
        "phrases": _phrases(),
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / _KIBIBYTES_IN_A_MEGABYTE),
    }


def _phrases() -> int:
    files = (PROJECT / "data" / "nlu").rglob("*.yml")
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return sum(line.startswith("    - ") for line in lines)
