"""お問い合わせの状況: where an inquiry stands and by when it is answered."""

from __future__ import annotations

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.identify import correct_number
from madoguchi.dialogue.inquire import contact_word, opened_card, state_word
from madoguchi.dialogue.questions import Contact, FreeText, Number, Option, Pick, Read
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.inquiries.model import Inquiry, InquiryState
from madoguchi.knowledge.japanese import day_in_full, month_day
from madoguchi.notifications.model import Via

_ANSWERED = (InquiryState.ANSWERED, InquiryState.CLOSED)
_SHOWN = 5
_OTHER = "other"
_FOUND = "inquiry_status.found"


class InquiryStatus(Skill):
    """Tells where an inquiry stands."""

    act = "inquiry_status"

    async def steps(self, turn: Turn) -> None:
        """Find the inquiry among the customer's own, or by its number and contact."""
        known = turn.state.answers.get(_FOUND)
        inquiry = await turn.context.inquiries.get(known) if known is not None else None
        if inquiry is None:
            inquiry = await _own_inquiry(turn)
        if inquiry.state in _ANSWERED or known is not None:
            # Whose it is was settled when it was first told.
            turn.state.answers[_FOUND] = inquiry.number
            raise await _answered(turn, inquiry)
        turn.say(
            f"inquiry_status.{inquiry.state}",
            card=opened_card(turn, inquiry),
            number=inquiry.number,
            state=state_word(inquiry),
            due=day_in_full(inquiry.due_on),
            topic=turn.context.words(f"inquiry.topics.{inquiry.topic}"),
        )


async def _answered(turn: Turn, inquiry: Inquiry) -> DoneError:
    """Tell the answer, and open the inquiry again for who wants to know more."""
    words, store = turn.context.words, turn.context.inquiries
    options = [
        Option(words("inquiry_status.go_on"), value=True),
        Option(words("inquiry_status.settled"), value=False),
    ]
    goes_on = await turn.ask(
        "inquiry_status.more",
        Read(_wants_more, options),
        text=f"inquiry_status.{inquiry.state if inquiry.state in _ANSWERED else 'answered'}",
        card=opened_card(turn, inquiry),
        number=inquiry.number,
        topic=words(f"inquiry.topics.{inquiry.topic}"),
        answer=await _answer(turn, inquiry.number),
    )
    if not goes_on:
        return turn.finish("inquiry_status.thanks")
    await turn.ask("inquiry_status.details", FreeText(shortest=2))
    said = turn.opened.inbound
    again = await store.reopen(
        inquiry.number, (said.conversation_id, said.seq), turn.key("inquiry-again")
    )
    return turn.finish(
        "inquiry_status.reopened",
        Kind.HANDOFF,
        card=opened_card(turn, again),
        number=again.number,
        due=day_in_full(again.due_on),
        contact=contact_word(turn, again.contact),
    )


async def _answer(turn: Turn, number: str) -> str:
    """Return what the customer was answered last; what was said by telephone is not noted."""
    answer = await turn.context.inquiries.answer_to(number)
    if answer is None:
        return ""
    name = "phoned" if answer.via is Via.PHONE else "reply"
    words = turn.context.words(
        f"inquiry_status.{name}", at=day_in_full(answer.at), text=answer.text or ""
    )
    return f"\n\n{words}"


def _wants_more(heard: Heard) -> bool | None:
    """Return what the customer's own words say: there is more, or it is settled."""
    if heard.says_no or heard.leaves or heard.intent == "smalltalk_thanks":
        return False
    return True if heard.says_yes else None


async def _own_inquiry(turn: Turn) -> Inquiry:
    store = turn.context.inquiries
    mine = {
        each.number: each
        for each in await store.of_customer(turn.opened.conversation.id, turn.member_id)
    }
    said = turn.take("number", Number("inquiry"))
    if said is not None and said not in mine:
        # None of the customer's own is meant, also when this number turns out to be wrong.
        turn.state.answers["inquiry_status.which"] = _OTHER
    ours = turn.state.answers.get("inquiry_status.which") != _OTHER
    if said is None and ours and len(mine) == 1 and turn.state.asking is None:
        return next(iter(mine.values()))
    if said is None and ours and mine:
        options = [
            Option(
                f"{turn.context.words(f'inquiry.topics.{each.topic}')}"
                f"（{month_day(each.created_at)}）",
                each.number,
            )
            for each in list(mine.values())[:_SHOWN]
        ]
        options.append(Option(turn.context.words("inquiry_status.other"), _OTHER))
        said = await turn.ask("inquiry_status.which", Pick(options))
    if said in mine:
        return mine[str(said)]
    return await _proven(turn)


async def _proven(turn: Turn) -> Inquiry:
    """Return the inquiry of a number and the contact that was left with it.

    "No such inquiry" and "not yours" get the same words.
    """
    customer = f"conversation:{turn.opened.conversation.id}"
    correct_number(turn, Number("inquiry"))
    number = str(await turn.ask("number", Number("inquiry"), text="inquiry_status.number"))
    subjects = [customer, f"inquiry:{number}"]
    until = await turn.context.proofs.locked_until(subjects)
    if until is not None:
        raise turn.finish("identify.locked", until=f"{until:%H:%M}")
    turn.take("contact", Contact())
    again = Option(turn.context.words("identify.another_number"), "again")
    text = "inquiry_status.contact_again" if turn.state.answers.get("wrong") else None
    contact = await turn.ask("contact", Contact([again]), text=text or "inquiry_status.contact")
    if contact == "again":
        turn.forget("number", "contact", "wrong")
        return await _proven(turn)
    inquiry = await turn.context.inquiries.get(number)
    if inquiry is None or inquiry.contact != contact:
        await turn.context.proofs.count_wrong(subjects, str(turn.opened.inbound.id))
        turn.forget("contact")
        turn.answer("wrong", value=True)
        return await _proven(turn)
    return inquiry
