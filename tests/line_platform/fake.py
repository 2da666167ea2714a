"""The platform for tests: really served, gone at the end.

::

    async with FakeLine(bot_url="http://127.0.0.1:8080/line/webhook") as line:
        hana = line.user("佐藤 花子")
        await hana.says("送料はいくらですか")
        [answer] = await hana.receives()
        assert answer.via == "reply"
        await hana.taps("返品について")
        line.clock.advance(61)  # its reply token is too old now
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from tests.line_platform.app import create_app
from tests.line_platform.clock import LineClock
from tests.line_platform.line import Line
from tests.line_platform.people import DEMO_SECRET, DEMO_TOKEN, Channel
from tests.line_platform.quota import FREE_PLAN
from tests.support.server import serving


class FakeLine(Line):
    """A served platform; ``url`` is what the bot takes for ``https://api.line.me``."""

    def __init__(
        self,
        bot_url: str | None = None,
        *,
        secret: str = DEMO_SECRET,
        token: str = DEMO_TOKEN,
        now: datetime | None = None,
        quota: int | None = FREE_PLAN,
    ) -> None:
        """Prepare a platform whose clock stands still at ``now``, by default the machine's time.

        A bot that has to know the platform's address first is connected later.
        """
        super().__init__(Channel(secret, token, bot_url), LineClock(now), quota)
        self.url = ""
        # A second address of the same platform, for a bot that fetches media elsewhere, as
        # LINE's api-data.line.me is; a call's host header tells which was used.
        self.data_url = ""
        self._running = AsyncExitStack()

    def connect(self, bot_url: str) -> None:
        """Say where webhooks go."""
        self.channel.bot_url = bot_url

    async def __aenter__(self) -> Self:
        """Serve."""
        app = create_app(self)
        self.url = await self._running.enter_async_context(serving(app))
        self.data_url = await self._running.enter_async_context(serving(app))
        self._running.push_async_callback(self.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self._running.aclose()
