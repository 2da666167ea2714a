"""The n-grams of a message weigh the same in every run and every order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.lexical_featurizer import LexicalFeaturizer
from bot.tests.support.features import earlier_features, rows_of, same_rows
from bot.tests.support.rasa import create, load, message, training_data
from bot.tests.support.texts import texts

UNITS = ["lemma", "character", "reading"]
ASKED = ["領収書を送ってほしい", "返品したいです", "料金の引き落としはいつ？", "ＡＢＣ", "\u3000"]

one_storage = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


@pytest.fixture
def trained(storage: LocalModelStorage) -> LexicalFeaturizer:
    """A featurizer that knows the tiny training set."""
    featurizer = create(LexicalFeaturizer, storage)
    featurizer.train(training_data())
    return featurizer


def featurized(featurizer: LexicalFeaturizer, *asked: str) -> list[Message]:
    return featurizer.process([message(text) for text in asked])


def likeness(featurizer: LexicalFeaturizer, unit: str, one: str, other: str) -> float:
    """Return how alike two texts are to one block, from 0 to 1."""
    rows = [rows_of(asked)[unit] for asked in featurized(featurizer, one, other)]
    return float(rows[0] @ rows[1])


def test_every_unit_is_a_block_of_its_own(trained: LexicalFeaturizer) -> None:
    (asked,) = featurized(trained, "領収書がほしい")
    assert [features.origin for features in asked.features] == UNITS
    for features in asked.features:
        assert (features.type, features.attribute) == (FEATURE_TYPE_SENTENCE, TEXT)
        assert features.is_sparse()
        assert features.features.shape[0] == 1


def test_a_loaded_featurizer_gives_identical_features(
    trained: LexicalFeaturizer, storage: LocalModelStorage
) -> None:
    loaded = load(LexicalFeaturizer, storage)
    for one, other in zip(featurized(trained, *ASKED), featurized(loaded, *ASKED)):
        assert list(rows_of(one)) == UNITS
        assert same_rows(one, other)


@one_storage
@given(asked=st.lists(texts, min_size=1, max_size=5))
def test_what_stands_beside_a_message_does_not_matter(
    trained: LexicalFeaturizer, asked: list[str]
) -> None:
    together = featurized(trained, *asked)
    backwards = featurized(trained, *reversed(asked))
    for text, one, other in zip(asked, together, reversed(backwards)):
        assert same_rows(one, other)
        assert same_rows(one, featurized(trained, text)[0])


def test_the_order_of_the_training_examples_does_not_matter(
    trained: LexicalFeaturizer, storage: LocalModelStorage
) -> None:
    backwards = TrainingData(training_data().training_examples[::-1])
    other = create(LexicalFeaturizer, storage)
    other.train(backwards)
    for one, same in zip(featurized(trained, *ASKED), featurized(other, *ASKED)):
        assert same_rows(one, same)


@one_storage
@given(text=texts)
def test_a_row_has_unit_length_or_knows_nothing(trained: LexicalFeaturizer, text: str) -> None:
    for row in rows_of(featurized(trained, text)[0]).values():
        length = float(np.linalg.norm(row))
        assert length == 0 or abs(length - 1) < 1e-5


@pytest.mark.parametrize("empty", [Message.build(""), Message({INTENT: "act_receipt"})])
def test_nothing_is_added_for_an_empty_text(trained: LexicalFeaturizer, empty: Message) -> None:
    with_text = message("返品したい")
    trained.process([empty, with_text])
    assert empty.features == []
    assert list(rows_of(with_text)) == UNITS


def test_earlier_features_stay(trained: LexicalFeaturizer) -> None:
    asked, earlier = message("返品したい"), earlier_features()
    asked.add_features(earlier)
    trained.process([asked])
    assert asked.features[0] is earlier
    assert [features.origin for features in asked.features] == ["earlier", *UNITS]


def test_an_untrained_featurizer_adds_nothing(storage: LocalModelStorage) -> None:
    assert featurized(create(LexicalFeaturizer, storage), "返品したい")[0].features == []


def test_every_training_example_gets_its_features(trained: LexicalFeaturizer) -> None:
    data = trained.process_training_data(training_data())
    for example in data.training_examples:
        assert same_rows(example, featurized(trained, example.get(TEXT))[0])


def test_only_the_blocks_of_the_settings_are_made(storage: LocalModelStorage) -> None:
    featurizer = create(LexicalFeaturizer, storage, blocks={"reading": [2, 3]})
    featurizer.train(training_data())
    assert list(rows_of(featurized(featurizer, "返品したい")[0])) == ["reading"]
    loaded = load(LexicalFeaturizer, storage, blocks={"reading": [2, 3]})
    assert list(rows_of(featurized(loaded, "返品したい")[0])) == ["reading"]


def test_a_unit_that_it_does_not_know_is_refused(storage: LocalModelStorage) -> None:
    with pytest.raises(ValueError, match="stem"):
        create(LexicalFeaturizer, storage, blocks={"stem": [1, 2]})


def test_a_reading_joins_spellings_that_share_no_character(trained: LexicalFeaturizer) -> None:
    assert likeness(trained, "reading", "領収書", "りょうしゅうしょ") > 0.9
    assert likeness(trained, "character", "領収書", "りょうしゅうしょ") == 0


def test_lemmas_join_the_forms_of_a_verb(trained: LexicalFeaturizer) -> None:
    assert likeness(trained, "lemma", "返したい", "返します") > 0


def test_width_and_case_make_no_difference(trained: LexicalFeaturizer) -> None:
    for unit in UNITS:
        assert likeness(trained, unit, "ﾚﾝﾀﾙ料金", "レンタル料金") == pytest.approx(1, abs=1e-5)


def test_rare_n_grams_are_dropped_only_from_a_large_training_set(
    storage: LocalModelStorage,
) -> None:
    once, others = message("一度だけ"), [message(f"何度も{number}") for number in range(1000)]
    small = create(LexicalFeaturizer, storage)
    small.train(TrainingData([once, *others[:100]]))
    large = create(LexicalFeaturizer, storage)
    large.train(TrainingData([once, *others]))
    assert rows_of(featurized(small, "一")[0])["character"].any()
    assert not rows_of(featurized(large, "一")[0])["character"].any()
    assert rows_of(featurized(large, "何")[0])["character"].any()
