"""What the Send API takes (Send API, "Limits"; quick replies; generic template)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.messenger_platform.errors import invalid

MOST_QUICK_REPLIES = 13
MOST_ELEMENTS = 10
MOST_BUTTONS = 3
LONGEST_TITLE = 20
LONGEST_LINE = 80
LONGEST_PAYLOAD = 1000
LONGEST_METADATA = 1000
_MESSAGE = {"text", "attachment", "quick_replies", "metadata"}
_ELEMENT = {"title", "subtitle", "image_url", "default_action", "buttons"}


def units(text: str) -> int:
    """Return the length in UTF-16 units, the strictest reading of "characters"."""
    return len(text.encode("utf-16-le")) // 2


def check_message(message: Any, product: str) -> None:
    """Return when the API takes the message. Raises MetaError."""
    if not isinstance(message, dict) or not message:
        raise invalid("Param message must be an object")
    allowed = _MESSAGE if product == "page" else _MESSAGE - {"metadata"}
    if unknown := set(message) - allowed:
        raise invalid(f"Invalid keys {sorted(unknown)} were found in param message")
    if ("text" in message) == ("attachment" in message):
        raise invalid("Must be exactly one of text and attachment")
    if "text" in message:
        _check_text(message["text"], product)
    else:
        _check_attachment(message["attachment"])
    _check_quick_replies(message)
    if units(message.get("metadata", "")) > LONGEST_METADATA:
        raise invalid("Length of param message[metadata] must be less than or equal to 1000")


def _check_text(text: Any, product: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise invalid("Param message[text] must be a non-empty UTF-8 string")
    if "\x00" in text:
        raise invalid("Param message[text] has a NUL")
    if product == "page" and units(text) > 2000:
        raise invalid("Length of param message[text] must be less than or equal to 2000")
    if product == "instagram" and len(text.encode()) > 1000:
        raise invalid("Param message[text] must be 1000 bytes or less")


def _check_quick_replies(message: dict[str, Any]) -> None:
    replies = message.get("quick_replies", [])
    if len(replies) > MOST_QUICK_REPLIES:
        raise invalid("The quick replies are more than 13")
    for reply in replies:
        if set(reply) != {"content_type", "title", "payload"} or reply["content_type"] != "text":
            raise invalid("A quick reply is not one of text")
        _check_button_words(reply)
    if "quick_replies" in message and not replies:
        raise invalid("The quick replies are empty")


def _check_button_words(button: dict[str, Any]) -> None:
    _check_line(button["title"], LONGEST_TITLE, "title of a button")
    if not 0 < len(button["payload"].encode()) <= LONGEST_PAYLOAD:
        raise invalid("The payload of a button is empty or longer than 1000")


def _check_line(text: Any, longest: int, name: str) -> None:
    if not isinstance(text, str) or not text.strip() or units(text) > longest:
        raise invalid(f"The {name} is empty or longer than {longest}")


def _check_attachment(attachment: Any) -> None:
    if attachment.get("type") not in {"image", "video", "audio", "file"}:
        _check_template(attachment)
        return
    address = urlsplit(attachment.get("payload", {}).get("url", ""))
    if address.scheme != "https" or not address.netloc:
        raise invalid("The attachment has no https address")


def _check_template(attachment: Any) -> None:
    payload = attachment.get("payload", {})
    if attachment.get("type") != "template" or payload.get("template_type") != "generic":
        raise invalid("The attachment is no generic template")
    elements = payload.get("elements", [])
    if not 1 <= len(elements) <= MOST_ELEMENTS:
        raise invalid("A generic template has 1 to 10 elements")
    for element in elements:
        if unknown := set(element) - _ELEMENT:
            raise invalid(f"Invalid keys {sorted(unknown)} were found in an element")
        _check_line(element.get("title"), LONGEST_LINE, "title of an element")
        if set(element) == {"title"}:
            raise invalid("An element needs more than a title")
        if "subtitle" in element:
            _check_line(element["subtitle"], LONGEST_LINE, "subtitle of an element")
        if "image_url" in element and urlsplit(element["image_url"]).scheme != "https":
            raise invalid("The picture of an element has no https address")
        if not 1 <= len(element.get("buttons", [None])) <= MOST_BUTTONS:
            raise invalid("An element has 1 to 3 buttons")
        for button in element.get("buttons", []):
            _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    if button.get("type") == "postback":
        _check_button_words(button)
    elif button.get("type") == "web_url":
        _check_line(button.get("title"), LONGEST_TITLE, "title of a button")
        if urlsplit(button["url"]).scheme not in {"https", "http"}:
            raise invalid("The address of a button is no page's")
    else:
        raise invalid(f"A button of type {button.get('type')} is not allowed")
