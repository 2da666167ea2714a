"""What the desk says of a customer's file, from ``messages/media.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.knowledge.words import Words
from madoguchi.media.attachments import Attachment, State
from madoguchi.media.limits import LARGEST_CONVERSATION, MEGABYTE, largest
from madoguchi.media.uploads import RefusedError

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "media.yml"
_PLACE = "media"


@lru_cache
def _words() -> Words:
    return Words({_PLACE: yaml.safe_load(_FILE.read_text(encoding="utf-8"))})


def kind_word(kind: str) -> str:
    """Return the word for a kind of file (image, audio, video, file). Raises KeyError."""
    return _words()(f"{_PLACE}.kinds.{kind}")


def stand_in(kind: str) -> str:
    """Return what stands in the transcript for a file that came without words."""
    return _words()(f"{_PLACE}.stand_in", kind=kind_word(kind))


def refusal(error: RefusedError) -> tuple[str, dict[str, Any]]:
    """Return the code of the sentence that refuses an upload, and the sentence's values."""
    most = LARGEST_CONVERSATION if error.reason == "too_much" else largest(error.kind)
    values = {"kind": kind_word(error.kind), "megabytes": most // MEGABYTE}
    return f"file_{error.reason}", values


def standing(attachment: Attachment) -> str:
    """Return how far a file is, or why it was refused, for people at the desk."""
    if attachment.state is not State.REFUSED:
        return _words()(f"{_PLACE}.states.{attachment.state}")
    most = LARGEST_CONVERSATION if attachment.reason == "too_much" else largest(attachment.kind)
    return _words()(
        f"{_PLACE}.reasons.{attachment.reason}",
        kind=kind_word(attachment.kind),
        megabytes=most // MEGABYTE,
    )
