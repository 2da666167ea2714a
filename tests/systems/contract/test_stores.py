"""Items, transfers, visits and wishes."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from madoguchi.clock import as_utc
from madoguchi.rules.states import OrderState
from madoguchi.systems.model import (
    NotAllowedError,
    Product,
    RestockRequest,
    Slot,
    Transfer,
    TransferState,
    Visit,
)
from tests.support.shop import (
    CLOSED_ON,
    EMAIL,
    ITEM,
    MEMBER,
    NOW,
    ORDER,
    STORE,
    TODAY,
    Shop,
    a_transfer,
    a_visit,
    an_item,
    an_order,
    times_of,
)

_TOMORROW = TODAY + timedelta(days=1)
_MORNING, _AFTERNOON = "09:00〜10:00", "13:00〜14:00"


async def book(shop: Shop, slot: Slot, key: str = "key-1", store: str = STORE) -> Visit:
    return await shop.systems.stores.book_visit(
        ITEM, store, slot, name="佐藤 花子", contact=EMAIL, member_id=MEMBER, key=key
    )


async def test_an_item_is_told_with_all_that_is_known(shop: Shop) -> None:
    await shop.has(an_item(location=STORE, viewable_in_store=False, picture="/wallet.png"))
    assert await shop.systems.stores.product(ITEM) == Product(
        number=ITEM,
        name="二つ折り財布 ボルドー",
        brand="Fontanelle",
        price_yen=58_000,
        location=STORE,
        viewable_in_store=False,
        picture="/wallet.png",
    )


async def test_a_sold_item_is_nowhere(shop: Shop) -> None:
    await shop.has(an_item(location=None))
    sold = await shop.systems.stores.product(ITEM)
    assert sold is not None
    assert sold.location is None


@pytest.mark.parametrize("number", ["1002000002", "", "1", "1" * 50])
async def test_there_is_no_item_of_another_number(shop: Shop, number: str) -> None:
    await shop.has(an_item())
    assert await shop.systems.stores.product(number) is None


async def test_wishes_are_numbered(shop: Shop) -> None:
    one = await shop.systems.stores.request_restock("黒い財布", EMAIL, "key-1")
    other = await shop.systems.stores.request_restock("黒い財布", EMAIL, "key-2")
    assert one == RestockRequest(one.number, "黒い財布", EMAIL)
    assert one.number != other.number


async def test_a_transfer_is_told_with_its_order_s_item(shop: Shop) -> None:
    await shop.has(an_item(), an_order(OrderState.ORDERED, member_id=MEMBER), a_transfer())
    expected = Transfer(
        order_number=ORDER,
        state=TransferState.REQUESTED,
        product=Product(ITEM, "二つ折り財布 ボルドー", "Fontanelle", 58_000, "倉庫在庫", True),  # noqa: FBT003
        store=STORE,
        requested_at=NOW - timedelta(minutes=5),
        visit_on=TODAY + timedelta(days=4),
        visit_slot=_AFTERNOON,
        member_id=MEMBER,
    )
    assert await shop.systems.stores.transfer(ORDER) == expected
    assert list(await shop.systems.stores.transfers_of_member(MEMBER)) == [expected]


async def test_an_order_without_transfer_has_none(shop: Shop) -> None:
    await shop.has(an_item(), an_order(member_id=MEMBER))
    assert await shop.systems.stores.transfer(ORDER) is None
    assert list(await shop.systems.stores.transfers_of_member(MEMBER)) == []


async def test_a_member_s_transfers_come_newest_first_and_at_most_twenty(shop: Shop) -> None:
    await shop.has(an_item())
    for number in range(22):
        at, name = as_utc(NOW - timedelta(hours=number)), f"A-20261130-{number:04d}"
        order = an_order(OrderState.ORDERED, name, ordered_at=at, member_id=MEMBER)
        await shop.has(order, a_transfer(number=name, requested_at=at))
    found = await shop.systems.stores.transfers_of_member(MEMBER)
    assert [transfer.order_number for transfer in found] == [
        f"A-20261130-{number:04d}" for number in range(20)
    ]


async def test_with_a_transfer_its_order_is_cancelled(shop: Shop) -> None:
    await shop.has(an_item(), an_order(OrderState.ORDERED), a_transfer())
    await shop.systems.stores.cancel_transfer(ORDER, "key-1")
    transfer = await shop.systems.stores.transfer(ORDER)
    order = await shop.systems.orders.get(ORDER)
    assert transfer is not None
    assert order is not None
    assert transfer.state is TransferState.CANCELLED
    assert (order.state, order.cancelled_on) == (OrderState.CANCELLED, TODAY)


@pytest.mark.parametrize(
    "state", [state for state in TransferState if state is not TransferState.REQUESTED]
)
async def test_a_transfer_that_has_left_is_not_cancelled(shop: Shop, state: TransferState) -> None:
    await shop.has(an_item(), an_order(OrderState.ORDERED), a_transfer(state))
    with pytest.raises(NotAllowedError):
        await shop.systems.stores.cancel_transfer(ORDER, "key-1")
    order = await shop.systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.ORDERED


async def test_free_times_come_earliest_first_and_not_on_closed_days(shop: Shop) -> None:
    await shop.has(*times_of())
    free = await shop.systems.stores.free_slots(STORE, _TOMORROW, TODAY + timedelta(days=3))
    days = [day for day in (_TOMORROW, CLOSED_ON, TODAY + timedelta(days=3)) if day != CLOSED_ON]
    assert list(free) == [Slot(day, time) for day in days for time in (_MORNING, _AFTERNOON)]


async def test_times_that_have_begun_are_not_free(shop: Shop) -> None:
    await shop.has(*times_of())
    first = TODAY - timedelta(days=7)
    assert list(await shop.systems.stores.free_slots(STORE, first, TODAY)) == [
        Slot(TODAY, _AFTERNOON)
    ]


async def test_only_the_weekdays_of_a_store_s_plan_are_free(shop: Shop) -> None:
    await shop.has(*times_of(weekdays=range(5, 7)))
    free = await shop.systems.stores.free_slots(STORE, TODAY, TODAY + timedelta(days=6))
    assert {slot.day.weekday() for slot in free} == {5, 6}


async def test_a_booked_time_is_free_while_it_has_seats(shop: Shop) -> None:
    await shop.has(an_item(), *times_of(capacity=2))
    slot = Slot(_TOMORROW, _AFTERNOON)
    for key, free_afterwards in (("key-1", True), ("key-2", False)):
        await book(shop, slot, key)
        free = await shop.systems.stores.free_slots(STORE, _TOMORROW, _TOMORROW)
        assert (slot in free) is free_afterwards


async def test_a_store_that_nobody_knows_has_no_free_time(shop: Shop) -> None:
    await shop.has(*times_of())
    assert list(await shop.systems.stores.free_slots("ALLU札幌店", TODAY, _TOMORROW)) == []


async def test_a_visit_is_booked_and_found_again(shop: Shop) -> None:
    await shop.has(an_item(), *times_of())
    visit = await book(shop, Slot(_TOMORROW, _AFTERNOON))
    item = await shop.systems.stores.product(ITEM)
    assert item is not None
    assert visit == Visit(
        number=visit.number,
        store=STORE,
        product=item,
        slot=Slot(_TOMORROW, _AFTERNOON),
        name="佐藤 花子",
        contact=EMAIL,
        member_id=MEMBER,
    )
    assert list(await shop.systems.stores.visits_of_member(MEMBER)) == [visit]


@pytest.mark.parametrize(
    ("day", "time"),
    [
        (TODAY, _MORNING),
        (TODAY - timedelta(days=1), _AFTERNOON),
        (CLOSED_ON, _AFTERNOON),
        (_TOMORROW, "20:00〜21:00"),
        (TODAY + timedelta(days=400), _AFTERNOON),
    ],
    ids=["begun", "past", "closed", "no such time", "far ahead"],
)
async def test_a_time_that_is_not_offered_is_not_booked(shop: Shop, day: date, time: str) -> None:
    await shop.has(an_item(), *times_of())
    with pytest.raises(NotAllowedError):
        await book(shop, Slot(day, time))
    assert list(await shop.systems.stores.visits_of_member(MEMBER)) == []


async def test_nobody_is_shown_an_item_that_is_sold(shop: Shop) -> None:
    await shop.has(an_item(location=None), *times_of())
    with pytest.raises(NotAllowedError):
        await book(shop, Slot(_TOMORROW, _AFTERNOON))


async def test_nobody_is_booked_into_a_store_that_there_is_not(shop: Shop) -> None:
    await shop.has(an_item(), *times_of())
    with pytest.raises(LookupError):
        await book(shop, Slot(_TOMORROW, _AFTERNOON), store="ALLU札幌店")


async def test_a_time_takes_as_many_as_it_has_seats_however_many_ask_at_once(
    shop: Shop,
) -> None:
    await shop.has(an_item(), *times_of(capacity=3))
    slot = Slot(_TOMORROW, _AFTERNOON)
    booked = await asyncio.gather(
        *(book(shop, slot, f"key-{number}") for number in range(6)), return_exceptions=True
    )
    visits = [visit for visit in booked if isinstance(visit, Visit)]
    assert [type(other) for other in booked if other not in visits] == [NotAllowedError] * 3
    assert len({visit.number for visit in visits}) == 3


async def test_visits_to_come_are_told_earliest_first(shop: Shop) -> None:
    await shop.has(an_item(), *times_of())
    late = await book(shop, Slot(_TOMORROW, _AFTERNOON), "key-1")
    early = await book(shop, Slot(_TOMORROW, _MORNING), "key-2")
    await shop.has(
        a_visit(TODAY - timedelta(days=1)),
        a_visit(TODAY + timedelta(days=5), seat=None),
        a_visit(TODAY + timedelta(days=6), member_id="ALLU-7002"),
    )
    assert list(await shop.systems.stores.visits_of_member(MEMBER)) == [early, late]


async def test_a_visit_to_come_is_told_by_its_number_whoever_s_it_is(shop: Shop) -> None:
    await shop.has(an_item(), *times_of())
    own = await book(shop, Slot(_TOMORROW, _AFTERNOON), "key-1")
    guest = await shop.systems.stores.book_visit(
        ITEM,
        STORE,
        Slot(_TOMORROW, _MORNING),
        name="渡辺 由美",
        contact=EMAIL,
        member_id=None,
        key="key-2",
    )
    assert await shop.systems.stores.visit(own.number) == own
    assert await shop.systems.stores.visit(guest.number) == guest


@pytest.mark.parametrize("number", ["V-999999", "V-1", "V-9999999999", "", "../orders", "A-1"])
async def test_no_visit_has_another_number(shop: Shop, number: str) -> None:
    assert await shop.systems.stores.visit(number) is None


async def test_a_visit_that_is_over_or_cancelled_is_told_no_more(shop: Shop) -> None:
    over, cancelled = a_visit(TODAY - timedelta(days=1), id=801), a_visit(_TOMORROW, id=802)
    cancelled.seat = None
    await shop.has(an_item(), over, cancelled, a_visit(_TOMORROW, id=803))
    told = [await shop.systems.stores.visit(f"V-000{number}") for number in (801, 802, 803)]
    assert [visit is not None for visit in told] == [False, False, True]


async def test_at_most_twenty_visits_are_told(shop: Shop) -> None:
    await shop.has(an_item(), *(a_visit(TODAY + timedelta(days=n)) for n in range(25)))
    assert len(await shop.systems.stores.visits_of_member(MEMBER)) == 20


async def test_the_systems_say_that_they_answer(shop: Shop) -> None:
    await shop.systems.check()
