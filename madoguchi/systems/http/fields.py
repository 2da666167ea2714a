"""What a single value of the shop's API may be: numbers, texts, money, days and moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from madoguchi.clock import TOKYO

ORDER_NUMBER = r"^A-[0-9]{8}-[0-9]{4}$"
RENTAL_NUMBER = r"^R-[0-9]{6}$"
PRODUCT_NUMBER = r"^[0-9]{10}$"
SLOT_TIME = r"^[0-2][0-9]:[0-5][0-9]〜[0-2][0-9]:[0-5][0-9]$"
# A number that only the shop reads: of a visit, a wish, a change.
REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
IDEMPOTENCY_KEY = r"^[!-~]{1,128}$"

LONGEST_TEXT = 20_000
LONGEST_CONTACT = 320
LONGEST_MEMBER_ID = 128
# Lists longer than this are cut, as the interface promises.
LONGEST_LIST = 20
LONGEST_PERIOD_DAYS = 92

# Whatever a shop sends goes into one line of a chat: no line breaks, no control characters.
_ONE_LINE = r"^[^\p{Cc}\x{2028}\x{2029}]*$"
# Without a user, whose name could look like the shop's.
_WEB = r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?"
_WEB_ADDRESS = f"^{_WEB}$"
_PICTURE = rf"^(?:{_WEB}|/[^\s/\\][^\s\\]*)$"

# Far from any real date, and far enough from the calendar's ends to change the time zone.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, tzinfo=UTC)


def _in_tokyo(at: datetime) -> datetime:
    return at.astimezone(TOKYO)


OrderNumber = Annotated[str, StringConstraints(pattern=ORDER_NUMBER)]
RentalNumber = Annotated[str, StringConstraints(pattern=RENTAL_NUMBER)]
ProductNumber = Annotated[str, StringConstraints(pattern=PRODUCT_NUMBER)]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE)]
SlotTime = Annotated[str, StringConstraints(pattern=SLOT_TIME)]
MemberId = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_MEMBER_ID)]
Contact = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CONTACT)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ONE_LINE)]
# What a customer wrote, which may be nothing.
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
WebAddress = Annotated[str, StringConstraints(max_length=2000, pattern=_WEB_ADDRESS)]
# An address of the web, or a path on the site that shows it; never a script.
Picture = Annotated[str, StringConstraints(max_length=2000, pattern=_PICTURE)]
Yen = Annotated[int, Field(ge=0, le=999_999_999)]
Count = Annotated[int, Field(ge=0, le=999)]
Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]
Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST), AfterValidator(_in_tokyo)]


def is_like(pattern: str, text: str) -> bool:
    """Return whether a text is of the form, so that it may become part of an address."""
    return re.fullmatch(pattern, text) is not None
