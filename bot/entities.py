"""Finds order, rental and product numbers, stores, payment methods, dates and contact details."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple, Type

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language
from spacy.tokens import Doc, Span

from bot.entity_patterns import DATES, NAMES, NUMBERS, canonical, ruler_patterns
from bot.morphology import split
from bot.normalise import Normalised, normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityRules(EntityExtractorMixin, GraphComponent):
    """spaCy's entity ruler over the tokenizer's own words."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return what has to stand before it in the pipeline."""
        return [Tokenizer]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityRules":
        """Create the extractor; its patterns are part of the code."""
        return cls()

    def __init__(self) -> None:
        """Build the ruler once."""
        self._language = build_language()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities found in every message."""
        for message in messages:
            if message.get(TEXT):
                found = extract(self._language, message.get(TEXT))
                known = message.get("entities", [])
                message.set("entities", [*known, *found], add_to_output=True)
        return messages


def build_language() -> Language:
    """Return a blank spaCy pipeline whose ruler knows the names in fugashi's words."""
    language = spacy.blank("xx")
    language.tokenizer = lambda text: _doc(language, normalise(text))
    ruler = language.add_pipe("entity_ruler")
    ruler.add_patterns(ruler_patterns())
    language.add_pipe("madoguchi_numbers", before="entity_ruler")
    return language


def extract(language: Language, text: Text) -> List[Dict[Text, Any]]:
    """Return the entities of a text, with offsets into it as the customer wrote it."""
    normalised = normalise(text)
    if not normalised.text.strip():
        return []
    doc = language(_doc(language, normalised))
    entities = []
    for span in doc.ents:
        offsets = doc.user_data["offsets"]
        start, end = normalised.original_span(offsets[span.start][0], offsets[span.end - 1][1])
        entities.append(
            {
                "entity": span.label_,
                "start": start,
                "end": end,
                "value": span.ent_id_ or text[start:end],
                "extractor": EntityRules.__name__,
            }
        )
    return entities


@Language.component("madoguchi_numbers")
def find_numbers(doc: Doc) -> Doc:
    """Add what is recognised by its form: numbers, contact details, amounts and dates."""
    text = doc.user_data["text"]
    found: List[Span] = []
    for label, pattern in {**NUMBERS, "date": DATES}.items():
        for match in pattern.finditer(text):
            span = _span(doc, match.start(), match.end(), label, canonical(label, match))
            if span is not None:
                found.append(span)
    doc.ents = spacy.util.filter_spans(_first_wins(found))
    return doc


def _first_wins(spans: List[Span]) -> List[Span]:
    kept: List[Span] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _span(doc: Doc, start: int, end: int, label: Text, value: Text) -> Optional[Span]:
    """Return the words that a piece of the normalised text touches, as an entity."""
    inside = [
        index
        for index, (first, last) in enumerate(doc.user_data["offsets"])
        if first < end and start < last
    ]
    if not inside:
        return None
    return Span(doc, inside[0], inside[-1] + 1, label=label, span_id=value)


def _doc(language: Language, normalised: Normalised) -> Doc:
    pieces = _pieces(normalised.text)
    spaces = [
        after[0] > piece[1]
        for piece, after in zip(pieces, [*pieces[1:], (len(normalised.text),) * 2])
    ]
    words = [normalised.text[start:end] for start, end in pieces]
    doc = Doc(language.vocab, words=words, spaces=spaces)
    doc.user_data.update(text=normalised.text, offsets=pieces)
    return doc


def _pieces(text: Text) -> List[Tuple[int, int]]:
    """Return the spans of the words of a normalised text, every known name as one word.

    The analyser keeps 「ナンボヤ」 whole in one sentence and splits it in the next.
    """
    words = split(text)
    starts, ends = {start for start, _end in words}, {end for _start, end in words}
    spans = [match.span() for match in NAMES.finditer(text)]
    names = [(start, end) for start, end in spans if start in starts and end in ends]
    inside = {position for name in names for position in range(*name)}
    return sorted([*names, *(word for word in words if word[0] not in inside)])
