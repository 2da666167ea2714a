"""Dialogues stand on the same shop as the skills."""

from __future__ import annotations

from tests.actions.conftest import clock, context, database, demo_shop, numbers, talk

__all__ = ["clock", "context", "database", "demo_shop", "numbers", "talk"]
