"""Customers of LINE's stand-in who write in bursts, and a LINE that sends again what failed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import batched
from typing import Any

from tests.line_platform.app import create_app
from tests.line_platform.clock import LineClock
from tests.line_platform.customer import Customer
from tests.line_platform.events import Event, redelivered
from tests.line_platform.line import Line
from tests.line_platform.people import Channel
from tests.support.server import serving

FETCH = "結果を見る"
# Whatever the seed, these customers' webhooks travel in their own way.
_REVERSED_EVERY, _FIVE_TIMES_EVERY, _SLOW_EVERY = 3, 5, 7
_LONGEST_BURST = 4
# How long a customer looks at the last thing that came before they tap below it.
_PATIENCE_SECONDS = 2.0


@asynccontextmanager
async def running_line() -> AsyncIterator[tuple[Line, str]]:
    """Serve a stand-in whose clock runs, so that tokens age while processes start; with its URL."""
    line = Line(Channel(), LineClock(running=True), quota=None)
    async with serving(create_app(line)) as url:
        try:
            yield line, url
        finally:
            await line.close()


async def bring(line: Line, events: Sequence[Event]) -> None:
    """Send a webhook, and again as LINE does until it is acknowledged."""
    delivery = await line.deliver(*events)
    while not delivery.ok:
        await asyncio.sleep(0.5)
        delivery = await line.deliver(*(redelivered(event) for event in events))


class Asker:
    """One customer with questions: the next burst leaves when the one before was acknowledged."""

    def __init__(self, line: Line, number: int, questions: Sequence[str], chance: int) -> None:
        """Ask these questions in this order; ``chance`` seeds when and how."""
        self.customer: Customer = line.user(f"お客様{number}")
        self.questions = tuple(questions)
        self._line = line
        self._number = number
        self._random = random.Random(chance)  # noqa: S311  (a run that can be repeated)
        self._tapped = ""

    async def ask(self, seconds: float) -> None:
        """Send all questions, spread over about so many seconds."""
        bursts = self._bursts()
        for at, burst in bursts:
            await asyncio.sleep(at * seconds / len(bursts))
            await self._send(burst)

    async def taps_when_told_to_wait(self) -> None:
        """Tap 「結果を見る」 whenever it has been the last thing to see for a while; for ever."""
        while True:
            last = self.customer.chat[-1] if self.customer.chat else None
            await asyncio.sleep(_PATIENCE_SECONDS)
            if last is None or last is not self.customer.chat[-1] or last.id == self._tapped:
                continue
            offered = [each for each in self.customer.quick_replies if each.label == FETCH]
            if offered:
                self._tapped = last.id
                await self._tap(offered[0].action)

    def _bursts(self) -> list[tuple[float, tuple[str, ...]]]:
        size = self._random.randint(1, _LONGEST_BURST)
        return [(self._random.uniform(0, 2), burst) for burst in batched(self.questions, size)]

    async def _send(self, texts: Sequence[str]) -> None:
        events = [await self._written(text) for text in texts]
        if self._number % _REVERSED_EVERY == 0:
            events.reverse()
        if self._number % _SLOW_EVERY == 0:
            await asyncio.sleep(self._random.uniform(0, 3))
        copies = 5 if self._number % _FIVE_TIMES_EVERY == 0 else 1
        await asyncio.gather(*(bring(self._line, events) for _ in range(copies)))

    async def _written(self, text: str) -> Event:
        """Return the event of a message, of a later millisecond than the one before it."""
        before = self._line.clock.milliseconds()
        while self._line.clock.milliseconds() == before:  # noqa: ASYNC110  (a clock tells nobody)
            await asyncio.sleep(0.001)
        platform, user = self._line.platform, self.customer.user
        event = platform.events.text(user.source, text)
        platform.write(user.id, user.id, event["message"], event["message"]["id"])
        return event

    async def _tap(self, action: dict[str, Any]) -> None:
        platform, user = self._line.platform, self.customer.user
        await bring(self._line, [platform.events.postback(user.source, action["data"])])
