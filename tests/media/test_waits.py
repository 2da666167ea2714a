"""How long a file that could not be fetched waits for its next try."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.media.attachments import CLAIM
from madoguchi.media.fetcher import TRY_SECONDS, wait_after


@given(st.integers(1, 5000), st.integers(1, 600))
def test_waits_grow_to_ten_minutes_and_no_more(attempt: int, seconds: int) -> None:
    first = timedelta(seconds=seconds)
    bound = min(first * 2 ** min(attempt - 1, 20), timedelta(minutes=10))
    assert bound / 2 <= wait_after(attempt, first) <= bound


def test_a_try_ends_before_its_claim_does() -> None:
    assert timedelta(seconds=TRY_SECONDS) + timedelta(seconds=30) < CLAIM
