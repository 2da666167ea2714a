"""買取: takes the wish to buy the rented watch; the price is told by e-mail only."""

from __future__ import annotations

from madoguchi.dialogue.cards import rental_card
from madoguchi.dialogue.identify import own_rental
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import Contact
from madoguchi.dialogue.rental_words import rental_facts
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.rules.buyout import Reason, buyout
from madoguchi.rules.stages import RENTAL_NEVER_BEGUN, RENTAL_WITH_CUSTOMER
from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import Verdict
from madoguchi.systems.model import NotAllowedError, Rental


class RentalBuyout(Skill):
    """Asks for the price to buy a rented watch."""

    act = "rental_buyout"

    async def steps(self, turn: Turn) -> None:
        """Find the rental, ask for the e-mail address, and ask for the price when confirmed."""
        rental = await own_rental(turn, lambda each: each.state in RENTAL_WITH_CUSTOMER)
        verdict = buyout(rental)
        done = verdict.reason == Reason.ALREADY_REQUESTED and turn.agrees("rental_buyout.confirm")
        if verdict.decision is Decision.INQUIRY:
            raise await _by_inquiry(turn, rental, verdict)
        if verdict.decision is Decision.NO and not done:
            raise _refused(turn, rental, verdict)
        facts = rental_facts(rental)
        email = str(
            await turn.ask(
                "rental_buyout.email", Contact(email_only=True), card=rental_card(rental), **facts
            )
        )
        if not await turn.confirm(
            "rental_buyout.confirm",
            card=rental_card(rental, ("email", email)),
            email=email,
            **facts,
        ):
            raise turn.finish("rental_buyout.kept", **facts)
        raise await _request(turn, rental, email)


async def _request(turn: Turn, rental: Rental, email: str) -> DoneError:
    """Ask for the price; somebody may have done it elsewhere a moment ago."""
    rentals = turn.context.systems.rentals
    try:
        await rentals.request_buyout(rental.number, email, key=turn.key("buyout"))
    except NotAllowedError:
        rental = await rentals.get(rental.number) or rental
        verdict = buyout(rental)
        if verdict.decision is Decision.NO:
            return _refused(turn, rental, verdict)
        raise
    return turn.finish(
        "rental_buyout.done",
        card=rental_card(rental, ("email", email)),
        email=email,
        **rental_facts(rental),
    )


def _refused(turn: Turn, rental: Rental, verdict: Verdict) -> DoneError:
    never = verdict.reason == Reason.OVER and rental.state in RENTAL_NEVER_BEGUN
    text = "never_begun" if never else verdict.reason
    if verdict.reason == Reason.RETURN_AT_ONCE and rental.received_on is not None:
        text = Reason.OVER
    return turn.finish(f"rental_buyout.{text}", card=rental_card(rental), **rental_facts(rental))


async def _by_inquiry(turn: Turn, rental: Rental, verdict: Verdict) -> DoneError:
    """Take what the shop decides as an inquiry, with the rental attached."""
    facts = rental_facts(rental)
    if not await turn.confirm(
        "rental_buyout.ask_inquiry",
        text=f"rental_buyout.{verdict.reason}",
        card=rental_card(rental),
        **facts,
    ):
        raise turn.finish("rental_buyout.kept", **facts)
    summary = turn.context.words(f"rental_buyout.summary_{verdict.reason}", **facts)
    matter = Matter("buyout", summary, rental.number)
    return await take_inquiry(turn, matter, "rental_buyout.inquiry_opened")
