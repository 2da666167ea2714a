"""商品の在庫場所: where items are by their numbers, and whether they can be seen in a store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from madoguchi.dialogue.cards import product_card
from madoguchi.dialogue.found import find
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.questions import Read
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.rules.visits import WAREHOUSE, Reason, viewable
from madoguchi.systems.model import Product

_NUMBERS = "stock_location.numbers"
# As many as can be read at a glance.
_MOST = 10
# A number of something, but no price and no year.
_LIKE_A_NUMBER = re.compile(r"\d{4,}(?!\d|円|年)")

# What was asked for by its number; None for a number that no item has.
type Found = Mapping[str, Product | None]


class StockLocation(Skill):
    """Tells where items are."""

    act = "stock_location"

    async def steps(self, turn: Turn) -> None:
        """Ask for the numbers, then say where each item is and how it can be seen."""
        found = await _look_up(turn)
        if len(found) > 1:
            raise turn.finish("stock_location.several", **_several(turn, found))
        [product] = [each for each in found.values() if each is not None]
        turn.remember("product", product.number)
        raise turn.finish(
            f"stock_location.{_situation(product)}",
            card=product_card(product),
            product=product.name,
            number=product.number,
            location=product.location,
        )


async def _look_up(turn: Turn) -> Found:
    """Return the items, at least one of which there is, asking until a number is right."""
    question = Read(_numbers_in)
    if turn.starts:
        turn.take(_NUMBERS, question)
    text, missing = _NUMBERS, ""
    while True:
        numbers: list[str] = await turn.ask(_NUMBERS, question, text=text, number=missing)
        stores = turn.context.systems.stores
        found = {number: await stores.product(number) for number in numbers[:_MOST]}
        if any(found.values()):
            return found
        text = "stock_location.unknown" if numbers else "stock_location.not_ten_digits"
        missing = "、".join(found)
        turn.forget(_NUMBERS)


def _numbers_in(heard: Heard) -> list[str] | None:
    """Return the numbers of items; none of them when only something else looks like a number."""
    numbers = find(heard.text, "product").products
    plain = unicodedata.normalize("NFKC", heard.text)
    return list(numbers) if numbers or _LIKE_A_NUMBER.search(plain) else None


def _situation(product: Product) -> str:
    """Return the text that fits: how it can be seen, and from where it would come."""
    reason = viewable(product).reason
    if reason != Reason.VIEWABLE:
        return reason
    return "viewable" if product.location == WAREHOUSE else "viewable_at_its_store"


def _several(turn: Turn, found: Found) -> dict[str, Any]:
    """Return what is said of more than one item: a line each, and what can be done next."""
    words = turn.context.words
    reasons = {number: viewable(each).reason for number, each in found.items() if each is not None}
    lines = [
        words(
            f"stock_location.lines.{reasons.get(number, 'unknown')}",
            number=number,
            product=product.name if product is not None else "",
            location=product.location if product is not None else "",
        )
        for number, product in found.items()
    ]
    left_out = len(turn.state.answers[_NUMBERS]) - len(found)
    if left_out:
        lines.append(words("stock_location.lines.left_out", count=left_out))
    more = {Reason.VIEWABLE: "act_store_visit", Reason.SOLD: "act_restock_request"}
    next_steps = [act for reason, act in more.items() if reason in reasons.values()]
    return {"count": len(found), "list": "\n".join(lines), "more": turn.intents(next_steps)}
