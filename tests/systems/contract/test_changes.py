"""Every change is made once for one key, and for two keys as often as its state allows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from madoguchi.systems.model import KeyReusedError, NotAllowedError
from tests.support.shop import EMAIL, Shop, a_rental, an_item, an_order, times_of
from tests.systems.contract.changes import CHANGES, POSSIBLE_ONCE, Change

every_change = pytest.mark.parametrize("change", CHANGES, ids=str)
changes_of_state = pytest.mark.parametrize("change", POSSIBLE_ONCE, ids=str)


async def outcomes_of(*asked: Any) -> list[Any]:
    """Return what calls at once answer or raise."""
    return await asyncio.gather(*asked, return_exceptions=True)


@every_change
async def test_the_same_key_answers_every_time_the_same(shop: Shop, change: Change) -> None:
    await shop.has(*change.rows())
    first = await change.ask(shop.systems, "key-1")
    assert [await change.ask(shop.systems, "key-1") for _ in range(3)] == [first] * 3


@every_change
async def test_the_same_key_five_times_at_once_makes_one_change(shop: Shop, change: Change) -> None:
    await shop.has(*change.rows())
    answers = await outcomes_of(*(change.ask(shop.systems, "key-1") for _ in range(5)))
    assert answers == [answers[0]] * 5
    assert not isinstance(answers[0], BaseException)


@changes_of_state
async def test_another_key_finds_the_change_made(shop: Shop, change: Change) -> None:
    await shop.has(*change.rows())
    await change.ask(shop.systems, "key-1")
    with pytest.raises(NotAllowedError):
        await change.ask(shop.systems, "key-2")


@changes_of_state
async def test_of_two_keys_at_once_one_wins(shop: Shop, change: Change) -> None:
    await shop.has(*change.rows())
    answers = await outcomes_of(
        change.ask(shop.systems, "key-1"), change.ask(shop.systems, "key-2")
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(error) for error in refused] == [NotAllowedError]


@every_change
async def test_a_key_is_good_for_one_change_only(shop: Shop, change: Change) -> None:
    await shop.has(*change.rows())
    await shop.systems.stores.request_restock("赤い財布", EMAIL, "key-1")
    with pytest.raises(KeyReusedError):
        await change.ask(shop.systems, "key-1")
    # The change itself is still to be had.
    await change.ask(shop.systems, "key-2")


@changes_of_state
async def test_what_there_is_not_cannot_be_changed(shop: Shop, change: Change) -> None:
    with pytest.raises(LookupError):
        await change.ask(shop.systems, "key-1")


@changes_of_state
async def test_a_refused_change_leaves_its_key_free(shop: Shop, change: Change) -> None:
    with pytest.raises(LookupError):
        await change.ask(shop.systems, "key-1")
    await shop.has(*change.rows())
    assert await change.ask(shop.systems, "key-1") is not None


async def test_of_two_changes_at_once_under_one_key_one_is_made(shop: Shop) -> None:
    await shop.has(an_item(), an_order(), a_rental(), *times_of())
    answers = await outcomes_of(
        shop.systems.stores.request_restock("黒い財布", EMAIL, "key-1"),
        shop.systems.stores.request_restock("赤い財布", EMAIL, "key-1"),
    )
    assert sum(isinstance(answer, KeyReusedError) for answer in answers) == 1


async def test_two_receipts_have_two_numbers(shop: Shop) -> None:
    await shop.has(an_item(), an_order(), a_rental())
    one = await shop.systems.orders.apply_for_return("A-20261120-0001", "", "key-1")
    other = await shop.systems.rentals.request_buyout("R-000001", EMAIL, "key-2")
    assert one.number != other.number
