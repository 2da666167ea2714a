"""docs/rules.md names every rule, and every name in it exists."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from madoguchi.settings import PROJECT
from tests.rules.test_purity import MODULES

PAGE = (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([a-z_]+)\.([A-Za-z_]+)`", PAGE)))
# What the rules are made of: each is described where it is defined.
BUILDING_BLOCKS = {"calendar", "facts", "hours", "stages", "states", "tokyo", "verdict"}
HELPERS = {("payment_errors", "Reason"), ("transfers", "known_store"), ("transfers", "store_kind")}


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_every_name_in_the_page_exists(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"madoguchi.rules.{module}"), name)


@pytest.mark.parametrize("module", sorted(set(MODULES) - BUILDING_BLOCKS))
def test_every_rule_is_in_the_page(module: str) -> None:
    found = inspect.getmembers(importlib.import_module(f"madoguchi.rules.{module}"))
    rules = {
        (module, name)
        for name, value in found
        if inspect.isfunction(value)
        and value.__module__ == f"madoguchi.rules.{module}"
        and not name.startswith("_")
    }
    assert rules
    assert rules - HELPERS <= set(NAMED)
