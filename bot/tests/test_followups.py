"""A message that says too little is understood from the topic before it, and no other is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.followups import Topic, Topics, completed
from bot.tests.support.rasa import PROJECT
from bot.tests.support.texts import texts

FOLDER = PROJECT / "madoguchi/knowledge/catalogue"
TITLE = "返品・交換はできる？"
RETURN = "store_return_change_of_mind"
BUTTONS = [
    {"title": "自分の注文で確認する", "payload": "/act_return_eligibility"},
    {"title": "届いた商品が壊れていた", "payload": '/store_damaged_on_arrival{"from": "button"}'},
]
RESPONSES = {
    f"utter_{RETURN}": [{"text": "クレジットカードでのお支払いに限ります。", "buttons": BUTTONS}],
    "utter_store_shipping_fee": [{"text": "全品送料無料です。"}],
}
INTENTS = [
    RETURN,
    "act_return_eligibility",
    "store_damaged_on_arrival",
    "store_order_cancel",
    "store_card_error",
    "rental_return_deadline",
    "smalltalk_thanks",
    "smalltalk_deny",
    "smalltalk_help",
    "smalltalk_human",
    "smalltalk_bot_challenge",
    "nlu_fallback",
    "out_of_scope",
    "out_of_scope_far",
]


def topic(name: str = "store/return_change_of_mind") -> Topic:
    found = Topics(FOLDER).find(name, RESPONSES)
    assert found is not None
    return found


AFTER = topic()


class Reader:
    """Understands a message alone in one way and after the topic's title in another."""

    def __init__(self, alone: str, confidence: float, together: str = RETURN) -> None:
        self.asked: list[str] = []
        self._alone = {"name": alone, "confidence": confidence}
        self._together = {"name": together, "confidence": 0.9}

    async def parse(self, text: str) -> dict[str, Any]:
        """Return what Rasa returns for a text."""
        self.asked.append(text)
        return {"intent": self._together if text.startswith(TITLE) else self._alone}


async def is_completed(text: str, alone: str, confidence: float, together: str = RETURN) -> bool:
    """Return whether the message gets the title of the topic before it."""
    got = await completed(text, AFTER, Reader(alone, confidence, together).parse)
    assert got in {text, f"{TITLE} {text}"}
    return got != text


@pytest.mark.parametrize(
    ("text", "alone", "confidence"),
    [
        # What a message without content is taken for alone is chance, however sure.
        ("それ、いつまで？", "rental_return_deadline", 0.97),
        ("いくら？", "store_shipping_fee", 0.52),
        ("なぜですか", "nlu_fallback", 0.4),
        ("もっと詳しく", "smalltalk_complaint", 0.44),
        ("全部？", "out_of_scope_far", 0.94),
        ("どうすればいいの？", "smalltalk_help", 0.97),
        ("誰が見るの？", "smalltalk_bot_challenge", 0.8),
        ("本当に？", "smalltalk_affirm", 0.8),
        # An action and a thing are, when it is unsure.
        ("どこに送ればいいの？", "store_contact_phone", 0.5),
        ("時計でも？", "nlu_fallback", 0.6),
        ("名古屋でも？", "out_of_scope_far", 0.8),
        ("ベルトは？", "out_of_scope", 0.6),
        # The answer speaks of it.
        ("カードでも？", "store_card_error", 0.99),
        ("カードは？", "store_card_error", 0.8),
        # It belongs to another part of the guide.
        ("代引きでも？", "store_cod_not_received", 0.97),
    ],
)
async def test_the_topic_is_named_before_what_says_too_little(
    text: str, alone: str, confidence: float
) -> None:
    assert await is_completed(text, alone, confidence)


