# ruff: noqa: INP001  (a script, not part of a package)
"""Takes the pictures of the pages on LINE from the sandbox, which talks to a running service.

1. ``make line-sandbox``
2. ``MADOGUCHI_LINE_API_URL=http://127.0.0.1:8090 make run``
3. ``MADOGUCHI_LINE_API_URL=http://127.0.0.1:8090 .venv/bin/python -m madoguchi line menu``
4. ``PYTHONPATH=. .venv/bin/python docs/line_screenshots.py --engine "$(pgrep -f bot.launch)"``

Start the sandbox anew each time: its customers must not be there yet. The engine is stopped for
some seconds, to be late. Other addresses and another browser: ``--sandbox http://127.0.0.1:8091``,
``CHROMIUM_PATH=/path/to/chromium``.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.support.chromium import ARGUMENTS, CHROMIUM

IMAGES = Path(__file__).resolve().parent / "images"
_LARGEST = 200_000
_WIDTH = 1240
# The service gives the engine 8 seconds, on a busy machine some more.
_PATIENCE = 60_000


class Talk:
    """A new customer's talk on the sandbox's page."""

    def __init__(self, page: Page, name: str) -> None:
        """Add the account as a friend and wait for the greeting."""
        self.page = page
        self.log = page.locator("#log")
        page.locator("#new-name").fill(name)
        page.get_by_role("button", name="友だち追加").click()
        # Fresh, for what belongs to the talk before may be drawn into this one.
        page.locator("#users").get_by_text(name).wait_for()
        page.reload()
        page.wait_for_timeout(1_500)
        page.locator("#users").get_by_text(name).click()
        expect(self.log.locator("li")).to_have_count(1, timeout=_PATIENCE)
        self.hears("友だち追加ありがとうございます")
        self.folds_menu()

    def says(self, text: str) -> None:
        """Write a message."""
        self.page.locator("#text").fill(text)
        self.page.locator("#text").press("Enter")

    def hears(self, text: str) -> None:
        """Wait until the shop has said this."""
        self.log.locator(".bot").get_by_text(text).last.wait_for(timeout=_PATIENCE)

    def taps(self, title: str) -> None:
        """Tap a quick reply."""
        self.page.locator("#quick").get_by_text(title).click()

    def folds_menu(self) -> None:
        """Hide the rich menu, which takes the talk's room, or show it again."""
        self.page.locator("#menu summary").click()

    def shows(self, file: str, height: int, *, whole: bool = False) -> None:
        """Take a picture of the talk, or of the whole page, as it stands at its end."""
        self.page.set_viewport_size({"width": _WIDTH, "height": height})
        self.page.wait_for_timeout(600)
        self.log.evaluate("log => { log.scrollTop = log.scrollHeight }")
        self.page.locator("#text").blur()
        target = IMAGES / file
        if whole:
            self.page.screenshot(path=target)
        else:
            self.page.locator(".phone").screenshot(path=target)
        size = target.stat().st_size
        print(f"{file}: {size:,} bytes")
        if size > _LARGEST:
            raise SystemExit(f"{file} is larger than {_LARGEST:,} bytes")


def main() -> None:
    """Take every picture anew."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sandbox", default="http://127.0.0.1:8090", help="where its page is")
    parser.add_argument("--engine", type=int, required=True, help="the engine's process id")
    asked = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        context = browser.new_context(
            viewport={"width": _WIDTH, "height": 900},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(asked.sandbox)
        talk = Talk(page, "山本 さくら")
        take_answer(talk)
        take_later(talk, asked.engine)
        take_order(Talk(page, "中村 かえで"))
        take_link(Talk(page, "小林 すみれ"))
        take_costs(Talk(page, "加藤 あおい"), asked.engine)
        browser.close()


def take_answer(talk: Talk) -> None:
    """An answer with its next steps as quick replies."""
    talk.says("送料っていくら？")
    talk.hears("全品送料無料です")
    talk.shows("line-answer.png", 760)


def take_later(talk: Talk, engine: int) -> None:
    """An answer that is late, and the button that fetches it."""
    with standing_still(engine):
        talk.says("ラッピングはできますか")
        talk.hears("結果を見る")
        talk.shows("line-later.png", 860)
    talk.page.wait_for_timeout(5_000)
    talk.taps("結果を見る")
    talk.hears("ギフトラッピング")


def take_order(talk: Talk) -> None:
    """An order, whose customer is known by the telephone number."""
    talk.says("A-20261103-0042の状況を教えて")
    talk.hears("電話番号")
    talk.says("090-1234-5678")
    talk.hears("配送")
    talk.shows("line-order.png", 1080)


def take_link(talk: Talk) -> None:
    """The way to the shop's login, and back."""
    talk.folds_menu()
    talk.page.locator("#menu").get_by_role("button", name="会員連携").click()
    talk.hears("ボタンは10分間有効です")
    talk.folds_menu()
    with talk.page.context.expect_page() as opened:
        talk.log.get_by_role("link", name="会員アカウントと連携する").last.click()
    login = opened.value
    login.get_by_role("button", name="この会員で連携する").first.click()
    login.get_by_text("連携を受け付けました").wait_for()
    login.close()
    talk.hears("会員アカウントと連携しました")
    talk.shows("line-link.png", 1000)


def take_costs(talk: Talk, engine: int) -> None:
    """The whole page: a reply that was free, and a push after the reply token's minute."""
    talk.says("送料っていくら？")
    talk.hears("全品送料無料です")
    with standing_still(engine):
        talk.says("ラッピングはできますか")
        talk.page.locator("#record").get_by_text("Webhook message").nth(1).wait_for()
        talk.page.get_by_role("button", name="1分1秒進める").click()
        talk.page.wait_for_timeout(1_000)
    talk.log.locator(".cost.push").last.wait_for(timeout=_PATIENCE)
    talk.shows("line-sandbox.png", 840, whole=True)


@contextmanager
def standing_still(process: int) -> Iterator[None]:
    """Stop a process for the length of the block."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


if __name__ == "__main__":
    main()
