"""The service with the demo shops, and customers at its Chat API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.app import create_app
from madoguchi.database import open_database
from madoguchi.identity import sign_identity
from madoguchi.inquiries.model import NewInquiry
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.services import Services
from madoguchi.settings import DEMO_IDENTITY_SECRET, Settings
from madoguchi.systems.embedded.tables import ChangeRow
from tests.channels.web.skills.dialogues import INQUIRY, UNDERSTOOD, Dialogue
from tests.channels.web.skills.shops import CLOCK, NOW, WAYS, Away, DemoShop, Thing, without_tables
from tests.support.chat import Chat
from tests.support.failing import FailingSystems
from tests.support.rule_engine import RuleEngine
from tests.support.server import client_of, serving


class Customer:
    """One customer in one conversation."""

    def __init__(self, chat: Chat) -> None:
        """Write in the conversation."""
        self.chat = chat
        self.replies: list[dict[str, Any]] = []

    @property
    def last(self) -> dict[str, Any]:
        """The newest reply."""
        return self.replies[-1]

    @property
    def text(self) -> str:
        """All texts of the newest replies."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def titles(self) -> list[str]:
        """The titles of the choices below the newest reply."""
        return [choice["title"] for choice in self.last["choices"]]

    @property
    def seen(self) -> list[tuple[Any, ...]]:
        """What is seen of the newest replies: all but numbers and times of the messages."""
        return [
            (reply["kind"], reply["text"], reply["card"], [c["title"] for c in reply["choices"]])
            for reply in self.replies
        ]

    def choice(self, title: str) -> str:
        """Return the id of the choice of this title below the newest reply."""
        found = [choice["id"] for choice in self.last["choices"] if choice["title"] == title]
        assert len(found) == 1, f"{title!r} among {self.titles}, below {self.text!r}"
        return str(found[0])

    async def say(self, *texts: str) -> None:
        """Write the texts, each when the one before is answered."""
        for text in texts:
            await self._send(text=text)

    async def tap(self, title: str) -> None:
        """Tap the choice of this title."""
        await self.choose(self.choice(title))

    async def choose(self, choice: str) -> None:
        """Tap the choice of this id, wherever it was offered."""
        await self._send(choice=choice)

    async def _send(self, **body: str) -> None:
        answer = await self.chat.send(**body)
        assert answer.status_code == httpx.codes.OK, answer.text
        self.replies = answer.json()["messages"]


@dataclass(frozen=True)
class ShopService:
    """A running service in front of a demo shop."""

    http: httpx.AsyncClient
    parts: Services
    engine: RuleEngine
    shop: DemoShop
    # Takes the shop's systems away for as long as the block lasts.
    away: Away

    async def customer(self, site: str, member: str | None = None) -> Customer:
        """Open a conversation, a member's if there is one."""
        body: dict[str, Any] = {"site": site}
        if member is not None:
            body["identity"] = sign_identity(member, "見本 花子", DEMO_IDENTITY_SECRET, CLOCK)
        return Customer(await Chat.open(self.http, **body))

    async def thing(self, dialogue: Dialogue, **changed: Any) -> Thing | None:
        """Return a new thing like the one that the dialogue is about, None when about none."""
        if dialogue.about is None:
            return None
        if dialogue.about == INQUIRY:
            return await self._inquiry(**changed)
        return await self.shop.like(dialogue.about, **changed)

    async def own(self, dialogue: Dialogue, **changed: Any) -> Thing:
        """Return a new thing for a dialogue that is about one."""
        thing = await self.thing(dialogue, **changed)
        assert thing is not None
        return thing

    def begins(self, dialogue: Dialogue, thing: Thing) -> list[str]:
        """Return the one text with which a guest begins who gives number and contact at once."""
        text = f"{dialogue.opening}。{thing.number}、{thing.contact}です"
        self.engine.understood[text] = f"act_{dialogue.act}"
        return [text]

    def texts(self, dialogue: Dialogue, thing: Thing | None) -> list[str]:
        """Return what is written up to the yes in as few messages as possible."""
        if thing is None:
            return dialogue.texts(None)
        return [*self.begins(dialogue, thing), *dialogue.says]

    async def changes_by(self, customer: Customer) -> int:
        """Return how many changes and inquiries the customer's conversation has led to."""
        by_key = ChangeRow.key.startswith(f"{customer.chat.id}-")
        made = await self._count(select(func.count()).where(by_key))
        opened = await self.parts.context.inquiries.of_customer(customer.chat.id, None)
        return made + len(opened)

    async def changes_of(self, thing: Thing) -> int:
        """Return how often the shop has changed the thing, for whomever."""
        return await self._count(select(func.count()).where(ChangeRow.subject == thing.number))

    @contextmanager
    def losing_answers(self, call: str, error: Exception) -> Iterator[None]:
        """Have this call to the shop's systems do its work and then fail, within the block."""
        context = self.parts.context
        systems = FailingSystems(context.systems)
        systems.after[call] = error
        self.engine.act_in(replace(context, systems=systems))
        try:
            yield
        finally:
            self.engine.act_in(context)

    async def _count(self, counting: Any) -> int:
        async with AsyncSession(self.shop.database) as session:
            return await session.scalar(counting) or 0

    async def _inquiry(self, member: str | None = None, older: int = 0) -> Thing:
        """Open an inquiry as another conversation would; an older one has another topic."""
        contact, topic = "toiawase@example.jp", "return" if older else "order"
        async with AsyncSession(self.parts.database) as session:
            count = await session.scalar(select(func.count()).select_from(InquiryRow))
        new = NewInquiry(topic, "見本", contact, member_id=member)
        inquiry = await self.parts.context.inquiries.open(new, f"inquiry-{count}")
        return Thing(inquiry.number, contact)


@asynccontextmanager
async def shop_service(way: str, folder: Path) -> AsyncIterator[ShopService]:
    """Run the service on a fixed day, its shop reached in this way."""
    engine = RuleEngine(UNDERSTOOD)
    async with WAYS[way](folder) as address:
        settings = Settings(
            env="test",
            now=NOW,
            database_url=f"sqlite+aiosqlite:///{folder / 'service.db'}",
            rate_limit_per_minute=0,
            conversation_limit_per_minute=0,
            reply_wait_seconds=30,
            **address.settings,
        )
        app = create_app(settings, engine)
        database = open_database(address.database_url)
        async with serving(app) as url, client_of(url) as http:
            parts: Services = app.state.services
            engine.act_in(parts.context)
            away = address.away or partial(without_tables, parts.database)
            try:
                yield ShopService(http, parts, engine, DemoShop(database), away)
            finally:
                parts.streams.close()
                await database.dispose()
