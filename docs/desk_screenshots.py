# ruff: noqa: INP001  (a script, not part of a package)
"""Takes the pictures of docs/desk.md anew.

Run as ``PYTHONPATH=. .venv/bin/python docs/desk_screenshots.py``.

A service of its own runs with an engine that does as it is told; the pages are the real ones.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import async_playwright, expect

from madoguchi.settings import Settings
from tests.e2e.desk.conftest import Floor
from tests.support.engine import ScriptedEngine, rasa_message, says
from tests.support.server import running_service

IMAGES = Path(__file__).resolve().parent / "images"
_QUESTION = "届いたバッグの持ち手に傷がありました。返品できますか"
_ANSWER = (
    "届いた商品に傷などがある場合は、交換ではなく引き取りのご相談になります。\n"
    "担当者が状態を確認しますので、写真をご用意ください。"
)


async def main() -> int:
    """Write the pictures; returns the exit code."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = Settings(
            env="test",
            database_url=f"sqlite+aiosqlite:///{folder}/desk.db",
            rate_limit_per_minute=0,
        )
        engine = ScriptedEngine()
        service = await stack.enter_async_context(running_service(settings, engine))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        stack.push_async_callback(browser.close)
        await _pictures(Floor(service, browser), engine)
    return 0


async def _pictures(floor: Floor, engine: ScriptedEngine) -> None:
    sato = await floor.agent("sato")
    await sato.page.set_viewport_size({"width": 1280, "height": 800})
    engine.will(says(rasa_message(_ANSWER, "utter_store_return_damaged")))
    customer = await floor.customer(_QUESTION, expected="写真をご用意ください")
    for waiting in ("注文をキャンセルしたいのですが", "領収書の宛名を変えたいです"):
        other = await floor.customer(waiting)
        await floor.call(await other.chat(), "")
        await other.page.close()
    chat = await customer.chat()
    await floor.call(chat, "")
    await expect(sato.row(chat)).to_be_visible()
    await sato.page.screenshot(path=IMAGES / "desk-queue.png")
    await sato.take(chat)
    await sato.has()
    await sato.write("担当の佐藤です。傷の写真を送っていただけますか。")
    await expect(customer.bubble("担当の佐藤です")).to_be_visible()
    await customer.write("はい、これから撮って送ります。")
    await expect(sato.said("これから撮って")).to_be_visible()
    await sato.page.screenshot(path=IMAGES / "desk-chat.png")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
