"""Messages without a word that the assistant could read: what to say instead of "not ours".

Pure. Whoever writes English, only marks or only a picture sign is told in which language to write;
whoever sends nothing but a telephone number, what it takes to look something up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from madoguchi.conversations.model import Draft, Kind
from madoguchi.knowledge.sentences import Sentences

_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ㐀-鿿々〆]")
# What the assistant says when it does not know what a message is about.
_AT_A_LOSS = frozenset({Kind.FALLBACK, Kind.CLARIFY})


def in_readable_words(text: str, drafts: Sequence[Draft], sentences: Sentences) -> list[Draft]:
    """Return the replies, another text in place of a failure that the writing itself explains.

    What was understood (「How much is shipping?」) stays answered. What the replies say of the
    understanding stays as it was, so that repeated failures still call a person.
    """
    # What a skill says, for example that it must not look, is about its own matter.
    if len(drafts) != 1 or drafts[0].kind not in _AT_A_LOSS or drafts[0].act is not None:
        return list(drafts)
    plain = unicodedata.normalize("NFKC", text)
    if _JAPANESE.search(plain):
        return list(drafts)
    worded = any(sign.isalpha() for sign in plain)
    said = sentences.unreadable("foreign" if worded else "no_words")
    return [replace(drafts[0], kind=Kind.FALLBACK, text=said.text, choices=said.choices)]
