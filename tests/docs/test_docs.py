"""The documentation agrees with the code: settings, problems, commands, links, bounds."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from madoguchi.conversations.model import Kind
from madoguchi.settings import PROJECT, Settings

_DOCS = PROJECT / "docs"
_PAGES = sorted(
    [*PROJECT.glob("*.md"), *_DOCS.rglob("*.md"), PROJECT / "web" / "README.md"],
)
_READMES = (PROJECT / "README.md", PROJECT / "README.ja.md")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_LARGEST_PICTURE = 200_000


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _prose(page: Path) -> str:
    """Return a page without its blocks of code, in which # and [ ] mean something else."""
    return _FENCED.sub("", _text(page))


def _code(page: Path) -> list[str]:
    """Return every piece of code of a page, the blocks' and the inline ones."""
    return [*_FENCED.findall(_text(page)), *_CODE.findall(_prose(page))]


def _tables(page: Path) -> list[list[str]]:
    """Return the cells of every row of every table."""
    rows = [line for line in _prose(page).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _headings(page: Path) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", _prose(page), re.MULTILINE)
    return [(len(marks), words) for marks, words in found]


def _anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings get where repositories are shown."""
    return {
        "".join(
            character
            for character in words.lower().replace(" ", "-")
            if character in "-_" or unicodedata.category(character)[0] in "LN"
        )
        for _, words in _headings(page)
    }


def _shown(default: Any) -> str:
    """Return a default as docs/settings.md writes it."""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None:
        return "not set"
    if default == "":
        return "empty"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`".replace(str(PROJECT), "<project>")


def _targets() -> set[str]:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def _mentioned(page: Path) -> set[str]:
    return {name for code in _code(page) for name in re.findall(r"\bmake ([a-z][a-z-]*)", code)}


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {
        row[0].strip("`"): row[1]
        for row in _tables(_DOCS / "settings.md")
        if row[0].startswith("`MADOGUCHI_")
    }
    actual = {
        f"MADOGUCHI_{name.upper()}": _shown(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert documented == actual


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {f"MADOGUCHI_{name.upper()}" for name in Settings.model_fields}
    # The service sets these for the engine (madoguchi/training.py).
    known |= {"MADOGUCHI_ACTIONS_URL", "MADOGUCHI_TRACKERS"}
    named = {name for page in _PAGES for name in re.findall(r"MADOGUCHI_[A-Z_]+", _text(page))}
    assert named <= known


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_relative_link_and_image_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert not broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, unread = set(), [_READMES[0]]
    while unread:
        page = unread.pop()
        if page in reached:
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in _LINK.findall(_prose(page)))
        unread += [
            (page.parent / link).resolve()
            for link in links
            if link.endswith(".md") and not link.startswith("http")
        ]
    assert set(_PAGES) <= reached


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_mentioned_exists(page: Path) -> None:
    assert _mentioned(page) <= _targets()


@pytest.mark.parametrize("readme", _READMES, ids=lambda readme: readme.name)
def test_every_command_is_in_the_readmes_table(readme: Path) -> None:
    listed = {row[0].strip("`").removeprefix("make ") for row in _tables(readme)}
    assert _targets() <= listed


def test_both_readmes_have_the_same_headings() -> None:
    english, japanese = ([level for level, _ in _headings(readme)] for readme in _READMES)
    assert english == japanese


@pytest.mark.parametrize("readme", _READMES, ids=lambda readme: readme.name)
def test_the_place_of_the_figures_is_kept(readme: Path) -> None:
    assert _text(readme).count("<!-- figures -->") == 1
    assert _text(readme).count("<!-- /figures -->") == 1


def test_every_problem_code_is_in_the_api_s_page() -> None:
    sentences = PROJECT / "madoguchi" / "knowledge" / "messages" / "ja.yml"
    codes = set(yaml.safe_load(sentences.read_text(encoding="utf-8"))["problems"])
    page = _prose(_DOCS / "chat-api.md")
    section = page.split("\n## Problems\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([a-z_]+)` \| \d", section, re.MULTILINE))
    assert documented == codes


def test_every_kind_of_message_is_in_the_api_s_page() -> None:
    cells = {name for row in _tables(_DOCS / "chat-api.md") for name in _CODE.findall(row[0])}
    assert {kind.value for kind in Kind} <= cells


def test_every_metric_is_in_operations() -> None:
    source = (PROJECT / "madoguchi" / "metrics.py").read_text(encoding="utf-8")
    cells = {row[0] for row in _tables(_DOCS / "operations.md")}
    documented = {name for cell in cells for name in re.findall(r"`(madoguchi_[a-z_]+)", cell)}
    assert documented == set(re.findall(r'"(madoguchi_[a-z_]+)"', source))


def test_the_bounds_of_the_decision_are_the_ones_in_use() -> None:
    documented = {
        row[0].strip("`"): float(row[1])
        for row in _tables(_DOCS / "understanding.md")
        if len(row) == 3 and re.fullmatch(r"\d+(?:\.\d+)?", row[1])
    }
    assert documented == _bounds()


def _bounds() -> dict[str, float]:
    """Return the decision's numbers: the component's defaults and what config.yml sets."""
    tree = ast.parse((PROJECT / "bot" / "decision.py").read_text(encoding="utf-8"))
    [function] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "get_default_config"
    ]
    [defaults] = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
    bounds = {
        ast.literal_eval(key): value.value
        for key, value in zip(defaults.keys, defaults.values, strict=True)
        if key is not None and isinstance(value, ast.Constant)
    }
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    [component] = [part for part in config["pipeline"] if part["name"].endswith("AnswerDecision")]
    return bounds | {key: value for key, value in component.items() if key != "name"}


def test_the_pictures_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in (_DOCS / "images").iterdir()}
    assert {name for name, size in sizes.items() if size > _LARGEST_PICTURE} == set()
