"""What people at the desk read about a customer's file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from madoguchi import knowledge
from madoguchi.media.attachments import Attachment, State
from madoguchi.media.limits import LARGEST
from madoguchi.media.wording import kind_word, standing

MEDIA_FOLDER = Path(knowledge.__file__).resolve().parent.parent / "media"
TEXTS = yaml.safe_load(
    (Path(knowledge.__file__).resolve().parent / "messages" / "media.yml").read_text("utf-8")
)


def refused(reason: str, kind: str = "image") -> Attachment:
    return attachment(State.REFUSED, kind, reason)


def attachment(state: State, kind: str = "image", reason: str | None = None) -> Attachment:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    return Attachment("a", "c", 3, "line", kind, None, state, reason, None, None, None, at)


def reasons_in_the_code() -> set[str]:
    code = "".join((MEDIA_FOLDER / name).read_text("utf-8") for name in ("checks.py", "fetcher.py"))
    calls = re.findall(r'_refused?\((?:claim, )?"(\w+)"', code)
    return {*calls, *re.findall(r'_put_off\(claim, \w+, "(\w+)"', code)}


def test_every_reason_has_its_sentence_and_every_sentence_its_reason() -> None:
    assert reasons_in_the_code() == set(TEXTS["reasons"])


@pytest.mark.parametrize("reason", sorted(TEXTS["reasons"]))
@pytest.mark.parametrize("kind", sorted(LARGEST))
def test_a_refusal_is_a_whole_sentence(reason: str, kind: str) -> None:
    sentence = standing(refused(reason, kind))
    assert sentence.endswith(("。", "。）"))
    assert "{" not in sentence


@pytest.mark.parametrize("state", [state for state in State if state is not State.REFUSED])
def test_every_state_has_its_sentence(state: State) -> None:
    assert standing(attachment(state)).endswith("。")


def test_a_size_is_told_for_the_kind_of_file() -> None:
    assert "動画は50MBまで" in standing(refused("too_large", "video"))
    assert "画像は10MBまで" in standing(refused("too_large", "image"))
    assert "300MB" in standing(refused("too_much"))


def test_every_kind_has_its_word() -> None:
    assert {kind: kind_word(kind) for kind in LARGEST} == TEXTS["kinds"]
