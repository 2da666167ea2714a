"""A desk with many chats: ``python -m benchmarks.desk [URL of a database]``.

Fills the database unless it has chats already (a SQLite file of its own without a URL), starts the
service on it and measures what an agent waits for, over HTTP: lists, opening, search, answering.
Beside the search stands what it was before, LIKE over every message, asked in the database itself.

Processor time is that of this process, which is the service, SQLite and the browsers at once; it
hardly depends on what else runs on the machine.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from benchmarks.desk_filling import Size, fill
from madoguchi.clock import SystemClock
from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.database import migrate, only_reading, open_database
from madoguchi.desk.agents import Agents, NewAgent
from madoguchi.desk.audit import Audit
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow
from madoguchi.settings import PROJECT, Settings
from tests.support.engine import ScriptedEngine
from tests.support.logs import keep_quiet
from tests.support.server import client_of, running_service

_OUT = PROJECT / "results"
_TIMES = 20
_AGENTS = 30
_PASSWORD = "measured at the desk"
_HEADERS = {"X-Desk": "1"}
_SEARCHES = {
    "a word in many chats": "送料",
    "a word in few chats": "刻印",
    "an order number": "Ａ－{order}",
    "a name": "佐藤 花子",
    "two words": "返品 領収書",
    "a word that is nowhere": "ぬるぽ",
}

type _Step = Callable[[], Awaitable[Any]]


@dataclass
class _Figures:
    """What was measured, in milliseconds."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    async def measure(self, what: str, step: _Step, times: int = _TIMES) -> None:
        """Do it a few times, then so many times by the clock."""
        for _ in range(3):
            await step()
        taken, worked = [], []
        for _ in range(times):
            started, working = time.perf_counter(), time.process_time()
            await step()
            taken.append((time.perf_counter() - started) * 1000)
            worked.append((time.process_time() - working) * 1000)
        taken.sort()
        self.rows.append(
            {
                "what": what,
                "median_ms": round(statistics.median(taken), 1),
                "p95_ms": round(taken[int(len(taken) * 0.95)], 1),
                "processor_ms": round(statistics.median(worked), 1),
            }
        )
        print(f"| {' | '.join(str(value) for value in self.rows[-1].values())} |", flush=True)


def main() -> int:
    """Print the table, write the figures to ``results/`` and return the exit code."""
    keep_quiet()
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if sys.argv[1:] else f"sqlite+aiosqlite:///{folder}/desk.db"
        asyncio.run(_measured(url))
    return 0


