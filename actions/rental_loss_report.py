"""紛失・盗難: says at once what to do now, then takes the report, or an urgent inquiry."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from madoguchi.dialogue.cards import rental_card
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.identify import own_rental
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Number, Option, Read
from madoguchi.dialogue.rental_words import rental_facts, shown_back
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.rules.billing import is_billed
from madoguchi.rules.loss import LOSABLE_STATES, Reason, loss_report
from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import Verdict
from madoguchi.systems.model import LossKind, NotAllowedError, Rental

_KIND = "rental_loss_report.kind"
_SAID = "rental_loss_report.said"
_UNPROVEN = "rental_loss_report.unproven"
_STOLEN = re.compile(r"盗|すられ|スられ|スリ|ひったくり|置き引き|空き巣")
_LOST = re.compile(r"紛失|な[くー]し|[無失亡]くし|落と|見当た|見つから|見つかりま|忘れ")
_NOT_YET = re.compile(r"まだ|これから|あとで|後で|な(?:い|し)|ありません|特に")
# Shorter words tell that it is gone, but nothing of how.
_TELLING = 15
_LONGEST = 1000
_LONGEST_NUMBER = 100


class RentalLossReport(Skill):
    """Reports that a rented watch is lost or stolen."""

    act = "rental_loss_report"

    async def steps(self, turn: Turn) -> None:
        """Say what to do now, ask what happened to which watch, and report when confirmed."""
        _listen(turn)
        if turn.starts:
            turn.say(f"rental_loss_report.first_{turn.state.answers.get(_KIND, 'either')}")
        kind = LossKind(await turn.ask(_KIND, Read(_kind_in, _kinds(turn))))
        rental = await _rental(turn)
        if rental is None:
            raise await _by_inquiry(turn, kind)
        verdict = loss_report(rental)
        done = verdict.reason == Reason.ALREADY_REPORTED and turn.agrees(
            "rental_loss_report.confirm"
        )
        if verdict.decision is Decision.NO and not done:
            raise _refused(turn, rental, verdict)
        facts = _facts(turn, rental, kind)
        text = "rental_loss_report.circumstances"
        circumstances = await _circumstances(turn, text, **facts)
        police = await _police_report(turn)
        if not await turn.confirm(
            "rental_loss_report.confirm",
            card=rental_card(rental),
            circumstances=shown_back(circumstances),
            police=police or turn.context.words("rental_loss_report.no_police"),
            **facts,
        ):
            raise turn.finish("rental_loss_report.kept", **facts)
        raise await _report(turn, rental, kind, circumstances, police)


def _listen(turn: Turn) -> None:
    """Take what the first words say before it is asked for."""
    if turn.state.asking not in {None, _KIND} or turn.heard.option is not None:
        return
    kind = turn.take(_KIND, Read(_kind_in))
    turn.take("number", Number("rental"))
    text = turn.heard.text.strip()
    if kind is not None and _SAID not in turn.state.answers and len(text) >= _TELLING:
        turn.answer(_SAID, text[:_LONGEST], keep_unread=True)


async def _rental(turn: Turn) -> Rental | None:
    """Return the rental; None when the customer cannot prove one: that must not be the end."""
    if turn.state.asking in {"number", "contact"} and turn.heard.does_not_know:
        turn.take("number", Number("rental"))
        turn.answer(_UNPROVEN, value=True)
    if turn.state.answers.get(_UNPROVEN):
        return None
    if "rental" not in turn.state.answers and not await _has_proven_one(turn):
        unknown = Option(turn.context.words("rental_loss_report.number_unknown"), _UNPROVEN)
        question = Number("rental", [unknown])
        # The same message may hold the contact, too.
        turn.take("number", question)
        number = await turn.ask("number", question, text="rental_loss_report.number")
        if number == _UNPROVEN:
            turn.forget("number")
            turn.answer(_UNPROVEN, value=True)
            return None
    try:
        return await own_rental(turn, lambda each: each.state in LOSABLE_STATES)
    except DoneError:
        # Too many wrong tries: it has been said, and the inquiry is still open.
        turn.answer(_UNPROVEN, value=True)
        return None


async def _has_proven_one(turn: Turn) -> bool:
    """Return whether the customer may see a rental already."""
    proven = await turn.context.proofs.of(turn.opened.conversation.id)
    if any(proof.kind == "rental" for proof in proven):
        return True
    member = turn.member_id
    return member is not None and bool(await turn.context.systems.rentals.of_member(member))


async def _circumstances(turn: Turn, text: str, **values: Any) -> str:
    """Return how it happened, in the customer's words."""
    said = turn.state.answers.get(_SAID)
    options = [Option(turn.context.words("rental_loss_report.as_said"), said)] if said else []
    question = FreeText(options, shortest=2, longest=_LONGEST, questions=False, mere=False)
    return str(await turn.ask("rental_loss_report.circumstances", question, text=text, **values))


