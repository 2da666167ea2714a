"""The texts of the skills, and what the code says of them."""

from __future__ import annotations

import ast
import importlib
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi.knowledge.words import FOLDER
from madoguchi.settings import PROJECT

# Whose code speaks with these texts.
_CODE = ("actions", "madoguchi/desk", "madoguchi/dialogue", "madoguchi/knowledge")
# Where the reasons, states and topics come from that become parts of a text's name.
_ENUMS = ("madoguchi/desk", "madoguchi/rules", "madoguchi/systems", "madoguchi/inquiries")


@dataclass(frozen=True)
class Text:
    """One text: ``file.key``, its words and the intents below it."""

    name: str
    words: str
    choices: tuple[str, ...]

    @property
    def placeholders(self) -> set[str]:
        """The names in curly brackets."""
        parts = string.Formatter().parse(self.words)
        return {field for _, field, _, _ in parts if field is not None}


def files() -> dict[str, Any]:
    """Return every file of texts by its name."""
    return {file.stem: _load(file) for file in sorted(FOLDER.glob("*.yml"))}


@lru_cache
def texts() -> dict[str, Text]:
    """Return every text by its name; cards.yml has names, no texts."""
    found = (_texts_in(stem, content) for stem, content in files().items() if stem != "cards")
    return {text.name: text for of_file in found for text in of_file}


def _texts_in(name: str, entry: Any) -> Iterator[Text]:
    if isinstance(entry, str):
        yield Text(name, entry.strip(), ())
    elif "text" in entry:
        yield Text(name, entry["text"].strip(), tuple(entry.get("choices") or ()))
    else:
        for key, below in entry.items():
            yield from _texts_in(f"{name}.{key}", below)


@dataclass(frozen=True)
class Module:
    """What one module of the code says."""

    file: Path
    literals: frozenset[str]
    # f-strings, with a group for every value in them.
    patterns: tuple[re.Pattern[str], ...]
    # Names of arguments and keys of dictionaries: what placeholders are filled by.
    names: frozenset[str]
    # The project's own modules that it speaks with.
    imports: frozenset[str]

    def speaks_of(self, stem: str) -> bool:
        """Return whether it uses texts of the file."""
        prefix = f"{stem}."
        return any(each.startswith(prefix) for each in self.literals) or any(
            each.pattern.startswith(re.escape(prefix)) for each in self.patterns
        )


@lru_cache
def modules() -> tuple[Module, ...]:
    """Return the code that speaks to customers."""
    return tuple(
        _module(file) for folder in _CODE for file in sorted((PROJECT / folder).glob("*.py"))
    )


def filled_in(stem: str) -> set[str]:
    """Return what the code that uses a file's texts can fill their placeholders with."""
    by_name = {_dotted(module.file): module for module in modules()}
    reached, found = [module for module in modules() if module.speaks_of(stem)], set()
    while reached:
        module = reached.pop()
        found.add(_dotted(module.file))
        reached += [by_name[each] for each in module.imports if each not in found]
    return {name for each in found for name in by_name[each].names}


@lru_cache
def values() -> frozenset[str]:
    """Return what can become a part of a text's name: literals, reasons, states."""
    said = {literal for module in modules() for literal in module.literals}
    return frozenset(said | set(_enum_values()))


def is_used(name: str) -> bool:
    """Return whether some code says the text of this name, put together or in one piece."""
    suffixes = ("_yes", "_no", "_explain", "_repeated")
    base = next((name.removesuffix(end) for end in suffixes if name.endswith(end)), None)
    if base is not None and (_is_said(base) or base.removeprefix("identify.") in values()):
        return True
    return _is_said(name)


def _is_said(name: str) -> bool:
    return any(name in module.literals for module in modules()) or any(
        _fits(pattern, name) for module in modules() for pattern in module.patterns
    )


def _fits(pattern: re.Pattern[str], name: str, depth: int = 2) -> bool:
    match = pattern.fullmatch(name)
    return match is not None and all(_is_made(part, depth) for part in match.groups())


def _is_made(part: str, depth: int) -> bool:
    """Return whether some value is the part, or another f-string makes it."""
    if part in values():
        return True
    others = (other for module in modules() for other in module.patterns)
    return depth > 0 and any(_fits(other, part, depth - 1) for other in others)


def _module(file: Path) -> Module:
    literals, patterns, names, imports = set(), [], set(), set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            literals.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            pattern = _pattern(node)
            # What has no word of its own would fit every name.
            if re.search(r"[a-z]", pattern.pattern.replace("(.+?)", "")):
                patterns.append(pattern)
        elif isinstance(node, ast.keyword) and node.arg is not None:
            names.add(node.arg)
        elif isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            imports.add(node.module or "")
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            # facts["until"] = …
            names.add(str(node.slice.value))
        elif isinstance(node, ast.Dict):
            names |= {
                key.value
                for key in node.keys
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return Module(file, frozenset(literals), tuple(patterns), frozenset(names), frozenset(imports))


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts)


def _is_ours(module: str) -> bool:
    return (PROJECT / f"{module.replace('.', '/')}.py").exists() and module.startswith(
        tuple(folder.replace("/", ".") for folder in _CODE)
    )


def _pattern(node: ast.JoinedStr) -> re.Pattern[str]:
    parts = []
    for each in node.values:
        if isinstance(each, ast.Constant):
            parts.append(re.escape(str(each.value)))
        elif isinstance(each, ast.FormattedValue) and isinstance(each.value, ast.IfExp):
            # {'_last' if … else ''}: one of the two, which stand there.
            ends = (each.value.body, each.value.orelse)
            either = [str(end.value) for end in ends if isinstance(end, ast.Constant)]
            parts.append(f"(?:{'|'.join(map(re.escape, either))})" if either else "(.+?)")
        else:
            parts.append("(.+?)")
    return re.compile("".join(parts))


def _enum_values() -> Iterator[str]:
    for folder in _ENUMS:
        for file in sorted((PROJECT / folder).glob("*.py")):
            module = importlib.import_module(f"{folder.replace('/', '.')}.{file.stem}")
            for found in vars(module).values():
                if isinstance(found, type) and issubclass(found, StrEnum):
                    yield from found


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
