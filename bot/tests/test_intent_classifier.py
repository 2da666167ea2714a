"""The intent is chosen the same way in every run, with confidences that add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.intent_classifier import BlockClassifier
from bot.lexical_featurizer import LexicalFeaturizer
from bot.tests.support.features import rows_of
from bot.tests.support.rasa import PHRASES, RESOURCE, create, load, message, training_data
from bot.tests.support.texts import texts

FEATURES = Resource("features")
ASKED = ["領収書を送ってほしい", "返品したいです", "料金の引き落としはいつ？", "天気", "\u3000"]
# Enough that some are held out to calibrate.
MANY = [f"{ending}{number}" for number in range(15) for ending in ("です", "ください", "かな")]


class Understanding:
    """A featurizer and a classifier trained one after the other, as in the pipeline."""

    def __init__(
        self, storage: LocalModelStorage, data: TrainingData | None = None, **config: Any
    ) -> None:
        """Train both on the data."""
        data = data or training_data()
        self._featurizer = create(LexicalFeaturizer, storage, FEATURES)
        self._featurizer.train(data)
        self.storage = storage
        self.classifier = create(BlockClassifier, storage, **config)
        self.classifier.train(self._featurizer.process_training_data(data))

    def featurized(self, text: str) -> Message:
        """Return a message with its features."""
        (found,) = self._featurizer.process([message(text)])
        return found

    def ranking(self, text: str, classifier: BlockClassifier | None = None) -> list[dict[str, Any]]:
        """Return what a classifier, usually the trained one, makes of a text."""
        (found,) = (classifier or self.classifier).process([self.featurized(text)])
        return found.get("intent_ranking")

    def stored(self) -> dict[str, Any]:
        """Return what is stored beside the weights."""
        with self.storage.read_from(RESOURCE) as folder:
            return json.loads((folder / "classifier.json").read_text(encoding="utf-8"))


@pytest.fixture
def trained(storage: LocalModelStorage) -> Understanding:
    """Trained on the tiny training set."""
    return Understanding(storage)


def many_intents(count: int) -> TrainingData:
    """Return training data of so many intents, each with an example of its own."""
    return TrainingData([message(f"質問{number}番", f"intent_{number}") for number in range(count)])


def many_examples() -> TrainingData:
    """Return so much training data that some of it is held out."""
    return TrainingData(
        [message(phrases[0] + more, intent) for intent, phrases in PHRASES.items() for more in MANY]
    )


def many_features() -> TrainingData:
    """Return training data of more n-grams than are kept in full precision."""
    ideographs = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
    texts = ["".join(ideographs[start : start + 50]) for start in range(0, 3000, 50)]
    return TrainingData([message(text, f"intent_{i % 3}") for i, text in enumerate(texts)])


def other_storage(folder: Path) -> LocalModelStorage:
    folder.mkdir()
    return LocalModelStorage.create(folder)


def test_it_knows_what_it_was_taught(trained: Understanding) -> None:
    for intent, phrases in PHRASES.items():
        for phrase in phrases:
            assert trained.ranking(phrase)[0]["name"] == intent


def test_a_new_phrase_means_what_its_words_mean(trained: Understanding) -> None:
    assert trained.ranking("宛名の入った領収書をください")[0]["name"] == "store_receipt"
    assert trained.ranking("返品は可能ですか")[0]["name"] == "store_return_change_of_mind"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=texts)
def test_confidences_sum_to_one_and_the_likeliest_is_first(
    trained: Understanding, text: str
) -> None:
    confidences = [entry["confidence"] for entry in trained.ranking(text)]
    assert len(confidences) == len(PHRASES)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)


def test_the_intent_is_the_first_of_the_ranking(trained: Understanding) -> None:
    (asked,) = trained.classifier.process([trained.featurized("返品したいです")])
    assert asked.get("intent") == asked.get("intent_ranking")[0]
    assert {"intent", "intent_ranking"} <= asked.output_properties


@pytest.mark.parametrize("data", [training_data, many_examples])
def test_a_loaded_classifier_ranks_the_same(
    storage: LocalModelStorage, data: Callable[[], TrainingData]
) -> None:
    understanding = Understanding(storage, data())
    loaded = load(BlockClassifier, storage)
    for text in ASKED:
        assert understanding.ranking(text, loaded) == understanding.ranking(text)


def test_a_classifier_with_many_features_is_loaded_with_the_same_ranking(
    storage: LocalModelStorage,
) -> None:
    understanding = Understanding(storage, many_features())
    with storage.read_from(RESOURCE) as folder, np.load(folder / "weights.npz") as stored:
        assert stored["block_character"].dtype == np.float16
        assert stored["bias"].dtype == np.float32
    loaded = load(BlockClassifier, storage)
    for text in [*ASKED, "一丁丂"]:
        assert understanding.ranking(text, loaded) == understanding.ranking(text)


def test_the_same_training_makes_the_same_model(tmp_path: Path) -> None:
    one = Understanding(other_storage(tmp_path / "one"), many_examples())
    other = Understanding(other_storage(tmp_path / "other"), many_examples())
    assert one.stored() == other.stored()
    for text in ASKED:
        assert one.ranking(text) == other.ranking(text)


def test_the_order_of_the_training_examples_does_not_matter(tmp_path: Path) -> None:
    backwards = TrainingData(training_data().training_examples[::-1])
    one = Understanding(other_storage(tmp_path / "one"), iterations=300)
    other = Understanding(other_storage(tmp_path / "other"), backwards, iterations=300)
    for text in ASKED:
        expected = {entry["name"]: entry["confidence"] for entry in one.ranking(text)}
        found = {entry["name"]: entry["confidence"] for entry in other.ranking(text)}
        assert found == pytest.approx(expected, abs=1e-3)


def test_nothing_is_understood_before_training(storage: LocalModelStorage) -> None:
    (asked,) = create(BlockClassifier, storage).process([message("返品したい")])
    assert asked.get("intent") == {"name": None, "confidence": 0.0}
    assert asked.get("intent_ranking") == []


def test_training_without_an_example_leaves_nothing_understood(storage: LocalModelStorage) -> None:
    classifier = create(BlockClassifier, storage)
    classifier.train(TrainingData([Message({TEXT: "意図なし"}), Message({INTENT: "act_receipt"})]))
    (asked,) = classifier.process([message("返品したい")])
    assert asked.get("intent_ranking") == []


def test_an_empty_text_means_nothing(trained: Understanding) -> None:
    (asked,) = trained.classifier.process([Message.build("")])
    assert asked.get("intent") == {"name": None, "confidence": 0.0}
    assert asked.get("intent_ranking") == []


def test_the_ranking_names_ten_of_many_intents(storage: LocalModelStorage) -> None:
    understanding = Understanding(storage, many_intents(15))
    ranking = understanding.ranking("質問3番")
    assert ranking[0]["name"] == "intent_3"
    assert len({entry["name"] for entry in ranking}) == len(ranking) == 10
    assert 0 < sum(entry["confidence"] for entry in ranking) < 1


def test_one_intent_alone_is_certain(storage: LocalModelStorage) -> None:
    understanding = Understanding(storage, many_intents(1))
    assert understanding.ranking("天気") == [{"name": "intent_0", "confidence": 1.0}]


def test_a_blocks_weight_counts_when_learning_and_when_judging(storage: LocalModelStorage) -> None:
    weights = {"lemma": 2.0, "character": 0.5, "reading": 0.0}
    understanding = Understanding(storage, weights=weights, iterations=300, strength=5.0)

    def row(text: str) -> np.ndarray:
        blocks = rows_of(understanding.featurized(text))
        return np.hstack([*(blocks[name] * weights[name] for name in weights), 1.0])

    taught = [(phrase, intent) for intent, phrases in PHRASES.items() for phrase in phrases]
    library = LogisticRegression(C=5.0, fit_intercept=False, tol=1e-8, max_iter=5000)
    library.fit([row(phrase) for phrase, _ in taught], [intent for _, intent in taught])
    for text in ASKED:
        found = {entry["name"]: entry["confidence"] for entry in understanding.ranking(text)}
        expected = dict(zip(library.classes_, library.predict_proba([row(text)])[0]))
        assert found == pytest.approx(expected, abs=1e-3)


def test_confidences_are_calibrated_only_with_enough_examples(tmp_path: Path) -> None:
    few = Understanding(other_storage(tmp_path / "few"))
    never = Understanding(other_storage(tmp_path / "never"), many_examples(), calibration_share=0)
    many = Understanding(other_storage(tmp_path / "many"), many_examples())
    assert few.stored()["temperature"] == never.stored()["temperature"] == 1.0
    assert many.stored()["temperature"] != 1.0


def test_calibration_changes_the_confidences_and_not_the_order(tmp_path: Path) -> None:
    never = Understanding(other_storage(tmp_path / "never"), many_examples(), calibration_share=0)
    many = Understanding(other_storage(tmp_path / "many"), many_examples())
    for text in ASKED:
        raw, calibrated = never.ranking(text), many.ranking(text)
        assert [entry["name"] for entry in raw] == [entry["name"] for entry in calibrated]
        assert raw[0]["confidence"] != calibrated[0]["confidence"]


@pytest.mark.parametrize("data", [training_data, many_examples])
def test_a_temperature_that_is_set_is_used_as_it_is(
    storage: LocalModelStorage, data: Callable[[], TrainingData]
) -> None:
    understanding = Understanding(storage, data(), temperature=0.5)
    assert understanding.stored()["temperature"] == 0.5


def test_a_temperature_divides_the_scores(tmp_path: Path) -> None:
    usual = Understanding(other_storage(tmp_path / "usual"))
    hotter = Understanding(other_storage(tmp_path / "hotter"), temperature=2.0)
    for text in ASKED:
        scores = {entry["name"]: np.log(entry["confidence"]) for entry in usual.ranking(text)}
        halves = {name: np.exp(score / 2) for name, score in scores.items()}
        expected = {name: half / sum(halves.values()) for name, half in halves.items()}
        found = {entry["name"]: entry["confidence"] for entry in hotter.ranking(text)}
        assert found == pytest.approx(expected, abs=1e-5)
