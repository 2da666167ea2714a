"""Tokens and retry keys, whatever is done with them in whatever order."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.line_platform.errors import LineError
from tests.line_platform.tokens import LinkTokens, ReplyTokens, RetryKeys

START = datetime(2026, 12, 1, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.sampled_from(["deliver", "reply"]), st.integers(0, 1500)), max_size=12
)


@given(STEPS)
def test_a_token_replies_at_most_once_and_within_a_minute_of_a_delivery(
    steps: list[tuple[str, int]],
) -> None:
    tokens, now = ReplyTokens(), START
    token = tokens.issue("chat", START)
    deliveries: list[datetime] = []
    replies: list[datetime] = []
    for act, seconds in steps:
        now += timedelta(seconds=seconds)
        if act == "deliver":
            tokens.open(token, now)
            if not deliveries or now - START <= timedelta(minutes=20):
                deliveries.append(now)
            continue
        with contextlib.suppress(LineError):
            assert tokens.chat_of(token, now) == "chat"
            tokens.use(token)
            replies.append(now)
    assert len(replies) <= 1
    for reply in replies:
        assert any(timedelta(0) <= reply - at <= timedelta(minutes=1) for at in deliveries)


@given(st.lists(st.integers(0, 1000), max_size=6))
def test_a_link_token_is_redeemed_at_most_once_and_within_ten_minutes(waits: list[int]) -> None:
    tokens, now = LinkTokens(), START
    token = tokens.issue("hana", START)
    redeemed = []
    for seconds in waits:
        now += timedelta(seconds=seconds)
        if tokens.redeem(token, now) is not None:
            redeemed.append(now - START)
    assert len(redeemed) <= 1
    assert all(after <= timedelta(minutes=10) for after in redeemed)


@given(st.lists(st.integers(0, 40 * 3600), max_size=8))
def test_a_retry_key_lets_nothing_through_within_a_day_of_the_last_time(waits: list[int]) -> None:
    keys, now = RetryKeys(), START
    accepted: list[datetime] = []
    for seconds in waits:
        now += timedelta(seconds=seconds)
        with contextlib.suppress(LineError):
            keys.refuse_known("key", now)
            keys.remember("key", "request", [], now)
            accepted.append(now)
    gaps = [later - earlier for earlier, later in pairwise(accepted)]
    assert all(gap > timedelta(hours=24) for gap in gaps)
    assert bool(accepted) == bool(waits)
