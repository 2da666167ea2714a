"""Customers' orders, rentals and visits at the desk: looked up, and dealt with, over HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from madoguchi.access.proofs import Kind as ProofKind
from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Conversation
from madoguchi.desk.action_routes import Key
from madoguchi.desk.chat_routes import Readable, Use, Workable
from madoguchi.desk.gate import Reader, Worker
from madoguchi.desk.identification import NoFormError
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.refusals import DeskProblem, not_owner
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may
from madoguchi.desk.skills.deeds import DEEDS, Deed, Kind
from madoguchi.desk.skills.doing import ChangeUnknownError, Doing, RuleRefusedError
from madoguchi.desk.skills.forms import Contact, Form, VisitWish
from madoguchi.desk.skills.ledger import DeedKeyReusedError, Ledger
from madoguchi.desk.skills.lookups import Lookups, number_in
from madoguchi.desk.skills.proving import ProofsLockedError, prove
from madoguchi.desk.summary import Summary
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.visit_times import free_times
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.services import services
from madoguchi.systems.model import KeyReusedError, SystemUnavailableError

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


# What can be looked at, as addresses name it.
_KINDS: dict[str, Kind] = {
    "orders": "order",
    "rentals": "rental",
    "visits": "visit",
    "products": "product",
}


@dataclass(frozen=True)
class Skills:
    """What these routes work with."""

    context: Context
    lookups: Lookups
    ledger: Ledger
    doing: Doing


def skills(request: Request, use: Use) -> Skills:
    """Return the parts, made of those that the assistant's skills work with."""
    running = services(request)
    ledger = Ledger(running.database, use.audit)
    context = running.context
    return Skills(context, Lookups(context), ledger, Doing(context, ledger))


With = Annotated[Skills, Depends(skills)]


@router.get("/chats/{id}/slots")
async def slots(
    _chat: Readable,
    _agent: Worker,
    use: With,
    store: Annotated[str, Query(max_length=40)],
) -> dict[str, Any]:
    """Return a store's free times, and the stores that there are."""
    _require_store(use, store)
    today = use.context.clock.now().astimezone(TOKYO).date()
    try:
        free = await free_times(use.context, store, today)
    except SystemUnavailableError:
        raise DeskProblem(503, "skills.system_away") from None
    days = [
        {"day": day.isoformat(), "label": day_in_full(day), "times": list(times)}
        for day, times in free.items()
    ]
    return {"store": store, "days": days}


@router.get("/stores")
async def stores(_agent: Reader, use: With) -> dict[str, Any]:
    """Return the stores that can be visited."""
    return {"stores": list(use.context.business.stores)}


@router.get("/chats/{id}/orders")
@router.get("/chats/{id}/rentals")
@router.get("/chats/{id}/visits")
@router.get("/chats/{id}/products")
async def look(
    chat: Readable,
    agent: Reader,
    use: With,
    request: Request,
    number: Annotated[str | None, Query(max_length=80)] = None,
) -> dict[str, Any]:
    """Return the customer's own things, or the one of a number, with the rules' verdicts.

    Looking a number up by hand is work, whoever has the chat, and it stands in the log.
    """
    kind, conversation = _KINDS[request.url.path.rpartition("/")[2]], _conversation(chat)
    try:
        if number is None:
            known = await use.lookups.own(conversation, kind)
            return {"level": chat.verified, "more": known.more, "things": _all(known.things)}
        if not may(agent.role, Action.WORK):
            raise DeskProblem(403, "signin.not_allowed")
        asked = number_in(kind, number)
        if asked is None:
            raise DeskProblem(422, "skills.number_unreadable")
        found = await use.lookups.by_number(conversation, kind, asked)
    except SystemUnavailableError:
        raise DeskProblem(503, "skills.system_away") from None
    proven = found is not None and found.proven is not None
    await use.ledger.looked_up(chat.id, agent.id, asked, found=found is not None, proven=proven)
    return {"level": chat.verified, "more": 0, "things": _all([found] if found else [])}


