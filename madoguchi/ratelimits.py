"""How much one customer, and one address, may send in a minute."""

from __future__ import annotations

import hashlib
import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from madoguchi.logs import log
from madoguchi.problems import Problem

# A customer waits for it, so Redis is given up on soon, and then left alone for a while.
_REDIS_SECONDS = 0.5
_PAUSE_SECONDS = 5.0
# A message is told to be on its way a few times while it is written.
_TYPING = 4


class RateLimits:
    """Counts in a moving window of a minute; zero means without a limit.

    With Redis all processes count together. Without it, and while it is away, each counts alone:
    a limit that lets too much through does less harm than a chat that answers nobody.
    """

    def __init__(
        self,
        messages: int,
        conversations: int,
        redis_url: str | None = None,
        prefix: str = "madoguchi",
    ) -> None:
        """Allow so many messages a customer, and new conversations an address, a minute.

        ``prefix`` keeps two services on one Redis server apart.
        """
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._pool = _pool(redis_url) if redis_url is not None else None
        self._shared = _limiter(redis_url, self._pool, prefix) if redis_url and self._pool else None
        self._alone_until = 0.0
        self._messages = messages
        self._conversations = conversations if messages else 0
        self._log = log("ratelimits")

    async def count_message(self, customer: str) -> None:
        """Count a message of a customer. Raises Problem 429 when there were too many."""
        await self._count("message", self._messages, customer)

    async def count_conversation(self, address: str) -> None:
        """Count a new conversation of an address. Raises Problem 429 likewise."""
        await self._count("conversation", self._conversations, address)

    async def count_typing(self, customer: str) -> None:
        """Count that a customer has begun or stopped writing. Raises Problem 429 likewise."""
        await self._count("typing", _TYPING * self._messages, customer)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _count(self, what: str, limit: int, whose: str) -> None:
        if not limit:
            return
        item = RateLimitItemPerMinute(limit)
        # Redis needs to tell customers apart, not to know them.
        name = hashlib.sha256(whose.encode()).hexdigest()[:32]
        reset = await self._hit(item, what, name)
        if reset is None:
            return
        seconds = max(1, math.ceil(reset - time.time()))
        raise Problem(
            429, "too_many_requests", headers={"Retry-After": str(seconds)}, seconds=seconds
        )

    async def _hit(self, item: RateLimitItemPerMinute, what: str, name: str) -> float | None:
        """Return when the next one is allowed (Unix time), None when this one is."""
        if self._shared is not None and time.monotonic() >= self._alone_until:
            try:
                return await _reset(self._shared, item, what, name)
            except (RedisError, OSError) as error:
                self._alone_until = time.monotonic() + _PAUSE_SECONDS
                self._log.warning("counting alone", error=type(error).__name__)
        return await _reset(self._own, item, what, name)


async def _reset(
    limiter: MovingWindowRateLimiter, item: RateLimitItemPerMinute, what: str, name: str
) -> float | None:
    if await limiter.hit(item, what, name):
        return None
    return (await limiter.get_window_stats(item, what, name)).reset_time


def _pool(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(
        url,
        protocol=2,
        socket_connect_timeout=_REDIS_SECONDS,
        socket_timeout=_REDIS_SECONDS,
        retry=Retry(NoBackoff(), 1),  # for a connection that went stale
    )


def _limiter(url: str, pool: ConnectionPool, prefix: str) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        f"async+{url}",
        implementation="redispy",
        key_prefix=f"{prefix}:limits",
        connection_pool=pool,  # type: ignore[arg-type]  # documented, but not in its annotation
    )
    return MovingWindowRateLimiter(storage)
