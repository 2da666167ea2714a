"""When too many wrong tries lock a sign-in name, and for how long.

A try counts before its password is looked at, and is taken back when it turns out right. So those
that come at the same moment, to however many processes, cannot all be guesses.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Tries:
    """Tries since the last right one, and until when no more are taken (aware)."""

    failed: int = 0
    locked_until: datetime | None = None


NONE = Tries()


def is_locked(tries: Tries, now: datetime) -> bool:
    """Return whether no try is taken now."""
    return tries.locked_until is not None and now < tries.locked_until


def counted(tries: Tries, now: datetime) -> Tries:
    """Return the count with one more try; the fifth locks. After a lock it begins anew."""
    over = tries.locked_until is not None and tries.locked_until <= now
    failed = 1 if over else tries.failed + 1
    return Tries(failed, now + LOCKED_FOR if failed >= MOST_FAILURES else None)


def taken_back(tries: Tries) -> Tries:
    """Return the count without one try that was neither right nor wrong yet."""
    failed = max(0, tries.failed - 1)
    return Tries(failed, tries.locked_until if failed >= MOST_FAILURES else None)


class Strangers:
    """Counts for names that nobody has, so that they lock like everybody's.

    In memory only, for one process, and so many: a refusal must not tell which names exist, but
    names that are made up are not worth a table.
    """

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        """Remember at most so many names, the latest."""
        self._most = most
        self._tries: OrderedDict[str, Tries] = OrderedDict()

    def count(self, login: str, now: datetime) -> datetime | None:
        """Count a try; returns until when the name is locked if it already was."""
        tries = self._tries.get(login, NONE)
        if is_locked(tries, now):
            return tries.locked_until
        self._tries[login] = counted(tries, now)
        self._tries.move_to_end(login)
        if len(self._tries) > self._most:
            self._tries.popitem(last=False)
        return None
