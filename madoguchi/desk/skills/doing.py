"""Does for a customer what the assistant would do, in an agent's name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from madoguchi.conversations.model import Conversation
from madoguchi.desk.skills.deeds import Deed, answered_before
from madoguchi.desk.skills.forms import Form, VisitChange, VisitWish
from madoguchi.desk.skills.ledger import Intent, Ledger, Outcome
from madoguchi.desk.skills.runs import Run, Said, run_skill
from madoguchi.desk.skills.snapshot import Snapshot
from madoguchi.desk.skills.verdicts import Ruling, Verdict, rehearsed
from madoguchi.desk.skills.wording import reason_of, skill_words
from madoguchi.dialogue.cards import Card
from madoguchi.dialogue.context import Context
from madoguchi.logs import log
from madoguchi.rules.transfers import transferable
from madoguchi.rules.visits import visit_days
from madoguchi.systems.model import KeyReusedError, NotAllowedError, SystemUnavailableError

# An earlier try may have made the change already.
_PERHAPS_DONE: frozenset[Outcome] = frozenset({"begun", "done", "unknown"})


class RuleRefusedError(Exception):
    """The rules, or what somebody else did a moment ago, do not allow it; says why."""

    def __init__(self, verdict: Verdict) -> None:
        """Refuse with the rules' word."""
        super().__init__(verdict.reason)
        self.verdict = verdict


class ChangeUnknownError(Exception):
    """The shop's system went away while it was changing something: it may have done it."""


@dataclass(frozen=True)
class Done:
    """What was done: ``text`` is the assistant's wording of it, for the customer."""

    act: str
    said: str
    text: str
    card: Card | None


class Doing:
    """Deeds, each with its entries in the log and made once for each Idempotency-Key."""

    def __init__(self, context: Context, ledger: Ledger) -> None:
        """Work with the parts that the assistant's skills work with."""
        self._context = context
        self._ledger = ledger

    async def do(
        self,
        conversation: Conversation,
        agent_id: str,
        deed: Deed,
        form: Form,
        key: str,
        *,
        proven: bool,
    ) -> Done:
        """Do it; the same key does it once and answers every time the same.

        Raises NotOwnerError, DeedKeyReusedError, RuleRefusedError, LookupError when there is no
        such thing, SystemUnavailableError when nothing was changed and ChangeUnknownError when
        that is open.
        """
        said = form.model_dump(mode="json")
        subject = form.subject
        intent = Intent(conversation.id, agent_id, deed.act, subject, proven, key, said)
        earlier = await self._ledger.begin(intent)
        run = self._run(conversation, deed, form, key, again=earlier in _PERHAPS_DONE)
        try:
            last = await run_skill(run)
        except SystemUnavailableError as error:
            await self._ledger.end(intent, "unknown" if run.changes else "unavailable")
            log("desk").warning("system unavailable", component=deed.act, reason=str(error))
            if run.changes:
                raise ChangeUnknownError from error
            raise
        except KeyReusedError:
            await self._ledger.end(intent, "refused", said="key_reused")
            raise
        except NotAllowedError:
            await self._ledger.end(intent, "refused", said="changed_meanwhile")
            raise RuleRefusedError(await self._overtaken(conversation, deed, subject)) from None
        except Exception:
            await self._ledger.end(intent, "failed")
            raise
        await self._ledger.end(intent, "done" if last.done else "refused", said=last.name)
        if not last.done:
            raise RuleRefusedError(_refusal(deed, last))
        return Done(deed.act, last.name, last.text, last.card)

    def _run(
        self, conversation: Conversation, deed: Deed, form: Form, key: str, *, again: bool
    ) -> Run:
        given = {name: value for name, value in deed.given(form).items() if value is not None}
        details = form.details if isinstance(form, VisitChange) else ""
        answers: dict[str, Any] = answered_before(deed, form.subject, details)
        booked = again and isinstance(form, VisitWish) and self._takes(form)
        if isinstance(form, VisitWish) and booked:
            # The time may be taken by this very booking: the system knows it by its key.
            answers |= {"store_visit.slot": {"day": form.day.isoformat(), "time": form.time}}
        run = Run(
            self._context,
            conversation,
            deed.skill,
            given=given,
            answers=answers,
            run_id=_run_id(deed, key),
        )
        if booked:
            run.state.asking = "store_visit.confirm"
        return run

    def _takes(self, form: VisitWish) -> bool:
        """Return whether the rules let the store have visitors on the day."""
        shop = self._context.business
        store = shop.stores.get(form.store)
        if store is None:
            return False
        opens = visit_days(store.hours, form.day, 1, shop.calendar)
        return bool(opens) and transferable(form.store, form.day, shop.calendar).yes

    async def _overtaken(self, conversation: Conversation, deed: Deed, number: str) -> Verdict:
        """Return what the rules say after somebody else was quicker."""
        seen = replace(self._context, systems=Snapshot.of(self._context.systems))
        verdict = await rehearsed(seen, conversation, deed, number)
        if verdict.ruling is not Ruling.YES:
            return verdict
        # The shop's system refuses what the rules allow.
        reason = skill_words()("changed_meanwhile")
        return Verdict(deed.act, Ruling.NO, reason, None, None)


def _refusal(deed: Deed, last: Said) -> Verdict:
    """Return the verdict that the last words of a deed that was not done come to."""
    ruling = Ruling.NO if last.question is None else Ruling.INQUIRY
    sentence = None if last.question is not None else last.text
    return Verdict(deed.act, ruling, reason_of(last), None, sentence)


def _run_id(deed: Deed, key: str) -> str:
    """Return what the change's key is made of: as long as any, and of harmless characters."""
    digest = hashlib.sha256(f"{deed.act} {key}".encode()).hexdigest()[:32]
    return f"desk-{digest}"