async def _measured(url: str) -> None:
    engine = open_database(url)
    kind = engine.dialect.name
    figures: dict[str, Any] = {"database": kind, "processors": os.cpu_count()}
    try:
        figures |= await _filled(engine)
        print(f"\n{kind}: {figures}\n\n| what | median, ms | 95 % | processor |\n|---|---|---|---|")
        measured = _Figures()
        settings = Settings(env="test", database_url=url, rate_limit_per_minute=0)
        async with running_service(settings, ScriptedEngine()) as service:
            address = str(service.http.base_url)
            async with _agent(address, "lead") as lead, _agent(address, "agent0") as agent:
                await _lists(measured, lead, agent)
                await _searches(measured, lead, agent, await _an_order(engine))
                await _chats(measured, lead, agent)
        await _before(measured, engine, await _an_order(engine))
    finally:
        await engine.dispose()
    figures["load"] = os.getloadavg()[0]
    figures["figures"] = measured.rows
    _OUT.mkdir(exist_ok=True)
    (_OUT / f"desk-{kind}.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


async def _filled(engine: AsyncEngine) -> dict[str, Any]:
    """Fill the database unless it is; returns what it holds."""
    await migrate(engine)
    agents = await _agents(engine)
    async with AsyncSession(only_reading(engine)) as session:
        known = await session.scalar(select(func.count()).select_from(ConversationRow))
    started = time.perf_counter()
    if not known:
        await fill(engine, Size(), agents, datetime.now(UTC))
    async with AsyncSession(only_reading(engine)) as session:
        counts = {
            table.__tablename__: await session.scalar(select(func.count()).select_from(table))
            for table in (ConversationRow, MessageRow)
        }
    return counts | {"seconds_to_fill": None if known else round(time.perf_counter() - started)}


async def _agents(engine: AsyncEngine) -> list[str]:
    """Make the agents that are not there; returns the ids of those who have chats."""
    clock = SystemClock()
    agents = Agents(engine, clock, Passwords(), Audit(engine, clock))
    names = {"lead": Role.LEAD} | {f"agent{number}": Role.AGENT for number in range(_AGENTS)}
    known = {agent.login for agent in await agents.all(removed=True)}
    stored = Passwords().hash_published(_PASSWORD)
    for name, role in names.items():
        if name not in known:
            await agents.create_with_hash(NewAgent(name, name, role), stored, None)
    async with AsyncSession(only_reading(engine)) as session:
        found = await session.scalars(select(AgentRow.id).where(AgentRow.role == Role.AGENT))
        return sorted(found)


@asynccontextmanager
async def _agent(address: str, login: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(address, **_HEADERS) as http:
        body = {"login": login, "password": _PASSWORD}
        (await http.post("/desk/api/session", json=body)).raise_for_status()
        yield http


async def _get(http: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    answer = await http.get(f"/desk/api{path}", params=asked)
    return answer.raise_for_status().json()


async def _lists(measured: _Figures, lead: httpx.AsyncClient, agent: httpx.AsyncClient) -> None:
    for view, http in {"queue": agent, "mine": agent, "open": lead, "closed": lead}.items():
        await measured.measure(f"list: {view}", partial(_get, http, "/chats", view=view))
    await measured.measure(
        "list: closed, with a tag", lambda: _get(lead, "/chats", view="closed", tag="返品")
    )
    before = None
    for _ in range(49):
        page = await _get(lead, "/chats", view="closed", **({"before": before} if before else {}))
        before = page["next"]
    await measured.measure(
        "list: closed, page 50", lambda: _get(lead, "/chats", view="closed", before=before)
    )


async def _searches(
    measured: _Figures, lead: httpx.AsyncClient, agent: httpx.AsyncClient, order: str
) -> None:
    for what, question in _SEARCHES.items():
        words = question.format(order=order)
        await measured.measure(f"search: {what}", partial(_get, lead, "/search", q=words))
    page = await _get(lead, "/search", q="送料")
    await measured.measure(
        "search: its second page", lambda: _get(lead, "/search", q="送料", before=page["next"])
    )
    await measured.measure(
        "search: as an agent, among their own", lambda: _get(agent, "/search", q="刻印")
    )


async def _chats(measured: _Figures, lead: httpx.AsyncClient, agent: httpx.AsyncClient) -> None:
    closed = itertools.cycle((await _get(lead, "/chats", view="closed"))["chats"])
    await measured.measure("open a chat", lambda: _get(lead, f"/chats/{next(closed)['id']}"))
    waiting = iter((await _get(agent, "/chats", view="queue"))["chats"])

    async def take_and_say() -> None:
        chat = next(waiting)["id"]
        (await agent.post(f"/desk/api/chats/{chat}/take")).raise_for_status()
        said = await agent.post(
            f"/desk/api/chats/{chat}/messages",
            json={"text": "お待たせしました。担当いたします。"},
            headers={"Idempotency-Key": chat},
        )
        said.raise_for_status()

    await measured.measure("take a chat and answer", take_and_say)

    async def hello() -> None:
        async with lead.stream("GET", "/desk/api/events") as stream:
            async for line in stream.aiter_lines():
                if line == "event: hello":
                    return

    await measured.measure("open the stream", hello)


async def _an_order(engine: AsyncEngine) -> str:
    """Return the number of an order that is about a year old, without its letter."""
    async with AsyncSession(only_reading(engine)) as session:
        said = await session.scalar(
            select(MessageRow.text)
            .where(MessageRow.text.like("注文番号はA-%"))
            .offset(10_000)
            .limit(1)
        )
    return str(said).removeprefix("注文番号はA-").partition("で")[0]


async def _before(measured: _Figures, engine: AsyncEngine, order: str) -> None:
    """Measure the search as it was: every message and name is read."""
    async with AsyncSession(only_reading(engine)) as session:
        for what, question in _SEARCHES.items():
            words = question.format(order=order).replace("Ａ－", "A-")
            in_text = select(MessageRow.conversation_id).where(
                MessageRow.text.contains(words, autoescape=True), MessageRow.withdrawn_at.is_(None)
            )
            named = select(ChannelUserRow.conversation_id).where(
                ChannelUserRow.name.contains(words, autoescape=True)
            )
            asked = (
                select(ConversationRow)
                .where(or_(ConversationRow.id.in_(in_text), ConversationRow.id.in_(named)))
                .order_by(ConversationRow.updated_at.desc())
                .limit(30)
            )
            await measured.measure(f"LIKE, before: {what}", partial(session.execute, asked), 3)


if __name__ == "__main__":
    sys.exit(main())
