"""Puts a notification into words at the moment it is sent, when it is still wanted then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.model import Stage
from madoguchi.desk.tables import HandoffRow
from madoguchi.knowledge.business import Business
from madoguchi.knowledge.japanese import clock_time, day_in_full
from madoguchi.notifications.mail import Mail, one_line
from madoguchi.notifications.model import Claim, Kind
from madoguchi.notifications.transcript import Transcripts
from madoguchi.notifications.wording import shop_name, team_of, wording

_ABOUT_CHATS = frozenset({Kind.CHAT_WAITS, Kind.CHAT_RETURNED})


@dataclass(frozen=True)
class Waits:
    """A chat that still waits: since when, why, and how many wait with it."""

    since: datetime
    reason: str
    count: int


class Composer:
    """Writes mails and calls; reads what they say from SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        business: Business,
        transcripts: Transcripts,
        desk_url: str | None,
    ) -> None:
        """``desk_url`` is where agents open the desk; None: mails have no link."""
        self._reads = only_reading(engine)
        self._business = business
        self._transcripts = transcripts
        self._desk_url = desk_url

    async def mail(self, claim: Claim) -> Mail | None:
        """Return the mail, None when there is nothing to tell any more."""
        payload = claim.payload
        match claim.kind:
            case Kind.CHAT_WAITS | Kind.CHAT_RETURNED:
                waits = await self._waits(payload)
                return self._chat_mail(claim, waits) if waits is not None else None
            case Kind.INQUIRIES_DUE:
                return self._inquiries_mail(payload)
            case Kind.INQUIRY_REPLY:
                return self._reply_mail(payload)
            case Kind.TRANSCRIPT:
                return await self._transcript_mail(claim)
            case Kind.INQUIRY_CHANGE:
                return None

    async def call(self, claim: Claim) -> dict[str, Any] | None:
        """Return the webhook's body, None when there is nothing to tell any more.

        It names chats and inquiries by their ids and says nothing of the customer.
        """
        body: dict[str, Any] = {"type": claim.kind.value, "at": _iso(claim.created_at)}
        if claim.kind not in _ABOUT_CHATS:
            return body | dict(claim.payload)
        waits = await self._waits(claim.payload)
        if waits is None:
            return None
        return body | {
            "conversation_id": claim.conversation_id,
            "handoff_id": claim.payload["handoff_id"],
            "reason": waits.reason,
            "waiting_since": _iso(waits.since),
            "waiting": waits.count,
            "url": self._link(claim.conversation_id),
        }

    def _chat_mail(self, claim: Claim, waits: Waits) -> Mail:
        words, name = wording(), f"mail.{claim.kind}"
        text = words(
            f"{name}.text",
            count=waits.count,
            reason=words(f"reasons.{waits.reason}"),
            since=f"{day_in_full(waits.since)} {clock_time(waits.since)}",
        )
        link = self._link(claim.conversation_id)
        if link is not None:
            text = f"{text}\n\n{words('mail.chat_waits.link', url=link)}"
        return Mail(words(f"{name}.subject", count=waits.count), text)

    def _inquiries_mail(self, payload: Mapping[str, Any]) -> Mail:
        words, name = wording(), "mail.inquiries_due"
        counts = {"today": len(payload["today"]), "late": len(payload["late"])}

        def listed(numbers: list[str]) -> str:
            return "\n".join(numbers) or words(f"{name}.none")

        text = words(
            f"{name}.text",
            late_numbers=listed(payload["late"]),
            today_numbers=listed(payload["today"]),
            **counts,
        )
        if self._desk_url is not None:
            text = f"{text}\n\n{words('mail.chat_waits.link', url=f'{self._desk_url}#/inquiries')}"
        return Mail(words(f"{name}.subject", **counts), text)

    def _reply_mail(self, payload: Mapping[str, Any]) -> Mail:
        words, name = wording(), "mail.inquiry_reply"
        team = team_of(self._business, payload.get("site"))
        reply_to = team.email if team is not None else None
        customer = one_line(str(payload.get("name") or ""))
        text = words(
            f"{name}.text",
            greeting=f"{words(f'{name}.greeting', customer=customer)}\n\n" if customer else "",
            number=payload["number"],
            text=payload["text"],
            shop=shop_name(self._business, payload.get("site")),
            agent=payload["agent"],
            answer=words(f"{name}.can_answer"),
        )
        subject = words(f"{name}.subject", number=payload["number"])
        return Mail(subject, text, reply_to=reply_to, by_itself=False)

    async def _transcript_mail(self, claim: Claim) -> Mail | None:
        words = wording()
        try:
            transcript = await self._transcripts.of(claim.conversation_id or "")
        except UnknownConversationError:
            return None
        shop = shop_name(self._business, claim.payload.get("site"))
        return Mail(
            words("mail.transcript.subject", shop=shop),
            words("mail.transcript.text", transcript=transcript),
        )

    async def _waits(self, payload: Mapping[str, Any]) -> Waits | None:
        async with AsyncSession(self._reads) as session:
            row = await session.get(HandoffRow, payload["handoff_id"])
            if row is None or row.state != Stage.WAITING:
                return None
            count = await session.scalar(
                select(func.count()).where(HandoffRow.state == Stage.WAITING)
            )
            return Waits(as_utc(row.asked_at), row.reason, int(count or 0))

    def _link(self, conversation_id: str | None) -> str | None:
        if self._desk_url is None or conversation_id is None:
            return None
        return f"{self._desk_url}#/chat/{conversation_id}"


def _iso(at: datetime) -> str:
    return as_utc(at).astimezone(TOKYO).isoformat(timespec="milliseconds")
