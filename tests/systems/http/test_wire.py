"""Only what can be an order, a rental or a time is taken for one; nothing is lost on the way."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from madoguchi.clock import TOKYO
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems import model
from madoguchi.systems.http import wire

WIRES: list[tuple[type[wire.Wire], type]] = [
    (wire.ProductWire, model.Product),
    (wire.OrderWire, model.Order),
    (wire.RentalWire, model.Rental),
    (wire.TransferWire, model.Transfer),
    (wire.SlotWire, model.Slot),
    (wire.VisitWire, model.Visit),
    (wire.RestockRequestWire, model.RestockRequest),
    (wire.ReceiptWire, model.Receipt),
]

lines = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=200)
texts = st.text(min_size=1, max_size=300)
yen = st.integers(0, 999_999_999)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
moments = st.integers(0, 3_000_000_000).map(
    lambda seconds: datetime(2000, 1, 2, tzinfo=TOKYO) + timedelta(seconds=seconds)
)
maybe_day, maybe_line = st.none() | days, st.none() | lines
order_numbers = st.from_regex(r"A-[0-9]{8}-[0-9]{4}", fullmatch=True)
members = st.none() | st.text(min_size=1, max_size=128)
references = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
pictures = st.none() | st.sampled_from(["/static/bag.svg", "https://shop.example.jp/a.jpg?w=1"])
products = st.builds(
    model.Product,
    number=st.from_regex(r"[0-9]{10}", fullmatch=True),
    name=lines,
    brand=lines,
    price_yen=yen,
    location=maybe_line,
    viewable_in_store=st.booleans(),
    picture=pictures,
)
slots = st.builds(
    model.Slot,
    day=days,
    time=st.from_regex(r"[0-2][0-9]:[0-5][0-9]〜[0-2][0-9]:[0-5][0-9]", fullmatch=True),
)
things = st.one_of(
    products,
    slots,
    st.builds(
        model.Order,
        number=order_numbers,
        state=st.sampled_from(OrderState),
        payment=st.sampled_from(PaymentMethod),
        product=products,
        price_yen=yen,
        ordered_at=moments,
        member_id=members,
        paid_on=maybe_day,
        tracking_number=maybe_line,
        shipped_on=maybe_day,
        expected_on=maybe_day,
        time_slot=maybe_line,
        delivered_on=maybe_day,
        receipt_requested=st.booleans(),
        receipt_shown_on=maybe_day,
        return_applied_on=maybe_day,
        cancelled_on=maybe_day,
    ),
    st.builds(
        model.Rental,
        number=st.from_regex(r"R-[0-9]{6}", fullmatch=True),
        state=st.sampled_from(RentalState),
        watch=lines,
        monthly_fee_yen=yen,
        ordered_at=moments,
        member_id=members,
        screening_passed_on=maybe_day,
        shipped_on=maybe_day,
        tracking_number=maybe_line,
        payment_errors=st.integers(0, 999),
        payment_error_reported_on=maybe_day,
        return_requested_on=maybe_day,
        received_on=maybe_day,
        ended_on=maybe_day,
        loss_reported_on=maybe_day,
        buyout_requested_on=maybe_day,
        picture=pictures,
    ),
    st.builds(
        model.Transfer,
        order_number=order_numbers,
        state=st.sampled_from(model.TransferState),
        product=products,
        store=lines,
        requested_at=moments,
        visit_on=maybe_day,
        visit_slot=maybe_line,
        member_id=members,
    ),
    st.builds(
        model.Visit,
        number=references,
        store=lines,
        product=products,
        slot=slots,
        name=lines,
        contact=st.text(min_size=1, max_size=320),
        member_id=members,
        cancelled=st.booleans(),
    ),
    st.builds(model.RestockRequest, number=references, wish=texts, email=lines),
    st.builds(model.Receipt, number=references, at=moments),
)

PRODUCT = {"number": "1234567890", "name": "鞄", "brand": "サンプル", "price_yen": 1}
ORDER = {
    "number": "A-20261103-0042",
    "state": "ordered",
    "payment": "paypay",
    "product": PRODUCT,
    "price_yen": 148_000,
    "ordered_at": "2026-11-03T10:15:00+09:00",
}


def _optional(shape: type[BaseModel]) -> set[str]:
    return {name for name, field in shape.model_fields.items() if not field.is_required()}


@pytest.mark.parametrize(("shape", "known"), WIRES)
def test_every_field_travels(shape: type[wire.Wire], known: type) -> None:
    fields = dataclasses.fields(known)
    assert list(shape.model_fields) == [field.name for field in fields]
    defaults = {field.name for field in fields if field.default is not dataclasses.MISSING}
    assert defaults <= _optional(shape)


@given(things)
def test_nothing_changes_on_the_way(thing: Any) -> None:
    [shape] = [shape for shape, known in WIRES if known is type(thing)]
    sent = shape.of(thing).model_dump_json().encode()
    received: Any = shape.model_validate_json(sent)
    assert received.to_model() == thing


def test_what_need_not_be_said_may_be_left_out_and_more_may_be_said() -> None:
    order = wire.OrderWire.model_validate_json(json.dumps(ORDER | {"mood": "good"}))
    assert order.to_model().member_id is None
    assert order.to_model().receipt_requested is False


def test_a_moment_is_told_in_tokyo_s_time() -> None:
    said = ORDER | {"ordered_at": "2026-11-02T16:00:00Z"}
    order = wire.OrderWire.model_validate_json(json.dumps(said)).to_model()
    assert order.ordered_at == datetime(2026, 11, 2, 16, tzinfo=UTC)
    assert order.ordered_at.date() == date(2026, 11, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "A-20261103-042"},
        {"number": "A-20261103-0042\n"},
        {"number": "Ａ-20261103-0042"},
        {"number": None},
        {"state": "lost"},
        {"state": "Shipped"},
        {"payment": "cash"},
        {"price_yen": -1},
        {"price_yen": 148_000.5},
        {"price_yen": "148000"},
        {"price_yen": True},
        {"price_yen": None},
        {"price_yen": 10**12},
        {"product": None},
        {"product": PRODUCT | {"price_yen": -1}},
        {"product": PRODUCT | {"number": "123456789"}},
        {"product": PRODUCT | {"name": "鞄\n送料無料"}},
        {"product": PRODUCT | {"name": ""}},
        {"product": PRODUCT | {"name": "鞄" * 201}},
        {"product": PRODUCT | {"picture": "javascript:alert(1)"}},
        {"product": PRODUCT | {"picture": "//elsewhere.example/a.jpg"}},
        {"product": PRODUCT | {"picture": "https://user@elsewhere.example/"}},
        {"ordered_at": "2026-11-03T10:15:00"},
        {"ordered_at": "2026-11-03"},
        {"ordered_at": 1_762_132_500},
        {"ordered_at": "0001-01-01T00:00:00+14:00"},
        {"ordered_at": "9999-12-31T23:59:59-12:00"},
        {"shipped_on": "2026-02-30"},
        {"shipped_on": "2026-11-04T00:00:00+09:00"},
        {"shipped_on": 20_761},
        {"shipped_on": "0001-01-01"},
        {"receipt_requested": "no"},
        {"member_id": 1001},
        {"member_id": ""},
    ],
    ids=str,
)
def test_what_is_no_order_is_not_taken_for_one(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wire.OrderWire.model_validate_json(json.dumps(ORDER | wrong))


@pytest.mark.parametrize("missing", ORDER)
def test_what_has_to_be_said_may_not_be_left_out(missing: str) -> None:
    said = {name: value for name, value in ORDER.items() if name != missing}
    with pytest.raises(ValidationError):
        wire.OrderWire.model_validate_json(json.dumps(said))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "/mypage/receipts/1",
        "https://",
        "https:///receipts",
        "https://user:password@shop.example.jp/",
        "https://shop.example.jp\\@elsewhere.example/",
        "https://shop.example.jp/a b",
        "ftp://shop.example.jp/",
    ],
)
def test_a_receipt_s_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError):
        wire.ReceiptLink.model_validate_json(json.dumps({"url": url}))


@pytest.mark.parametrize("url", ["https://shop.example.jp", "http://127.0.0.1:8090/r?n=1#top"])
def test_an_address_of_the_web_is_taken(url: str) -> None:
    assert wire.ReceiptLink.model_validate_json(json.dumps({"url": url})).url == url


@pytest.mark.parametrize(
    "text", ["13:00-14:00", "13:00～14:00", "1:00〜2:00", "13:60〜14:00", "午後"]
)
def test_a_time_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValidationError):
        wire.SlotWire.model_validate_json(json.dumps({"day": "2026-12-01", "time": text}))


def test_a_contradiction_of_types_does_not_leave_the_server_either() -> None:
    product = model.Product("12", "鞄", "サンプル", 1, None)
    with pytest.raises(ValidationError):
        wire.ProductWire.of(product)


def test_a_day_s_end_in_another_zone_stays_the_same_moment() -> None:
    late = datetime.combine(date(2026, 11, 3), time(23, 59), UTC) + timedelta(seconds=59)
    sent = wire.ReceiptWire.of(model.Receipt("C-1", late)).model_dump_json()
    assert wire.ReceiptWire.model_validate_json(sent).to_model().at == late
