"""The rules stand alone: none of our other modules, no clock, no files, no network."""

from __future__ import annotations

import ast
import importlib
import inspect
from enum import StrEnum
from pathlib import Path

import pytest

import madoguchi.rules

FOLDER = Path(madoguchi.rules.__file__).parent
MODULES = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem != "__init__")
ALLOWED = {
    *("__future__", "calendar", "collections", "dataclasses", "datetime", "enum", "itertools"),
    *("typing", "unicodedata", "zoneinfo", "jpholiday"),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_rule_imports_rules_and_what_only_computes(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {module for module in imported if module.startswith("madoguchi")}
    assert all(module.startswith("madoguchi.rules.") for module in ours)
    assert {module.split(".")[0] for module in imported - ours} <= ALLOWED


@pytest.mark.parametrize("name", MODULES)
def test_a_rule_asks_no_clock_and_opens_nothing(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {
        func.attr if isinstance(func, ast.Attribute) else func.id
        for func in called
        if isinstance(func, ast.Attribute | ast.Name)
    }
    assert not names & {"now", "today", "utcnow", "open", "read_text", "print"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_s_reasons_are_its_own_and_all_of_them_are_used(name: str) -> None:
    module = importlib.import_module(f"madoguchi.rules.{name}")
    reasons = getattr(module, "Reason", None)
    if reasons is None:
        return
    assert issubclass(reasons, StrEnum)
    assert reasons.__module__ == module.__name__
    source = inspect.getsource(module)
    assert {reason.name for reason in reasons if f"Reason.{reason.name}" not in source} == set()
