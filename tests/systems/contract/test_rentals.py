"""Rentals: whose they are, what is told of them, and what their state allows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madoguchi.clock import as_utc
from madoguchi.rules.states import RentalState
from madoguchi.systems.model import LossKind, NotAllowedError, Rental
from tests.support.shop import (
    EMAIL,
    MEMBER,
    NOW,
    PHONE,
    RENTAL,
    TODAY,
    Shop,
    a_rental,
    days_ago,
)

_WITH_CUSTOMER = [RentalState.SHIPPED, RentalState.IN_USE]
_RUNNING = [*_WITH_CUSTOMER, RentalState.RETURN_REQUESTED]
_NOT_BACK = [*_RUNNING, RentalState.TERMINATED]


def others(allowed: list[RentalState]) -> list[RentalState]:
    return [state for state in RentalState if state not in allowed]


async def rental_of(shop: Shop) -> Rental:
    found = await shop.systems.rentals.get(RENTAL)
    assert found is not None
    return found


async def test_a_rental_is_told_with_all_that_is_known(shop: Shop) -> None:
    await shop.has(
        a_rental(
            RentalState.ENDED,
            member_id=MEMBER,
            tracking_number="401200000002",
            payment_errors=2,
            payment_error_reported_on=days_ago(20),
            loss_reported_on=days_ago(19),
            buyout_requested_on=days_ago(18),
            picture="/pictures/watch.png",
        )
    )
    assert await rental_of(shop) == Rental(
        number=RENTAL,
        state=RentalState.ENDED,
        watch="NORDHALE オートマティック 40 ネイビー",
        monthly_fee_yen=12_800,
        ordered_at=NOW - timedelta(days=40),
        member_id=MEMBER,
        screening_passed_on=days_ago(38),
        shipped_on=days_ago(35),
        tracking_number="401200000002",
        payment_errors=2,
        payment_error_reported_on=days_ago(20),
        return_requested_on=days_ago(8),
        received_on=days_ago(5),
        ended_on=days_ago(3),
        loss_reported_on=days_ago(19),
        buyout_requested_on=days_ago(18),
        picture="/pictures/watch.png",
    )


@pytest.mark.parametrize("state", RentalState)
async def test_every_state_is_told(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    assert (await rental_of(shop)).state is state


@pytest.mark.parametrize("number", ["R-000002", "", "r-000001", "R" * 100])
async def test_there_is_no_rental_of_another_number(shop: Shop, number: str) -> None:
    await shop.has(a_rental())
    assert await shop.systems.rentals.get(number) is None
    assert await shop.systems.rentals.verified(number, PHONE) is None


@pytest.mark.parametrize(
    "contact", ["(090) 1234-5678", "＋８１９０１２３４５６７８", " Hanako@example.jp "]
)
async def test_a_registered_contact_proves_a_rental(shop: Shop, contact: str) -> None:
    await shop.has(a_rental())
    assert await shop.systems.rentals.verified(RENTAL, contact) == await rental_of(shop)


@pytest.mark.parametrize("contact", ["080-1234-5678", "hanako@example.com", ""])
async def test_another_contact_proves_nothing(shop: Shop, contact: str) -> None:
    await shop.has(a_rental())
    assert await shop.systems.rentals.verified(RENTAL, contact) is None


async def test_a_member_s_rentals_come_newest_first_and_at_most_twenty(shop: Shop) -> None:
    for number in range(25):
        at = as_utc(NOW - timedelta(days=1, hours=number))
        name = f"R-{number + 10:06d}"
        await shop.has(a_rental(RentalState.ORDERED, name, ordered_at=at, member_id=MEMBER))
    await shop.has(a_rental(member_id="KEIYA-7002"))
    found = await shop.systems.rentals.of_member(MEMBER)
    assert [rental.number for rental in found] == [f"R-{n + 10:06d}" for n in range(20)]


@pytest.mark.parametrize("state", _WITH_CUSTOMER)
async def test_a_return_is_asked_for_today(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    receipt = await shop.systems.rentals.request_return(RENTAL, TODAY + timedelta(days=3), "key-1")
    assert receipt.at == NOW
    returned = await rental_of(shop)
    assert returned.state is RentalState.RETURN_REQUESTED
    assert returned.return_requested_on == TODAY


@pytest.mark.parametrize("state", others(_WITH_CUSTOMER))
async def test_a_watch_that_is_elsewhere_is_not_returned(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    before = await rental_of(shop)
    with pytest.raises(NotAllowedError):
        await shop.systems.rentals.request_return(RENTAL, TODAY, "key-1")
    assert await rental_of(shop) == before


@pytest.mark.parametrize("state", _WITH_CUSTOMER)
async def test_a_price_is_asked_for_today(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    await shop.systems.rentals.request_buyout(RENTAL, EMAIL, "key-1")
    asked = await rental_of(shop)
    assert (asked.state, asked.buyout_requested_on) == (state, TODAY)


@pytest.mark.parametrize("state", others(_WITH_CUSTOMER))
async def test_a_watch_that_is_elsewhere_is_not_bought(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    with pytest.raises(NotAllowedError):
        await shop.systems.rentals.request_buyout(RENTAL, EMAIL, "key-1")
    assert (await rental_of(shop)).buyout_requested_on is None


@pytest.mark.parametrize("state", _NOT_BACK)
@pytest.mark.parametrize("kind", LossKind)
async def test_a_loss_is_reported_today(shop: Shop, state: RentalState, kind: LossKind) -> None:
    await shop.has(a_rental(state))
    await shop.systems.rentals.report_loss(RENTAL, kind, "電車の中で", "渋谷署 123", "key-1")
    reported = await rental_of(shop)
    assert (reported.state, reported.loss_reported_on) == (state, TODAY)


@pytest.mark.parametrize("state", others(_NOT_BACK))
async def test_a_watch_that_is_with_the_shop_is_not_lost(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state))
    with pytest.raises(NotAllowedError):
        await shop.systems.rentals.report_loss(RENTAL, LossKind.LOST, "電車の中で", None, "key-1")
    assert (await rental_of(shop)).loss_reported_on is None


@pytest.mark.parametrize("state", _RUNNING)
async def test_a_payment_error_is_reported_today(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state, payment_errors=1))
    await shop.systems.rentals.report_payment_error(RENTAL, "限度額", "枠を空けた", "key-1")
    reported = await rental_of(shop)
    assert (reported.payment_errors, reported.payment_error_reported_on) == (1, TODAY)


@pytest.mark.parametrize("state", others(_RUNNING))
async def test_a_rental_that_is_over_has_no_error_to_report(shop: Shop, state: RentalState) -> None:
    await shop.has(a_rental(state, payment_errors=2))
    with pytest.raises(NotAllowedError):
        await shop.systems.rentals.report_payment_error(RENTAL, "限度額", "枠を空けた", "key-1")
    assert (await rental_of(shop)).payment_error_reported_on is None


async def test_without_an_error_there_is_none_to_report(shop: Shop) -> None:
    await shop.has(a_rental(payment_errors=0))
    with pytest.raises(NotAllowedError):
        await shop.systems.rentals.report_payment_error(RENTAL, "限度額", "枠を空けた", "key-1")
