"""Milliseconds from a customer's message to its answer, through the Chat API."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from typing import Any

import httpx

_MESSAGES = 150


async def measure(url: str, texts: list[str], customers: int) -> dict[str, Any]:
    """Return the figures for so many customers who write at the same time."""
    taken: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        started = time.perf_counter()
        each = max(3, _MESSAGES // customers)
        shares = [texts[number::customers][:each] for number in range(customers)]
        await asyncio.gather(*(_customer(http, share, taken) for share in shares))
        seconds = time.perf_counter() - started
    taken.sort()
    return {
        "customers": customers,
        "messages": len(taken),
        "median_ms": round(statistics.median(taken)),
        "p95_ms": round(taken[int(len(taken) * 0.95)]),
        "messages_per_second": round(len(taken) / seconds, 1),
    }


async def _customer(http: httpx.AsyncClient, texts: list[str], taken: list[float]) -> None:
    opened = (await http.post("/api/v1/conversations", json={"site": None})).json()
    for text in texts:
        started = time.perf_counter()
        answer = await http.post(
            f"/api/v1/conversations/{opened['id']}/messages",
            json={"text": text},
            headers={
                "Authorization": f"Bearer {opened['token']}",
                "Idempotency-Key": str(uuid.uuid4()),
            },
        )
        answer.raise_for_status()
        taken.append((time.perf_counter() - started) * 1000)
