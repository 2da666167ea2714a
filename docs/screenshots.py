# ruff: noqa: INP001  (a script, not part of a package)
"""Takes the pictures of the documentation from the demo shop of a running service.

Start the service with ``make run``, then ``PYTHONPATH=. .venv/bin/python docs/screenshots.py``.
Another address and another browser: ``--url http://127.0.0.1:8090``,
``CHROMIUM_PATH=/path/to/chromium``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.chromium import ARGUMENTS, CHROMIUM

IMAGES = Path(__file__).resolve().parent / "images"
_LARGEST = 200_000


@dataclass(frozen=True)
class Shot:
    """A page, how it is looked at, what is asked in it and what the answer says."""

    file: str
    path: str
    size: tuple[int, int]
    scheme: Literal["light", "dark"]
    phone: bool
    question: str
    answer: str


SHOTS = (
    Shot(
        file="widget-store.png",
        path="/demo/store",
        size=(1200, 760),
        scheme="light",
        phone=False,
        question="送料っていくら？",
        answer="全品送料無料です",
    ),
    Shot(
        file="widget-rental-dark.png",
        path="/demo/rental",
        size=(390, 844),
        scheme="dark",
        phone=True,
        question="返す時の箱を捨てちゃいました",
        answer="着払いで発送してください",
    ),
    Shot(
        file="widget-order.png",
        path="/demo/store?as=ALLU-1001",
        size=(1200, 900),
        scheme="light",
        phone=False,
        question="A-20261103-0042の状況を教えて",
        answer="発送済みです",
    ),
)


def main() -> None:
    """Take every picture anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the service runs")
    url = parser.parse_args().url
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for shot in SHOTS:
            file = take(browser, url, shot)
            size = file.stat().st_size
            print(f"{file.name}: {size:,} bytes")
            if size > _LARGEST:
                raise SystemExit(f"{file.name} is larger than {_LARGEST:,} bytes")
        browser.close()


def take(browser: Browser, url: str, shot: Shot) -> Path:
    """Ask what the picture shows and take it."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,
        is_mobile=shot.phone,
        has_touch=shot.phone,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}{shot.path}")
    page.get_by_role("button", name="チャットで質問").click()
    ask(page, shot.question, shot.answer)
    file = IMAGES / shot.file
    page.screenshot(path=file)
    context.close()
    return file


def ask(page: Page, question: str, answer: str) -> None:
    """Send a question and wait until its answer stands still on the screen."""
    field = page.get_by_role("textbox", name="メッセージ")
    field.fill(question)
    field.press("Enter")
    page.get_by_role("log").get_by_text(answer).last.wait_for()
    page.wait_for_timeout(600)


if __name__ == "__main__":
    main()