async def _police_report(turn: Turn) -> str | None:
    """Return the number that the police gave; there may be none yet."""
    none = Option(turn.context.words("rental_loss_report.police_none"), "")
    answer = await turn.ask("rental_loss_report.police", Read(_police_number, [none]))
    return str(answer) or None


async def _report(
    turn: Turn, rental: Rental, kind: LossKind, circumstances: str, police: str | None
) -> DoneError:
    """Report the loss; somebody may have done it elsewhere a moment ago."""
    rentals = turn.context.systems.rentals
    try:
        await rentals.report_loss(rental.number, kind, circumstances, police, key=turn.key("loss"))
    except NotAllowedError:
        rental = await rentals.get(rental.number) or rental
        verdict = loss_report(rental)
        if verdict.decision is Decision.NO:
            return _refused(turn, rental, verdict)
        raise
    words, facts = turn.context.words, _facts(turn, rental, kind)
    police_next = "" if police else words("rental_loss_report.police_next", **facts)
    return turn.finish(
        "rental_loss_report.done", card=rental_card(rental), police_next=police_next, **facts
    )


async def _by_inquiry(turn: Turn, kind: LossKind) -> DoneError:
    """Take an urgent inquiry from somebody whose rental could not be proven."""
    words = turn.context.words
    happened = words(f"rental_loss_report.happened.{kind}")
    text = "rental_loss_report.circumstances_unproven"
    circumstances = await _circumstances(turn, text, happened=happened)
    unknown = words("rental_loss_report.number_not_known")
    summary = words(
        "rental_loss_report.summary_unproven",
        loss=words(f"rental_loss_report.kind_words.{kind}"),
        number=turn.state.answers.get("number") or unknown,
        circumstances=circumstances,
    )
    matter = Matter("loss", summary, urgent=True)
    return await take_inquiry(turn, matter, "rental_loss_report.inquiry_opened")


def _refused(turn: Turn, rental: Rental, verdict: Verdict) -> DoneError:
    text = f"rental_loss_report.{verdict.reason}"
    return turn.finish(text, card=rental_card(rental), **rental_facts(rental))


def _facts(turn: Turn, rental: Rental, kind: LossKind) -> dict[str, Any]:
    words, facts = turn.context.words, rental_facts(rental)
    cost = "cost" if is_billed(rental) else "cost_without_fee"
    return facts | {
        "loss": words(f"rental_loss_report.kind_words.{kind}"),
        "paper": words(f"rental_loss_report.papers.{kind}"),
        "happened": words(f"rental_loss_report.happened.{kind}"),
        "cost": words(f"rental_loss_report.{cost}", **facts),
    }


def _kinds(turn: Turn) -> list[Option]:
    words = turn.context.words
    return [Option(words(f"rental_loss_report.kinds.{kind}"), kind.value) for kind in LossKind]


def _kind_in(heard: Heard) -> str | None:
    """Return what happened; None when the words say neither, or both."""
    stolen, lost = bool(_STOLEN.search(heard.text)), bool(_LOST.search(heard.text))
    if stolen == lost:
        return None
    return LossKind.STOLEN if stolen else LossKind.LOST


def _police_number(heard: Heard) -> str | None:
    """Return the number, "" when there is none yet."""
    text = unicodedata.normalize("NFKC", heard.text).strip()
    if re.search(r"\d", text):
        return text[:_LONGEST_NUMBER]
    nothing = heard.says_no or heard.does_not_know or bool(_NOT_YET.search(text))
    return "" if nothing else None
