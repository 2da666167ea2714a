"""What LINE accepts as an action: what happens when a customer taps something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.line_platform.validation.report import Place, Report

LONGEST_DATA = 300
_LONGEST_TEXT = 300
_LONGEST_CLIPBOARD = 1000
_LONGEST_ALIAS = 32
_QUICK_REPLY_LABEL = 20
_EVERYWHERE = ("postback", "message", "uri", "datetimepicker", "clipboard")
_ONLY_QUICK_REPLY = ("camera", "cameraRoll", "location")
_ONLY_RICH_MENU = ("richmenuswitch",)
_INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_MOMENTS = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "time": re.compile(r"\d{2}:\d{2}"),
    "datetime": re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}"),
}


@dataclass(frozen=True)
class Spot:
    """Where an action stands: which actions are allowed there and how long its label may be."""

    allowed: tuple[str, ...]
    longest_label: int
    label_required: bool


# The reference's table "Specifications of the label".
QUICK_REPLY = Spot((*_EVERYWHERE, *_ONLY_QUICK_REPLY), _QUICK_REPLY_LABEL, label_required=True)
TEMPLATE = Spot(_EVERYWHERE, 20, label_required=True)
IMAGE_CAROUSEL = Spot(_EVERYWHERE, 12, label_required=False)
DEFAULT_ACTION = Spot(_EVERYWHERE, 20, label_required=False)
FLEX_BUTTON = Spot(_EVERYWHERE, 40, label_required=True)
FLEX_OTHER = Spot(_EVERYWHERE, 40, label_required=False)
RICH_MENU = Spot((*_EVERYWHERE, *_ONLY_RICH_MENU), 20, label_required=False)


def check_action(report: Report, action: Any, place: Place, spot: Spot) -> None:
    """Check an action and note what is wrong with it."""
    if not isinstance(action, dict):
        report.wrong(place, "must be specified")
        return
    kind = report.one_of(action, "type", place, spot.allowed)
    if not kind:
        return
    report.label(action, "label", place, spot.longest_label, required=spot.label_required)
    if kind == "postback":
        _check_postback(report, action, place)
    elif kind == "message":
        report.text(action, "text", place, _LONGEST_TEXT)
    elif kind == "uri":
        report.uri(action, "uri", place)
        if "altUri" in action:
            report.uri(report.object(action, "altUri", place), "desktop", place / "altUri")
    elif kind == "datetimepicker":
        _check_picker(report, action, place)
    elif kind == "clipboard":
        report.text(action, "clipboardText", place, _LONGEST_CLIPBOARD)
    elif kind == "richmenuswitch":
        report.text(action, "data", place, LONGEST_DATA)
        report.text(action, "richMenuAliasId", place, _LONGEST_ALIAS)


def _check_postback(report: Report, action: dict[str, Any], place: Place) -> None:
    report.text(action, "data", place, LONGEST_DATA)
    for name in ("displayText", "text", "fillInText"):
        report.text(action, name, place, _LONGEST_TEXT, required=False)
    if "displayText" in action and "text" in action:
        report.wrong(place / "text", "cannot be used together with displayText")
    if "inputOption" in action:
        report.one_of(action, "inputOption", place, _INPUT_OPTIONS)


def _check_picker(report: Report, action: dict[str, Any], place: Place) -> None:
    report.text(action, "data", place, LONGEST_DATA)
    mode = report.one_of(action, "mode", place, tuple(_MOMENTS))
    if not mode:
        return
    for name in ("initial", "max", "min"):
        value = action.get(name)
        if value is not None and not _MOMENTS[mode].fullmatch(str(value)):
            report.wrong(place / name, "invalid date format")
    least, most = action.get("min"), action.get("max")
    if least is not None and most is not None and str(least).upper() >= str(most).upper():
        report.wrong(place / "min", "must be less than max")
