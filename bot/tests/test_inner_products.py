"""A product with the inner products is the one that their matrix would give."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from bot.inner_products import Block, InnerProducts


def thin(random: np.random.Generator, examples: int, features: int) -> sparse.csr_matrix:
    """Return a block of mostly zeros."""
    block = sparse.random(examples, features, density=0.2, random_state=random.integers(2**31))
    return block.tocsr().astype(np.float32)


def expected(blocks: list[Block], columns: np.ndarray) -> np.ndarray:
    """Return the product with the matrix itself, made the plain way."""
    rows = [block.toarray() if sparse.issparse(block) else block for block in blocks]
    together = np.hstack([*rows, np.ones((len(columns), 1))]).astype(np.float64)
    return together @ together.T @ columns


@given(
    st.integers(0, 2**31),
    st.integers(1, 12),
    st.lists(st.tuples(st.booleans(), st.integers(1, 30)), min_size=1, max_size=4),
    st.integers(1, 6),
)
def test_it_multiplies_like_the_matrix(
    seed: int, examples: int, kinds: list[tuple[bool, int]], width: int
) -> None:
    random = np.random.default_rng(seed)
    blocks = [
        thin(random, examples, features)
        if is_thin
        else random.normal(size=(examples, features)).astype(np.float32)
        for is_thin, features in kinds
    ]
    columns = random.normal(size=(examples, width)).astype(np.float32)
    found = InnerProducts(blocks)(columns)
    assert found.dtype == np.float32
    assert found == pytest.approx(expected(blocks, columns), rel=1e-4, abs=1e-3)


def test_more_features_than_are_taken_at_once_all_count() -> None:
    random = np.random.default_rng(1)
    block = sparse.random(30, 45_000, density=0.01, random_state=1).tocsr().astype(np.float32)
    columns = random.normal(size=(30, 4)).astype(np.float32)
    found = InnerProducts([block])(columns)
    assert found == pytest.approx(expected([block], columns), rel=1e-4, abs=1e-3)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core only")
def test_the_number_of_cores_does_not_change_a_bit_of_it() -> None:
    random = np.random.default_rng(2)
    products = InnerProducts([thin(random, 50, 200), thin(random, 50, 90)])
    columns = random.normal(size=(50, 7)).astype(np.float32)
    before = os.sched_getaffinity(0)
    on_all = products(columns)
    try:
        os.sched_setaffinity(0, {min(before)})
        on_one = products(columns)
    finally:
        os.sched_setaffinity(0, before)
    assert (on_all == on_one).all()


def test_what_it_multiplies_stays_as_it_was() -> None:
    block = thin(np.random.default_rng(3), 5, 10)
    columns = np.ones((5, 2), dtype=np.float32)
    InnerProducts([block])(columns)
    assert (columns == 1).all()


def test_what_all_of_many_examples_share_is_summed_precisely() -> None:
    random = np.random.default_rng(4)
    columns = (random.random((200_000, 2)) * 0.1).astype(np.float32)
    block = sparse.csr_matrix((200_000, 1), dtype=np.float32)
    found = InnerProducts([block])(columns)
    assert found[0] == pytest.approx(columns.sum(axis=0, dtype=np.float64), rel=1e-6)
