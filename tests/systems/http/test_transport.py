"""A shop that is slow, broken or gone costs a bounded time, and a change is never made twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from madoguchi.rules.states import OrderState
from madoguchi.settings import SettingsError
from madoguchi.supervisor import free_port
from madoguchi.systems.embedded.tables import ChangeRow
from madoguchi.systems.http.breaker import CircuitBreaker
from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.model import NotAllowedError, SystemUnavailableError
from tests.support.shop import ORDER, PHONE
from tests.systems.http.conftest import Connect, Pauses
from tests.systems.http.faults import (
    Fault,
    FaultyApi,
    answering,
    dripping,
    flooding,
    hanging,
    resetting,
    working_then_breaking,
    working_then_hanging,
)
from tests.systems.http.served import PATIENT


async def changes(database: AsyncEngine) -> int:
    """Return how many changes the shop has made."""
    async with AsyncSession(database) as session:
        return await session.scalar(select(func.count()).select_from(ChangeRow)) or 0


async def test_a_shop_that_works_is_asked_once(
    api: FaultyApi, systems: HttpSystems, pauses: Pauses
) -> None:
    order = await systems.orders.get(ORDER)
    assert order is not None
    assert order.number == ORDER
    assert len(api.asked) == 1
    assert pauses.seconds == []


async def test_a_shop_that_does_not_run_is_unavailable(connect: Connect, pauses: Pauses) -> None:
    systems = connect(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SystemUnavailableError, match="ConnectError"):
        await systems.check()
    assert len(pauses.seconds) == 2, "three attempts"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_passing_fault_is_not_noticed(
    api: FaultyApi, systems: HttpSystems, pauses: Pauses, status: int
) -> None:
    api.faults = [answering(status), answering(status)]
    assert await systems.orders.get(ORDER) is not None
    assert len(api.asked) == 3
    first, second = pauses.seconds
    assert 0 <= first <= 0.1
    assert 0 <= second <= 0.2


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_lasting_fault_ends_after_three_attempts(
    api: FaultyApi, systems: HttpSystems, status: int
) -> None:
    api.always = answering(status)
    with pytest.raises(SystemUnavailableError, match=str(status)):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 3


@pytest.mark.parametrize("status", [500, 501, 505])
async def test_an_error_of_the_shop_s_program_is_not_asked_for_again(
    api: FaultyApi, systems: HttpSystems, status: int
) -> None:
    api.always = answering(status)
    with pytest.raises(SystemUnavailableError, match=str(status)):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_shop_is_left_alone_for_as_long_as_it_asks(
    api: FaultyApi, systems: HttpSystems, pauses: Pauses, status: int
) -> None:
    api.faults = [answering(status, Retry_After="3")]
    assert await systems.orders.get(ORDER) is not None
    [pause] = pauses.seconds
    assert 3 <= pause <= 3.1


@pytest.mark.parametrize(
    "after", ["60", "99999999999999999999", "Wed, 02 Dec 2026 07:28:00 GMT", "-1", "1.5", ""]
)
async def test_a_shop_that_asks_for_too_much_is_not_asked_again(
    api: FaultyApi, systems: HttpSystems, after: str
) -> None:
    api.faults = [answering(429, Retry_After=after)]
    with pytest.raises(SystemUnavailableError, match="429"):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 1


async def test_a_shop_that_hangs_is_given_up_and_asked_again(
    api: FaultyApi, connect: Connect, address: str
) -> None:
    api.always = hanging
    systems = connect(address, bounds=replace(PATIENT, read=0.1))
    with pytest.raises(SystemUnavailableError, match="ReadTimeout"):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 3


@pytest.mark.parametrize("fault", [hanging, dripping])
async def test_the_whole_call_has_a_bound(
    api: FaultyApi, connect: Connect, address: str, fault: Fault
) -> None:
    api.always = fault
    systems = connect(address, bounds=replace(PATIENT, whole=0.3))
    with pytest.raises(SystemUnavailableError, match="too long"):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 1


async def test_a_reset_connection_is_tried_again(connect: Connect) -> None:
    async with resetting() as (address, seen):
        with pytest.raises(SystemUnavailableError, match=r"ReadError|RemoteProtocolError"):
            await connect(address).orders.get(ORDER)
    assert len(seen) == 3


@pytest.mark.parametrize(
    "fault", [working_then_breaking, working_then_hanging], ids=["breaks", "hangs"]
)
async def test_a_change_whose_answer_is_lost_is_made_once(
    api: FaultyApi, connect: Connect, address: str, database: AsyncEngine, fault: Fault
) -> None:
    systems = connect(address, bounds=replace(PATIENT, read=1))
    api.faults = [fault, fault]
    receipt = await systems.orders.cancel(ORDER, "cancel-1")
    assert await changes(database) == 1
    assert {headers["idempotency-key"] for _, _, headers in api.asked} == {"cancel-1"}
    assert len(api.asked) == 3
    assert await systems.orders.cancel(ORDER, "cancel-1") == receipt
    order = await systems.orders.get(ORDER)
    assert order is not None
    assert order.state is OrderState.CANCELLED


async def test_a_change_that_was_made_unheard_can_be_asked_for_later(
    api: FaultyApi, systems: HttpSystems, database: AsyncEngine
) -> None:
    api.faults = [working_then_breaking] * 3
    with pytest.raises(SystemUnavailableError):
        await systems.orders.cancel(ORDER, "cancel-1")
    receipt = await systems.orders.cancel(ORDER, "cancel-1")
    assert receipt.number
    assert await changes(database) == 1


async def test_changes_at_once_with_one_key_are_one_change(
    systems: HttpSystems, database: AsyncEngine
) -> None:
    first, second = await asyncio.gather(
        systems.orders.cancel(ORDER, "cancel-1"), systems.orders.cancel(ORDER, "cancel-1")
    )
    assert first == second
    assert await changes(database) == 1


async def test_an_answer_without_an_end_is_not_read_to_it(
    api: FaultyApi, systems: HttpSystems
) -> None:
    api.always = flooding
    with pytest.raises(SystemUnavailableError, match="too large"):
        await systems.orders.get(ORDER)
    assert len(api.asked) == 1


async def test_a_redirect_is_not_followed(
    api: FaultyApi, systems: HttpSystems, address: str
) -> None:
    api.always = answering(307, Location=f"{address}/elsewhere")
    with pytest.raises(SystemUnavailableError, match="307"):
        await systems.orders.get(ORDER)
    assert [path for _, path, _ in api.asked] == [f"/orders/{ORDER}"]


async def test_a_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, address: str
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert await connect(address).orders.get(ORDER) is not None


async def test_an_encoded_answer_is_refused(api: FaultyApi, systems: HttpSystems) -> None:
    api.always = answering(200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(SystemUnavailableError, match="encoded"):
        await systems.orders.get(ORDER)
    assert api.asked[0][2]["accept-encoding"] == "identity"


async def test_the_shop_learns_the_token_and_no_address_learns_the_contact(
    api: FaultyApi, systems: HttpSystems
) -> None:
    assert await systems.orders.verified(ORDER, PHONE) is not None
    [(method, path, headers)] = api.asked
    assert (method, path) == ("POST", "/orders/verification")
    assert headers["authorization"] == "Bearer the-shops-token"
    assert PHONE not in str(headers)


async def test_a_wrong_token_makes_the_shop_unavailable(connect: Connect, address: str) -> None:
    systems = connect(address, token="another")
    with pytest.raises(SystemUnavailableError, match="refuses the token with 401"):
        await systems.check()


@pytest.mark.parametrize("token", ["", "two words", "line\n", "合言葉"])
def test_a_token_that_no_header_can_carry_stops_the_start(connect: Connect, token: str) -> None:
    with pytest.raises(SettingsError, match="MADOGUCHI_SYSTEMS_TOKEN"):
        connect("http://127.0.0.1:1", token=token)


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_shop_that_fails_again_and_again_is_left_alone_and_found_again(
    api: FaultyApi, connect: Connect, address: str
) -> None:
    hand = Hand()
    systems = connect(address, breaker=CircuitBreaker(failures=2, pause=15, clock=hand))
    api.always = answering(500)
    for _ in range(2):
        with pytest.raises(SystemUnavailableError, match="500"):
            await systems.orders.get(ORDER)
    for _ in range(3):
        with pytest.raises(SystemUnavailableError, match="a moment ago"):
            await systems.rentals.of_member("KEIYA-2001")
    assert len(api.asked) == 2, "one breaker for all of the shop's systems"

    hand.seconds = 15
    with pytest.raises(SystemUnavailableError, match="500"):
        await systems.check()
    with pytest.raises(SystemUnavailableError, match="a moment ago"):
        await systems.check()
    assert len(api.asked) == 3, "half open, it lets one call through"

    hand.seconds = 30
    api.always = None
    await systems.check()
    assert await systems.orders.get(ORDER) is not None


async def test_refusals_and_nonsense_do_not_open_the_breaker(
    api: FaultyApi, connect: Connect, address: str
) -> None:
    systems = connect(address, breaker=CircuitBreaker(failures=1))
    await systems.orders.cancel(ORDER, "first")
    with pytest.raises(NotAllowedError):
        await systems.orders.cancel(ORDER, "second")
    api.faults = [answering(200, b"<html>")]
    with pytest.raises(SystemUnavailableError, match="malformed"):
        await systems.orders.get(ORDER)
    assert await systems.orders.get(ORDER) is not None


async def test_a_caller_that_goes_away_ends_its_call_only(
    api: FaultyApi, connect: Connect, address: str
) -> None:
    systems = connect(address, breaker=CircuitBreaker(failures=1))
    asked = asyncio.Event()

    async def fault(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await hanging(app, scope, receive, send)

    api.faults = [fault]
    call = asyncio.create_task(systems.orders.get(ORDER))
    await asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await systems.orders.get(ORDER) is not None


async def test_more_calls_than_connections_wait_for_one_another(
    connect: Connect, address: str
) -> None:
    systems = connect(address, bounds=replace(PATIENT, connections=2))
    found = await asyncio.gather(*(systems.orders.get(ORDER) for _ in range(10)))
    assert all(found)
