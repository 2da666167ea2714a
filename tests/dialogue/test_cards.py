"""Cards name everything in the customer's language, and leave out what is not known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from madoguchi.clock import TOKYO
from madoguchi.dialogue.cards import (
    card,
    order_card,
    product_card,
    rental_card,
    tracking_links,
    transfer_card,
    visit_card,
)
from madoguchi.inquiries.model import InquiryState
from madoguchi.knowledge.labels import labels
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.model import (
    Order,
    Product,
    Rental,
    Slot,
    Transfer,
    TransferState,
    Visit,
)

AT = datetime(2026, 12, 1, 9, 30, tzinfo=TOKYO)
BAG = Product(
    "1002045871", "レザー トートバッグ", "MAISON RIVIÈRE", 248_000, "倉庫在庫", picture="/bag.svg"
)
TONES = {"good", "wait", "bad", "info"}


def an_order(**changed: Any) -> Order:
    usual: dict[str, Any] = {
        "number": "A-20261201-0042",
        "state": OrderState.ORDERED,
        "payment": PaymentMethod.CREDIT_CARD,
        "product": BAG,
        "price_yen": 248_000,
        "ordered_at": AT,
    }
    return Order(**(usual | changed))


def rows_of(shown: dict[str, Any]) -> dict[str, str]:
    return {row["label"]: row["value"] for row in shown["rows"]}


@pytest.mark.parametrize(
    ("group", "states"),
    [
        ("order_states", OrderState),
        ("rental_states", RentalState),
        ("transfer_states", TransferState),
        ("inquiry_states", InquiryState),
    ],
)
def test_every_state_has_a_name_and_a_colour(group: str, states: type[Any]) -> None:
    shown = [labels().state(group, state) for state in states]
    assert all(name for name, _ in shown)
    assert {tone for _, tone in shown} <= TONES


def test_every_way_to_pay_has_a_name() -> None:
    names = [labels().payment(method) for method in PaymentMethod]
    assert len(set(names)) == len(list(PaymentMethod))


def test_an_order_in_words() -> None:
    shown = order_card(an_order())
    assert shown["title"] == "レザー トートバッグ"
    assert shown["state"] == {"label": "ご注文受付", "tone": "info"}
    assert shown["image"] == "/bag.svg"
    assert shown["links"] == []
    assert rows_of(shown) == {
        "注文番号": "A-20261201-0042",
        "ご注文日": "12月1日(火)",
        "お支払い方法": "クレジットカード",
        "金額": "248,000円",
    }


def test_an_order_on_its_way_and_one_that_has_arrived() -> None:
    sent = {
        "state": OrderState.SHIPPED,
        "shipped_on": date(2026, 12, 2),
        "expected_on": date(2026, 12, 3),
        "tracking_number": "401200000001",
    }
    shown = order_card(an_order(**sent))
    assert rows_of(shown)["お届け予定"] == "12月3日(木)"
    assert rows_of(shown)["送り状番号"] == "401200000001"
    assert [link["title"] for link in shown["links"]] == ["ヤマト運輸で配送状況を見る"]
    arrived = order_card(an_order(**sent, delivered_on=date(2026, 12, 4)))
    assert rows_of(arrived)["お届け日"] == "12月4日(金)"
    assert "お届け予定" not in rows_of(arrived)


def test_more_rows_come_last_and_links_before_the_carriers() -> None:
    shown = order_card(
        an_order(tracking_number="1"),
        ("return_by", "12月11日(金)"),
        ("arrive_by", None),
        links=[("receipt", "https://www.example.jp/r")],
    )
    assert shown["rows"][-1] == {"label": "返品お申し込み期限", "value": "12月11日(金)"}
    ours, theirs = (link["url"] for link in shown["links"])
    assert ours == "https://www.example.jp/r"
    assert "kuronekoyamato" in theirs


def test_a_tracking_number_cannot_leave_its_place_in_the_address() -> None:
    [(_, url)] = tracking_links("1&x=/..?")
    assert url.endswith("pno=1%26x%3D%2F..%3F")
    assert tracking_links(None) == tracking_links("") == []


def test_rentals_items_transfers_and_visits() -> None:
    rental = Rental("R-000123", RentalState.IN_USE, "NORDHALE 40", 12_800, AT)
    assert rows_of(rental_card(rental, ("next_billing", "12月18日(金)"))) == {
        "レンタル番号": "R-000123",
        "お申し込み日": "12月1日(火)",
        "月額": "12,800円",
        "次回決済日": "12月18日(金)",
    }
    assert rows_of(product_card(BAG)) == {
        "商品番号": "1002045871",
        "金額": "248,000円",
        "在庫の場所": "倉庫在庫",
    }
    transfer = Transfer("A-1", TransferState.ARRIVED, BAG, "ALLU銀座店", AT, date(2026, 12, 5))
    assert rows_of(transfer_card(transfer))["ご来店予定"] == "12月5日(土)"
    undecided = Transfer("A-1", TransferState.REQUESTED, BAG, "ALLU銀座店", AT)
    assert "ご来店予定" not in rows_of(transfer_card(undecided))
    slot = Slot(date(2026, 12, 5), "13:00〜14:00")
    visit = Visit("V-000001", "ALLU銀座店", BAG, slot, "佐藤 花子", "hanako@example.jp")
    assert rows_of(visit_card(visit))["ご来店予定"] == "12月5日(土) 13:00〜14:00"
    assert "佐藤" not in str(visit_card(visit))


def test_an_unknown_name_is_a_fault() -> None:
    with pytest.raises(KeyError):
        card("札", [("unheard_of", "x")])
