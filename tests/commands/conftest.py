"""What the tests of the commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from madoguchi.settings import Settings


@pytest.fixture
def used(tmp_path: Path) -> Settings:
    """Settings of a database that is not there yet."""
    return Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'madoguchi.db'}")
