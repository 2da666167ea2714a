"""Rasa's own test stories (tests/test_stories.yml), told to the model by Rasa itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import SKILLS
from madoguchi.settings import PROJECT, Settings
from madoguchi.training import current_model, engine_environment

pytestmark = pytest.mark.assistant

STORIES = PROJECT / "tests" / "test_stories.yml"


def _told() -> list[dict[str, Any]]:
    stories: list[dict[str, Any]] = yaml.safe_load(STORIES.read_text(encoding="utf-8"))["stories"]
    return stories


def test_there_is_a_story_of_every_skill() -> None:
    intents = {step.get("intent") for story in _told() for step in story["steps"]}
    assert {f"act_{skill.act}" for skill in SKILLS} <= intents


def test_every_story_goes_as_it_is_told(trained: None, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(Settings().engine_python, "-m", "rasa", "test", "core", "--e2e", "--no-plot"),
            *("--stories", STORIES, "--model", str(current_model()), "--out", tmp_path),
        ],
        cwd=PROJECT,
        env=engine_environment(MADOGUCHI_TRACKERS=str(tmp_path / "trackers.db")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"Rasa could not tell the stories:\n{done.stdout[-3000:]}"
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    # Without a failure the file is a comment.
    assert yaml.safe_load(failed) is None, f"these stories went another way:\n{failed}"
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["total"] == len(_told())
