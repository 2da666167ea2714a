"""Account links: the shop's login proves which member a LINE account is.

The customer's button leads to the shop's login with LINE's link token. The shop sends its identity
token and the link token to ``/line/link``, which makes a nonce and sends the browser on to LINE.
LINE checks that the one who opened it owns the account, and tells us the nonce.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import LinkNonceRow
from madoguchi.clock import Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.identity import Identity

# LINE's link token lasts as long.
_LIFE = timedelta(minutes=10)


class Links:
    """Nonces of account links, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, dialog: str) -> None:
        """Send browsers on to LINE's ``dialog``."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._dialog = dialog

    async def begin(self, identity: Identity, link_token: str) -> str:
        """Return where the member's browser goes next. The nonce in it says nothing of them."""
        nonce = secrets.token_urlsafe(32)
        async with AsyncSession(self._engine) as session, session.begin():
            session.add(
                LinkNonceRow(
                    nonce_hash=_hash(nonce),
                    member_id=identity.member_id,
                    member_name=identity.name,
                    ends_at=as_utc(self._clock.now()) + _LIFE,
                )
            )
        return f"{self._dialog}?{urlencode({'linkToken': link_token, 'nonce': nonce})}"

    async def redeem(self, nonce: str, known_member: str | None) -> Identity | None:
        """Return whose nonce it is, once; None when it is not ours, too old or was used.

        For the member that the account is linked with already, a used one is good again: the
        event may be worked on twice.
        """
        now = as_utc(self._clock.now())
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.get(LinkNonceRow, _hash(nonce))
            if row is None or as_utc(row.ends_at) < now:
                return None
            claimed = await session.execute(
                update(LinkNonceRow)
                .where(LinkNonceRow.nonce_hash == row.nonce_hash, LinkNonceRow.used_at.is_(None))
                .values(used_at=now)
            )
            first = claimed.rowcount == 1  # type: ignore[attr-defined]
            if not first and row.member_id != known_member:
                return None
            return Identity(row.member_id, row.member_name)


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode(errors="surrogatepass")).hexdigest()
