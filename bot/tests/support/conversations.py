"""A small Rasa assistant with real stores: what it says depends on slots, a form and a rule."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.log_utils import configure_structlog

from bot.channel import Collector
from bot.tests.support.rasa import PROJECT

_FILES = {
    "config.yml": """
recipe: default.v1
assistant_id: tests
language: ja
pipeline:
- name: KeywordIntentClassifier
policies:
- name: RulePolicy
  core_fallback_action_name: action_default_fallback
""",
    "domain.yml": """
version: "3.1"
intents: [greet, order, color, nothing]
slots:
  color:
    type: text
    influence_conversation: true
    mappings:
    - type: from_text
      conditions:
      - active_loop: order_form
        requested_slot: color
forms:
  order_form:
    required_slots: [color]
responses:
  utter_greet: [{text: こんにちは}]
  utter_ask_color: [{text: 何色ですか}]
  utter_ordered: [{text: "{color}ですね"}]
  utter_color: [{text: "いま{color}です"}]
  utter_no_color: [{text: まだ決まっていません}]
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - もしもし
- intent: order
  examples: |
    - 注文
- intent: color
  examples: |
    - 何色
- intent: nothing
  examples: |
    - 無題
""",
    "data/rules.yml": """
version: "3.1"
rules:
- rule: greet
  steps:
  - intent: greet
  - action: utter_greet
- rule: order
  steps:
  - intent: order
  - action: order_form
  - active_loop: order_form
- rule: ordered
  condition:
  - active_loop: order_form
  steps:
  - action: order_form
  - active_loop: null
  - slot_was_set:
    - requested_slot: null
  - action: utter_ordered
- rule: color
  condition:
  - slot_was_set:
    - color: true
  steps:
  - intent: color
  - action: utter_color
- rule: no color
  condition:
  - slot_was_set:
    - color: null
  steps:
  - intent: color
  - action: utter_no_color
""",
}


def trained(folder: Path) -> Path:
    """Train the assistant in an empty folder and return its model."""
    (folder / "data").mkdir()
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    ours = {
        "PYTHONPATH": str(PROJECT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "MPLCONFIGDIR": str(folder / "matplotlib"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot.train", "--out", "small.tar.gz"],
        cwd=folder,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "small.tar.gz"


def sql_store(file: Path) -> SQLTrackerStore:
    """Return the tracker store that endpoints.yml asks for."""
    with _without_advice():
        domain = Domain.from_yaml(_FILES["domain.yml"])
    return SQLTrackerStore(domain, dialect="sqlite", db=str(file))


def agent_of(model: Path, store: TrackerStore) -> Agent:
    """Return Rasa's agent with a model, which keeps its conversations in the store."""
    # As in the engine: below this level Rasa logs every state of every turn.
    configure_structlog(logging.WARNING)
    with _without_advice():
        return Agent.load(str(model), tracker_store=store)


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """Do without what Rasa says about slots whenever a domain has some."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Slot auto-fill has been removed", UserWarning)
        yield


async def say(agent: Agent, text: str, sender: str = "c-1") -> list[Any]:
    """Say something to the assistant and return what it answers."""
    collector = Collector()
    await agent.handle_message(UserMessage(text, collector, sender, input_channel="madoguchi"))
    return [message["text"] for message in collector.messages]