@pytest.mark.parametrize(
    ("text", "alone", "confidence"),
    [
        # It is the topic already, or the act that does the same.
        ("何日以内？", RETURN, 0.4),
        ("何日以内？", "act_return_eligibility", 0.4),
        # It is what the answer offered as a next step.
        ("壊れてたら？", "store_damaged_on_arrival", 0.5),
        ("不良品は？", "store_damaged_on_arrival", 0.5),
        ("だめだったら？", "store_damaged_on_arrival", 0.8),
        # It is surely something else.
        ("いつ届く？", "store_fastest_delivery", 0.87),
        ("領収書は？", "store_receipt", 0.99),
        ("キャンセルなら？", "store_order_cancel", 0.9),
        ("ポイントは？", "out_of_scope", 0.75),
        ("ポイントでも？", "out_of_scope", 0.95),
        ("カードは？", "store_card_error", 0.95),
        # It is talk.
        ("担当者は？", "smalltalk_human", 0.8),
        ("誰ですか", "smalltalk_bot_challenge", 0.99),
        ("それでいいですか", "smalltalk_affirm", 0.8),
        ("これはどう話せばいいの？", "smalltalk_help", 0.98),
    ],
)
async def test_what_is_understood_alone_stays_as_it_is(
    text: str, alone: str, confidence: float
) -> None:
    assert not await is_completed(text, alone, confidence)


@pytest.mark.parametrize("together", ["nlu_fallback", "out_of_scope", "smalltalk_help", None])
async def test_a_title_that_does_not_help_is_left_out(together: str) -> None:
    assert not await is_completed("いくら？", "nlu_fallback", 0.3, together)


async def test_with_the_title_another_topic_may_be_understood() -> None:
    assert await is_completed("海外は？", "nlu_fallback", 0.3, "store_shipping_overseas")


@given(st.sampled_from(INTENTS), st.floats(0, 1), st.sampled_from(["ありがとう", "返品したいです"]))
def test_what_stands_for_itself_is_not_even_read(alone: str, confidence: float, text: str) -> None:
    reader = Reader(alone, confidence)
    assert finished(completed(text, AFTER, reader.parse)) == text
    assert reader.asked == []


@given(texts, st.sampled_from(INTENTS), st.floats(0, 1), st.sampled_from(INTENTS))
def test_a_message_is_read_twice_at_most_and_keeps_its_words(
    text: str, alone: str, confidence: float, together: str
) -> None:
    reader = Reader(alone, confidence, together)
    assert finished(completed(text, AFTER, reader.parse)) in {text, f"{TITLE} {text}"}
    assert reader.asked in ([], [text], [text, f"{TITLE} {text}"])


@given(st.sampled_from(["いつまで？", "どこに送るの？", "海外でも？"]), st.floats(0, 0.7))
def test_what_is_not_understood_at_all_is_about_the_topic(text: str, confidence: float) -> None:
    got = finished(completed(text, AFTER, Reader("nlu_fallback", confidence).parse))
    assert got == f"{TITLE} {text}"


def test_a_topic_is_found_with_what_the_customer_knows_of_it() -> None:
    assert AFTER.intent == RETURN
    assert (AFTER.title, AFTER.site) == (TITLE, "store")
    assert AFTER.family == {RETURN, "act_return_eligibility"}
    assert AFTER.next_steps == {"act_return_eligibility", "store_damaged_on_arrival"}
    assert {"store_order_cancel", "store_discount"} <= AFTER.neighbours
    assert "rental_return_deadline" not in AFTER.neighbours
    assert "クレジットカード" in AFTER.answer


def test_an_answer_without_buttons_and_one_that_is_not_there_offer_nothing() -> None:
    assert topic("store/shipping_fee").next_steps == frozenset()
    assert topic("rental/buyout").next_steps == frozenset()
    assert topic("rental/buyout").answer == ""


@pytest.mark.parametrize("name", [None, "", "store", "store/nothing", "act/receipt", RETURN])
def test_what_is_no_topic_is_not_found(name: str | None) -> None:
    assert Topics(FOLDER).find(name, RESPONSES) is None


def test_every_topic_of_the_catalogue_is_found() -> None:
    topics = Topics(FOLDER)
    for site in ("store", "rental"):
        for entry in yaml.safe_load((FOLDER / f"{site}.yml").read_text(encoding="utf-8")):
            found = topics.find(entry["id"], {})
            assert found is not None
            assert (found.title, found.site) == (entry["title"], site)
            assert found.intent in found.neighbours


def finished(coroutine: Any) -> str:
    """Return what a coroutine returns that waits for nothing."""
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    value: str = ended.value.value
    return value
