"""The meaning of a message is the same number in every run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.embedding_featurizer import EmbeddingFeaturizer
from bot.embeddings import NAMES
from bot.tests.support.features import as_row, earlier_features, rows_of, same_rows
from bot.tests.support.rasa import create, load, message, training_data

ASKED = ["領収書を送ってほしい", "返品したいです", "料金の引き落としはいつ？", "\u3000"]
# What the featurizer does is the same for both; this one is opened in no time.
QUICK, LENGTH = "e5", 384


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trained(storage: LocalModelStorage) -> EmbeddingFeaturizer:
    """A featurizer that knows the tiny training set."""
    featurizer = create(EmbeddingFeaturizer, storage, model=QUICK)
    featurizer.train(training_data())
    return featurizer


def featurized(featurizer: EmbeddingFeaturizer, *asked: str) -> list[Message]:
    return featurizer.process([message(text) for text in asked])


def test_a_message_gets_one_dense_row_named_after_the_embedding(
    trained: EmbeddingFeaturizer,
) -> None:
    (features,) = featurized(trained, "領収書がほしい")[0].features
    assert (features.type, features.attribute) == (FEATURE_TYPE_SENTENCE, TEXT)
    assert features.origin == QUICK
    assert features.is_dense()
    assert features.features.shape == (1, LENGTH)
    assert features.features.dtype == np.float32


@pytest.mark.parametrize("model", NAMES)
def test_a_loaded_featurizer_gives_identical_features(
    storage: LocalModelStorage, model: str
) -> None:
    trained = create(EmbeddingFeaturizer, storage, model=model)
    trained.train(training_data())
    loaded = load(EmbeddingFeaturizer, storage, model=model)
    for one, other in zip(featurized(trained, *ASKED), featurized(loaded, *ASKED)):
        assert list(rows_of(one)) == [model]
        assert same_rows(one, other)


def test_the_order_of_messages_does_not_matter(trained: EmbeddingFeaturizer) -> None:
    for one, other in zip(featurized(trained, *ASKED), featurized(trained, *ASKED[::-1])[::-1]):
        assert same_rows(one, other)


def test_a_training_example_has_the_features_of_the_same_message(
    trained: EmbeddingFeaturizer,
) -> None:
    data = trained.process_training_data(training_data())
    for example in data.training_examples:
        assert same_rows(example, featurized(trained, example.get(TEXT))[0], tolerance=1e-5)


def test_the_training_texts_are_standardised_to_about_unit_length(
    trained: EmbeddingFeaturizer,
) -> None:
    data = trained.process_training_data(training_data())
    rows = np.stack([as_row(example.features[0]) for example in data.training_examples])
    assert rows.mean(axis=0) == pytest.approx(np.zeros(LENGTH), abs=1e-4)
    assert (rows**2).sum(axis=1).mean() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("empty", [Message.build(""), Message({INTENT: "act_receipt"})])
def test_nothing_is_added_for_an_empty_text(trained: EmbeddingFeaturizer, empty: Message) -> None:
    with_text = message("返品したい")
    trained.process([empty, with_text])
    assert empty.features == []
    assert list(rows_of(with_text)) == [QUICK]


def test_empty_training_examples_are_passed_over(storage: LocalModelStorage) -> None:
    data = training_data()
    data.training_examples.append(Message({INTENT: "act_receipt"}))
    featurizer = create(EmbeddingFeaturizer, storage, model=QUICK)
    featurizer.train(data)
    *with_text, empty = featurizer.process_training_data(data).training_examples
    assert all(list(rows_of(example)) == [QUICK] for example in with_text)
    assert empty.features == []


def test_earlier_features_stay(trained: EmbeddingFeaturizer) -> None:
    asked, earlier = message("返品したい"), earlier_features()
    asked.add_features(earlier)
    trained.process([asked])
    assert asked.features[0] is earlier
    assert [features.origin for features in asked.features] == ["earlier", QUICK]


def test_width_and_case_make_no_difference(trained: EmbeddingFeaturizer) -> None:
    one, other = featurized(trained, "ﾚﾝﾀﾙのＡｌｌｕ", "レンタルのallu")
    assert same_rows(one, other)


def test_a_message_that_cannot_be_encoded_has_features_too(trained: EmbeddingFeaturizer) -> None:
    for asked in featurized(trained, "\ud83d返品", "\x00", "\u200b"):
        assert np.isfinite(rows_of(asked)[QUICK]).all()
