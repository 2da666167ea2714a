"""Finds a customer's numbers in what they wrote, in any written form, and masks them.

The engine gets the masked text: order numbers, telephone numbers and addresses stay in the service.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

type Expected = Literal["order", "rental", "product", "inquiry", "contact"] | None

_GAP = r"[-‐‑‒–—―−ーｰの\s]{0,2}"
# Telephone numbers are read aloud as 「090の1234の5678」, and written with dots.
_BETWEEN = r"[-‐‑‒–—―−─ーｰ・.の()\s]{0,2}"
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_ORDER = re.compile(
    rf"(?<![a-z0-9])(?:a|エー|えー){_GAP}"
    rf"(20\d\d){_GAP}(\d\d){_GAP}(\d\d){_GAP}(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
# Without its letter it is believed only when its first part is a day.
_BARE_ORDER = re.compile(rf"(?<![\da-z])(20\d\d){_GAP}(\d\d){_GAP}(\d\d){_GAP}(\d{{4}})(?!\d)")
_RENTAL = re.compile(
    rf"(?<![a-z0-9])(?:r|アール|あーる){_GAP}(\d{{3}}){_GAP}(\d{{3}})(?!\d)", re.IGNORECASE
)
_BARE_RENTAL = re.compile(r"(?<![\d-])(\d{3})[-\s]?(\d{3})(?![\d-])")
_INQUIRY = re.compile(
    rf"(?<![a-z0-9])(?:q|キュー|きゅー){_GAP}(20\d{{6}}){_GAP}(\d{{4}})(?!\d)", re.IGNORECASE
)
_PHONE = re.compile(rf"(?<![\d-])(?:\+81{_GAP}\(?0?\)?|0)[1-9](?:{_BETWEEN}\d){{8,9}}(?!\d)")
_PRODUCT = re.compile(r"(?<![\d-])[1-9]\d{9}(?![\d-])")
# In groups of digits only where an item is asked for: it could be anybody's number elsewhere.
_GROUPED_PRODUCT = re.compile(r"(?<![\d-])[1-9](?:[-‐‑–—−\s]?\d){9}(?![\d-])")
# Whatever else may be a number of somebody: mistyped, or of another shop.
_LONG = re.compile(r"(?<![\d,])\d(?:[-‐‑–—−\s]?\d){5,}(?![\d,]*円)")
# What a number alone asks for, by the engine's name of it.
_ASKS_FOR = {
    "order": "act_order_status",
    "rental": "act_rental_status",
    "inquiry": "act_inquiry_status",
    "product": "act_stock_location",
}
_CONTACTS = {"phone", "email"}
_HARDLY_ANYTHING = re.compile(
    r"[\s、。．,.!?:：「」/]*(?:(?:注文|レンタル|お?問い?合わせ|商品|電話)?番号(?:は|が)?[\s:：、]*)?"
    r"(?:(?:電話|携帯|メール|連絡先)(?:番号|アドレス)?(?:は|が)?[\s:：、]*)?"
    r"(?:です|でございます|だよ|になります|の件|について)?[\s、。．,.!?「」/]*"
)
_HIDDEN_EMAIL = "x@example.com"


@dataclass(frozen=True)
class Found:
    """The numbers of one message, each as the shop writes it."""

    orders: tuple[str, ...] = ()
    rentals: tuple[str, ...] = ()
    inquiries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def contact(self) -> str | None:
        """The telephone number (digits only) or e-mail address that was given first."""
        return next(iter((*self.phones, *self.emails)), None)


@dataclass(frozen=True)
class _Hit:
    kind: str
    value: str
    start: int
    end: int


def find(text: str, expected: Expected = None) -> Found:
    """Return the numbers in a text; what was just asked for is recognised in shorter forms too."""
    hits = _hits(_plain(text), expected)

    def of(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hit.value for hit in hits if hit.kind == kind))

    return Found(of("order"), of("rental"), of("inquiry"), of("product"), of("phone"), of("email"))


def masked(text: str) -> str:
    """Return the text without its personal numbers: their form stays, their digits are zeros."""
    plain = _plain(text)
    hits = _hits(plain, None)
    for match in _LONG.finditer(plain):
        if all(match.end() <= hit.start or match.start() >= hit.end for hit in hits):
            hits.append(_Hit("unknown", match.group(), match.start(), match.end()))
    personal = [hit for hit in hits if hit.kind != "product"]
    if not personal:
        return text
    # The plain text stands in for the customer's: it has the same words in one width.
    for hit in sorted(personal, key=lambda hit: -hit.start):
        hidden = _HIDDEN_EMAIL if hit.kind == "email" else _zeros(plain[hit.start : hit.end])
        plain = plain[: hit.start] + hidden + plain[hit.end :]
    return plain


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _zeros(digits: str) -> str:
    return re.sub(r"[\d〇零一二三四五六七八九]", "0", digits)


def _hits(plain: str, expected: Expected) -> list[_Hit]:
    """Return the hits in the order of the text; where two overlap the surer kind wins."""
    # Digit by digit, so that positions stay.
    digits = re.sub(
        r"[〇零一二三四五六七八九]{3,}", lambda run: run.group().translate(_KANJI_DIGITS), plain
    )
    hits: list[_Hit] = []

    def take(kind: str, pattern: re.Pattern[str]) -> None:
        for match in pattern.finditer(digits):
            value = _value(kind, match)
            free = all(match.end() <= hit.start or match.start() >= hit.end for hit in hits)
            if value is not None and free:
                hits.append(_Hit(kind, value, match.start(), match.end()))

    take("email", _EMAIL)
    take("inquiry", _INQUIRY)
    take("order", _ORDER)
    take("rental", _RENTAL)
    take("phone", _PHONE)
    if expected != "product":
        take("order", _BARE_ORDER)
    if expected == "rental":
        take("rental", _BARE_RENTAL)
    take("product", _PRODUCT)
    if expected == "product":
        take("product", _GROUPED_PRODUCT)
    return sorted(hits, key=lambda hit: hit.start)


def _value(kind: str, match: re.Match[str]) -> str | None:
    if kind == "order":
        year, month, day, count = match.groups()
        return f"A-{year}{month}{day}-{count}" if _is_day(year, month, day) else None
    if kind == "rental":
        return f"R-{match.group(1)}{match.group(2)}"
    if kind == "inquiry":
        return f"Q-{match.group(1)}-{match.group(2)}"
    if kind == "phone":
        return _phone(match.group())
    if kind == "product":
        return re.sub(r"\D", "", match.group())
    return match.group().lower()


def _phone(written: str) -> str | None:
    digits = re.sub(r"\D", "", written)
    if written.startswith("+81"):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    return digits if len(digits) in {10, 11} else None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def asked_by_number(text: str) -> str | None:
    """Return the intent that a message means which is a number and hardly anything else.

    An order's or rental's number may come with the contact that proves it. None for others.
    """
    hits = _only_hits(text)
    about = [hit.kind for hit in hits if hit.kind in _ASKS_FOR]
    return _ASKS_FOR[about[0]] if about else None


def only_a_contact(text: str) -> bool:
    """Return whether a message is a telephone number or address and hardly anything else."""
    hits = _only_hits(text)
    return bool(hits) and all(hit.kind in _CONTACTS for hit in hits)


def _only_hits(text: str) -> list[_Hit]:
    """Return the numbers of a message that says hardly anything else, none for others."""
    plain = _plain(text)
    hits = _hits(plain, None)
    rest = plain
    for hit in sorted(hits, key=lambda hit: -hit.start):
        rest = rest[: hit.start] + rest[hit.end :]
    return hits if _HARDLY_ANYTHING.fullmatch(rest) else []
