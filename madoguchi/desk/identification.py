"""Has the customer of an agent's chat prove an order or rental themselves, in a form of the page.

Business rules: Who may see what. The shop's system compares, as for the assistant and for agents;
wrong tries count against the same, and what is proven is proven in this chat alone. The contact is
neither stored nor shown to anybody; the chat stays the agent's.

A try is claimed by its key, counted as wrong before it is made, and taken back when it was right:
however many come at once, no more than the allowed ones reach the shop's system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.proofs import Kind as ProofKind
from madoguchi.access.proofs import Proofs, tried_by, who_tries
from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.channel import WEB
from madoguchi.conversations.model import Draft, Message, Owner, Sender
from madoguchi.conversations.reading import read_inbound
from madoguchi.conversations.receiving import KeyReusedError
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow, InboxRow, MessageRow
from madoguchi.conversations.tokens import body_hash
from madoguchi.conversations.writing import Source, write
from madoguchi.database import only_reading
from madoguchi.desk.identification_words import Act, IdentificationWords, identification_words
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.skills.ledger import PROOF
from madoguchi.desk.skills.proving import ProofsLockedError
from madoguchi.desk.steps import Step, changed, deed, is_theirs, locked, tell
from madoguchi.desk.tables import AuditRow
from madoguchi.dialogue.found import find
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.model import SystemUnavailableError

ASKED = "identity.ask"
# What the inbox has of a try: no message for the assistant, and no two tries of one key.
_INBOX_KIND, _CHECKING, _DONE = "proof", "checking", "done"


class NoFormError(Exception):
    """The customer's channel shows no forms."""


class NotAskedError(Exception):
    """Nobody asks this customer to prove anything (any more)."""


class UnreadableError(Exception):
    """What was written is none; ``what`` is ``number`` or ``contact``."""

    def __init__(self, what: str) -> None:
        """Say which of the two."""
        super().__init__(what)
        self.what = what


class StillCheckingError(Exception):
    """The same try is being made, or was when its process died: make a new one."""


@dataclass(frozen=True)
class Claimed:
    """What a customer says of themselves, as the shop writes it."""

    kind: ProofKind
    number: str
    contact: str


def claimed(number: str, contact: str) -> Claimed:
    """Return what was written into the form's two fields. Raises UnreadableError."""
    orders, rentals = find(number, "order").orders, find(number, "rental").rentals
    told = find(contact, "contact").contact
    if not orders and not rentals:
        raise UnreadableError("number")
    if told is None:
        raise UnreadableError("contact")
    return Claimed("order", orders[0], told) if orders else Claimed("rental", rentals[0], told)


