"""Multinomial logistic regression solved over the examples instead of the features.

There are ten times more n-grams than examples, and the solution always lies in the span of the
examples, so the exact model is found on their Gram matrix. Measured by its inner product, L-BFGS
needs one matrix product an iteration; a library's solver, which does not know of it, needs two
and a Cholesky decomposition first (docs/decisions/0005-classifier.md).
"""

from __future__ import annotations

from collections import deque
from typing import Deque, NamedTuple, Optional, Tuple

import numpy as np

_MEMORY = 8
_TOLERANCE = 1e-5
_SMALLEST_STEP = 1e-4


class _Move(NamedTuple):
    """One accepted step, its change of the gradient, and both times the Gram matrix."""

    step: np.ndarray
    change: np.ndarray
    gram_step: np.ndarray
    gram_change: np.ndarray
    curvature: float


def fit(
    gram: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    strength: float,
    iterations: int,
    start: Optional[np.ndarray] = None,
) -> np.ndarray:
    """Return the weight of every example for every class (examples × classes).

    ``gram`` holds the examples' inner products, ``strength`` is the inverse of the
    regularisation (scikit-learn's C), ``start`` the weights to begin with.
    """
    target = np.eye(classes, dtype=np.float32)[labels]
    weights = np.zeros_like(target) if start is None else start.copy()
    scores = gram @ weights
    loss, gradient = _objective(weights, scores, target, labels, strength)
    gram_gradient = gram @ gradient
    moves: Deque[_Move] = deque(maxlen=_MEMORY)
    first = float(np.vdot(gradient, gram_gradient))
    if first <= 0:
        # One class alone is certain from the start.
        return weights
    for _ in range(iterations):
        direction, gram_direction = _direction(moves, gradient, gram_gradient)
        slope = float(np.vdot(direction, gram_gradient))
        size = 1.0 if moves else 1.0 / max(1.0, np.sqrt(first))
        while size > _SMALLEST_STEP:
            tried = weights + np.float32(size) * direction
            tried_scores = scores + np.float32(size) * gram_direction
            new_loss, new = _objective(tried, tried_scores, target, labels, strength)
            if new_loss <= loss + 1e-4 * size * slope:
                break
            size /= 2
        else:
            break
        gram_new = gram @ new
        moves.append(
            _move(tried - weights, new - gradient, tried_scores - scores, gram_new - gram_gradient)
        )
        weights, scores, loss, gradient, gram_gradient = (
            tried,
            tried_scores,
            new_loss,
            new,
            gram_new,
        )
        if float(np.vdot(gradient, gram_gradient)) < _TOLERANCE**2 * first:
            break
    return weights


def _objective(
    weights: np.ndarray,
    scores: np.ndarray,
    target: np.ndarray,
    labels: np.ndarray,
    strength: float,
) -> Tuple[float, np.ndarray]:
    """Return the loss and its gradient; ``scores`` are the Gram matrix times the weights."""
    probabilities, loss = _loss(scores, labels)
    loss += float(np.vdot(weights, scores)) / (2 * strength)
    return loss, probabilities - target + weights / np.float32(strength)


def _move(
    step: np.ndarray, change: np.ndarray, gram_step: np.ndarray, gram_change: np.ndarray
) -> _Move:
    return _Move(step, change, gram_step, gram_change, float(np.vdot(step, gram_change)))


def _direction(
    moves: "Deque[_Move]", gradient: np.ndarray, gram_gradient: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """Return L-BFGS's direction and the Gram matrix times it, by the two-loop recursion."""
    found, gram_found = gradient.copy(), gram_gradient.copy()
    shares = []
    for move in reversed(moves):
        share = np.float32(float(np.vdot(move.gram_step, found)) / move.curvature)
        shares.append(share)
        found -= share * move.change
        gram_found -= share * move.gram_change
    if moves:
        last = moves[-1]
        scale = np.float32(last.curvature / float(np.vdot(last.change, last.gram_change)))
        found *= scale
        gram_found *= scale
    for move, share in zip(moves, reversed(shares)):
        back = share - np.float32(float(np.vdot(move.gram_change, found)) / move.curvature)
        found += back * move.step
        gram_found += back * move.gram_step
    return -found, -gram_found


def temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the divisor of the scores that makes the probabilities most honest."""
    candidates = np.geomspace(0.3, 3.0, 60)
    losses = [_loss(scores / candidate, labels)[1] for candidate in candidates]
    return float(candidates[int(np.argmin(losses))])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return each row's probabilities."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def _loss(scores: np.ndarray, labels: np.ndarray) -> Tuple[np.ndarray, float]:
    probabilities = softmax(scores)
    right = probabilities[np.arange(len(labels)), labels]
    return probabilities, float(-np.log(np.maximum(right, 1e-30)).sum())
