"""What LINE accepts as a rich menu and as its picture (reference, "Rich menu structure")."""

from __future__ import annotations

import struct
from typing import Any

from tests.line_platform.errors import invalid_body
from tests.line_platform.validation.actions import RICH_MENU, check_action
from tests.line_platform.validation.report import Place, Report

LONGEST_CHAT_BAR_TEXT = 14
LONGEST_NAME = 300
MOST_AREAS = 20
LARGEST_IMAGE_BYTES = 1024 * 1024
_WIDTHS = range(800, 2501)
_LEAST_HEIGHT = 250
_LEAST_RATIO = 1.45
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# Start-of-frame markers carry a JPEG's size; C4, C8 and CC are other things.
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check_rich_menu(menu: dict[str, Any]) -> None:
    """Raise LineError (400) with the place of everything that is wrong with a rich menu."""
    report = Report()
    root = Place()
    size = report.object(menu, "size", root)
    if size and not _fits(size.get("width"), size.get("height")):
        report.wrong(root / "size", "invalid size")
    if not isinstance(menu.get("selected"), bool):
        report.wrong(root / "selected", "must be specified")
    report.label(menu, "name", root, LONGEST_NAME)
    report.label(menu, "chatBarText", root, LONGEST_CHAT_BAR_TEXT)
    for index, area in enumerate(report.items(menu, "areas", root, most=MOST_AREAS, least=0)):
        place = root / "areas" / index
        if isinstance(area, dict):
            _check_bounds(report, area, place)
            check_action(report, area.get("action"), place / "action", RICH_MENU)
        else:
            report.wrong(place, "must be specified")
    if report.details:
        raise invalid_body(report.details)


def image_is_allowed(picture: bytes) -> bool:
    """Return whether a picture is a PNG or JPEG of a size that a rich menu may have."""
    size = _png_size(picture) or _jpeg_size(picture)
    return size is not None and len(picture) <= LARGEST_IMAGE_BYTES and _fits(*size)


def _check_bounds(report: Report, area: dict[str, Any], place: Place) -> None:
    bounds = report.object(area, "bounds", place)
    for name, least in (("x", 0), ("y", 0), ("width", 1), ("height", 1)):
        value = bounds.get(name)
        if bounds and (not isinstance(value, int) or value < least):
            report.wrong(place / "bounds" / name, f"must be at least {least}")


def _fits(width: Any, height: Any) -> bool:
    if not isinstance(width, int) or not isinstance(height, int):
        return False
    return width in _WIDTHS and height >= _LEAST_HEIGHT and width / height >= _LEAST_RATIO


def _png_size(picture: bytes) -> tuple[int, int] | None:
    if not picture.startswith(_PNG) or len(picture) < 24:
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    if not picture.startswith(_JPEG):
        return None
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        marker, length = picture[at + 1], struct.unpack(">H", picture[at + 2 : at + 4])[0]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