@router.post("/chats/{id}/identification")
async def ask_to_identify(chat: Workable, agent: Worker, desk: Use) -> dict[str, Any]:
    """Show the customer a form in which they prove an order or rental themselves."""
    try:
        await desk.identification.ask(chat.id, agent.id)
    except NotOwnerError:
        raise not_owner((await desk.summaries.of([chat.id]))[0]) from None
    except NoFormError:
        raise DeskProblem(409, "skills.no_form") from None
    except ProofsLockedError as locked:
        raise _locked(locked) from None
    return {}


class Proof(BaseModel):
    """What the customer says to have registered with a number."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(max_length=80)]
    contact: Contact


@router.post("/chats/{id}/proofs")
async def prove_for(
    chat: Readable, agent: Worker, *, use: With, desk: Use, body: Proof, key: Key
) -> dict[str, Any]:
    """Prove an order or rental for the customer, by the contact that they told the agent."""
    kind: ProofKind = "rental" if number_in("order", body.number) is None else "order"
    number = number_in(kind, body.number)
    if number is None:
        raise DeskProblem(422, "skills.number_unreadable")
    try:
        proven = await prove(
            use.context,
            use.ledger,
            _conversation(chat),
            agent.id,
            kind=kind,
            number=number,
            contact=body.contact,
            event=_event(key),
        )
    except NotOwnerError:
        raise not_owner((await desk.summaries.of([chat.id]))[0]) from None
    except ProofsLockedError as locked:
        raise _locked(locked) from None
    except SystemUnavailableError:
        raise DeskProblem(503, "skills.system_away") from None
    if not proven:
        raise DeskProblem(422, "skills.contact_wrong")
    return {"number": number, "proven": True}


@router.post("/chats/{id}/skills/{act}")
async def act(
    chat: Readable, agent: Worker, act: str, *, request: Request, use: With, desk: Use, key: Key
) -> dict[str, Any]:
    """Do something for the customer, once per Idempotency-Key; the chat has to be the agent's."""
    deed = DEEDS.get(act)
    if deed is None:
        raise DeskProblem(404, "skills.act_unknown")
    form = await _form(deed, request)
    if isinstance(form, VisitWish):
        _require_store(use, form.store)
    conversation = _conversation(chat)
    try:
        proven = await use.lookups.is_proven(conversation, deed.kind, form.subject)
        done = await use.doing.do(conversation, agent.id, deed, form, key, proven=proven)
    except NotOwnerError:
        raise not_owner((await desk.summaries.of([chat.id]))[0]) from None
    except RuleRefusedError as refusal:
        raise DeskProblem(409, "skills.rule_refused", reason=refusal.verdict.reason) from None
    except ChangeUnknownError:
        raise DeskProblem(503, "skills.change_unknown") from None
    except SystemUnavailableError:
        raise DeskProblem(503, "skills.system_away") from None
    except (DeedKeyReusedError, KeyReusedError):
        raise DeskProblem(409, "skills.key_reused") from None
    except (KeyError, IndexError):
        # A fault of ours; these are LookupErrors, too.
        raise
    except LookupError:
        raise DeskProblem(404, "skills.number_unknown") from None
    return {"act": done.act, "said": done.said, "text": done.text, "card": done.card}


def _locked(locked: ProofsLockedError) -> DeskProblem:
    until = f"{locked.until.astimezone(TOKYO):%H:%M}"
    return DeskProblem(409, "skills.proofs_locked", until=until)


def _event(key: str) -> str:
    """Return the name of a try: as long as any."""
    return hashlib.sha256(f"desk {key}".encode()).hexdigest()[:32]


async def _form(deed: Deed, request: Request) -> Form:
    """Return what was said with a deed, its number as the shop writes it. Raises a problem 422."""
    try:
        form = deed.form.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None
    number = number_in(deed.kind, form.subject)
    if number is None:
        raise DeskProblem(422, "skills.number_unreadable")
    return form.model_copy(update={"subject": number})


def _all(found: Any) -> list[dict[str, Any]]:
    return [thing.as_json() for thing in found]


def _require_store(use: Skills, store: str) -> None:
    if store not in use.context.business.stores:
        raise DeskProblem(422, "skills.store_unknown")


def _conversation(chat: Summary) -> Conversation:
    return Conversation(chat.id, chat.channel, chat.site, chat.member_id, chat.owner, 0, None)
