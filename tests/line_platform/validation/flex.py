"""What LINE accepts as a Flex Message's container (reference, "Flex Message")."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from tests.line_platform.validation.actions import FLEX_BUTTON, FLEX_OTHER, check_action
from tests.line_platform.validation.flex_words import (
    BLOCKS,
    FIELDS,
    IN_BOX,
    NUMBERS,
    SWITCHES,
    VALUES,
    VALUES_IN,
)
from tests.line_platform.validation.report import Place, Report

LARGEST_BUBBLE_BYTES = 30 * 1024
LARGEST_CAROUSEL_BYTES = 50 * 1024
MOST_BUBBLES = 12
_ROOT = Place(slashes=True, prefix="/")
_STYLE_FIELDS = {"backgroundColor", "separator", "separatorColor"}


def check_flex(report: Report, container: dict[str, Any]) -> None:
    """Check a container and note what is wrong with it."""
    kind = report.one_of(container, "type", _ROOT, ("bubble", "carousel"))
    if kind == "bubble":
        _check_bubble(report, container, _ROOT)
    elif kind == "carousel":
        _check_carousel(report, container)


def size_in_bytes(container: dict[str, Any]) -> int:
    """Return the size of a container's JSON, written without spaces, in UTF-8."""
    return len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode())


def _check_carousel(report: Report, carousel: dict[str, Any]) -> None:
    _check_fields(report, carousel, _ROOT)
    if size_in_bytes(carousel) > LARGEST_CAROUSEL_BYTES:
        report.wrong(_ROOT, _too_large(LARGEST_CAROUSEL_BYTES))
    bubbles = report.items(carousel, "contents", _ROOT, most=MOST_BUBBLES)
    for index, bubble in enumerate(bubbles):
        place = _ROOT / "contents" / index
        if _is_component(report, bubble, place, ("bubble",)):
            _check_bubble(report, bubble, place)
    sizes = {bubble.get("size", "mega") for bubble in bubbles if isinstance(bubble, dict)}
    if len(sizes) > 1:
        report.wrong(_ROOT / "contents", "all bubbles must have the same size")


def _check_bubble(report: Report, bubble: dict[str, Any], place: Place) -> None:
    _check_fields(report, bubble, place)
    if size_in_bytes(bubble) > LARGEST_BUBBLE_BYTES:
        report.wrong(place, _too_large(LARGEST_BUBBLE_BYTES))
    if not any(bubble.get(block) for block in BLOCKS):
        report.wrong(place, "At least one block must be specified")
    for block, allowed in BLOCKS.items():
        if bubble.get(block) is not None and _is_component(
            report, bubble[block], place / block, allowed
        ):
            _check_component(report, bubble[block], place / block)
    if "action" in bubble:
        check_action(report, bubble["action"], place / "action", FLEX_OTHER)
    for block, style in (bubble.get("styles") or {}).items():
        if block not in BLOCKS or not isinstance(style, dict):
            report.wrong(place / "styles" / block, "unknown field")
        else:
            _check_values(report, style, place / "styles" / block, _STYLE_FIELDS)


def _check_component(report: Report, component: dict[str, Any], place: Place) -> None:
    kind = component["type"]
    _check_fields(report, component, place)
    if kind == "box":
        _check_box(report, component, place)
    elif kind == "text":
        _check_text(report, component, place)
    elif kind == "button":
        check_action(report, component.get("action"), place / "action", FLEX_BUTTON)
    elif kind in {"image", "icon"}:
        report.https(component, "url", place)
    elif kind == "video":
        report.https(component, "url", place)
        report.https(component, "previewUrl", place)
        if _is_component(
            report, component.get("altContent"), place / "altContent", ("box", "image")
        ):
            _check_component(report, component["altContent"], place / "altContent")
    if kind != "button" and "action" in component:
        check_action(report, component["action"], place / "action", FLEX_OTHER)


def _check_box(report: Report, box: dict[str, Any], place: Place) -> None:
    layout = report.one_of(box, "layout", place, tuple(IN_BOX))
    contents = box.get("contents")
    if not isinstance(contents, list):
        report.wrong(place / "contents", "must be specified")
        return
    for index, part in enumerate(contents):
        at = place / "contents" / index
        if _is_component(report, part, at, IN_BOX.get(layout, tuple(FIELDS))):
            _check_component(report, part, at)
    background = box.get("background")
    if isinstance(background, dict):
        report.one_of(background, "type", place / "background", ("linearGradient",))
        for name in ("angle", "startColor", "endColor"):
            report.text(background, name, place / "background", 100)


def _check_text(report: Report, text: dict[str, Any], place: Place) -> None:
    spans = text.get("contents")
    if isinstance(spans, list) and spans:
        for index, span in enumerate(spans):
            if _is_component(report, span, place / "contents" / index, ("span",)):
                _check_fields(report, span, place / "contents" / index)
    elif not isinstance(text.get("text"), str) or not text["text"]:
        report.wrong(place / "text", "must be non-empty text")


def _is_component(report: Report, part: Any, place: Place, allowed: tuple[str, ...]) -> bool:
    if not isinstance(part, dict):
        report.wrong(place, "must be specified")
        return False
    return bool(report.one_of(part, "type", place, allowed))


def _check_fields(report: Report, component: dict[str, Any], place: Place) -> None:
    kind = component["type"]
    for name in component.keys() - FIELDS[kind] - {"type"}:
        report.wrong(place / name, "unknown field")
    known = {name: value for name, value in component.items() if name in FIELDS[kind]}
    _check_values(report, known, place, FIELDS[kind], kind)


def _check_values(
    report: Report, owner: dict[str, Any], place: Place, allowed: Collection[str], kind: str = ""
) -> None:
    for name, value in owner.items():
        pattern = VALUES_IN.get(kind, {}).get(name) or VALUES.get(name)
        if name not in allowed:
            report.wrong(place / name, "unknown field")
        elif name in NUMBERS:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                report.wrong(place / name, "invalid property")
        elif name in SWITCHES:
            if not isinstance(value, bool):
                report.wrong(place / name, "invalid property")
        elif pattern and not (isinstance(value, str) and pattern.fullmatch(value)):
            report.wrong(place / name, "invalid property")


def _too_large(most: int) -> str:
    return f"Too large flex message. The maximum size of JSON data is {most // 1024}KB"
