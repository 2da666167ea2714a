"""The breaker spares a shop that does not answer, and notices when it does again."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from madoguchi.systems.http.breaker import BreakerOpenError, BreakerState, CircuitBreaker


class AwayError(Exception):
    """The shop failed."""


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def fail(breaker: CircuitBreaker) -> None:
    with suppress(AwayError), breaker.guarding(AwayError):
        raise AwayError


def succeed(breaker: CircuitBreaker) -> None:
    with breaker.guarding(AwayError):
        pass


def state_of(breaker: CircuitBreaker) -> BreakerState:
    return breaker.state  # a call, so that no type checker takes the state for settled


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def breaker(hand: Hand) -> CircuitBreaker:
    """Opens after three failures in a row, for ten seconds."""
    return CircuitBreaker(failures=3, pause=10, clock=hand)


@pytest.fixture
def opened(breaker: CircuitBreaker) -> CircuitBreaker:
    """A breaker that has just opened."""
    for _ in range(3):
        fail(breaker)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row(breaker: CircuitBreaker) -> None:
    for _ in range(2):
        fail(breaker)
    assert state_of(breaker) is BreakerState.CLOSED
    fail(breaker)
    assert state_of(breaker) is BreakerState.OPEN
    with pytest.raises(BreakerOpenError):
        succeed(breaker)


def test_a_success_forgets_the_failures_before_it(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        fail(breaker)
        fail(breaker)
        succeed(breaker)
    assert state_of(breaker) is BreakerState.CLOSED


def test_the_pause_ends_on_the_second(opened: CircuitBreaker, hand: Hand) -> None:
    hand.seconds += 9.999
    assert state_of(opened) is BreakerState.OPEN
    hand.seconds += 0.001
    assert state_of(opened) is BreakerState.HALF_OPEN


def test_one_success_closes_it_again(opened: CircuitBreaker, hand: Hand) -> None:
    hand.seconds += 10
    succeed(opened)
    assert state_of(opened) is BreakerState.CLOSED
    fail(opened)
    fail(opened)
    assert state_of(opened) is BreakerState.CLOSED, (
        "the failures before the opening no longer count"
    )


def test_one_failure_opens_it_for_another_pause(opened: CircuitBreaker, hand: Hand) -> None:
    hand.seconds += 10
    fail(opened)
    assert state_of(opened) is BreakerState.OPEN
    hand.seconds += 10
    assert state_of(opened) is BreakerState.HALF_OPEN


def test_only_one_call_tries_whether_the_shop_is_back(opened: CircuitBreaker, hand: Hand) -> None:
    hand.seconds += 10
    with opened.guarding(AwayError), pytest.raises(BreakerOpenError):
        succeed(opened)
    assert state_of(opened) is BreakerState.CLOSED


@pytest.mark.parametrize("ends", [ValueError, asyncio.CancelledError])
def test_a_try_that_is_given_up_leaves_room_for_the_next(
    opened: CircuitBreaker, hand: Hand, ends: type[BaseException]
) -> None:
    hand.seconds += 10
    with pytest.raises(ends), opened.guarding(AwayError):
        raise ends
    assert state_of(opened) is BreakerState.HALF_OPEN
    succeed(opened)
    assert state_of(opened) is BreakerState.CLOSED


def test_other_errors_are_no_failures(breaker: CircuitBreaker) -> None:
    for _ in range(10):
        with pytest.raises(ValueError, match="ours"), breaker.guarding(AwayError):
            raise ValueError("ours")
    assert state_of(breaker) is BreakerState.CLOSED


def test_a_call_from_before_the_opening_does_not_close_it(
    breaker: CircuitBreaker, hand: Hand
) -> None:
    with breaker.guarding(AwayError):
        for _ in range(3):
            fail(breaker)
    assert state_of(breaker) is BreakerState.OPEN


def test_a_call_from_before_the_opening_does_not_lengthen_it(
    breaker: CircuitBreaker, hand: Hand
) -> None:
    with suppress(AwayError), breaker.guarding(AwayError):
        for _ in range(3):
            fail(breaker)
        hand.seconds += 9
        raise AwayError
    hand.seconds += 1
    assert state_of(breaker) is BreakerState.HALF_OPEN


class AnyOrder(RuleBasedStateMachine):
    """Calls that begin, end and fail in any order, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = Hand()
        self.breaker = CircuitBreaker(failures=2, pause=5, clock=self.hand)
        self.running: list[AbstractContextManager[None]] = []

    @rule()
    def begin(self) -> None:
        state, guard = self.breaker.state, self.breaker.guarding(AwayError)
        try:
            guard.__enter__()
        except BreakerOpenError:
            assert state is not BreakerState.CLOSED
            return
        assert state is not BreakerState.OPEN
        self.running.append(guard)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0), error=st.sampled_from([None, AwayError, ValueError]))
    def end(self, which: int, error: type[Exception] | None) -> None:
        guard = self.running.pop(which % len(self.running))
        with suppress(AwayError, ValueError):
            guard.__exit__(error, error() if error else None, None)

    @rule(seconds=st.floats(0, 10))
    def wait(self, seconds: float) -> None:
        self.hand.seconds += seconds

    def teardown(self) -> None:
        """When all calls have ended and the pause is over, the next one always goes through."""
        while self.running:
            self.end(0, ValueError)
        self.hand.seconds += 5
        succeed(self.breaker)
        assert self.breaker.state is BreakerState.CLOSED


TestAnyOrder = AnyOrder.TestCase
