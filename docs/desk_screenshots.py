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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.desk.tables import HandoffRow
from madoguchi.engine.client import EngineReply
from madoguchi.knowledge.answers import answers
from madoguchi.settings import Settings
from tests.e2e.desk.conftest import Desk, Floor
from tests.support.chromium import ARGUMENTS, CHROMIUM
from tests.support.engine import ScriptedEngine, rasa_message
from tests.support.server import running_service

IMAGES = Path(__file__).resolve().parent / "images"
_QUESTION = "届いたバッグの持ち手に傷がありました。返品できますか"
_WAITING = ("注文をキャンセルしたいのですが", "領収書の宛名を変えたいです")
# So long they have waited when the pictures are taken, in minutes.
_WAITED = (12, 4)
_INTENT = "store_damaged_on_arrival"


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
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        stack.push_async_callback(browser.close)
        await _pictures(Floor(service, browser), engine)
    return 0


async def _pictures(floor: Floor, engine: ScriptedEngine) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    page = sato.page
    await page.set_viewport_size({"width": 1280, "height": 800})
    engine.will(_answers)
    answer = answers()[f"utter_{_INTENT}"]
    customer = await floor.customer(_QUESTION, expected=answer.partition("\n")[0])
    others = [
        await _waiting(floor, words, minutes)
        for words, minutes in zip(_WAITING, _WAITED, strict=True)
    ]
    chat = await customer.chat()
    await floor.call(chat, "")
    await page.reload()
    await expect(sato.row(chat)).to_be_visible()
    await page.screenshot(path=IMAGES / "desk-queue.png")
    await sato.take(chat)
    await sato.has()
    await sato.write("担当の佐藤です。傷の写真を送っていただけますか。")
    await expect(customer.bubble("担当の佐藤です")).to_be_visible()
    await customer.write("はい、これから撮って送ります。")
    await expect(sato.said("これから撮って")).to_be_visible()
    await page.screenshot(path=IMAGES / "desk-chat.png")
    await page.emulate_media(color_scheme="dark")
    await page.screenshot(path=IMAGES / "desk-dark.png")
    await page.emulate_media(color_scheme="light")
    await _tablet(page)
    await _colleagues(sato, suzuki, others[0])
    await _merge(page)
    await _agents(floor)


async def _answers(_conversation: Conversation, _inbound: Inbound) -> EngineReply:
    name = f"utter_{_INTENT}"
    candidates = [
        {"intent": _INTENT, "confidence": 0.92},
        {"intent": "act_return_eligibility", "confidence": 0.06},
    ]
    understood = {"intent": _INTENT, "confidence": 0.92, "candidates": candidates}
    return EngineReply([rasa_message(answers()[name], name)], understood)


async def _waiting(floor: Floor, words: str, minutes: int) -> str:
    customer = await floor.customer(words)
    chat = await customer.chat()
    await floor.call(chat, "")
    await customer.page.close()
    asked = datetime.now(UTC) - timedelta(minutes=minutes)
    async with AsyncSession(floor.service.parts.database) as session, session.begin():
        await session.execute(
            update(HandoffRow).where(HandoffRow.conversation_id == chat).values(asked_at=asked)
        )
    return chat


async def _tablet(page: Page) -> None:
    await page.set_viewport_size({"width": 1024, "height": 768})
    await page.get_by_role("button", name="お客様の情報").click()
    await page.screenshot(path=IMAGES / "desk-tablet.png")
    await page.locator(".close-customer").click()
    await page.set_viewport_size({"width": 1280, "height": 800})


async def _colleagues(sato: Desk, suzuki: Desk, chat: str) -> None:
    await suzuki.take(chat)
    await suzuki.has()
    await sato.page.get_by_role("button", name="転送").click()
    await expect(sato.page.locator("dialog .colleague").first).to_contain_text("1/")
    await sato.page.screenshot(path=IMAGES / "desk-transfer.png")
    await sato.page.keyboard.press("Escape")


async def _merge(page: Page) -> None:
    await page.get_by_role("button", name="まとめる").click()
    await page.get_by_label("同じお客様の別のチャットを探す").fill("領収書")
    await page.get_by_role("button", name="探す", exact=True).click()
    await page.locator(".found-chat").first.click()
    await expect(page.locator(".short")).to_have_count(2)
    await page.screenshot(path=IMAGES / "desk-merge.png")
    await page.keyboard.press("Escape")


async def _agents(floor: Floor) -> None:
    admin = await floor.agent("admin")
    await admin.page.set_viewport_size({"width": 1280, "height": 560})
    await admin.page.get_by_role("link", name="担当者", exact=True).click()
    await expect(admin.page.locator(".agents tbody tr")).to_have_count(3)
    await admin.page.screenshot(path=IMAGES / "desk-agents.png")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
