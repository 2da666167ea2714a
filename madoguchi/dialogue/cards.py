"""Cards: an order, a rental or another thing at a glance. Every card's text also stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from madoguchi.knowledge.japanese import day_in_full, yen
from madoguchi.knowledge.labels import labels
from madoguchi.systems.model import Order, Product, Rental, Transfer, Visit

type Card = dict[str, Any]
type Row = tuple[str, str | None]

# The carrier's public page for one number; Yamato carries all parcels.
_TRACKING = "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno={number}"


def card(
    title: str,
    rows: list[Row],
    *,
    state: tuple[str, str] | None = None,
    picture: str | None = None,
    links: list[tuple[str, str]] | None = None,
) -> Card:
    """Return a card; a row's name is a key of cards.yml, rows without a value are left out."""
    names = labels()
    made: Card = {
        "title": title,
        "rows": [
            {"label": names.row(name), "value": value} for name, value in rows if value is not None
        ],
        "links": [{"title": names.link(name), "url": url} for name, url in links or []],
    }
    if state is not None:
        label, tone = names.state(*state)
        made["state"] = {"label": label, "tone": tone}
    if picture is not None:
        made["image"] = picture
    return made


def order_card(order: Order, *more: Row, links: Sequence[tuple[str, str]] = ()) -> Card:
    """Return an order's card with further rows at its end, and links before the carrier's."""
    return card(
        order.product.name,
        [
            ("order_number", order.number),
            ("ordered_on", day_in_full(order.ordered_at)),
            ("payment", labels().payment(order.payment)),
            ("price", yen(order.price_yen)),
            ("shipped_on", _day(order.shipped_on)),
            ("expected_on", _day(order.expected_on) if order.delivered_on is None else None),
            ("delivered_on", _day(order.delivered_on)),
            ("cancelled_on", _day(order.cancelled_on)),
            ("tracking_number", order.tracking_number),
            *more,
        ],
        state=("order_states", order.state),
        picture=order.product.picture,
        links=[*links, *tracking_links(order.tracking_number)],
    )


def rental_card(rental: Rental, *more: Row) -> Card:
    """Return a rental's card with further rows at its end."""
    return card(
        rental.watch,
        [
            ("rental_number", rental.number),
            ("applied_on", day_in_full(rental.ordered_at)),
            ("monthly_fee", yen(rental.monthly_fee_yen)),
            ("shipped_on", _day(rental.shipped_on)),
            *more,
        ],
        state=("rental_states", rental.state),
        picture=rental.picture,
    )


def transfer_card(transfer: Transfer, *more: Row) -> Card:
    """Return the card of a transfer to a store."""
    visit = None
    if transfer.visit_on is not None:
        visit = f"{day_in_full(transfer.visit_on)} {transfer.visit_slot or ''}".strip()
    return card(
        transfer.product.name,
        [
            ("order_number", transfer.order_number),
            ("store", transfer.store),
            ("visit", visit),
            *more,
        ],
        state=("transfer_states", transfer.state),
        picture=transfer.product.picture,
    )


def product_card(product: Product, *more: Row) -> Card:
    """Return an item's card with further rows at its end."""
    return card(
        product.name,
        [
            ("product_number", product.number),
            ("price", yen(product.price_yen)),
            ("location", product.location),
            *more,
        ],
        picture=product.picture,
    )


def visit_card(visit: Visit) -> Card:
    """Return the card of a booked visit."""
    return card(
        visit.product.name,
        [
            ("visit_number", visit.number),
            ("store", visit.store),
            ("visit", f"{day_in_full(visit.slot.day)} {visit.slot.time}"),
            ("product_number", visit.product.number),
        ],
        picture=visit.product.picture,
    )


def tracking_links(number: str | None) -> list[tuple[str, str]]:
    """Return the link to the carrier's page, none without a number."""
    return [("tracking", _TRACKING.format(number=quote(number, safe="")))] if number else []


def _day(day: Any) -> str | None:
    return day_in_full(day) if day is not None else None
