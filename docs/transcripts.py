# ruff: noqa: INP001  (a script, not part of a package)
"""Writes the page of each skill with real conversations, held with the whole service.

``make transcripts`` starts a service of its own on a fixed day, so that the pages change only when
what is said changes. The conversations are in ``docs/transcripts.yml``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from madoguchi.clock import FixedClock  # noqa: E402
from madoguchi.database import open_database  # noqa: E402
from madoguchi.identity import sign_identity  # noqa: E402
from madoguchi.settings import DEMO_IDENTITY_SECRET  # noqa: E402
from madoguchi.systems.embedded.demo import demo_numbers  # noqa: E402
from tests.e2e.chat import Chat, Message  # noqa: E402
from tests.e2e.service import WholeService  # noqa: E402

NOW = "2026-12-02T13:00:00+09:00"
_WHERE = (
    "Code: `actions/{act}.py`. Words: `madoguchi/knowledge/messages/skills/{act}.yml`. "
    "Rules: [business rules](../rules.md). All skills: [skills](../skills.md)."
)
_HOW = (
    "These conversations were held with the demo shop on Wednesday, 2 December 2026, 13:00, and "
    "are written by `make transcripts`."
)


def main() -> None:
    """Hold every conversation and write every page."""
    pages = yaml.safe_load((DOCS / "transcripts.yml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        service = WholeService(Path(folder), ENV="test", NOW=NOW)
        try:
            service.ensure_ready()
            numbers = asyncio.run(_numbers(Path(folder)))
            for act, page in pages.items():
                text = _page(act, page, service.url, numbers)
                (DOCS / "skills" / f"{act}.md").write_text(text, encoding="utf-8")
                print(act)
        finally:
            service.stop()
            service.end()


async def _numbers(folder: Path) -> Mapping[str, str]:
    database = open_database(f"sqlite+aiosqlite:///{folder / 'madoguchi.db'}")
    try:
        return await demo_numbers(database)
    finally:
        await database.dispose()


def _page(act: str, page: dict[str, Any], url: str, numbers: Mapping[str, str]) -> str:
    lines = [
        f"# {act}",
        "",
        f"{page['about'].strip()}",
        "",
        _WHERE.format(act=act),
        "",
        _HOW,
    ]
    for talk in page["talks"]:
        lines += ["", f"## {talk['title']}", "", *_talk(talk, url, numbers)]
    return "\n".join(lines) + "\n"


def _talk(talk: dict[str, Any], url: str, numbers: Mapping[str, str]) -> list[str]:
    identity = None
    if "member" in talk:
        clock = FixedClock(datetime.fromisoformat(NOW))
        identity = sign_identity(talk["member"], None, DEMO_IDENTITY_SECRET, clock)
    chat = Chat.open(url, talk["site"], identity)
    lines: list[str] = []
    try:
        replies: list[Message] = []
        for said in talk["says"]:
            text = said.format_map(_Names(numbers))
            tapped = _tapped(replies, text)
            lines += [f"**お客様**: {f'［{text}］' if tapped else text}", ""]
            replies = chat.tap(tapped) if tapped else chat.say(text)
            for reply in replies:
                lines += _reply(reply)
    finally:
        chat.close()
    return lines[:-1]


class _Names(dict[str, str]):
    """The demo orders' numbers by their names, which have hyphens."""

    def __init__(self, numbers: Mapping[str, str]) -> None:
        super().__init__({name.replace("-", "_"): number for name, number in numbers.items()})


def _tapped(replies: list[Message], text: str) -> Message | None:
    choices = replies[-1]["choices"] if replies else []
    return next((choice for choice in choices if choice["title"] == text), None)


def _reply(reply: Message) -> list[str]:
    lines = [f"> {line}" if line else ">" for line in reply["text"].splitlines()]
    card = reply["card"]
    if card:
        state = f" — {card['state']['label']}" if card.get("state") else ""
        rows = "、".join(f"{row['label']} {row['value']}" for row in card["rows"])
        lines += [">", f"> | {card['title']}{state} |", "> |---|", f"> | {rows} |"]
    if reply["choices"]:
        lines += [">", "> " + " ".join(f"［{choice['title']}］" for choice in reply["choices"])]
    # A line break inside a quotation needs two spaces.
    lines = [f"{line}  " if line.startswith("> ") and "|" not in line else line for line in lines]
    return [*lines, ""]


if __name__ == "__main__":
    main()
