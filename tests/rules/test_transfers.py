"""Items brought to a store: changing the store, changing the visit, which stores on which days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.states import Decision
from madoguchi.rules.tokyo import TOKYO
from madoguchi.rules.transfers import (
    CANCELLED,
    STORES,
    VISITED,
    Reason,
    StoreKind,
    known_store,
    store_change,
    store_kind,
    transferable,
    visit_change,
)
from madoguchi.rules.verdict import NextStep
from madoguchi.rules.visits import STOCK_LOCATIONS, WAREHOUSE
from madoguchi.systems.model import TransferState
from tests.rules.things import SHOP, a_transfer, days

ASKED_AT = datetime(2026, 11, 20, 23, 50, tzinfo=TOKYO)
ALLU = [store for store, kind in STORES.items() if kind is StoreKind.ALLU]
SISTERS = [store for store in STORES if store not in ALLU]


@pytest.mark.parametrize(
    ("passed", "decision", "reason", "step"),
    [
        (timedelta(), Decision.YES, Reason.WITHIN_15_MINUTES, NextStep.REORDER),
        (timedelta(minutes=15), Decision.YES, Reason.WITHIN_15_MINUTES, NextStep.REORDER),
        (
            timedelta(minutes=15, microseconds=1),
            *(Decision.INQUIRY, Reason.AFTER_15_MINUTES, NextStep.INQUIRY),
        ),
        (timedelta(days=3), Decision.INQUIRY, Reason.AFTER_15_MINUTES, NextStep.INQUIRY),
    ],
)
def test_a_transfer_is_cancelled_and_ordered_again_within_15_minutes(
    passed: timedelta, decision: Decision, reason: Reason, step: NextStep
) -> None:
    verdict = store_change(a_transfer(ASKED_AT), ASKED_AT + passed)
    assert (verdict.decision, verdict.reason, verdict.next_step) == (decision, reason, step)
    assert verdict.until == datetime(2026, 11, 21, 0, 5, tzinfo=TOKYO)


def test_the_quarter_of_an_hour_is_the_same_in_every_zone() -> None:
    in_utc = datetime(2026, 11, 20, 14, 50, tzinfo=UTC)
    verdict = store_change(a_transfer(in_utc), ASKED_AT + timedelta(minutes=15))
    assert verdict.yes
    assert isinstance(verdict.until, datetime)
    assert verdict.until.tzinfo is TOKYO


@pytest.mark.parametrize(
    ("state", "reason"),
    [(TransferState.CANCELLED, Reason.CANCELLED), (TransferState.VISITED, Reason.VISITED)],
)
def test_a_transfer_that_is_over_is_not_changed(state: TransferState, reason: Reason) -> None:
    verdict = store_change(a_transfer(ASKED_AT, state), ASKED_AT)
    assert (verdict.decision, verdict.reason) == (Decision.NO, reason)


def test_the_states_that_end_a_transfer_are_the_systems() -> None:
    assert TransferState(CANCELLED) is TransferState.CANCELLED
    assert TransferState(VISITED) is TransferState.VISITED


@pytest.mark.parametrize(
    "state", [TransferState.REQUESTED, TransferState.ON_THE_WAY, TransferState.ARRIVED]
)
def test_how_far_it_has_come_does_not_matter(state: TransferState) -> None:
    assert store_change(a_transfer(ASKED_AT, state), ASKED_AT).yes


@pytest.mark.parametrize("store", ALLU)
def test_an_allu_store_changes_its_visits_itself(store: str) -> None:
    assert visit_change(store).next_step is NextStep.ASK_STORE


@pytest.mark.parametrize("store", [*SISTERS, "なんぼや 銀座本店", "ブランドコンシェル新宿店"])
def test_the_online_store_changes_visits_of_the_sister_shops(store: str) -> None:
    assert visit_change(store).next_step is NextStep.ASK_ONLINE_STORE


@pytest.mark.parametrize("store", ["ALLU名古屋店", "", "どこかの店", "倉庫在庫"])
def test_a_store_that_is_not_on_the_list_gets_no_item(store: str) -> None:
    assert store_kind(store) is None
    verdict = transferable(store, date(2026, 11, 20), SHOP)
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.NOT_ON_THE_LIST)
    assert visit_change(store).next_step is NextStep.INQUIRY


@pytest.mark.parametrize("store", ["ＡＬＬＵ　銀座店", "allu銀座店", "ALLU 銀座店"])
def test_a_store_is_known_however_it_is_written(store: str) -> None:
    assert known_store(store) == "ALLU銀座店"


def test_the_two_stores_in_shinsaibashi_are_told_apart() -> None:
    assert known_store("ALLU心斎橋店") == "ALLU心斎橋店"
    assert known_store("ALLU心斎橋ANNEX店") == "ALLU心斎橋 ANNEX店"


def test_every_place_with_stock_but_the_warehouse_is_an_allu_store() -> None:
    assert set(STOCK_LOCATIONS) == {WAREHOUSE, *ALLU}


@given(days, st.sampled_from(SISTERS))
def test_sister_shops_get_items_on_business_days_only(day: date, store: str) -> None:
    verdict = transferable(store, day, SHOP)
    assert verdict.yes == SHOP.is_business_day(day)
    expected = Reason.DESIGNATED_WEEKDAYS if verdict.yes else Reason.NOT_A_WEEKDAY
    assert verdict.reason == expected


@given(days, st.sampled_from(ALLU))
def test_allu_stores_get_items_on_any_day(day: date, store: str) -> None:
    assert transferable(store, day, SHOP).yes


@given(st.timedeltas(timedelta(), timedelta(days=40)))
def test_it_is_yes_until_the_moment_that_is_named_and_never_after(passed: timedelta) -> None:
    verdict = store_change(a_transfer(ASKED_AT), ASKED_AT + passed)
    assert isinstance(verdict.until, datetime)
    assert verdict.yes == (ASKED_AT + passed <= verdict.until)
