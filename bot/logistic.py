"""Multinomial logistic regression solved over the examples instead of the features.

There are fifteen times more n-grams than examples, and the solution always lies in the span of the
examples, so the exact model is found there. Measured by the inner product of the Gram matrix,
L-BFGS needs one product with that matrix an iteration, and never the matrix itself
(docs/decisions/0005-classifier.md).
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Deque, NamedTuple, Optional, Tuple

import numpy as np

# Gives the Gram matrix, the examples' inner products, times some columns.
Product = Callable[[np.ndarray], np.ndarray]

_MEMORY = 8
_TOLERANCE = 1e-6
_SMALLEST_STEP = 1e-4


class _Point(NamedTuple):
    """Where the search is; ``scores`` are the Gram matrix times the weights."""

    weights: np.ndarray
    scores: np.ndarray
    loss: float
    gradient: np.ndarray
    # The mean of p(1 - p) over all examples and classes: how far from certain the model is.
    doubt: float


class _Move(NamedTuple):
    """One accepted step, its change of the gradient, and both times the Gram matrix."""

    step: np.ndarray
    change: np.ndarray
    gram_step: np.ndarray
    gram_change: np.ndarray
    curvature: float


class _Shape(NamedTuple):
    """The directions in which the Gram matrix is largest, the matrix times them, and how large."""

    directions: np.ndarray
    gram_directions: np.ndarray
    sizes: np.ndarray
    strength: float

    def evened(
        self, change: np.ndarray, gram_change: np.ndarray, doubt: float
    ) -> Tuple[np.ndarray, np.ndarray]:
        """Return a change without what those directions exaggerate, and the matrix times it.

        The constant alone is a thousand times larger than what tells two topics apart; without
        this the search spends its iterations there and is far from the solution after forty.
        """
        share = self._share(self.gram_directions.T @ change, doubt)
        return change - self.directions @ share, gram_change - self.gram_directions @ share

    def evened_size(self, change: np.ndarray, gram_change: np.ndarray, doubt: float) -> float:
        """Return a change's inner product with itself evened."""
        part = self.gram_directions.T @ change
        return _inner(change, gram_change) - _inner(part, self._share(part, doubt))

    def _share(self, part: np.ndarray, doubt: float) -> np.ndarray:
        weight = doubt * self.strength
        return part * (weight / (1 + weight * self.sizes)).astype(np.float32)[:, None]


def fit(
    product: Product,
    labels: np.ndarray,
    classes: int,
    *,
    strength: float,
    iterations: int,
    start: Optional[np.ndarray] = None,
) -> np.ndarray:
    """Return the weight of every example for every class (examples × classes).

    ``product`` multiplies with the examples' inner products, ``strength`` is the inverse of the
    regularisation (scikit-learn's C), ``start`` the weights to begin with.
    """
    target = np.eye(classes, dtype=np.float32)[labels]
    weights = np.zeros_like(target) if start is None else start.copy()
    shape = _shape(product, target, strength)
    here = _point(weights, product(weights), target, labels, strength)
    gram_gradient = product(here.gradient)
    moves: Deque[_Move] = deque(maxlen=_MEMORY)
    first = _inner(here.gradient, gram_gradient)
    if first <= 0:
        # One class alone is certain from the start.
        return weights
    for _ in range(iterations):
        direction, gram_direction = _direction(moves, shape, here, gram_gradient)
        slope = _inner(direction, gram_gradient)
        size = 1.0 if moves else min(1.0, strength)
        while size > _SMALLEST_STEP:
            tried = _point(
                here.weights + np.float32(size) * direction,
                here.scores + np.float32(size) * gram_direction,
                target,
                labels,
                strength,
            )
            if tried.loss <= here.loss + 1e-4 * size * slope:
                break
            size /= 2
        else:
            break
        gram_tried = product(tried.gradient)
        move = _move(here, tried, gram_tried - gram_gradient)
        here, gram_gradient = tried, gram_tried
        # At the solution nothing but rounding is left to follow.
        if move.curvature <= 0 or _inner(here.gradient, gram_gradient) < _TOLERANCE**2 * first:
            break
        moves.append(move)
    return here.weights


def _shape(product: Product, target: np.ndarray, strength: float) -> _Shape:
    """Return the largest directions, sought from the sums of every class's examples."""
    directions, _ = np.linalg.qr(product(target))
    gram_directions = product(directions)
    sizes, turned = np.linalg.eigh(directions.T @ gram_directions)
    sizes = np.maximum(sizes, 0)
    return _Shape(directions @ turned, gram_directions @ turned, sizes, strength)


def _point(
    weights: np.ndarray,
    scores: np.ndarray,
    target: np.ndarray,
    labels: np.ndarray,
    strength: float,
) -> _Point:
    """Return the loss and its gradient at the weights."""
    probabilities, loss = _loss(scores, labels)
    loss += _inner(weights, scores) / (2 * strength)
    gradient = probabilities - target + weights / np.float32(strength)
    return _Point(
        weights, scores, loss, gradient, float(np.mean(probabilities * (1 - probabilities)))
    )


def _move(before: _Point, after: _Point, gram_change: np.ndarray) -> _Move:
    step = after.weights - before.weights
    return _Move(
        step,
        after.gradient - before.gradient,
        after.scores - before.scores,
        gram_change,
        _inner(step, gram_change),
    )


def _direction(
    moves: "Deque[_Move]", shape: _Shape, here: _Point, gram_gradient: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """Return L-BFGS's direction and the Gram matrix times it, by the two-loop recursion."""
    found, gram_found = here.gradient.copy(), gram_gradient.copy()
    shares = []
    for move in reversed(moves):
        share = np.float32(_inner(move.gram_step, found) / move.curvature)
        shares.append(share)
        found -= share * move.change
        gram_found -= share * move.gram_change
    found, gram_found = shape.evened(found, gram_found, here.doubt)
    if moves:
        last = moves[-1]
        size = shape.evened_size(last.change, last.gram_change, here.doubt)
        found *= np.float32(last.curvature / size)
        gram_found *= np.float32(last.curvature / size)
    for move, share in zip(moves, reversed(shares)):
        back = share - np.float32(_inner(move.gram_change, found) / move.curvature)
        found += back * move.step
        gram_found += back * move.gram_step
    return -found, -gram_found


def _inner(one: np.ndarray, other: np.ndarray) -> float:
    # Summed in double precision: near the solution a step is worth less than single precision.
    return float(np.einsum("ij,ij->i", one, other).sum(dtype=np.float64))


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
    return probabilities, float(-np.log(np.maximum(right, 1e-30)).sum(dtype=np.float64))
