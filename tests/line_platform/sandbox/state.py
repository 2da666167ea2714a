"""What the sandbox's page shows, as JSON."""

from __future__ import annotations

from typing import Any

from tests.line_platform.bubbles import Bubble
from tests.line_platform.calls import Call
from tests.line_platform.courier import Delivery
from tests.line_platform.customer import Customer
from tests.line_platform.line import Line
from tests.line_platform.richmenus import RichMenu

_LOGGED = 30


def state_of(line: Line, customer: Customer | None) -> dict[str, Any]:
    """Return everything the page draws, with the chat of one customer."""
    platform = line.platform
    return {
        "number": platform.changes.number,
        "now": line.clock.now().isoformat(),
        "bot": {"name": line.channel.name, "url": line.channel.bot_url},
        "users": [_user(each) for each in line.customers],
        "chat": None if customer is None else _chat(line, customer),
        "quota": {"limit": platform.quota.limit, "used": platform.quota.used(line.clock.now())},
        "habits": {
            "signing": line.habits.signing,
            "copies": line.habits.copies,
            "delay_seconds": line.habits.delay_seconds,
            "swaps": line.habits.swaps,
            "standby": platform.events.standby,
        },
        "faults": platform.faults.names(),
        "calls": [_call(call) for call in platform.calls[-_LOGGED:]],
        "webhooks": [_webhook(each) for each in line.courier.deliveries[-_LOGGED:]],
    }


def _user(customer: Customer) -> dict[str, Any]:
    user = customer.user
    return {
        "id": user.id,
        "name": user.name,
        "friend": user.friend,
        "blocked": user.blocked,
        "linked": user.linked_nonce is not None,
    }


def _chat(line: Line, customer: Customer) -> dict[str, Any]:
    return {
        "user": _user(customer),
        "bubbles": [_bubble(bubble) for bubble in customer.chat],
        "quick_replies": [each.action for each in customer.quick_replies],
        "loading": line.platform.loading_seconds(customer.id),
        "rich_menu": _rich_menu(line.platform.rich_menus.shown_to(customer.id)),
    }


def _bubble(bubble: Bubble) -> dict[str, Any]:
    return {
        "id": bubble.id,
        "from_bot": bubble.from_bot,
        "via": bubble.via,
        "at": bubble.at.isoformat(),
        "unsent": bubble.unsent,
        "message": {} if bubble.unsent else bubble.message,
    }


def _rich_menu(menu: RichMenu | None) -> dict[str, Any] | None:
    return None if menu is None else menu.as_json()


def _call(call: Call) -> dict[str, Any]:
    return {
        "endpoint": call.endpoint,
        "path": call.path,
        "status": call.status,
        "error": call.error,
        "at": call.at.isoformat(),
        "request_id": call.request_id,
    }


def _webhook(delivery: Delivery) -> dict[str, Any]:
    return {
        "events": [event["type"] for event in delivery.events],
        "again": any(event["deliveryContext"]["isRedelivery"] for event in delivery.events),
        "status": delivery.status,
        "error": delivery.error,
        "at": delivery.at.isoformat(),
    }
