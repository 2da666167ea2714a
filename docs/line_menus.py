# ruff: noqa: INP001  (a script, not part of a package)
"""Draws the pictures of LINE's rich menus from their descriptions.

``PYTHONPATH=. .venv/bin/python docs/line_menus.py`` after a change of
``madoguchi/channels/line/menus``. Another browser:
``CHROMIUM_PATH=/path/to/chromium``. Look at the pictures before committing them.
"""

from __future__ import annotations

import yaml
from playwright.sync_api import sync_playwright

from madoguchi.channels.line.richmenu import HEIGHT, LARGEST_PICTURE, MENUS, WIDTH
from tests.support.chromium import ARGUMENTS, CHROMIUM


def main() -> None:
    """Draw every menu anew."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP")
        for described in sorted(MENUS.glob("*.yml")):
            page.goto((MENUS / "menu.html").as_uri())
            page.evaluate("draw", yaml.safe_load(described.read_text(encoding="utf-8")))
            picture = described.with_suffix(".png")
            picture.write_bytes(page.screenshot())
            size = picture.stat().st_size
            print(f"{picture.name}: {size:,} bytes")
            if size > LARGEST_PICTURE:
                raise SystemExit(f"{picture.name} is larger than {LARGEST_PICTURE:,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
