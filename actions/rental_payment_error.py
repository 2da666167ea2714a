"""決済エラー: takes the report of why a payment failed, and says what has to follow at once."""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.dialogue.cards import rental_card
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.identify import own_rental
from madoguchi.dialogue.questions import FreeText, Option, Read
from madoguchi.dialogue.rental_words import rental_facts, shown_back
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.rules.payment_errors import LAST_ERROR, Reason, payment_error
from madoguchi.rules.stages import RENTAL_WITH_CUSTOMER
from madoguchi.rules.states import RentalState
from madoguchi.systems.model import NotAllowedError, Rental

# Who still has the watch can send its photo, and so can report.
_REPORTABLE = RENTAL_WITH_CUSTOMER | {RentalState.RETURN_REQUESTED}
_CAUSES = ("limit", "expired", "reissued", "unknown")
_OUTLOOKS = ("fine", "new_card", "unsure")
_LONGEST = 500


class RentalPaymentError(Skill):
    """Reports why a monthly payment failed."""

    act = "rental_payment_error"

    async def steps(self, turn: Turn) -> None:
        """Find the rental, ask for the cause and next week's payment, and report when confirmed."""
        rental = await own_rental(
            turn, lambda each: each.state in _REPORTABLE | {RentalState.TERMINATED}
        )
        situation = _situation(rental)
        done = situation == "reported" and turn.agrees("rental_payment_error.confirm")
        if situation != Reason.REPORT_AT_ONCE and not done:
            raise _told(turn, rental, situation)
        facts = rental_facts(rental)
        cause = shown_back(
            await turn.ask(
                "rental_payment_error.cause", _causes(turn), card=rental_card(rental), **facts
            )
        )
        outlook = shown_back(await turn.ask("rental_payment_error.next_week", _outlooks(turn)))
        if not await turn.confirm(
            "rental_payment_error.confirm",
            card=rental_card(rental),
            cause=cause,
            outlook=outlook,
            **facts,
        ):
            raise turn.finish("rental_payment_error.kept", **facts)
        raise await _report(turn, rental)


async def _report(turn: Turn, rental: Rental) -> DoneError:
    """Report the error; somebody may have done it elsewhere a moment ago."""
    rentals, answers = turn.context.systems.rentals, turn.state.answers
    try:
        await rentals.report_payment_error(
            rental.number,
            answers["rental_payment_error.cause"],
            answers["rental_payment_error.next_week"],
            key=turn.key("payment_error"),
        )
    except NotAllowedError:
        rental = await rentals.get(rental.number) or rental
        situation = _situation(rental)
        if situation != Reason.REPORT_AT_ONCE:
            return _told(turn, rental, situation)
        raise
    return _told(turn, rental, "done")


def _situation(rental: Rental) -> str:
    """Return whether there is something to report, or the text that says why not."""
    reason = payment_error(rental.payment_errors).reason
    if rental.state is RentalState.TERMINATED and rental.received_on is not None:
        return "over"
    if rental.state is RentalState.TERMINATED and reason != Reason.CONTRACT_ENDED:
        return "terminated"
    if reason == Reason.NO_ERROR:
        return "no_error"
    if rental.state not in _REPORTABLE | {RentalState.TERMINATED}:
        return "over"
    if reason == Reason.REPORT_AT_ONCE and rental.payment_error_reported_on is not None:
        return "reported"
    return reason


def _told(turn: Turn, rental: Rental, text: str) -> DoneError:
    return turn.finish(
        f"rental_payment_error.{text}",
        card=rental_card(rental),
        warning=_warning(turn, rental),
        **rental_facts(rental),
    )


def _warning(turn: Turn, rental: Rental) -> str:
    """Return what the next errors lead to."""
    next_ends = payment_error(rental.payment_errors + 1).reason == Reason.CONTRACT_ENDED
    name = "warning_next" if next_ends else "warning"
    return turn.context.words(f"rental_payment_error.{name}", last=LAST_ERROR)


def _causes(turn: Turn) -> FreeText:
    return _own_words(_options(turn, "causes", _CAUSES))


def _outlooks(turn: Turn) -> Read:
    options = _options(turn, "outlooks", _OUTLOOKS)
    fine, *_others, unsure = (option.value for option in options)
    words = _own_words(options)

    def outlook(heard: Heard) -> str | None:
        if heard.says_yes:
            return str(fine)
        return str(unsure) if heard.does_not_know else words.read(heard)

    return Read(outlook, options)


def _own_words(options: Sequence[Option]) -> FreeText:
    return FreeText(options, shortest=2, longest=_LONGEST, questions=False, mere=False)


def _options(turn: Turn, group: str, keys: tuple[str, ...]) -> list[Option]:
    titles = [turn.context.words(f"rental_payment_error.{group}.{key}") for key in keys]
    return [Option(title, title) for title in titles]
