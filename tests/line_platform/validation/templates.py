"""What LINE accepts as a template message's template (reference, "Template messages")."""

from __future__ import annotations

from typing import Any

from tests.line_platform.validation.actions import (
    DEFAULT_ACTION,
    IMAGE_CAROUSEL,
    TEMPLATE,
    check_action,
)
from tests.line_platform.validation.report import Place, Report

_LONGEST_TITLE = 40
_LONGEST_TEXT_BESIDE_PICTURE_OR_TITLE = 60
_BUTTONS_TEXT = 160
_COLUMN_TEXT = 120
_CONFIRM_TEXT = 240
_MOST_BUTTONS = 4
_MOST_COLUMNS = 10
_MOST_COLUMN_ACTIONS = 3
_CONFIRM_ACTIONS = 2
_PLACE = Place(("template",), slashes=True)


def check_template(report: Report, template: dict[str, Any]) -> None:
    """Check a template and note what is wrong with it."""
    kinds = ("buttons", "confirm", "carousel", "image_carousel")
    kind = report.one_of(template, "type", _PLACE, kinds)
    if kind == "buttons":
        _check_column(report, template, _PLACE, _BUTTONS_TEXT, _MOST_BUTTONS)
    elif kind == "confirm":
        report.label(template, "text", _PLACE, _CONFIRM_TEXT)
        _check_actions(report, template, _PLACE, _CONFIRM_ACTIONS, least=_CONFIRM_ACTIONS)
    elif kind == "carousel":
        _check_carousel(report, template)
    elif kind == "image_carousel":
        _check_pictures(report, template)


def _check_carousel(report: Report, template: dict[str, Any]) -> None:
    columns = _columns(report, template)
    for index, column in columns:
        place = _PLACE / "columns" / index
        _check_column(report, column, place, _COLUMN_TEXT, _MOST_COLUMN_ACTIONS)
    if len({len(column.get("actions") or []) for _, column in columns}) > 1:
        report.wrong(_PLACE / "columns", "the number of actions must be the same in all columns")
    for name in ("thumbnailImageUrl", "title"):
        if len({name in column for _, column in columns}) > 1:
            report.wrong(_PLACE / "columns", f"{name} must be in all columns or in none")


def _check_pictures(report: Report, template: dict[str, Any]) -> None:
    for index, column in _columns(report, template):
        place = _PLACE / "columns" / index
        report.https(column, "imageUrl", place)
        check_action(report, column.get("action"), place / "action", IMAGE_CAROUSEL)


def _columns(report: Report, template: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for index, column in enumerate(report.items(template, "columns", _PLACE, most=_MOST_COLUMNS)):
        if isinstance(column, dict):
            found.append((index, column))
        else:
            report.wrong(_PLACE / "columns" / index, "must be specified")
    return found


def _check_column(
    report: Report, column: dict[str, Any], place: Place, longest: int, most_actions: int
) -> None:
    report.https(column, "thumbnailImageUrl", place, required=False)
    report.label(column, "title", place, _LONGEST_TITLE, required=False)
    if column.get("thumbnailImageUrl") or column.get("title"):
        longest = _LONGEST_TEXT_BESIDE_PICTURE_OR_TITLE
    report.label(column, "text", place, longest)
    if "defaultAction" in column:
        check_action(report, column["defaultAction"], place / "defaultAction", DEFAULT_ACTION)
    _check_actions(report, column, place, most_actions)


def _check_actions(
    report: Report, owner: dict[str, Any], place: Place, most: int, least: int = 1
) -> None:
    actions = report.items(owner, "actions", place, most=most, least=least)
    for index, action in enumerate(actions):
        check_action(report, action, place / "actions" / index, TEMPLATE)