class Identification:
    """Asking and checking, on SQLite or PostgreSQL."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, streams: Streams, systems: Systems, proofs: Proofs
    ) -> None:
        """Check with the systems and proofs of the assistant; pages are told by the streams."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._streams = streams
        self._systems = systems
        self._proofs = proofs
        self._words: IdentificationWords = identification_words()

    async def ask(self, conversation_id: str, agent_id: str) -> None:
        """Show the customer the form; asked twice in a row, it is there once.

        Raises NotOwnerError, NoFormError where the channel shows none, ProofsLockedError and
        UnknownConversationError.
        """
        async with AsyncSession(self._reads) as session:
            member = await session.scalar(
                select(ConversationRow.member_id).where(ConversationRow.id == conversation_id)
            )
        until = await self._proofs.locked_until([who_tries(conversation_id, member)])
        async with self._session() as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if not is_theirs(step, agent_id):
                raise NotOwnerError(step.row.agent_id if step.row.owner == Owner.AGENT else None)
            if step.row.channel != WEB:
                raise NoFormError
            if until is not None:
                raise ProofsLockedError(until)
            if await _last_asked(step) == step.row.last_seq:
                return
            messages = await tell(step, self._words.question())
            # To ask is an answer: the customer is not kept waiting.
            step.row.last_agent_at = step.now
            deed(step, ASKED, agent_id, handoff=step.row.handoff_id)
        self._publish(conversation_id, messages)

    async def answer(self, conversation_id: str, key: str, said: Claimed) -> Sequence[Message]:
        """Return what the customer is told of their try; the same key tries once.

        Raises NotAskedError, StillCheckingError, KeyReusedError of another kind of message, and
        UnknownConversationError.
        """
        inbox, subjects, known = await self._begin(conversation_id, key, said)
        if known is not None:
            return known
        event = hashlib.sha256(f"form {conversation_id} {key}".encode()).hexdigest()[:32]
        try:
            proven, until = await self._tried(conversation_id, said, subjects, event)
        except SystemUnavailableError:
            await self._proofs.take_back(subjects, event)
            return await self._end(conversation_id, inbox, self._words.away())
        if until is not None:
            draft = self._words.locked(until)
        else:
            draft = self._words.proven(said.number) if proven else self._words.wrong()
        return await self._end(conversation_id, inbox, draft, said, proven=proven)

    async def _begin(
        self, conversation_id: str, key: str, said: Claimed
    ) -> tuple[int, list[str], Sequence[Message] | None]:
        """Claim a try; with what was told of it when it was made before."""
        async with self._session() as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            subjects = tried_by(who_tries(conversation_id, step.row.member_id), said.number)
            known = await session.scalar(
                select(InboxRow).where(
                    InboxRow.conversation_id == conversation_id, InboxRow.event_id == key
                )
            )
            if known is not None:
                if known.kind != _INBOX_KIND:
                    raise KeyReusedError
                if known.state == _CHECKING:
                    raise StillCheckingError
                return known.id, subjects, (await read_inbound(session, known)).replies
            if not await _is_asked(step):
                raise NotAskedError
            sent = self._words.sent()
            written = await write(session, conversation_id, [sent], step.now, Source(key))
            [message] = written.messages
            row = InboxRow(
                conversation_id=conversation_id,
                event_id=key,
                # Of what was written nothing is kept: numbers are few, and a hash is soon undone.
                body_hash=body_hash(f"{_INBOX_KIND} {key}"),
                kind=_INBOX_KIND,
                seq=message.seq,
                payload=None,
                state=_CHECKING,
                attempts=0,
                told_to_wait=False,
                created_at=step.now,
            )
            session.add(row)
            await session.flush()
            number = row.id
        self._publish(conversation_id, [message])
        return number, subjects, None

    async def _tried(
        self, conversation_id: str, said: Claimed, subjects: list[str], event: str
    ) -> tuple[bool, datetime | None]:
        """Return whether it is proven now, and until when nothing may be tried any more."""
        await self._proofs.count_wrong(subjects, event)
        until = await self._proofs.locked_until(subjects, but=event)
        if until is not None:
            return False, until
        system = self._systems.orders if said.kind == "order" else self._systems.rentals
        if await system.verified(said.number, said.contact) is None:
            return False, await self._proofs.locked_until(subjects)
        await self._proofs.prove(conversation_id, said.kind, said.number)
        await self._proofs.take_back(subjects, event)
        return True, None

    async def _end(
        self,
        conversation_id: str,
        inbox: int,
        draft: Draft,
        said: Claimed | None = None,
        *,
        proven: bool = False,
    ) -> Sequence[Message]:
        """Tell what came of a try, whoever has the chat by now."""
        async with self._session() as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if draft.act == Act.ASKED and not await _is_asked(step):
                draft = self._words.over(draft)
            messages = await tell(step, draft)
            await session.execute(
                update(InboxRow)
                .where(InboxRow.id == inbox)
                .values(
                    state=_DONE,
                    done_at=step.now,
                    replies_from=messages[0].seq,
                    replies_to=messages[-1].seq,
                )
            )
            if said is not None:
                deed(step, PROOF, None, subject=said.number, proven=proven, by="customer")
            changed(step)
        self._publish(conversation_id, messages)
        return messages

    def _publish(self, conversation_id: str, messages: Sequence[Message]) -> None:
        for message in messages:
            self._streams.publish(conversation_id, Event("message", message))

    def _session(self) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False)

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


async def _last_asked(step: Step) -> int | None:
    """Return the number of the form that stands open in this stretch with a person, if one does."""
    if step.row.owner != Owner.AGENT:
        return None
    detail = await step.session.scalar(
        select(AuditRow.detail)
        .where(AuditRow.conversation_id == step.row.id, AuditRow.action == ASKED)
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    if detail is None or detail["handoff"] != step.row.handoff_id:
        return None
    ours = (MessageRow.conversation_id == step.row.id, MessageRow.sender == Sender.SYSTEM)
    last = select(func.max(MessageRow.seq)).where(*ours, MessageRow.act.in_(list(Act)))
    found: int | None = await step.session.scalar(
        select(MessageRow.seq).where(
            *ours, MessageRow.act == Act.ASKED, MessageRow.seq == last.scalar_subquery()
        )
    )
    return found


async def _is_asked(step: Step) -> bool:
    return await _last_asked(step) is not None
