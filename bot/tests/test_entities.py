"""Entities stand exactly where the customer wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.entities import EntityRules, build_language, extract
from bot.normalise import normalise
from bot.tests.support.rasa import create, message
from bot.tests.support.texts import texts

LANGUAGE = build_language()
KNOWN = {
    "A-20261103-0042": ("order_number", "A-20261103-0042"),
    "Ａ－２０２６１１０３－００４２": ("order_number", "A-20261103-0042"),
    "r000123": ("rental_number", "R-000123"),
    "１２３４５６７８９０": ("product_number", "1234567890"),
    "090-1234-5678": ("phone", "09012345678"),
    "Taro@example.com": ("email", "taro@example.com"),
    "ＡＬＬＵ\u3000銀座店": ("store", "ALLU銀座店"),
    "ﾍﾟｲﾍﾟｲ": ("payment_method", "paypay"),
    "先週の水曜": ("date", "先週の水曜"),
    "１２月１日": ("date", "12月1日"),
    "１，０００円": ("amount", "1,000円"),
}
# What stands before an entity must not move it: other widths, several characters for one, none.
BEFORE = [
    "",
    "😀",
    "👨\u200d👩\u200d👧",
    "㍿",
    "ｶﾞ",
    "か\u3099",
    "ﷺ",
    "\u200b",
    "\x00",
    "\ud83d",
    "Ａｌｌ",
]

known = st.sampled_from(sorted(KNOWN))
before = st.lists(st.sampled_from(BEFORE), max_size=6).map("".join)


@given(texts)
def test_entities_stand_in_order_inside_the_text_and_are_not_blank(text: str) -> None:
    end = 0
    for entity in extract(LANGUAGE, text):
        assert end <= entity["start"] < entity["end"] <= len(text)
        assert text[entity["start"] : entity["end"]].strip()
        assert entity["value"]
        end = entity["end"]


@given(before, known, before)
def test_an_entity_is_found_where_it_stands(first: str, spelled: str, last: str) -> None:
    text = f"{first} {spelled} {last}"
    (entity,) = extract(LANGUAGE, text)
    assert text[entity["start"] : entity["end"]] == spelled
    assert entity["start"] == len(first) + 1
    assert (entity["entity"], entity["value"]) == KNOWN[spelled]


@given(st.lists(st.tuples(before, known), max_size=5))
def test_every_entity_of_a_message_is_found(parts: list[tuple[str, str]]) -> None:
    text = " ".join(f"{first} 。{spelled}。" for first, spelled in parts)
    found = [(entity["entity"], entity["value"]) for entity in extract(LANGUAGE, text)]
    assert found == [KNOWN[spelled] for _, spelled in parts]


@given(before, known)
def test_width_and_case_do_not_change_what_is_found(first: str, spelled: str) -> None:
    text = f"{first} {spelled}"
    plain = normalise(text).text
    found = [(entity["entity"], entity["value"]) for entity in extract(LANGUAGE, text)]
    assert found == [(entity["entity"], entity["value"]) for entity in extract(LANGUAGE, plain)]


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\x00", "\u200b", "\ud83d", "\U0001fae0"])
def test_a_blank_text_has_none(text: str) -> None:
    assert extract(LANGUAGE, text) == []


def test_a_full_message_is_read(storage: LocalModelStorage) -> None:
    text = "先週の水曜に銀座店で買ったA-20261103-0042、クレカで１２，０００円でした。"
    (asked,) = create(EntityRules, storage).process([message(text)])
    found = asked.get("entities")
    assert [(text[e["start"] : e["end"]], e["entity"], e["value"]) for e in found] == [
        ("先週の水曜", "date", "先週の水曜"),
        ("銀座店", "store", "ALLU銀座店"),
        ("A-20261103-0042", "order_number", "A-20261103-0042"),
        ("クレカ", "payment_method", "credit_card"),
        ("１２，０００円", "amount", "12,000円"),
    ]
    assert {entity["extractor"] for entity in found} == {"EntityRules"}
    assert "entities" in asked.output_properties


def test_entities_that_were_found_before_stay(storage: LocalModelStorage) -> None:
    earlier = {"entity": "product", "start": 0, "end": 3, "value": "バッグ"}
    asked = message("バッグを銀座店で")
    asked.set("entities", [earlier])
    create(EntityRules, storage).process([asked])
    first, second = asked.get("entities")
    assert first is earlier
    assert second["entity"] == "store"


def test_a_message_without_a_text_is_left_alone(storage: LocalModelStorage) -> None:
    empty = Message.build("")
    create(EntityRules, storage).process([empty])
    assert "entities" not in empty.data
    assert not empty.get(TEXT)
