"""Orders: whose they are, what is told of them, and what their state allows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madoguchi.clock import TOKYO, as_utc
from madoguchi.rules.states import OrderState, PaymentMethod
from madoguchi.systems.model import NotAllowedError, Order, Product, TransferState
from tests.support.shop import (
    EMAIL,
    ITEM,
    MEMBER,
    NOW,
    ORDER,
    PHONE,
    TODAY,
    Shop,
    a_transfer,
    an_item,
    an_order,
    days_ago,
)

_UNPAID = [OrderState.ORDERED, OrderState.PENDING]
_SENT = [OrderState.SHIPPED, OrderState.DELIVERED]


def others(allowed: list[OrderState]) -> list[OrderState]:
    return [state for state in OrderState if state not in allowed]


async def order_of(shop: Shop) -> Order:
    found = await shop.systems.orders.get(ORDER)
    assert found is not None
    return found


async def test_an_order_is_told_with_all_that_is_known(shop: Shop) -> None:
    await shop.has(
        an_item(picture="/pictures/wallet.png"),
        an_order(
            member_id=MEMBER,
            time_slot="18-20",
            receipt_requested=True,
            receipt_shown_on=days_ago(3),
            return_applied_on=days_ago(2),
        ),
    )
    assert await order_of(shop) == Order(
        number=ORDER,
        state=OrderState.DELIVERED,
        payment=PaymentMethod.CREDIT_CARD,
        product=Product(
            number=ITEM,
            name="二つ折り財布 ボルドー",
            brand="Fontanelle",
            price_yen=58_000,
            location="倉庫在庫",
            viewable_in_store=True,
            picture="/pictures/wallet.png",
        ),
        price_yen=58_000,
        ordered_at=NOW - timedelta(days=11),
        member_id=MEMBER,
        paid_on=days_ago(11),
        tracking_number="401200000001",
        shipped_on=days_ago(5),
        expected_on=days_ago(4),
        time_slot="18-20",
        delivered_on=days_ago(4),
        receipt_requested=True,
        receipt_shown_on=days_ago(3),
        return_applied_on=days_ago(2),
    )


async def test_times_are_told_in_tokyo(shop: Shop) -> None:
    await shop.has(an_item(), an_order())
    assert (await order_of(shop)).ordered_at.utcoffset() == NOW.astimezone(TOKYO).utcoffset()


@pytest.mark.parametrize("payment", PaymentMethod)
async def test_every_way_to_pay_is_told(shop: Shop, payment: PaymentMethod) -> None:
    await shop.has(an_item(), an_order(payment=payment))
    assert (await order_of(shop)).payment is payment


@pytest.mark.parametrize("number", ["A-20261120-0002", "", "a-20261120-0001", "A" * 100, "A\x00"])
async def test_there_is_no_order_of_another_number(shop: Shop, number: str) -> None:
    await shop.has(an_item(), an_order())
    assert await shop.systems.orders.get(number) is None
    assert await shop.systems.orders.verified(number, PHONE) is None


@pytest.mark.parametrize(
    "contact",
    [
        PHONE,
        "090-1234-5678",
        "０９０ー１２３４ー５６７８",
        "+81 90 1234 5678",
        EMAIL,
        "HANAKO@Example.JP",
    ],
)
async def test_a_registered_contact_proves_an_order(shop: Shop, contact: str) -> None:
    await shop.has(an_item(), an_order())
    assert await shop.systems.orders.verified(ORDER, contact) == await order_of(shop)


@pytest.mark.parametrize("contact", ["090-1234-5679", "ichiro@example.jp", "", ORDER, "花子"])
async def test_another_contact_proves_nothing(shop: Shop, contact: str) -> None:
    await shop.has(an_item(), an_order())
    assert await shop.systems.orders.verified(ORDER, contact) is None


async def test_an_order_without_contacts_is_proven_by_nothing(shop: Shop) -> None:
    await shop.has(an_item(), an_order(phone=None, email=None))
    for contact in ("", "None", PHONE):
        assert await shop.systems.orders.verified(ORDER, contact) is None


async def test_a_member_s_orders_come_newest_first_and_at_most_twenty(shop: Shop) -> None:
    await shop.has(an_item())
    for number in range(25):
        at = as_utc(NOW - timedelta(days=1, hours=number))
        name = f"A-20261130-{number:04d}"
        await shop.has(an_order(OrderState.ORDERED, name, ordered_at=at, member_id=MEMBER))
    await shop.has(an_order(member_id="ALLU-7002"))
    found = await shop.systems.orders.of_member(MEMBER)
    assert [order.number for order in found] == [f"A-20261130-{n:04d}" for n in range(20)]


async def test_a_stranger_has_no_orders(shop: Shop) -> None:
    await shop.has(an_item(), an_order())
    assert list(await shop.systems.orders.of_member("ALLU-9999")) == []


@pytest.mark.parametrize("state", _UNPAID)
async def test_an_unpaid_order_is_cancelled_today(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    receipt = await shop.systems.orders.cancel(ORDER, "key-1")
    assert receipt.at == NOW
    cancelled = await order_of(shop)
    assert (cancelled.state, cancelled.cancelled_on) == (OrderState.CANCELLED, TODAY)


@pytest.mark.parametrize("state", others(_UNPAID))
async def test_any_other_order_is_not_cancelled(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    before = await order_of(shop)
    with pytest.raises(NotAllowedError):
        await shop.systems.orders.cancel(ORDER, "key-1")
    assert await order_of(shop) == before


async def test_with_an_order_its_transfer_is_cancelled(shop: Shop) -> None:
    await shop.has(an_item(), an_order(OrderState.ORDERED), a_transfer(TransferState.ON_THE_WAY))
    await shop.systems.orders.cancel(ORDER, "key-1")
    transfer = await shop.systems.stores.transfer(ORDER)
    assert transfer is not None
    assert transfer.state is TransferState.CANCELLED


async def test_an_order_that_is_not_cancelled_keeps_its_transfer(shop: Shop) -> None:
    await shop.has(an_item(), an_order(OrderState.CONFIRMED), a_transfer())
    with pytest.raises(NotAllowedError):
        await shop.systems.orders.cancel(ORDER, "key-1")
    transfer = await shop.systems.stores.transfer(ORDER)
    assert transfer is not None
    assert transfer.state is TransferState.REQUESTED


@pytest.mark.parametrize("state", _SENT)
async def test_a_return_is_applied_for_today(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    await shop.systems.orders.apply_for_return(ORDER, "色が違う", "key-1")
    applied = await order_of(shop)
    assert (applied.state, applied.return_applied_on) == (state, TODAY)


@pytest.mark.parametrize("state", others(_SENT))
async def test_what_was_not_sent_is_not_returned(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    with pytest.raises(NotAllowedError):
        await shop.systems.orders.apply_for_return(ORDER, "色が違う", "key-1")
    assert (await order_of(shop)).return_applied_on is None


@pytest.mark.parametrize("state", _SENT)
async def test_a_receipt_is_shown_at_an_address(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    link = await shop.systems.orders.receipt_link(ORDER, "key-1")
    assert link.startswith("https://")
    assert (await order_of(shop)).receipt_shown_on == TODAY


@pytest.mark.parametrize("state", others(_SENT))
async def test_what_was_not_sent_has_no_receipt(shop: Shop, state: OrderState) -> None:
    await shop.has(an_item(), an_order(state))
    with pytest.raises(NotAllowedError):
        await shop.systems.orders.receipt_link(ORDER, "key-1")
    assert (await order_of(shop)).receipt_shown_on is None
