"""Reads what is downloaded no further than it may be large."""

from __future__ import annotations

import httpx

from madoguchi.conversations.channel import MediaTooLargeError


async def at_most(answer: httpx.Response, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes. Raises MediaTooLargeError."""
    declared = answer.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise MediaTooLargeError(f"the file has {declared} bytes")
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise MediaTooLargeError(f"the file has more than {limit} bytes")
    return bytes(content)
