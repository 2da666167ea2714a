"""Texts that customers write and texts that nobody should have to write."""

from __future__ import annotations

from hypothesis import strategies as st

LONGEST = 5000

# Each is hard for another reason: width, voicing, joiners, marks, controls, blanks, ligatures.
PIECES = [
    "返品したい",
    "領収書",
    "りょうしゅうしょ",
    "ｶﾞｰﾄﾞ",
    "ﾊﾟｿｺﾝ",
    "ｶ",
    "ﾞ",
    "ﾟ",
    "か\u3099",
    "\u3099",
    "e\u0301",
    "\u0301",
    "゛",
    "Ａ－２０２６１１０３－００４２",
    "R-000123",
    "先週の水曜",
    "銀座店",
    "😀",
    "👨\u200d👩\u200d👧",
    "👍🏽",
    "🇯🇵",
    "❤\ufe0f",
    "\U0001fae0",
    "(´・ω・`)",
    "＼(^o^)／",
    "㍿",
    "㌔",
    "①",
    "ﷺ",
    "İ",
    "\u3000",
    " ",
    "\n",
    "\t",
    "\x00",
    "\x07",
    "\x1f",
    "\x85",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\ud83d",
    "/",
    "？",
    "。",
    "a",
    "1",
]

_mixed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=20).map("".join)
_any = st.text(st.characters(), min_size=1, max_size=40)

texts = st.one_of(_mixed, _any)
long_texts = texts.map(lambda text: (text * LONGEST)[:LONGEST])
