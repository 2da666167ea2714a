"""Every order, rental, transfer and item of the demo shops, in every skill that may meet it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from madoguchi.conversations.model import Kind, Message
from madoguchi.dialogue.context import Context
from madoguchi.settings import PROJECT
from tests.actions.conftest import OpenTalk
from tests.support.skills import Talk

DEMO: dict[str, Any] = yaml.safe_load(
    (PROJECT / "madoguchi/systems/embedded/demo.yml").read_text(encoding="utf-8")
)
OF_ORDERS = ["order_status", "order_cancel", "receipt", "return_eligibility", "store_transfer"]
OF_RENTALS = [
    "rental_status",
    "rental_billing",
    "rental_return",
    "rental_buyout",
    "rental_loss_report",
    "rental_payment_error",
]
LONGEST_FIRST_LINE = 90


def names_of(*lists: str) -> list[str]:
    return [entry["name"] for each in lists for entry in DEMO[each]]


def assert_good(reply: Message) -> None:
    """Fail unless the reply is complete, and short first."""
    first = reply.text.splitlines()[0]
    assert 0 < len(first) <= LONGEST_FIRST_LINE, first
    assert "{" not in reply.text
    assert "None" not in reply.text
    # A value that was empty leaves its mark.
    assert "「」" not in reply.text
    assert "（）" not in reply.text
    assert "、。" not in reply.text
    titles = [choice.title for choice in reply.choices]
    assert len(set(titles)) == len(titles)
    if reply.card is not None:
        assert reply.card["title"]
        assert all(row["value"] for row in reply.card["rows"])


async def answer(context: Context, customer: Talk, act: str, number: str) -> None:
    """Have the customer ask, and tap the first button of every question to the end."""
    kind: Any = "rental" if act in OF_RENTALS else "order"
    await context.proofs.prove(customer.id, kind, number)
    await customer.say(f"{number}について", f"act_{act}")
    told = ""
    for _ in range(8):
        for reply in customer.replies:
            assert_good(reply)
            assert reply.act == act
        told += customer.text
        asks = customer.last.kind is Kind.ASK
        assert asks or customer.last.choices
        answers = [each for each in customer.last.choices if each.payload.startswith("/continue")]
        if not answers:
            # Which thing is meant can be told without its card.
            assert asks or number in told
            return
        await customer.tap(answers[0].title)
    raise AssertionError("its questions never end")


@pytest.mark.parametrize("act", [*OF_ORDERS, *OF_RENTALS])
async def test_everything_is_answered_to_the_end(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], act: str
) -> None:
    wrong = {}
    for name in names_of("rentals") if act in OF_RENTALS else names_of("orders", "transfers"):
        try:
            await answer(context, await talk(), act, numbers[name])
        except AssertionError as error:
            wrong[name] = str(error)
    assert wrong == {}


@pytest.mark.parametrize("entry", DEMO["products"], ids=lambda entry: entry["number"])
async def test_an_item_is_found_and_can_be_wished_for(
    talk: OpenTalk, entry: dict[str, Any]
) -> None:
    customer = await talk(site="store")
    await customer.say(f"{entry['number']}はどこ", "act_stock_location")
    assert_good(customer.last)
    assert entry["name"] in customer.text
    assert entry.get("location", "売り切れ").removesuffix("在庫") in customer.text
    await customer.say("入荷のお知らせを登録したい", "act_restock_request")
    await customer.tap(f"「{entry['name']}」と同じような商品")
    assert_good(customer.last)
