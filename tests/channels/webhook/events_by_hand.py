"""Events as another system would send them."""

from __future__ import annotations

import json
from typing import Any

MEDIA = {"url": "https://files.example.jp/a/1", "name": "bag.jpg", "content_type": "image/jpeg"}
PLACE = {"latitude": 35.671, "longitude": 139.765, "title": "ALLU銀座店", "address": "東京都中央区"}
CONTENTS: dict[str, dict[str, Any]] = {
    "text": {"text": "送料っていくら？"},
    "choice": {"choice": "cumn7KWwMKUIkTcRXX0BpA"},
    "image": {"media": MEDIA, "text": "この傷です"},
    "audio": {"media": MEDIA},
    "video": {"media": MEDIA},
    "file": {"media": MEDIA},
    "location": {"location": PLACE},
    "follow": {},
    "unfollow": {},
    "unsend": {"message": "event-0"},
}


def an_event(kind: str = "text", **changed: Any) -> dict[str, Any]:
    """Return a right event of a type, with what a test changes."""
    usual = {
        "id": "event-1",
        "type": kind,
        "user": {"id": "app-user-1", "name": "山田 太郎"},
        "at": "2026-12-01T11:59:58+09:00",
        **CONTENTS.get(kind, {}),
    }
    return usual | changed


def a_body(*events: Any) -> bytes:
    """Return the body of a request with the events."""
    return json.dumps({"events": events}).encode()
