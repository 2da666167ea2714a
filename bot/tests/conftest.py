"""What all tests of the engine share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

# Sanic changes the filters of warnings when it is imported; here pytest still restores them.
import sanic  # noqa: F401

if TYPE_CHECKING:
    from rasa.engine.storage.local_model_storage import LocalModelStorage

# As in the engine: one thread for each library, set before any of them is loaded.
os.environ["OMP_NUM_THREADS"] = "1"

hypothesis.settings.register_profile("madoguchi", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("madoguchi")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("MADOGUCHI_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """Where a component keeps its model, on the disk."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage.create(folder)
