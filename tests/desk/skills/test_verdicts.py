"""What a verdict says is what the deed then answers: for everything in the demo shops and more."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import FixedClock
from madoguchi.database import open_database
from madoguchi.desk.skills.deeds import DEEDS
from madoguchi.desk.skills.doing import RuleRefusedError
from madoguchi.desk.skills.runs import Run, run_skill
from madoguchi.desk.skills.snapshot import RehearsedChangeError, Snapshot
from madoguchi.desk.skills.verdicts import Ruling
from madoguchi.knowledge.business import business
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import demo_numbers, seed_demo
from madoguchi.systems.interfaces import Systems
from tests.desk.skills.conftest import Counter, counter_of
from tests.support.empty_tables import new_file
from tests.support.shop import NOW, ORDER, RENTAL, TODAY, Shop, a_rental, an_item, an_order

# What an agent says with each deed, good enough for every rule.
SAID: dict[str, dict[str, Any]] = {
    "return_eligibility": {"reason": "サイズが合わない"},
    "store_transfer_visit": {"wished": "12月10日の15時ごろ"},
    "rental_return": {"sending_on": str(TODAY + timedelta(days=1))},
    "rental_buyout": {"email": "hanako@example.jp"},
    "rental_loss_report": {"loss": "stolen", "circumstances": "駅で盗まれました"},
    "rental_payment_error": {"cause": "カードの再発行", "next_week": "問題なし"},
}


async def does_as_it_was_said(counter: Counter, act: str, number: str) -> str | None:
    """Return what is wrong about a verdict, by doing the deed in both ways."""
    verdict = await counter.verdict(act, number)
    said = SAID.get(act, {})
    as_inquiry = verdict.ruling is Ruling.INQUIRY
    for inquiry in (not as_inquiry, as_inquiry):
        if inquiry and not DEEDS[act].form.either:
            continue
        wanted = verdict.ruling in {Ruling.YES, Ruling.INQUIRY} and (
            inquiry == as_inquiry or act == "store_transfer_visit"
        )
        try:
            done = await counter.do(
                act, number, f"{number}-{act}-{inquiry}", inquiry=inquiry, **said
            )
        except RuleRefusedError as refused:
            if wanted:
                return f"{act} {number} is {verdict.ruling}, but: {refused.verdict.reason}"
            told = verdict.ruling in {Ruling.NO, Ruling.TOLD}
            if told and refused.verdict.reason != verdict.reason:
                return f"{act} {number}: {verdict.reason}, but then: {refused.verdict.reason}"
        else:
            opened = done.said.endswith("opened")
            if not wanted or opened != as_inquiry:
                return f"{act} {number} is {verdict.ruling}, but was done: {done.said}"
    return None


@asynccontextmanager
async def a_database(folder: Path) -> AsyncIterator[AsyncEngine]:
    database = open_database(await new_file(folder / "shop.db"))
    try:
        yield database
    finally:
        await database.dispose()


def systems_on(database: AsyncEngine) -> Systems:
    return EmbeddedSystems(database, FixedClock(NOW), lambda _store, _day: True)


@pytest.mark.parametrize("kind", ["order", "rental"])
async def test_every_thing_of_the_demo_shops_does_as_it_was_said(tmp_path: Path, kind: str) -> None:
    async with a_database(tmp_path) as database:
        await seed_demo(database, NOW, business().calendar.is_business_day)
        counter = await counter_of(systems_on(database), database)
        first = "A-" if kind == "order" else "R-"
        numbers = [n for n in (await demo_numbers(database)).values() if n.startswith(first)]
        wrong = []
        for number in numbers:
            seen = await counter.seen(kind, number)
            for verdict in seen.verdicts:
                assert verdict.reason
                told = " ".join(filter(None, [verdict.reason, verdict.until, verdict.sentence]))
                assert "None" not in told
                assert "{" not in told
                if verdict.act in DEEDS:
                    wrong.append(await does_as_it_was_said(counter, verdict.act, number))
        assert [each for each in wrong if each] == []


SHIPPED: st.SearchStrategy[Any] = st.none() | st.integers(0, 400).map(
    lambda days: TODAY - timedelta(days=days)
)
ORDERS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(OrderState),
        "payment": st.sampled_from(PaymentMethod),
        "price_yen": st.sampled_from([299_999, 300_000, 300_001]),
        "receipt_requested": st.booleans(),
    },
    optional={"shipped_on": SHIPPED, "receipt_shown_on": st.just(TODAY)},
).map(lambda made: an_order(**made))
RENTALS = st.fixed_dictionaries(
    {"state": st.sampled_from(RentalState), "payment_errors": st.integers(0, 4)},
    optional={
        "shipped_on": SHIPPED,
        "payment_error_reported_on": st.just(TODAY),
        "loss_reported_on": st.just(TODAY),
        "buyout_requested_on": st.just(TODAY),
    },
).map(lambda made: a_rental(**made))


@settings(max_examples=30)
@given(order=ORDERS, act=st.sampled_from(["order_cancel", "return_eligibility", "receipt"]))
def test_any_order_does_as_it_was_said(order: Any, act: str) -> None:
    assert run(_checked(order, act, ORDER)) is None


@settings(max_examples=30)
@given(
    rental=RENTALS,
    act=st.sampled_from([each for each in DEEDS if each.startswith("rental")]),
)
def test_any_rental_does_as_it_was_said(rental: Any, act: str) -> None:
    assert run(_checked(rental, act, RENTAL)) is None


async def _checked(row: Any, act: str, number: str) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(Path(folder)) as database:
            await Shop(systems_on(database), database).has(an_item(), row)
            counter = await counter_of(systems_on(database), database)
            return await does_as_it_was_said(counter, act, number)


def run[T](work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def test_a_rehearsal_cannot_change_anything(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), an_order(OrderState.PENDING, payment=PaymentMethod.BANK_TRANSFER))
    snapshot = Snapshot.of(shop.systems)
    context = counter.on(snapshot).context
    said_yes = {"order_cancel.confirm": True}
    attempt = Run(context, counter.chat, "order_cancel", answers={"order": ORDER}, given=said_yes)
    with pytest.raises(RehearsedChangeError):
        await run_skill(attempt)


async def test_what_is_looked_at_is_asked_for_once(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), an_order())
    first = await counter.seen("order", ORDER)
    acts = [verdict.act for verdict in first.verdicts]
    assert acts == ["order_status", "order_cancel", "return_eligibility", "receipt"]


async def test_the_last_day_stands_with_the_verdict(shop: Shop, counter: Counter) -> None:
    await shop.has(an_item(), an_order(OrderState.SHIPPED, shipped_on=TODAY, expected_on=None))
    verdict = await counter.verdict("return_eligibility", ORDER)
    assert verdict.until == "12月11日(金)まで"
    assert "12月15日(火)必着" in verdict.reason


async def test_a_refusal_comes_with_the_words_for_the_customer(
    shop: Shop, counter: Counter
) -> None:
    await shop.has(an_item(), an_order(payment=PaymentMethod.PAYPAY))
    verdict = await counter.verdict("return_eligibility", ORDER)
    assert verdict.ruling is Ruling.NO
    assert verdict.sentence is not None
    assert verdict.sentence.startswith("申し訳ありません")
