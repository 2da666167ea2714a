"""The platform's own clock, which tests move and operators let run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class LineClock:
    """The platform's time: standing still until it is moved, or running with the machine's."""

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        """Start at the time given, else at the machine's; a running clock goes on from there.

        Raises ValueError for a start without a time zone.
        """
        if start is not None and start.tzinfo is None:
            raise ValueError("the clock's start needs a time zone")
        machine = datetime.now(UTC)
        self._running = running
        self._still = (start or machine).astimezone(UTC)
        self._offset = self._still - machine

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC) + self._offset if self._running else self._still

    def milliseconds(self) -> int:
        """Return the time as LINE writes it: milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def advance(self, by: timedelta | float) -> None:
        """Move the clock on by a duration or by seconds; never back (ValueError)."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if step < timedelta(0):
            raise ValueError("the clock does not go back")
        self._still += step
        self._offset += step
