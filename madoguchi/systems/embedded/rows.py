"""Between the tables' rows and what the systems tell."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from madoguchi.clock import TOKYO, as_utc
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.embedded.tables import (
    OrderRow,
    ProductRow,
    RentalRow,
    TransferRow,
    VisitRow,
)
from madoguchi.systems.model import (
    Order,
    Product,
    Rental,
    Slot,
    SystemUnavailableError,
    Transfer,
    TransferState,
    Visit,
)


def product_of(row: ProductRow) -> Product:
    """Return the item that a row holds."""
    return Product(
        number=row.number,
        name=row.name,
        brand=row.brand,
        price_yen=row.price_yen,
        location=row.location,
        viewable_in_store=row.viewable_in_store,
        picture=row.picture,
    )


def order_of(row: OrderRow) -> Order:
    """Return the order that a row holds, without its contacts."""
    return Order(
        number=row.number,
        state=_word(OrderState, row.state),
        payment=_word(PaymentMethod, row.payment),
        product=product_of(row.product),
        price_yen=row.price_yen,
        ordered_at=_in_tokyo(row.ordered_at),
        member_id=row.member_id,
        paid_on=row.paid_on,
        tracking_number=row.tracking_number,
        shipped_on=row.shipped_on,
        expected_on=row.expected_on,
        time_slot=row.time_slot,
        delivered_on=row.delivered_on,
        receipt_requested=row.receipt_requested,
        receipt_shown_on=row.receipt_shown_on,
        return_applied_on=row.return_applied_on,
        cancelled_on=row.cancelled_on,
    )


def transfer_of(row: TransferRow) -> Transfer:
    """Return the transfer that a row holds; item and member are its order's."""
    return Transfer(
        order_number=row.order_number,
        state=_word(TransferState, row.state),
        product=product_of(row.order.product),
        store=row.store,
        requested_at=_in_tokyo(row.requested_at),
        visit_on=row.visit_on,
        visit_slot=row.visit_slot,
        member_id=row.order.member_id,
    )


def rental_of(row: RentalRow) -> Rental:
    """Return the rental that a row holds, without its contacts."""
    return Rental(
        number=row.number,
        state=_word(RentalState, row.state),
        watch=row.watch,
        monthly_fee_yen=row.monthly_fee_yen,
        ordered_at=_in_tokyo(row.ordered_at),
        member_id=row.member_id,
        screening_passed_on=row.screening_passed_on,
        shipped_on=row.shipped_on,
        tracking_number=row.tracking_number,
        payment_errors=row.payment_errors,
        payment_error_reported_on=row.payment_error_reported_on,
        return_requested_on=row.return_requested_on,
        received_on=row.received_on,
        ended_on=row.ended_on,
        loss_reported_on=row.loss_reported_on,
        buyout_requested_on=row.buyout_requested_on,
        picture=row.picture,
    )


def visit_of(row: VisitRow) -> Visit:
    """Return the visit that a row holds."""
    return Visit(
        number=visit_number(row.id),
        store=row.store,
        product=product_of(row.product),
        slot=Slot(row.day, row.time),
        name=row.name,
        contact=row.contact,
        member_id=row.member_id,
        cancelled=row.seat is None,
    )


def visit_number(visit_id: int) -> str:
    """Return the number of a visit, like V-000123."""
    return f"V-{visit_id:06d}"


def visit_id(number: str) -> int:
    """Return the row's id of a visit's number."""
    return int(number.removeprefix("V-"))


def restock_number(restock_id: int) -> str:
    """Return the number of a wish, like W-000123."""
    return f"W-{restock_id:06d}"


def _in_tokyo(at: datetime) -> datetime:
    return as_utc(at).astimezone(TOKYO)


def _word[Word: StrEnum](words: type[Word], stored: str) -> Word:
    try:
        return words(stored)
    except ValueError:
        raise SystemUnavailableError(f"{stored!r} is stored as a {words.__name__}") from None
