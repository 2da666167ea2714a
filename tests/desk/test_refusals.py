"""What the desk says when it refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from madoguchi import desk, knowledge
from madoguchi.desk.refusals import DeskProblem, desk_words

TEXTS: dict[str, Any] = yaml.safe_load(
    (Path(knowledge.__file__).resolve().parent / "messages" / "desk.yml").read_text("utf-8")
)
SENTENCES = {
    f"{section}.{key}": text
    for section in ("signin", "agents")
    for key, text in TEXTS[section].items()
    if isinstance(text, str)
}
# What is put together from a reason or a field.
MADE = {"signin.password_": {"short", "long", "login", "obvious"}} | {
    "agents.agent_": {"login", "name", "email", "capacity"}
}


def names_in_the_code() -> set[str]:
    folder = Path(desk.__file__).resolve().parent
    code = "".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    named = set(re.findall(r'DeskProblem\(\s*\w+,\s*"((?:signin|agents)\.[a-z_]+)"', code))
    return named | {start + end for start, ends in MADE.items() for end in ends}


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    assert names_in_the_code() == set(SENTENCES)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_is_whole_and_calm(name: str) -> None:
    text = SENTENCES[name]
    assert text == text.strip()
    assert text.endswith("。")
    assert not set(text) & set("!！")


def test_what_a_sentence_leaves_open_is_filled_in() -> None:
    problem = DeskProblem(401, "signin.locked", minutes=3)
    assert (problem.status, problem.code) == (401, "locked")
    assert "3分ほど" in problem.detail


def test_a_sentence_that_is_not_there_is_an_error_of_the_project() -> None:
    with pytest.raises(KeyError):
        DeskProblem(400, "signin.no_such_sentence")


def test_the_demonstration_s_agents_have_names() -> None:
    assert set(TEXTS["agents"]["demo"]) == {"sato", "suzuki", "admin"}
    assert desk_words()("agents.demo.sato") == TEXTS["agents"]["demo"]["sato"]
