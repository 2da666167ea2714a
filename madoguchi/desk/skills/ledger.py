"""The log of what agents do with customers' things: written before the deed, and after it.

A deed that changes a shop's system cannot be one transaction with its entry. So its intent is
stored first, with the check that the chat is the agent's: there may be an intent without an
outcome, when the service died in between, but never a deed that is not in the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.desk.audit import Audit
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.tables import AuditRow

LOOKUP, PROOF = "skill.lookup", "skill.proof"

# begun: the outcome is not known, because none was written.
type Outcome = Literal["begun", "done", "refused", "unavailable", "unknown", "failed"]


class DeedKeyReusedError(Exception):
    """The Idempotency-Key came before with another deed; a mistake of the caller's."""


@dataclass(frozen=True)
class Intent:
    """What an agent is about to do to which thing; ``said`` never goes into the log as words."""

    conversation_id: str
    agent_id: str
    act: str
    # The number of the order, rental, item or visit.
    subject: str
    # Whether the customer has proven it in this chat.
    proven: bool
    key: str
    said: Mapping[str, Any]

    @property
    def action(self) -> str:
        """The entry's action."""
        return f"skill.{self.act}"

    def detail(self, outcome: Outcome, **more: str) -> dict[str, Any]:
        """Return the entry's detail."""
        return {
            "subject": self.subject,
            "proven": self.proven,
            "key": self.key,
            "asked": _digest(self.key, self.act, self.said),
            "outcome": outcome,
            **more,
        }


class Ledger:
    """Intents and outcomes in the audit log, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, audit: Audit) -> None:
        """Write to the engine's database."""
        self._engine = engine
        self._audit = audit

    async def begin(self, intent: Intent) -> Outcome | None:
        """Store the intent; return how an earlier try with the same key ended, None without one.

        Raises NotOwnerError when the chat is not the agent's at this moment, and
        DeedKeyReusedError.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            await _require_owner(session, intent.conversation_id, intent.agent_id)
            before = await _earlier(session, intent)
            detail = intent.detail("begun")
            if before and before[-1]["asked"] != detail["asked"]:
                raise DeedKeyReusedError
            self._audit.write(
                session, intent.action, intent.agent_id, detail, intent.conversation_id
            )
        return _ended(before)

    async def end(self, intent: Intent, outcome: Outcome, **more: str) -> None:
        """Store how it ended; ``more`` are names of texts and numbers, never customers' words."""
        await self._audit.record(
            intent.action,
            intent.agent_id,
            intent.detail(outcome, **more),
            intent.conversation_id,
        )

    async def require_owner(self, conversation_id: str, agent_id: str) -> None:
        """Raise NotOwnerError when the chat is not the agent's at this moment."""
        async with AsyncSession(self._engine) as session, session.begin():
            await _require_owner(session, conversation_id, agent_id)

    async def checked(
        self, conversation_id: str, agent_id: str, number: str, *, proven: bool
    ) -> None:
        """Store that an agent checked a contact against the one registered with a number."""
        detail = {"subject": number, "proven": proven}
        await self._audit.record(PROOF, agent_id, detail, conversation_id)

    async def looked_up(
        self, conversation_id: str, agent_id: str, number: str, *, found: bool, proven: bool
    ) -> None:
        """Store that an agent looked up a number by hand."""
        detail = {"subject": number, "found": found, "proven": proven}
        await self._audit.record(LOOKUP, agent_id, detail, conversation_id)


async def _require_owner(session: AsyncSession, conversation_id: str, agent_id: str) -> None:
    row = await session.scalar(
        select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
    )
    if row is None:
        raise UnknownConversationError
    if row.owner != Owner.AGENT or row.agent_id != agent_id:
        raise NotOwnerError(row.agent_id if row.owner == Owner.AGENT else None)


async def _earlier(session: AsyncSession, intent: Intent) -> list[dict[str, Any]]:
    """Return the details of what was tried with the same key in the chat, the oldest first."""
    rows = await session.scalars(
        select(AuditRow.detail)
        .where(
            AuditRow.conversation_id == intent.conversation_id,
            AuditRow.action.startswith("skill."),
            AuditRow.action.not_in((LOOKUP, PROOF)),
        )
        .order_by(AuditRow.id)
    )
    return [detail for detail in rows if detail.get("key") == intent.key]


def _ended(before: list[dict[str, Any]]) -> Outcome | None:
    """Return the outcome that says most: once done, always done."""
    outcomes = [detail["outcome"] for detail in before]
    if not outcomes:
        return None
    return "done" if "done" in outcomes else outcomes[-1]


def _digest(key: str, act: str, said: Mapping[str, Any]) -> str:
    text = json.dumps([key, act, dict(said)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
