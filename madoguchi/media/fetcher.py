"""Fetches customers' files from their platforms, apart from the messages they belong to."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
    MediaRef,
    MediaTooLargeError,
)
from madoguchi.logs import log
from madoguchi.media.attachments import Attachments, Claim
from madoguchi.media.checks import Verdict, check
from madoguchi.media.limits import LARGEST_CONVERSATION, largest
from madoguchi.media.metadata import without_metadata

# Less than a claim: a try that is given up here is not yet anyone else's.
TRY_SECONDS = 120.0
_LOOK_SECONDS = 1.0
# Each may be of 50 MB, and is in memory.
_AT_ONCE = 3
# The last try is some two hours after the first: longer than most outages of a platform.
_ATTEMPTS = 20
_FIRST_WAIT_PENDING = timedelta(seconds=2)
_FIRST_WAIT_TROUBLE = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)


class FileSource(Protocol):
    """What is needed of a messaging channel here: that it fetches."""

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a file, or raise, as ``MessagingChannel.fetch`` does."""
        ...


def _nobody(_conversation_id: str) -> None:
    """Tell nobody."""


class MediaWorker:
    """Fetches what waits, checks it, and keeps or refuses it; no message waits for that."""

    def __init__(
        self,
        attachments: Attachments,
        channels: Mapping[str, FileSource],
        *,
        settled: Callable[[str], None] = _nobody,
        attempts: int = _ATTEMPTS,
        try_seconds: float = TRY_SECONDS,
        conversation_bytes: int = LARGEST_CONVERSATION,
    ) -> None:
        """Fetch with each file's channel; what belongs to no channel here stays waiting.

        ``settled`` is told the conversation whose file was just kept or refused. After so many
        ``attempts`` a file is given up; ``try_seconds`` has to be less than a claim's time. The
        files of one conversation have at most ``conversation_bytes`` together.
        """
        self._attachments = attachments
        self._channels = channels
        self._settled = settled
        self._attempts = attempts
        self._try_seconds = try_seconds
        self._conversation_bytes = conversation_bytes
        self._tries: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._looker: asyncio.Task[None] | None = None
        self._log = log("media")

    async def start(self) -> None:
        """Begin, with what an earlier process left waiting."""
        self._looker = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop; what is being fetched is given back, for the next process to begin anew."""
        running = [*([self._looker] if self._looker else []), *self._tries]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def wake(self) -> None:
        """Look for files now."""
        self._woken.set()

    async def _look(self) -> None:
        while True:
            self._woken.clear()
            try:
                free = _AT_ONCE - len(self._tries)
                names = list(self._channels)
                for claim in await self._attachments.claim(names, free) if free > 0 else []:
                    task = asyncio.create_task(self._task(claim))
                    self._tries.add(task)
                    task.add_done_callback(self._tries.discard)
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("files not read")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)

    async def _task(self, claim: Claim) -> None:
        try:
            await self.fetch(claim)
        except Exception:  # noqa: BLE001  (the claim ends by itself, then it is tried again)
            self._log.exception("file failed", conversation=claim.conversation_id)
        finally:
            self.wake()  # there is room for another one

    async def fetch(self, claim: Claim) -> None:
        """Try a file once and store how that ended. Raises what the database raises."""
        try:
            await self._fetch(claim)
        except asyncio.CancelledError:
            await self._attachments.release(claim)
            raise

    async def _fetch(self, claim: Claim) -> None:
        if claim.attempt > self._attempts:
            # Every try before this one died with its process: perhaps of this very file.
            await self._refuse(claim, "unreachable")
            return
        try:
            await self._bring(claim)
        except MediaPendingError:
            await self._put_off(claim, _FIRST_WAIT_PENDING, "not_ready")
        except MediaGoneError:
            await self._refuse(claim, "gone")
        except MediaTooLargeError:
            await self._refuse(claim, "too_large")

    async def _bring(self, claim: Claim) -> None:
        limit = largest(claim.kind)
        if claim.media.size is not None and claim.media.size > limit:
            raise MediaTooLargeError
        try:
            async with asyncio.timeout(self._try_seconds):
                fetched = await self._channels[claim.channel].fetch(claim.media, limit)
        except (MediaPendingError, MediaGoneError, MediaTooLargeError):
            raise
        except Exception:  # noqa: BLE001  (whatever a connection raises means: later)
            self._log.warning(
                "file not fetched", channel=claim.channel, kind=claim.kind, attempt=claim.attempt
            )
            await self._put_off(claim, _FIRST_WAIT_TROUBLE, "unreachable")
            return
        name = fetched.name or claim.media.name
        # Unpacking lists and reading 20 MB of text would hold every chat up.
        verdict, content = await asyncio.to_thread(_checked, fetched.content, claim.kind, name)
        await self._store(claim, content, verdict, name)

    async def _store(
        self, claim: Claim, content: bytes, verdict: Verdict, name: str | None
    ) -> None:
        if not verdict.kept or verdict.content_type is None:
            await self._refuse(claim, verdict.reason or "type")
            return
        kept = await self._attachments.kept_bytes(claim.conversation_id)
        if kept + len(content) > self._conversation_bytes:
            await self._refuse(claim, "too_much")
            return
        if await self._attachments.keep(claim, content, verdict.content_type, name):
            self._settled(claim.conversation_id)

    async def _refuse(self, claim: Claim, reason: str) -> None:
        if await self._attachments.refuse(claim, reason):
            self._log.info("file refused", channel=claim.channel, kind=claim.kind, reason=reason)
            self._settled(claim.conversation_id)

    async def _put_off(self, claim: Claim, first: timedelta, reason: str) -> None:
        if claim.attempt >= self._attempts:
            await self._refuse(claim, reason)
        else:
            await self._attachments.put_off(claim, wait_after(claim.attempt, first))


def _checked(content: bytes, kind: str, name: str | None) -> tuple[Verdict, bytes]:
    """Return whether a file is kept, and what of it is."""
    verdict = check(content, kind, name)
    if verdict.content_type is None:
        return verdict, content
    return verdict, without_metadata(content, verdict.content_type)


def wait_after(attempt: int, first: timedelta) -> timedelta:
    """Return how long to wait after a try: doubled each time, by chance, at most ten minutes."""
    doubled = min(first * 2.0 ** min(attempt - 1, 30), _LONGEST_WAIT)
    return doubled * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)
