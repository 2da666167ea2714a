"""The shop's closures, teams and stores, from ``business.yml`` or the operator's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from madoguchi.knowledge.business_file import BusinessFile
from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.hours import OpeningHours
from madoguchi.rules.transfers import STORES, StoreKind, known_store

FILE = Path(__file__).resolve().parent / "business.yml"


class BusinessFileError(Exception):
    """The business file is missing or wrong; the message names file and key for the operator."""


@dataclass(frozen=True)
class Team:
    """People who answer customers, with their reception hours."""

    id: str
    name: str
    hours: OpeningHours
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Store:
    """A store that customers can visit, or a sister shop without its branches."""

    name: str
    kind: StoreKind
    hours: OpeningHours
    phone: str | None = None


@dataclass(frozen=True)
class Business:
    """The business days, the teams by id, and the stores by name."""

    calendar: BusinessCalendar
    teams: Mapping[str, Team]
    stores: Mapping[str, Store]

    @property
    def online_store(self) -> Team:
        """The online store's team."""
        return self.teams["online_store"]

    @property
    def rental_support(self) -> Team:
        """The rental's team."""
        return self.teams["rental_support"]

    def store(self, name: str) -> Store | None:
        """Return a store by its name; a sister shop's unlisted branch is the sister shop."""
        if name in self.stores:
            return self.stores[name]
        known = known_store(name)
        return self.stores[known] if known is not None else None


@lru_cache
def business(path: Path | None = None) -> Business:
    """Return what the file says, by default this version's. Raises BusinessFileError."""
    file = path or FILE
    try:
        read = yaml.load(file.read_text(encoding="utf-8"), _Loader)  # noqa: S506  (a SafeLoader)
        return _business(BusinessFile.model_validate(read))
    except (OSError, UnicodeDecodeError) as error:
        raise BusinessFileError(f"{file}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise BusinessFileError(f"{file}: is not YAML: {error}") from None
    except ValidationError as error:
        raise BusinessFileError("\n".join(_in_words(file, error))) from None


def _business(read: BusinessFile) -> Business:
    calendar = BusinessCalendar(
        (
            *(entry.closure() for entry in read.yearly_closures),
            *(entry.closure() for entry in read.closures),
        )
    )
    teams = {
        key: Team(key, entry.name, entry.hours.hours(), entry.phone, entry.email)
        for key, entry in read.teams.items()
    }
    stores = {
        name: Store(name, STORES[known], entry.hours.hours(), entry.phone)
        for name, entry in read.stores.items()
        if (known := known_store(name)) is not None
    }
    return Business(calendar, teams, stores)


def _in_words(file: Path, error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"]) or "the file"
        lines.append(f"{file}: {key}: {str(fault['msg']).removeprefix('Value error, ')}")
    return lines


class _Loader(yaml.SafeLoader):
    """Reads plain YAML, and refuses a key that stands twice: the second would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (the library's signature)
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.YAMLError(
                    f"line {key_node.start_mark.line + 1}: {key} stands twice in one place"
                )
            seen.add(key)
        return super().construct_mapping(node, deep)
