"""A desk's database after some years: open chats, closed ones, and what was said in them.

Everything comes from one seed. What customers write is put together from the training phrases, the
answers are the catalogue's; names and numbers are made up.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.channel_tables import ChannelUserRow, OutboxRow
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.desk.search_index import text_row
from madoguchi.desk.search_tables import SearchTextRow
from madoguchi.desk.tables import HandoffRow, NoteRow, ReadMarkRow, TagRow
from madoguchi.settings import PROJECT

_SEED = 6
_AT_ONCE = 500
_TAGS = ("急ぎ", "返品", "配送", "クレーム", "審査", "法人", "常連", "電話希望")
_SURNAMES = (
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 "
    "吉田 山田 斎藤 松本 井上 木村 清水 森 池田 橋本"
)
_GIVEN = "花子 一郎 健 美咲 翔太 陽菜 大輔 さくら 直樹 恵 拓也 葵 誠 優子 蓮 結衣 隆 真由美 涼 彩"
# One in a thousand chats has the first word, one in fifty thousand the second.
RARE_WORDS = {"オーバーホール": 1000, "刻印": 50_000}


@dataclass(frozen=True)
class Size:
    """How much there is."""

    waiting: int = 300
    taken: int = 700
    closed: int = 100_000


@dataclass
class Filled:
    """What the database holds, by table, and what a search may look for."""

    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Any, **values: Any) -> None:
        """Add a row."""
        self.rows.setdefault(table, []).append(values)

    def find_by(self, conversation_id: str, source: str, place: int, text: str) -> None:
        """Have a chat found by a text."""
        row = text_row(conversation_id, source, place, text)
        if row is not None:
            self.add(SearchTextRow, **row)


def words_of_the_shop() -> tuple[list[str], list[str]]:
    """Return what customers write and what they are answered."""
    asked, answered = [], []
    for file in sorted((PROJECT / "data" / "nlu").rglob("*.yml")):
        for each in yaml.safe_load(file.read_text("utf-8")).get("nlu", ()):
            lines = [line.removeprefix("- ").strip() for line in each["examples"].splitlines()]
            asked += [line for line in lines if line and "(" not in line]
    for file in sorted((PROJECT / "data" / "responses").rglob("*.yml")):
        for said in yaml.safe_load(file.read_text("utf-8"))["responses"].values():
            answered += [str(each["text"]) for each in said if each.get("text")]
    return asked, answered


async def fill(engine: AsyncEngine, size: Size, agents: list[str], now: datetime) -> int:
    """Fill an empty, migrated database; returns how many messages there are."""
    messages = 0
    for filled in _batches(size, agents, now):
        messages += len(filled.rows[MessageRow])
        async with engine.begin() as connection:
            for table in _ORDER:
                if rows := filled.rows.get(table):
                    await connection.execute(insert(table), rows)
    return messages


_ORDER = (
    ConversationRow,
    MessageRow,
    ChannelUserRow,
    HandoffRow,
    OutboxRow,
    ReadMarkRow,
    NoteRow,
    TagRow,
    SearchTextRow,
)


def _batches(size: Size, agents: list[str], now: datetime) -> Iterator[Filled]:
    chance = random.Random(_SEED)  # noqa: S311  (nothing secret)
    asked, answered = words_of_the_shop()
    owners = (
        [Owner.CLOSED] * size.closed + [Owner.AGENT] * size.taken + [Owner.QUEUE] * size.waiting
    )
    # Open chats are the newest but for a few; a year has more closed ones than a day.
    begins = [now - timedelta(days=730) + timedelta(days=729) * chance.random() for _ in owners]
    begins.sort()
    filled = Filled()
    for number, (owner, begin) in enumerate(zip(owners, begins, strict=True), start=1):
        maker = _Chat(chance, filled, number, owner, begin.astimezone(UTC))
        maker.write(asked, answered, agents)
        if number % _AT_ONCE == 0:
            yield filled
            filled = Filled()
    if filled.rows:
        yield filled


@dataclass(frozen=True)
class _Chat:
    """One chat that is being made."""

    chance: random.Random
    filled: Filled
    number: int
    owner: Owner
    begin: datetime

    @property
    def id(self) -> str:
        return f"{self.number:08x}{hashlib.sha256(str(self.number).encode()).hexdigest()[:24]}"

    def write(self, asked: list[str], answered: list[str], agents: list[str]) -> None:
        """Write everything of the chat."""
        texts = self._texts(asked, answered)
        end = self.begin + timedelta(minutes=len(texts))
        channel = self.chance.choice(("web", "web", "line", "messenger"))
        member = f"ALLU-{self.number}" if self.chance.random() < 0.3 else None  # noqa: PLR2004
        name = f"{self._one(_SURNAMES)} {self._one(_GIVEN)}"
        agent = self.chance.choice(agents) if self.owner is Owner.AGENT else None
        self.filled.add(
            ConversationRow,
            id=self.id,
            token_hash="",
            channel=channel,
            site=self.chance.choice(("store", "rental")),
            member_id=member,
            member_name=name if member else None,
            owner=self.owner,
            last_seq=len(texts),
            agent_id=agent,
            handoff_id=self.number if self.owner is not Owner.CLOSED else None,
            last_customer_at=end,
            last_agent_at=end,
            created_at=self.begin,
            updated_at=end,
        )
        for seq, (sender, text) in enumerate(texts, start=1):
            self._message(seq, sender, text)
        if channel != "web":
            self._platform(channel, name, len(texts), end)
        for place, each in enumerate((name if member or channel != "web" else None, member)):
            if each:
                self.filled.find_by(self.id, "name", place, each)
        self._around(agent, texts[0][1], end)

    def _texts(self, asked: list[str], answered: list[str]) -> list[tuple[str, str]]:
        texts = [("bot", "ご用件をお聞かせください。")]
        for _ in range(self.chance.randint(4, 6)):
            texts += [
                ("customer", self.chance.choice(asked)),
                ("bot", self.chance.choice(answered)),
            ]
        del texts[-self.chance.randint(1, 2) :]
        if self.chance.random() < 0.3:  # noqa: PLR2004  (who names their order)
            order = f"A-{self.begin:%Y%m%d}-{self.number % 10_000:04d}"
            texts[1] = ("customer", f"注文番号は{order}です。{texts[1][1]}")
        for word, one_in in RARE_WORDS.items():
            if self.number % one_in == one_in // 2:
                texts[1] = ("customer", f"{word}について伺います。{texts[1][1]}")
        return texts

    def _message(self, seq: int, sender: str, text: str) -> None:
        self.filled.add(
            MessageRow,
            conversation_id=self.id,
            seq=seq,
            sender=sender,
            kind="answer" if sender == "bot" else "notice",
            text=text,
            card=None,
            understanding={"intent": "store_shipping_fee", "confidence": 0.93}
            if sender == "bot"
            else None,
            at=self.begin + timedelta(minutes=seq),
            agent_id=None,
        )
        self.filled.find_by(self.id, "message", seq, text)

    def _platform(self, channel: str, name: str, last: int, end: datetime) -> None:
        self.filled.add(
            ChannelUserRow,
            channel=channel,
            external_id=f"U{self.number}",
            conversation_id=self.id,
            name=name,
            created_at=self.begin,
        )
        self.filled.add(
            OutboxRow,
            conversation_id=self.id,
            channel=channel,
            seqs=[last],
            state="parked" if self.number % 200 == 0 else "sent",
            attempts=1,
            unsure=False,
            parts_done=1,
            retry_key=self.id,
            next_at=end,
            counted=1,
            created_at=end,
        )

    def _around(self, agent: str | None, goal: str, end: datetime) -> None:
        stage = {Owner.QUEUE: "waiting", Owner.AGENT: "taken"}.get(self.owner, "ended")
        self.filled.add(
            HandoffRow,
            id=self.number,
            conversation_id=self.id,
            reason="customer",
            goal=goal,
            state=stage,
            agent_id=agent,
            asked_at=end,
        )
        if self.number % 3 == 0:
            self.filled.add(ReadMarkRow, conversation_id=self.id, side="agent", seq=4, at=end)
        if self.number % 5 == 0:
            tag = self.chance.choice(_TAGS)
            self.filled.add(TagRow, conversation_id=self.id, tag=tag)
            self.filled.find_by(self.id, "tag", 0, tag)
        if self.number % 20 == 0:
            text = f"{self.chance.choice(_TAGS)}のため折り返し済み"
            note = self.number
            self.filled.add(
                NoteRow, id=note, conversation_id=self.id, agent_id="", text=text, at=end
            )
            self.filled.find_by(self.id, "note", note, text)

    def _one(self, words: str) -> str:
        return self.chance.choice(words.split())
