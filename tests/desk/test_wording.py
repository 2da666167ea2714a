"""What agents read in the place of names: every intent and every reason has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from madoguchi.channels.webhook.sender import CODES
from madoguchi.desk.wording import intent_title, title_of, undelivered, understood, untold
from madoguchi.notifications.notifier import TOGETHER
from madoguchi.notifications.sending import OVER

_ROOT = Path(__file__).resolve().parents[2]


def test_every_intent_of_the_assistant_has_a_name_of_its_own() -> None:
    domain = yaml.safe_load((_ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = [each if isinstance(each, str) else next(iter(each)) for each in domain["intents"]]
    assert len(intents) > 50
    assert [name for name in intents if intent_title(name) == "その他"] == []


@pytest.mark.parametrize("name", ["", "quite_unknown", "act_", "store/receipt/more"])
def test_what_nobody_named_is_something_else_and_never_a_raw_name(name: str) -> None:
    assert intent_title(name) == "その他"


def test_what_was_understood_gets_a_title_and_keeps_the_rest() -> None:
    assert understood(None) is None
    shown = understood({"intent": "store_receipt", "confidence": 0.92})
    assert shown is not None
    assert (shown["confidence"], shown["title"]) == (0.92, intent_title("store_receipt"))


def test_a_tapped_choice_is_named_by_what_it_stands_for() -> None:
    shown = understood({"payload": '/act_order_cancel{"number": "A-1"}'})
    assert shown is not None
    assert shown["title"] == "注文をキャンセルする"


def test_a_message_without_topic_and_act_has_no_title() -> None:
    assert title_of(None, None) is None


def test_every_reason_of_every_channel_is_said_in_words() -> None:
    sources = [
        *(_ROOT / "madoguchi/channels").rglob("*.py"),
        *(_ROOT / "madoguchi/conversations").glob("*.py"),
    ]
    codes = {
        code
        for file in sources
        for code in re.findall(r'Outcome\([^()]*code="(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert {"quota", "promised", "window_closed", "blocked"} <= codes
    plain = undelivered("never heard of")
    assert plain is not None
    assert [code for code in sorted(codes | CODES) if undelivered(code) == plain] == []
    assert undelivered(None) is None


def test_every_reason_why_nobody_was_told_is_said_in_words() -> None:
    sources = (_ROOT / "madoguchi/notifications").glob("*.py")
    found = " ".join(file.read_text(encoding="utf-8") for file in sources)
    codes = {
        *re.findall(r'code="(\w+)"', found),
        *re.findall(r'code = "(\w+)" if .* else "(\w+)"', found)[0],
        *re.findall(r'return "(\w+)"', (_ROOT / "madoguchi/notifications/smtp.py").read_text()),
        OVER,
        TOGETHER,
    }
    assert {"refused_sign_in", "refused_recipient", "tls_failed", "busy"} <= codes
    plain = untold("never heard of")
    assert plain is not None
    assert [code for code in sorted(codes | CODES) if untold(code) == plain] == []
    assert untold(None) is None
