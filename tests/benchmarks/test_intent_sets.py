"""Other people's data sets are read as their makers wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.intent_sets import (
    Entry,
    joined,
    read_files,
    read_massive,
    read_xsid,
    training_phrases,
    unseen,
)

XSID = """# id: 1
# text-en: wake me at 10
# text: 1 0 時 に 起こし て
# intent: alarm/set_alarm
1\t1\talarm/set_alarm\tB-datetime
2\t0\talarm/set_alarm\tI-datetime

# id: 2
# text: ブルー ノート を かけ て
# intent: PlayMusic
1\tブルー\tPlayMusic\tO
"""


def test_a_phrase_of_xsid_is_its_text_without_the_blanks_and_its_intent_without_the_slash() -> None:
    assert read_xsid(XSID.splitlines(), "train") == [
        Entry("10時に起こして", "alarm_set_alarm", "alarm", "train"),
        Entry("ブルーノートをかけて", "PlayMusic", "PlayMusic", "train"),
    ]


def test_a_phrase_without_an_intent_and_an_intent_without_a_phrase_are_refused() -> None:
    with pytest.raises(ValueError, match="no intent: 雨"):
        read_xsid(["# text: 雨", "# text: 雪"], "test")
    with pytest.raises(ValueError, match="no intent: 雪"):
        read_xsid(["# text: 雪"], "test")
    with pytest.raises(ValueError, match="no phrase: weather/find"):
        read_xsid(["# intent: weather/find"], "test")


def test_words_in_latin_letters_stay_apart() -> None:
    assert joined("Blue Note を 3 0 分") == "Blue Noteを30分"


@given(st.lists(st.text("あ漢カ3", min_size=1)))
def test_however_japanese_was_split_it_is_joined_to_the_same(words: list[str]) -> None:
    assert joined(" ".join(words)) == "".join(words)


def test_massive_is_split_as_its_makers_did_without_the_part_for_choosing() -> None:
    def line(text: str, part: str) -> str:
        found = {"utt": text, "intent": "alarm_set", "scenario": "alarm", "partition": part}
        return json.dumps(found)

    lines = [line("七時に", "train"), "", line("六時に", "test"), line("五時に", "dev")]
    entries = read_massive(lines)
    assert training_phrases(entries) == {"alarm_set": ["七時に"]}
    assert [entry.text for entry in entries] == ["七時に", "六時に"]


def test_what_was_trained_on_word_for_word_is_not_unseen() -> None:
    known = Entry("起こして", "alarm_set", "alarm", "train")
    again = Entry("起こして", "alarm_set", "alarm", "test")
    new = Entry("六時に", "alarm_set", "alarm", "test")
    assert unseen([known, again, new]) == [new]


def test_the_kind_of_file_says_which_data_set_it_is(tmp_path: Path) -> None:
    train, test = tmp_path / "ja.valid.conll", tmp_path / "ja.test.conll"
    for file in (train, test):
        file.write_text(XSID, encoding="utf-8")
    assert [entry.part for entry in read_files([train, test])] == ["train"] * 2 + ["test"] * 2
    with pytest.raises(ValueError, match="train, test"):
        read_files([train])
