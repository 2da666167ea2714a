"""What a shop says is checked against what it was asked, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.model import (
    KeyReusedError,
    LossKind,
    NotAllowedError,
    Slot,
    SystemUnavailableError,
)
from tests.support.logs import printed_logs
from tests.support.shop import EMAIL, ITEM, MEMBER, ORDER, PHONE, RENTAL
from tests.systems.http.faults import FaultyApi, answering
from tests.systems.http.served import TOKEN

type Ask = Callable[[HttpSystems], Awaitable[Any]]

DAY = date(2026, 12, 8)
SLOT = Slot(DAY, "13:00〜14:00")
PRODUCT = {"number": ITEM, "name": "財布", "brand": "サンプル", "price_yen": 58_000}
AN_ORDER = {
    "number": ORDER,
    "state": "ordered",
    "payment": "paypay",
    "product": PRODUCT,
    "price_yen": 58_000,
    "ordered_at": "2026-11-20T10:15:00+09:00",
    "member_id": MEMBER,
}
A_RENTAL = {
    "number": RENTAL,
    "state": "screening",
    "watch": "時計",
    "monthly_fee_yen": 12_800,
    "ordered_at": "2026-11-20T10:15:00+09:00",
    "member_id": MEMBER,
}
A_TRANSFER = {
    "order_number": ORDER,
    "state": "requested",
    "product": PRODUCT,
    "store": "ALLU銀座店",
    "requested_at": "2026-11-20T10:15:00+09:00",
    "member_id": MEMBER,
}
A_VISIT = {
    "number": "V-000001",
    "store": "ALLU銀座店",
    "product": PRODUCT,
    "slot": {"day": "2026-12-08", "time": "13:00〜14:00"},
    "name": "佐藤 花子",
    "contact": EMAIL,
    "member_id": MEMBER,
}
A_SLOT = {"day": "2026-12-08", "time": "13:00〜14:00"}


async def book(systems: HttpSystems, key: str = "visit-1") -> Any:
    return await systems.stores.book_visit(
        ITEM, "ALLU銀座店", SLOT, name="佐藤 花子", contact=EMAIL, member_id=MEMBER, key=key
    )


QUESTIONS: dict[str, tuple[Ask, dict[str, Any]]] = {
    "orders of member": (lambda s: s.orders.of_member(MEMBER), {"orders": [AN_ORDER]}),
    "order": (lambda s: s.orders.get(ORDER), AN_ORDER),
    "verified order": (lambda s: s.orders.verified(ORDER, PHONE), {"order": AN_ORDER}),
    "rentals of member": (lambda s: s.rentals.of_member(MEMBER), {"rentals": [A_RENTAL]}),
    "rental": (lambda s: s.rentals.get(RENTAL), A_RENTAL),
    "verified rental": (lambda s: s.rentals.verified(RENTAL, PHONE), {"rental": A_RENTAL}),
    "product": (lambda s: s.stores.product(ITEM), PRODUCT),
    "transfers of member": (
        lambda s: s.stores.transfers_of_member(MEMBER),
        {"transfers": [A_TRANSFER]},
    ),
    "transfer": (lambda s: s.stores.transfer(ORDER), A_TRANSFER),
    "free slots": (lambda s: s.stores.free_slots("ALLU銀座店", DAY, DAY), {"slots": [A_SLOT]}),
    "visits of member": (lambda s: s.stores.visits_of_member(MEMBER), {"visits": [A_VISIT]}),
    "visit": (lambda s: s.stores.visit("V-000001"), A_VISIT),
}
CHANGES: dict[str, Ask] = {
    "cancel": lambda s: s.orders.cancel(ORDER, "k"),
    "apply for return": lambda s: s.orders.apply_for_return(ORDER, "色が違う", "k"),
    "receipt link": lambda s: s.orders.receipt_link(ORDER, "k"),
    "request return": lambda s: s.rentals.request_return(RENTAL, DAY, "k"),
    "request buyout": lambda s: s.rentals.request_buyout(RENTAL, EMAIL, "k"),
    "report loss": lambda s: s.rentals.report_loss(RENTAL, LossKind.LOST, "電車で", None, "k"),
    "report payment error": lambda s: s.rentals.report_payment_error(RENTAL, "限度額", "可", "k"),
    "request restock": lambda s: s.stores.request_restock("黒い鞄", EMAIL, "k"),
    "cancel transfer": lambda s: s.stores.cancel_transfer(ORDER, "k"),
    "book visit": book,
}


def saying(answer: Any) -> Any:
    return answering(200, json.dumps(answer).encode())


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_question_is_answered(
    api: FaultyApi, systems: HttpSystems, question: str
) -> None:
    ask, answer = QUESTIONS[question]
    api.faults = [saying(answer)]
    assert await ask(systems)


CONTRADICTIONS: list[tuple[str, Any, str]] = [
    ("order", AN_ORDER | {"number": "A-20261120-0002"}, "another number"),
    ("order", AN_ORDER | {"state": "shipped"}, "shipped without shipped_on"),
    ("order", AN_ORDER | {"price_yen": -1}, "price_yen greater_than_equal"),
    ("verified order", {"order": AN_ORDER | {"number": "A-20261120-0002"}}, "another number"),
    ("verified order", {"order": AN_ORDER | {"state": "shipped"}}, "shipped without shipped_on"),
    ("verified order", {}, "order missing"),
    ("orders of member", {"orders": [AN_ORDER | {"member_id": "other"}]}, "another member's"),
    ("orders of member", {"orders": [AN_ORDER | {"member_id": None}]}, "another member's"),
    ("orders of member", {"orders": [AN_ORDER, AN_ORDER]}, "a number twice"),
    ("orders of member", {"orders": [AN_ORDER | {"state": "shipped"}]}, "without shipped_on"),
    ("rental", A_RENTAL | {"number": "R-000002"}, "another number"),
    ("rental", A_RENTAL | {"state": "in_use"}, "in_use without shipped_on"),
    ("verified rental", {"rental": A_RENTAL | {"number": "R-000002"}}, "another number"),
    ("rentals of member", {"rentals": [A_RENTAL | {"member_id": "other"}]}, "another member's"),
    ("product", PRODUCT | {"number": "1002000002"}, "another number"),
    ("transfer", A_TRANSFER | {"order_number": "A-20261120-0002"}, "another number"),
    ("transfer", A_TRANSFER | {"visit_on": "2026-11-19"}, "visit_on before requested_at"),
    ("transfers of member", {"transfers": [A_TRANSFER | {"member_id": "x"}]}, "another member's"),
    ("visits of member", {"visits": [A_VISIT | {"member_id": "x"}]}, "another member's"),
    ("free slots", {"slots": [A_SLOT | {"day": "2026-12-09"}]}, "another day"),
    ("free slots", {"slots": [A_SLOT, A_SLOT]}, "a time twice"),
    ("free slots", {"slots": [A_SLOT | {"time": "14:00〜13:00"}]}, "ends before it begins"),
]


@pytest.mark.parametrize(("question", "answer", "reason"), CONTRADICTIONS)
async def test_an_answer_that_cannot_be_true_is_none(
    api: FaultyApi, systems: HttpSystems, question: str, answer: Any, reason: str
) -> None:
    api.faults = [saying(answer)]
    with pytest.raises(SystemUnavailableError, match=reason):
        await QUESTIONS[question][0](systems)
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"product": PRODUCT | {"number": "1002000002"}},
        {"store": "ALLU表参道店"},
        {"slot": A_SLOT | {"time": "15:00〜16:00"}},
        {"slot": A_SLOT | {"day": "2026-12-09"}},
    ],
)
async def test_another_visit_than_asked_for_is_none(
    api: FaultyApi, systems: HttpSystems, other: dict[str, Any]
) -> None:
    api.faults = [saying(A_VISIT | other)]
    with pytest.raises(SystemUnavailableError, match="another visit"):
        await book(systems)


async def test_a_member_s_things_come_in_order_and_at_most_twenty(
    api: FaultyApi, systems: HttpSystems
) -> None:
    orders = [
        AN_ORDER | {"number": f"A-202611{day:02}-0001", "ordered_at": f"2026-11-{day:02}T10:00:00Z"}
        for day in range(1, 26)
    ]
    api.faults = [saying({"orders": orders})]
    found = [order.ordered_at.day for order in await systems.orders.of_member(MEMBER)]
    assert found == list(range(25, 5, -1))
    visits = [
        A_VISIT | {"number": f"V-{day}", "slot": A_SLOT | {"day": f"2026-12-{day}"}}
        for day in (12, 10, 11)
    ]
    api.faults = [saying({"visits": visits})]
    days = [visit.slot.day.day for visit in await systems.stores.visits_of_member(MEMBER)]
    assert days == [10, 11, 12]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_the_shop_does_not_know_is_none(
    api: FaultyApi, systems: HttpSystems, question: str
) -> None:
    problem = b'{"code": "not_found"}'
    api.faults = [answering(404, problem, "application/problem+json")]
    assert not await QUESTIONS[question][0](systems)


PROBLEMS = [(409, "not_allowed"), (422, "invalid"), (422, "key_reused"), (404, "nonsense")]
# A contact of a form that the shop does not take is nobody's, which is an answer.
MEANT = {("verified order", "invalid"), ("verified rental", "invalid")}


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [(q, s, c) for q in QUESTIONS for s, c in PROBLEMS if (q, c) not in MEANT],
)
async def test_a_question_cannot_be_refused(
    api: FaultyApi, systems: HttpSystems, question: str, status: int, code: str
) -> None:
    body = json.dumps({"code": code}).encode()
    api.faults = [answering(status, body, "application/problem+json")]
    with pytest.raises(SystemUnavailableError):
        await QUESTIONS[question][0](systems)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ((404, "not_found"), LookupError),
        ((409, "not_allowed"), NotAllowedError),
        ((422, "key_reused"), KeyReusedError),
        ((422, "invalid"), NotAllowedError),
        ((409, "nonsense"), SystemUnavailableError),
        ((401, "unauthorized"), SystemUnavailableError),
        ((200, "not_found"), SystemUnavailableError),
    ],
    ids=lambda case: "-".join(map(str, case)) if isinstance(case, tuple) else case.__name__,
)
async def test_a_refused_change_is_told_apart_from_a_shop_that_fails(
    api: FaultyApi,
    systems: HttpSystems,
    change: str,
    problem: tuple[int, str],
    error: type[Exception],
) -> None:
    status, code = problem
    body = json.dumps({"code": code}).encode()
    api.faults = [answering(status, body, "application/problem+json")]
    with pytest.raises(error):
        await CHANGES[change](systems)
    assert len(api.asked) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
async def test_a_number_that_is_none_is_not_even_asked_for(
    api: FaultyApi, systems: HttpSystems, text: str
) -> None:
    """Whatever a customer types, it becomes no part of an address."""
    assert await systems.orders.get(text) is None
    assert await systems.orders.verified(text, PHONE) is None
    assert await systems.rentals.get(text) is None
    assert await systems.rentals.verified(text, PHONE) is None
    assert await systems.stores.product(text) is None
    assert await systems.stores.transfer(text) is None
    for change in (
        systems.orders.cancel(text, "k"),
        systems.rentals.request_buyout(text, EMAIL, "k"),
        systems.stores.cancel_transfer(text, "k"),
        systems.stores.book_visit(
            text, "ALLU銀座店", SLOT, name="佐藤", contact=EMAIL, member_id=None, key="k"
        ),
    ):
        with pytest.raises(LookupError):
            await change
    assert api.asked == []


@pytest.mark.parametrize("contact", ["", "0" * 321])
async def test_a_contact_that_is_none_is_not_even_sent(
    api: FaultyApi, systems: HttpSystems, contact: str
) -> None:
    assert await systems.orders.verified(ORDER, contact) is None
    assert await systems.rentals.verified(RENTAL, contact) is None
    assert api.asked == []


@pytest.mark.parametrize("contact", ["090\ud800", "09012345678\x00", "鞄"])
async def test_a_contact_that_the_shop_refuses_is_nobody_s(
    systems: HttpSystems, contact: str
) -> None:
    assert await systems.orders.verified(ORDER, contact) is None
    assert await systems.rentals.verified(RENTAL, contact) is None


async def test_a_shop_that_says_it_does_not_work_is_unavailable(
    api: FaultyApi, systems: HttpSystems
) -> None:
    api.faults = [saying({"status": "maintenance"})]
    with pytest.raises(SystemUnavailableError, match="does not work"):
        await systems.check()
    api.faults = [answering(404, b'{"code": "not_found"}', "application/problem+json")]
    with pytest.raises(SystemUnavailableError, match="no status"):
        await systems.check()
    await systems.check()


async def test_the_log_tells_what_failed_and_nobody_s_data(
    api: FaultyApi, systems_that_log: Callable[[], HttpSystems]
) -> None:
    with printed_logs("DEBUG") as log:
        systems = systems_that_log()
        api.faults = [saying({"order": AN_ORDER | {"number": PHONE}})]
        with pytest.raises(SystemUnavailableError):
            await systems.orders.verified(ORDER, PHONE)
        api.faults = [answering(503)]
        await systems.orders.of_member(MEMBER)
        await systems.orders.cancel(ORDER, "first-key")
        with pytest.raises(NotAllowedError):
            await systems.orders.cancel(ORDER, "second-key")
        api.faults = [answering(500)]
        with pytest.raises(SystemUnavailableError):
            await book(systems)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = [
        {key: line[key] for key in ("event", "method", "route", "reason", "code") if key in line}
        for line in lines
        if line["logger"] == "systems"
    ]
    assert told == [
        {
            "event": "shop unavailable",
            "method": "POST",
            "route": "/orders/verification",
            "reason": "the answer is malformed: order.number string_pattern_mismatch",
        },
        {
            "event": "shop asked again",
            "method": "GET",
            "route": "/orders",
            "reason": "the shop answered 503",
        },
        {
            "event": "shop refused",
            "method": "POST",
            "route": "/orders/{number}/cancellation",
            "code": "not_allowed",
        },
        {
            "event": "shop unavailable",
            "method": "POST",
            "route": "/visits",
            "reason": "the shop answered 500",
        },
    ]
    for secret in (ORDER, MEMBER, PHONE, EMAIL, TOKEN, "佐藤", "first-key"):
        assert secret not in log.getvalue()
