"""The regression over examples finds what scikit-learn finds over features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from bot import logistic

ITERATIONS = 300
PROBLEMS = [
    pytest.param(seed, examples, features, classes, strength, id=f"{examples}x{features}x{classes}")
    for seed, examples, features, classes, strength in [
        (1, 40, 5, 3, 1.0),
        (2, 60, 200, 4, 30.0),
        (3, 90, 30, 10, 0.1),
        (4, 30, 8, 2, 3.0),
    ]
]

numbers = st.floats(-1e6, 1e6)
score_rows = st.lists(numbers, min_size=1, max_size=12).map(np.array)


def problem(
    seed: int, examples: int, features: int, classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows to learn from, their labels and rows to judge.

    As in the pipeline, a row has unit length and a constant beside it.
    """
    random = np.random.default_rng(seed)
    centres = random.normal(size=(classes, features))
    labels = np.concatenate([np.arange(classes), random.integers(0, classes, examples - classes)])
    rows = centres[labels] + 2 * random.normal(size=(examples, features))
    unknown = random.normal(size=(50, features)) * 2
    return _prepared(rows), labels, _prepared(unknown)


def _prepared(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.hstack([rows / lengths, np.ones((len(rows), 1))]).astype(np.float32)


def fitted(
    rows: np.ndarray, labels: np.ndarray, classes: int, strength: float = 30.0, **more: Any
) -> np.ndarray:
    """Return the features' weights for every class."""
    settings = {"strength": strength, "iterations": ITERATIONS, **more}
    gram = rows @ rows.T
    return rows.T @ logistic.fit(lambda columns: gram @ columns, labels, classes, **settings)


def loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return how much the truth surprises who believes the scores."""
    probabilities = logistic.softmax(scores)
    return float(-np.log(probabilities[np.arange(len(labels)), labels]).sum())


@pytest.mark.parametrize(("seed", "examples", "features", "classes", "strength"), PROBLEMS)
def test_it_predicts_what_scikit_learn_predicts(
    seed: int, examples: int, features: int, classes: int, strength: float
) -> None:
    rows, labels, unknown = problem(seed, examples, features, classes)
    judged = logistic.softmax(unknown @ fitted(rows, labels, classes, strength))
    library = LogisticRegression(
        C=strength, fit_intercept=False, multi_class="multinomial", tol=1e-8, max_iter=5000
    ).fit(rows, labels)
    expected = library.predict_proba(unknown)
    assert judged == pytest.approx(expected, abs=1e-3)
    clear = np.sort(expected)[:, -1] - np.sort(expected)[:, -2] > 0.002
    assert clear.sum() > 30
    assert (judged.argmax(axis=1) == library.predict(unknown))[clear].all()


def test_the_same_problem_has_the_same_solution() -> None:
    rows, labels, _unknown = problem(5, 50, 10, 4)
    assert (fitted(rows, labels, 4) == fitted(rows, labels, 4)).all()


def test_forty_iterations_are_enough_where_a_few_features_are_in_every_example() -> None:
    random = np.random.default_rng(11)
    rows, labels, unknown = problem(11, 400, 3000, 20)
    common = np.float32(3.0)
    rows, unknown = (np.hstack([part, np.full((len(part), 1), common)]) for part in (rows, unknown))
    rows = (rows + random.normal(size=rows.shape) * 1e-3).astype(np.float32)
    soon = logistic.softmax(unknown @ fitted(rows, labels, 20, iterations=40))
    late = logistic.softmax(unknown @ fitted(rows, labels, 20, iterations=2000))
    assert soon == pytest.approx(late, abs=0.02)


def test_where_it_starts_does_not_change_the_solution() -> None:
    rows, labels, unknown = problem(5, 50, 10, 4)
    elsewhere = np.random.default_rng(10).normal(size=(50, 4)).astype(np.float32)
    one = logistic.softmax(unknown @ fitted(rows, labels, 4))
    other = logistic.softmax(unknown @ fitted(rows, labels, 4, start=elsewhere))
    # As near as single precision comes from that far away.
    assert one == pytest.approx(other, abs=5e-3)


def test_what_it_starts_from_stays_as_it_was() -> None:
    rows, labels, _unknown = problem(5, 50, 10, 4)
    start = np.ones((50, 4), dtype=np.float32)
    fitted(rows, labels, 4, start=start)
    assert (start == 1).all()


def test_a_class_without_an_example_is_never_likely() -> None:
    rows, labels, unknown = problem(6, 40, 5, 3)
    judged = logistic.softmax(unknown @ fitted(rows, labels, 4))
    assert (judged[:, 3] < 0.1).all()


def test_one_class_alone_is_certain() -> None:
    rows, _labels, _unknown = problem(7, 10, 3, 2)
    judged = logistic.softmax(rows @ fitted(rows, np.zeros(10, dtype=int), 1))
    assert (judged == 1).all()


def test_a_stronger_regularisation_makes_it_less_sure() -> None:
    rows, labels, unknown = problem(8, 60, 6, 3)
    sureness = []
    for strength in (0.001, 0.1, 10.0):
        judged = logistic.softmax(unknown @ fitted(rows, labels, 3, strength))
        sureness.append(judged.max(axis=1).mean())
    assert sureness == sorted(sureness)


@given(score_rows)
def test_probabilities_are_positive_and_sum_to_one(scores: np.ndarray) -> None:
    probabilities = logistic.softmax(scores)
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1)


@given(score_rows)
def test_a_higher_score_is_never_less_likely(scores: np.ndarray) -> None:
    order = np.argsort(scores)
    assert (np.diff(logistic.softmax(scores)[order]) >= 0).all()


@given(score_rows, st.floats(-100, 100))
def test_only_the_differences_of_scores_count(scores: np.ndarray, shift: float) -> None:
    shifted = logistic.softmax(scores + shift)
    assert shifted == pytest.approx(logistic.softmax(scores), abs=1e-6)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_the_temperature_undoes_how_much_the_scores_exaggerate(factor: float) -> None:
    random = np.random.default_rng(9)
    honest = random.normal(size=(4000, 5)) * 2
    choice = logistic.softmax(honest).cumsum(axis=1) > random.random((4000, 1))
    found = logistic.temperature(honest * factor, choice.argmax(axis=1))
    assert found == pytest.approx(factor, rel=0.1)


@given(st.integers(0, 2**32 - 1))
def test_no_other_temperature_is_more_honest(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, labels = random.normal(size=(30, 4)) * 3, random.integers(0, 4, 30)
    found = logistic.temperature(scores, labels)
    for other in (0.3, 0.5, 0.8, 1.0, 1.25, 2.0, 3.0):
        # The temperatures tried stand four percent apart.
        assert loss(scores / found, labels) <= loss(scores / other, labels) * 1.01


def test_the_temperature_stays_within_reason_when_nothing_fits() -> None:
    labels = np.zeros(10, dtype=int)
    right = np.tile([50.0, 0.0], (10, 1))
    assert logistic.temperature(right, labels) == pytest.approx(0.3)
    assert logistic.temperature(right[:, ::-1], labels) == pytest.approx(3.0)
