"""Whatever is written and tapped, in whatever order: an answer each time, and no surprise."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Choice, Message
from madoguchi.conversations.store import ConversationStore
from madoguchi.database import open_database
from madoguchi.dialogue.heard import hear
from madoguchi.dialogue.tables import DialogueRow
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.embedded.tables import ChangeRow, OrderRow, RentalRow
from tests.actions.conftest import NOW, context_of
from tests.support.databases import TestClock
from tests.support.rule_engine import Understood
from tests.support.skills import with_customer
from tests.support.training import domain

# What only a button leads to.
INTENTS = [intent for intent in domain()["intents"] if intent != "continue"]
ACTS = [intent for intent in INTENTS if intent.startswith("act_")]
THINGS = ["bank-pending", "card-delivered", "card-shipped", "card-ordered", "inside-15-minutes"]
RENTALS = ["fixed-rental", "two-errors"]
SAID = [
    *(
        "はい",
        "いいえ",
        "大丈夫です",
        "お願いします",
        "わかりません",
        "番号がわからない",
        "1",
        "一番上",
    ),
    *("090-1234-5678", "hanako@example.jp", "080-0000-0000", "A-20261103-0042", "R-000123"),
    *("1002045871", "1002039984 と 1002046310", "9999999999", "Q-20261202-0001", "12345"),
    *(
        "明日",
        "12月10日の15時",
        "銀座",
        "なんぼや",
        "壊れていました",
        "イメージと違った",
        "なくしました",
    ),
    *(
        "担当者と話したい",
        "送料はいくらですか？",
        "/act_order_cancel",
        "{number}",
        "🙏",
        "　",
        "\n",
    ),
]
LEAVING = ["やめる", "やめます", "もういいです", "終了します"]
ANSWERS = {"number": "A-20261103-0042", "contact": "090-1234-5678"}
CUSTOMERS: list[dict[str, str]] = [
    {},
    {"site": "store"},
    {"site": "rental"},
    {"site": "store", "member_id": "ALLU-1001"},
    {"site": "rental", "member_id": "KEIYA-2001"},
]


class AnyConversation(RuleBasedStateMachine):
    """One customer who says and taps anything, on a shop of their own."""

    # Over all conversations: the changes that were made, and the skills that spoke.
    made: ClassVar[set[str]] = set()
    spoke: ClassVar[set[str]] = set()

    def __init__(self, shop: Path, folder: Path) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        copied = shutil.copy(shop, folder / f"{next(_NUMBERS)}.db")
        self.database = open_database(f"sqlite+aiosqlite:///{copied}")
        self.clock = TestClock(NOW)
        self.context = context_of(self.database, self.clock)
        self.store = ConversationStore(self.database, self.clock)
        self.numbers = self.run(demo_numbers(self.database))
        self.offered: list[tuple[Message, Choice]] = []

    def teardown(self) -> None:
        self.run(self.database.dispose())
        self.runner.close()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(customer=st.sampled_from(CUSTOMERS))
    def open(self, customer: dict[str, str]) -> None:
        self.talk = self.run(with_customer(self.context, self.store, **customer).open())

    @rule(text=st.sampled_from(SAID) | st.text(max_size=40), intent=st.sampled_from(INTENTS))
    def says_anything(self, text: str, intent: str) -> None:
        self.run(self.message(text, intent))

    @rule(text=st.sampled_from(SAID))
    def says_something_usual(self, text: str) -> None:
        self.run(self.message(text, "nlu_fallback"))

    @rule(
        intent=st.sampled_from(ACTS),
        name=st.sampled_from([*THINGS, *RENTALS]),
        answers=st.integers(min_value=0, max_value=5),
    )
    def wants_something(self, intent: str, name: str, answers: int) -> None:
        """Start a skill, and answer what it asks as most customers do."""
        number = self.numbers.get(name, "R-000123")
        digits = "0900000" if number.startswith("A") else "0800000"
        phone = "09012345678" if number == "R-000123" else f"{digits}{number[-4:]}"
        self.run(self.message(f"{number}（{phone}）お願いしたいです", intent))
        for _ in range(answers):
            state = self.run(self.state())
            if state is None:
                return
            first = next(iter(state["options"]), None)
            for choice in self.talk.last.choices:
                if first is not None and first in choice.payload:
                    self.run(self.tap(self.talk.last, choice))
                    break
            else:
                answer = ANSWERS.get(state["asking"], "hanako@example.jp")
                self.run(self.message(answer, "nlu_fallback"))

    @precondition(lambda self: self.offered)
    @rule(at=st.integers(min_value=0))
    def taps_something_new(self, at: int) -> None:
        newest = [each for each in self.offered if each[0] == self.offered[-1][0]]
        self.run(self.tap(*newest[at % len(newest)]))

    @precondition(lambda self: self.offered)
    @rule(at=st.integers(min_value=0))
    def taps_something_old(self, at: int) -> None:
        self.run(self.tap(*self.offered[at % len(self.offered)]))

    @rule(text=st.sampled_from(LEAVING))
    def leaves(self, text: str) -> None:
        self.run(self.message(text, "nlu_fallback"))
        assert self.run(self.state()) is None

    @rule(text=st.sampled_from(SAID), intent=st.sampled_from(INTENTS))
    def is_worked_on_twice(self, text: str, intent: str) -> None:
        """The service dies after the work and before the answer: it is done again."""

        async def twice() -> None:
            inbound, _ = await self.store.receive(self.talk.id, f"t{next(_NUMBERS)}", text=text)
            await self.talk.work(inbound, intent)
            drafts = await self.talk.work(inbound, intent)
            settle = self.context.dialogues.settle
            self.talk.replies = await self.store.answer(inbound, drafts, None, settle)

        self.run(self.watched(twice, text, intent, None))

    @rule(minutes=st.sampled_from([1, 20, 59, 61, 700]))
    def waits(self, minutes: int) -> None:
        self.clock.at += timedelta(minutes=minutes)

    async def message(self, text: str, intent: str) -> None:
        await self.watched(lambda: self.talk.say(text, intent), text, intent, None)

    async def tap(self, message: Message, choice: Choice) -> None:
        title, payload = choice.title, choice.payload
        await self.watched(lambda: self.talk.tap(title, message), title, "", payload)

    async def watched(
        self,
        work: Callable[[], Coroutine[Any, Any, Any]],
        text: str,
        intent: str,
        payload: str | None,
    ) -> None:
        """Do the work and look at everything that must not happen."""
        agreed = await self.agrees(text, intent, payload)
        changes, things = await self.changes(), await self.things()
        await work()
        assert self.talk.replies
        for reply in self.talk.replies:
            assert reply.text.strip()
            assert "None" not in reply.text
            self.spoke.add(reply.act or "")
            self.offered += [(reply, choice) for choice in reply.choices]
        made = await self.changes() - changes
        assert len(made) <= 1
        self.made.update(operation for operation, _ in made)
        if made or await self.things() != things:
            assert made, "something changed without a change"
            assert agreed, f"{made} without a yes"

    async def agrees(self, text: str, intent: str, payload: str | None) -> bool:
        """Return whether the message is a yes to a confirmation that waits."""
        state = await self.state() or {}
        options = state.get("options", {})
        if not {True, False} <= set(map(_hashable, options.values())):
            return False
        named = [each.payload for each in self.talk.last.choices if each.title == text]
        meant = Understood.tapped(payload or next(iter(named), "/"))
        if meant.entities:
            return options.get(meant.entities[0]["value"]) is True
        # Or the first of the buttons, by its place.
        by_place = text in {"1", "一番上"}
        return by_place or hear({"intent": {"name": intent}}, text).says_yes

    async def state(self) -> dict[str, Any] | None:
        async with AsyncSession(self.database) as session:
            row = await session.get(DialogueRow, self.talk.id)
            return row.state if row is not None else None

    async def changes(self) -> set[tuple[str, str]]:
        """Return every change that was made, and every inquiry."""
        async with AsyncSession(self.database) as session:
            made = await session.execute(select(ChangeRow.operation, ChangeRow.key))
            opened = await session.scalars(select(InquiryRow.key))
            return {(operation, key) for operation, key in made} | {("ask", key) for key in opened}

    async def things(self) -> str:
        """Return all orders and rentals as they are."""
        async with AsyncSession(self.database) as session:
            rows = [
                {column.name: str(getattr(row, column.name)) for column in table.__table__.columns}
                for table in (OrderRow, RentalRow)
                for row in await session.scalars(select(table).order_by(table.number))
            ]
        return json.dumps(rows)


_NUMBERS = itertools.count(1)


def _hashable(value: object) -> object:
    return value if isinstance(value, bool | str | int) else None


def test_any_conversation(demo_shop: Path, tmp_path: Path) -> None:
    class OnThisShop(AnyConversation):
        def __init__(self) -> None:
            super().__init__(demo_shop, tmp_path)

    run_state_machine_as_test(
        OnThisShop,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            # Shrinking would take longer than reading the longer example.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    # It would not have seen much if it had not come far.
    assert len(AnyConversation.made) >= 4
    assert len(AnyConversation.spoke) >= 12
