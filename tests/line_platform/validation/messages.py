"""What LINE accepts as the messages of a request (reference, "Message objects")."""

from __future__ import annotations

import re
from typing import Any

from tests.line_platform.errors import invalid_body, invalid_message, invalid_property
from tests.line_platform.validation.actions import QUICK_REPLY, check_action
from tests.line_platform.validation.flex import check_flex
from tests.line_platform.validation.report import Place, Report
from tests.line_platform.validation.templates import check_template

MOST_MESSAGES = 5
LONGEST_TEXT = 5000
LONGEST_ALT_TEXT = 1500
MOST_QUICK_REPLIES = 13
_LONGEST_SENDER = 20
_LONGEST_PLACE = 100
_LONGEST_IMAGEMAP_ALT = 1500
_MOST_IMAGEMAP_ACTIONS = 50
_RESERVED_NAME = re.compile(r"\bline\b", re.IGNORECASE)
_TYPES = (
    "text",
    "textV2",
    "image",
    "video",
    "audio",
    "location",
    "sticker",
    "template",
    "imagemap",
    "flex",
    "coupon",
)


def check_messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the messages of a request's body. Raises LineError (400) with every fault's place."""
    messages = body.get("messages")
    place = Place(("messages",))
    report = Report()
    if not isinstance(messages, list):
        report.wrong(place, "must be specified" if messages is None else "must be an array")
        raise invalid_body(report.details)
    if not 1 <= len(messages) <= MOST_MESSAGES:
        report.wrong(place, f"Size must be between 1 and {MOST_MESSAGES}")
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            raise invalid_property(f"messages[{index}]")
        _check_message(report, message, place / index)
    if report.details:
        raise invalid_body(report.details)
    for index, message in enumerate(messages):
        _check_layout(message, index)
    return messages


def _check_message(report: Report, message: dict[str, Any], place: Place) -> None:
    kind = report.one_of(message, "type", place, _TYPES)
    if kind in {"text", "textV2"}:
        report.text(message, "text", place, LONGEST_TEXT)
    elif kind in {"image", "video"}:
        report.https(message, "originalContentUrl", place)
        report.https(message, "previewImageUrl", place)
    elif kind == "audio":
        report.https(message, "originalContentUrl", place)
        if not isinstance(message.get("duration"), int):
            report.wrong(place / "duration", "must be specified")
    elif kind == "location":
        _check_location(report, message, place)
    elif kind == "sticker":
        report.text(message, "packageId", place, _LONGEST_PLACE)
        report.text(message, "stickerId", place, _LONGEST_PLACE)
    elif kind in {"template", "flex"}:
        report.text(message, "altText", place, LONGEST_ALT_TEXT)
        report.object(message, "template" if kind == "template" else "contents", place)
    elif kind == "imagemap":
        _check_imagemap(report, message, place)
    elif kind == "coupon":
        report.text(message, "couponId", place, _LONGEST_PLACE)
    _check_common(report, message, place)


def _check_location(report: Report, message: dict[str, Any], place: Place) -> None:
    report.text(message, "title", place, _LONGEST_PLACE)
    report.text(message, "address", place, _LONGEST_PLACE)
    for name in ("latitude", "longitude"):
        if not isinstance(message.get(name), int | float):
            report.wrong(place / name, "must be specified")


def _check_imagemap(report: Report, message: dict[str, Any], place: Place) -> None:
    report.https(message, "baseUrl", place)
    report.text(message, "altText", place, _LONGEST_IMAGEMAP_ALT)
    report.object(message, "baseSize", place)
    report.items(message, "actions", place, most=_MOST_IMAGEMAP_ACTIONS)


def _check_common(report: Report, message: dict[str, Any], place: Place) -> None:
    if message.get("quickReply") is not None:
        at = place / "quickReply"
        quick_reply = report.object(message, "quickReply", place)
        items = report.items(quick_reply, "items", at, most=MOST_QUICK_REPLIES)
        for index, item in enumerate(items):
            _check_quick_reply(report, item, at / "items" / index)
    if message.get("sender") is not None:
        sender = report.object(message, "sender", place)
        report.label(sender, "name", place / "sender", _LONGEST_SENDER, required=False)
        report.https(sender, "iconUrl", place / "sender", required=False)
        if _RESERVED_NAME.search(str(sender.get("name", ""))):
            report.wrong(place / "sender" / "name", "contains a word that is not allowed")


def _check_quick_reply(report: Report, item: Any, place: Place) -> None:
    if not isinstance(item, dict):
        report.wrong(place, "must be specified")
        return
    report.one_of(item, "type", place, ("action",))
    report.https(item, "imageUrl", place, required=False)
    check_action(report, item.get("action"), place / "action", QUICK_REPLY)


def _check_layout(message: dict[str, Any], index: int) -> None:
    report = Report()
    if message["type"] == "template":
        check_template(report, message["template"])
    elif message["type"] == "flex":
        check_flex(report, message["contents"])
    if report.details:
        raise invalid_message(index, report.details)
