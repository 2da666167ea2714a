"""docs/systems.openapi.yml, the reference server and the words of the rules agree."""

from __future__ import annotations

import asyncio
import shutil
import threading
import uuid
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from queue import Queue
from typing import Any

import hypothesis
import pytest
import schemathesis
from pydantic import BaseModel
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    ignored_auth,
    missing_required_header,
    unsupported_method,
)

from madoguchi.clock import FixedClock
from madoguchi.database import open_database
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.http import bodies, fields, wire
from madoguchi.systems.http.consistency import (
    order_contradiction,
    rental_contradiction,
    transfer_contradiction,
)
from madoguchi.systems.model import LossKind, TransferState
from madoguchi.systems.reference import create_reference_app
from tests.support.server import serving
from tests.support.shop import NOW
from tests.systems.http.described import DESCRIPTION, faults_of, operations, resolved
from tests.systems.http.served import TOKEN

SCHEMAS = DESCRIPTION["components"]["schemas"]
EXAMPLES = DESCRIPTION["components"]["examples"]


@pytest.fixture(scope="module")
def address(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a reference server is, beside the test, for clients that block."""
    own = shutil.copy(filled, tmp_path_factory.mktemp("description"))
    started: Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        database, stop = open_database(f"sqlite+aiosqlite:///{own}"), asyncio.Event()
        app = create_reference_app(EmbeddedSystems(database, FixedClock(NOW)), TOKEN)
        async with serving(app) as address:
            started.put((address, asyncio.get_running_loop(), stop))
            await stop.wait()
        await database.dispose()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    address, loop, stop = started.get(timeout=30)
    yield address
    loop.call_soon_threadsafe(stop.set)
    thread.join()


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("OrderState", OrderState),
        ("PaymentMethod", PaymentMethod),
        ("RentalState", RentalState),
        ("TransferState", TransferState),
        ("LossKind", LossKind),
    ],
)
def test_the_words_are_those_of_the_rules(schema: str, words: type[StrEnum]) -> None:
    assert SCHEMAS[schema]["enum"] == [word.value for word in words]


SHAPES: dict[str, type[BaseModel]] = {
    "Product": wire.ProductWire,
    "Order": wire.OrderWire,
    "Rental": wire.RentalWire,
    "Transfer": wire.TransferWire,
    "Slot": wire.SlotWire,
    "Visit": wire.VisitWire,
    "RestockRequest": wire.RestockRequestWire,
    "Receipt": wire.ReceiptWire,
    "ReceiptLink": wire.ReceiptLink,
    "OrderList": wire.OrderList,
    "OrderFound": wire.OrderFound,
    "RentalList": wire.RentalList,
    "RentalFound": wire.RentalFound,
    "TransferList": wire.TransferList,
    "SlotList": wire.SlotList,
    "VisitList": wire.VisitList,
    "Status": wire.Status,
    "OrderVerification": bodies.OrderVerification,
    "RentalVerification": bodies.RentalVerification,
    "ReturnApplication": bodies.ReturnApplication,
    "ReturnRequest": bodies.ReturnRequest,
    "BuyoutRequest": bodies.BuyoutRequest,
    "LossReport": bodies.LossReport,
    "PaymentErrorReport": bodies.PaymentErrorReport,
    "RestockWish": bodies.RestockWish,
    "VisitBooking": bodies.VisitBooking,
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_schema_has_the_fields_that_are_read(name: str) -> None:
    shape, schema = SHAPES[name], SCHEMAS[name]
    assert list(schema["properties"]) == list(shape.model_fields)
    required = [field for field, info in shape.model_fields.items() if info.is_required()]
    assert schema["required"] == required


def test_every_object_s_schema_is_read_by_something() -> None:
    objects = {name for name, schema in SCHEMAS.items() if schema["type"] == "object"}
    assert objects == {*SHAPES, "Problem"}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("OrderNumber", fields.ORDER_NUMBER),
        ("RentalNumber", fields.RENTAL_NUMBER),
        ("ProductNumber", fields.PRODUCT_NUMBER),
        ("Reference", fields.REFERENCE),
    ],
)
def test_numbers_have_the_form_that_is_checked(name: str, pattern: str) -> None:
    assert SCHEMAS[name]["pattern"] == pattern


def test_the_server_has_the_operations_and_parameters_that_are_described() -> None:
    database = open_database("sqlite+aiosqlite://")
    app = create_reference_app(EmbeddedSystems(database, FixedClock(NOW)), TOKEN)
    served = {
        (path, method, *sorted(one["name"] for one in operation.get("parameters", [])))
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
    }
    assert served == {
        (path, method, *sorted(one["name"] for one in operation["parameters"]))
        for path, method, operation in operations()
    }


def _examples() -> list[Any]:
    found = []
    for path, method, operation in operations():
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [resolved(answer)["content"] for answer in operation["responses"].values()]
        for media in (media for content in contents for media in content.values()):
            given = [media["example"]] if "example" in media else []
            given += [resolved(one)["value"] for one in media.get("examples", {}).values()]
            schema = media["schema"]
            found += [pytest.param(one, schema, id=f"{method} {path}") for one in given]
        for parameter in operation["parameters"]:
            found.append(
                pytest.param(
                    parameter["example"], parameter["schema"], id=f"{path} {parameter['name']}"
                )
            )
    return found


@pytest.mark.parametrize(("example", "schema"), _examples())
def test_every_example_is_as_it_is_described(example: Any, schema: dict[str, Any]) -> None:
    assert faults_of(example, schema) == []


def test_the_examples_could_be_true() -> None:
    order = wire.OrderWire.model_validate(EXAMPLES["Order"]["value"], strict=False)
    assert order_contradiction(order.to_model()) is None
    rental = wire.RentalWire.model_validate(EXAMPLES["Rental"]["value"], strict=False)
    assert rental_contradiction(rental.to_model()) is None
    transfer = wire.TransferWire.model_validate(EXAMPLES["Transfer"]["value"], strict=False)
    assert transfer_contradiction(transfer.to_model()) is None


def test_every_change_wants_a_key_and_every_operation_a_token() -> None:
    assert DESCRIPTION["security"] == [{"token": []}]
    for path, method, operation in operations():
        keyed = any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
        assert keyed == (method == "post" and not path.endswith("/verification")), path
        assert "security" not in operation
        assert {"200", "401"} <= set(operation["responses"])


schema = schemathesis.openapi.from_dict(DESCRIPTION)
bounded = hypothesis.settings(
    max_examples=8,
    suppress_health_check=[
        hypothesis.HealthCheck.filter_too_much,
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
# The token is always right here; which methods an address has not is no part of the description.
not_here = [
    ignored_auth,
    missing_required_header,
    unsupported_method,
    allow_header_conformance,
]


@schema.parametrize()
@bounded
def test_whatever_is_asked_is_answered_as_described(case: Any, address: str) -> None:
    if case.meta.generation.mode.is_positive and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex  # another change, another key
    case.call_and_validate(
        base_url=address,
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=not_here,
    )
