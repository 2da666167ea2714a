"""Rentals in the tests of their skills: to be brought into any state, and changed by a dialogue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.context import Context
from madoguchi.systems.embedded.tables import ChangeRow, RentalRow
from madoguchi.systems.model import Rental
from tests.actions.conftest import OpenTalk, prove
from tests.support.skills import Talk, with_customer


@dataclass(frozen=True)
class Script:
    """A dialogue that leads to a change: what the customer writes up to the confirmation."""

    act: str
    opening: str
    # The demo rental that it is about.
    name: str
    answers: tuple[str, ...]
    yes: str
    no: str
    # How the reply to the yes, and to the no, begins.
    done: str
    kept: str
    # The rental's day that the change sets.
    field: str

    @property
    def intent(self) -> str:
        """The intent that starts the skill."""
        return f"act_{self.act}"


RETURN = Script(
    "rental_return",
    "返却したいです",
    "in-use",
    ("12月15日に送ります",),
    "返却・解約を申し込む",
    "申し込まない",
    "返却・解約のお申し込みを承りました。",
    "承知しました。返却・解約のお申し込みはしていません。",
    "return_requested_on",
)
BUYOUT = Script(
    "rental_buyout",
    "買い取りたいです",
    "in-use",
    ("kaitori@example.jp",),
    "買取の希望を送る",
    "送らない",
    "買取のご希望を承りました。",
    "承知しました。買取のご希望は送っていません。",
    "buyout_requested_on",
)
LOSS = Script(
    "rental_loss_report",
    "時計をなくしました",
    "in-use",
    ("昨日の夜、山手線の網棚に置き忘れました", "新宿署 第1234号"),
    "届け出る",
    "まだ届け出ない",
    "紛失の届け出を承りました。",
    "承知しました。当社への届け出はまだしていません。",
    "loss_reported_on",
)
PAYMENT_ERROR = Script(
    "rental_payment_error",
    "決済エラーの連絡が来ました",
    "two-errors",
    ("利用枠を超えていました", "はい"),
    "この内容で報告する",
    "報告しない",
    "ご報告を承りました。",
    "承知しました。ご報告はまだ送っていません。",
    "payment_error_reported_on",
)
SCRIPTS = (RETURN, BUYOUT, LOSS, PAYMENT_ERROR)


async def started(talk: OpenTalk, act: str, number: str, opening: str = "お願いします") -> Talk:
    """Return a talk in which the customer wants the act and has proven the rental."""
    customer = await talk(site="rental")
    await customer.say(opening, f"act_{act}")
    await prove(customer, number)
    return customer


def talk_on(context: Context, database: AsyncEngine, day: date) -> OpenTalk:
    """Return what opens conversations in which it is another day."""
    clock = FixedClock(datetime.combine(day, time(13), TOKYO))

    async def opened(**customer: Any) -> Talk:
        store = ConversationStore(database, context.clock)
        return await with_customer(replace(context, clock=clock), store, **customer).open()

    return opened


async def follow(customer: Talk, script: Script) -> Talk:
    """Answer everything up to the confirmation."""
    for answer in script.answers:
        await customer.say(answer, "smalltalk_affirm" if answer == "はい" else "nlu_fallback")
    return customer


async def to_the_confirmation(talk: OpenTalk, script: Script, number: str) -> Talk:
    """Return a talk in which only the yes is missing."""
    return await follow(await started(talk, script.act, number, script.opening), script)


async def rental_of(context: Context, number: str) -> Rental:
    """Return the rental as the system has it now."""
    rental = await context.systems.rentals.get(number)
    assert rental is not None
    return rental


async def bring_about(database: AsyncEngine, number: str, **values: Any) -> None:
    """Have the shop change its own record of a rental."""
    async with AsyncSession(database) as session, session.begin():
        await session.execute(update(RentalRow).where(RentalRow.number == number).values(**values))


async def changes_of(database: AsyncEngine, number: str) -> int:
    """Return how many changes the system has made to a rental."""
    async with AsyncSession(database) as session:
        count = select(func.count()).select_from(ChangeRow).where(ChangeRow.subject == number)
        return await session.scalar(count) or 0


async def take_away_the_system(database: AsyncEngine) -> None:
    """Have every question to the rentals' system fail."""
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE shop_rentals RENAME TO shop_rentals_away"))
