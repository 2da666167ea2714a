"""Our training makes the model that Rasa's command makes, and refuses what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.tests.support.rasa import PHRASES, PROJECT

CONFIG = """
recipe: default.v1
assistant_id: tests
language: ja
importers:
- name: bot.importer.ReadOnceImporter
pipeline:
- name: bot.tokenizer.JapaneseTokenizer
- name: bot.lexical_featurizer.LexicalFeaturizer
- name: bot.intent_classifier.BlockClassifier
- name: bot.entities.EntityRules
policies:
- name: RulePolicy
"""
TRAIN = ["-m", "bot.train", "--out", "ours.tar.gz"]
RASA_TRAIN = ["-m", "rasa", "train", "--out", ".", "--fixed-model-name", "rasas"]
LOAD = """
import asyncio, json, sys
from bot.without_tensorflow import serve_without_tensorflow
serve_without_tensorflow()
from rasa.core.agent import Agent
understood = asyncio.run(Agent.load("ours.tar.gz").parse_message("領収書がほしい"))
print(understood["intent"]["name"], "tensorflow" in sys.modules)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A whole Rasa project, as small as can be."""
    intents = "".join(f"- {intent}\n" for intent in PHRASES)
    replies = "".join(f"  utter_{intent}: [{{text: はい}}]\n" for intent in PHRASES)
    phrases = "".join(
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in PHRASES.items()
    )
    rules = "".join(
        f"- rule: {intent}\n  steps:\n  - intent: {intent}\n  - action: utter_{intent}\n"
        for intent in PHRASES
    )
    (tmp_path / "data").mkdir()
    for name, text in {
        "config.yml": CONFIG,
        "domain.yml": f'version: "3.1"\nintents:\n{intents}responses:\n{replies}',
        "data/nlu.yml": f'version: "3.1"\nnlu:\n{phrases}',
        "data/rules.yml": f'version: "3.1"\nrules:\n{rules}',
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def python(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the engine's Python in the project until it ends."""
    ours = {
        "PYTHONPATH": str(PROJECT),
        "PYTHONWARNINGS": "ignore",
        # Rasa writes sets of rules in the order of their hashes.
        "PYTHONHASHSEED": "0",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "MPLCONFIGDIR": str(project / "matplotlib"),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        check=False,
    )


def learned(model: Path) -> dict[str, bytes]:
    """Return what a model's components have stored."""
    with tarfile.open(model) as archive:
        files = [file for file in archive.getmembers() if file.isfile()]
        read = {file.name: archive.extractfile(file) for file in files}
        return {
            name: stream.read()
            for name, stream in read.items()
            if stream is not None and not name.endswith("metadata.json")
        }


def test_it_makes_the_model_that_rasas_command_makes(project: Path) -> None:
    assert python(project, *RASA_TRAIN).returncode == 0
    trained = python(project, *TRAIN)
    assert trained.returncode == 0, trained.stderr
    ours, rasas = learned(project / "ours.tar.gz"), learned(project / "rasas.tar.gz")
    assert any(name.endswith("weights.npz") for name in ours)
    assert any("RulePolicy" in name for name in ours)
    assert ours == rasas


def test_its_model_serves_without_tensorflow_and_nothing_is_left_behind(project: Path) -> None:
    before = {file.name for file in project.iterdir()}
    assert python(project, *TRAIN).returncode == 0
    left = {file.name for file in project.iterdir()} - before
    assert left <= {"ours.tar.gz", "matplotlib"}
    assert python(project, "-c", LOAD).stdout.splitlines()[-1] == "store_receipt False"


@pytest.mark.parametrize(
    ("file", "said", "instead", "complaint"),
    [
        ("data/rules.yml", "- action: utter_store_receipt", "- action: utter_no", "utter_no"),
        ("data/rules.yml", "- intent: store_receipt", "- slot_was_set: [{no: 1}]", "no"),
    ],
    ids=["unknown answer", "unknown slot"],
)
def test_what_is_not_sound_is_refused_and_named(
    project: Path, file: str, said: str, instead: str, complaint: str
) -> None:
    text = (project / file).read_text(encoding="utf-8")
    assert said in text
    (project / file).write_text(text.replace(said, instead), encoding="utf-8")
    trained = python(project, *TRAIN)
    assert trained.returncode != 0
    assert complaint in trained.stdout + trained.stderr
    assert not (project / "ours.tar.gz").exists()
