"""Rasa's own parts as the tests use them: messages with tokens, training data, components."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.tokenizer import JapaneseTokenizer

PROJECT = Path(__file__).resolve().parents[3]
CONTEXT = ExecutionContext(GraphSchema({}), model_id="tests")
RESOURCE = Resource("component")

PHRASES = {
    "store_receipt": [
        "領収書がほしい",
        "領収書を発行してください",
        "りょうしゅうしょをください",
        "宛名入りの領収書は出ますか",
    ],
    "store_return_change_of_mind": [
        "返品したい",
        "気に入らないので返品できますか",
        "返品を受け付けてもらえますか",
        "買った商品を返したい",
    ],
    "rental_billing_date": [
        "レンタル料金はいつ引き落とされますか",
        "毎月の請求日を教えて",
        "レンタルの支払日はいつですか",
        "次の引き落としはいつ",
    ],
}


def create(
    component: Any, storage: ModelStorage, resource: Resource = RESOURCE, **config: Any
) -> Any:
    """Return a new component with its usual settings, changed."""
    settings = {**component.get_default_config(), **config}
    return component.create(settings, storage, resource, CONTEXT)


def load(
    component: Any, storage: ModelStorage, resource: Resource = RESOURCE, **config: Any
) -> Any:
    """Return a component as Rasa loads it with a model, with its usual settings, changed."""
    settings = {**component.get_default_config(), **config}
    return component.load(settings, storage, resource, CONTEXT)


def tokenizer() -> JapaneseTokenizer:
    """Return a tokenizer."""
    return JapaneseTokenizer(JapaneseTokenizer.get_default_config())


def message(text: str, intent: str | None = None) -> Message:
    """Return a message with its tokens."""
    made = Message.build(text, intent)
    if text:
        made.set("text_tokens", tokenizer().tokenize(made, TEXT))
    return made


def training_data() -> TrainingData:
    """Return a tiny training set, with tokens."""
    examples = [message(text, intent) for intent, texts in PHRASES.items() for text in texts]
    return TrainingData(training_examples=examples)
