"""Finds the customer's own order or rental: the one meant, proven to be theirs.

Business rules: Who may see what. "No such number" and "not yours" get the same words.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from madoguchi.access.proofs import Kind as ProofKind
from madoguchi.access.proofs import tried_by, who_tries
from madoguchi.conversations.model import Choice, Kind
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.questions import Contact, Number, Option, Read
from madoguchi.dialogue.turn import Turn
from madoguchi.knowledge.japanese import month_day
from madoguchi.systems.model import Order, Rental

# As many as fit below a message.
_SHOWN = 5
_OTHER = "other"
_THAT_ONE = re.compile(
    r"(?:の?(?:ほう|方|やつ|分|件|注文|レンタル))?(?:です|でお願いします|をお願いします|で|を|だけ)?$"
)
_SHORTEST_NAME = 2


class _Known(Protocol):
    @property
    def number(self) -> str: ...


@dataclass(frozen=True)
class _Finder[T: _Known]:
    """How the things of one kind are found."""

    kind: ProofKind
    of_member: Callable[[str], Awaitable[Sequence[T]]]
    get: Callable[[str], Awaitable[T | None]]
    verified: Callable[[str, str], Awaitable[T | None]]
    title: Callable[[T], str]


async def own_order(turn: Turn, fits: Callable[[Order], bool] = lambda _: True) -> Order:
    """Return the order that is meant, asking and checking as far as needed.

    ``fits`` says which of several are likely to be meant; they are offered first.
    """
    system = turn.context.systems.orders
    finder = _Finder(
        "order",
        system.of_member,
        system.get,
        system.verified,
        lambda order: f"{order.product.name}（{month_day(order.ordered_at)}注文）",
    )
    return await _own(turn, finder, fits)


async def own_rental(turn: Turn, fits: Callable[[Rental], bool] = lambda _: True) -> Rental:
    """Return the rental that is meant, asking and checking as far as needed."""
    system = turn.context.systems.rentals
    finder = _Finder(
        "rental",
        system.of_member,
        system.get,
        system.verified,
        lambda rental: f"{rental.watch}（{month_day(rental.ordered_at)}申込）",
    )
    return await _own(turn, finder, fits)


def another(turn: Turn, kind: ProofKind) -> list[Choice]:
    """Return the choice to look at another order or rental with the same skill."""
    act = turn.state.skill
    title = turn.context.words(f"identify.another_{kind}")
    return [Choice(title, f'/act_{act}{{"another": "true"}}', act=act)]


async def _own[T: _Known](turn: Turn, finder: _Finder[T], fits: Callable[[T], bool]) -> T:
    chosen = turn.state.answers.get(finder.kind)
    if chosen is None:
        chosen = await _choose(turn, finder, fits)
        turn.answer(finder.kind, chosen, keep_unread=True)
    found = await finder.get(chosen)
    if found is None:
        # It was there when it was proven.
        raise LookupError("the chosen one is gone")
    turn.remember(finder.kind, found.number)
    return found


async def _choose[T: _Known](turn: Turn, finder: _Finder[T], fits: Callable[[T], bool]) -> str:
    mine = await _mine(turn, finder)
    said = turn.take("number", Number(finder.kind))
    if said in mine:
        return str(said)
    if said is not None:
        # None of the customer's own is meant, also when this number turns out to be wrong.
        turn.state.answers["which"] = _OTHER
    if mine and turn.state.answers.get("which") != _OTHER:
        number = await _which(turn, finder, fits, mine)
        if number != _OTHER:
            return number
    return await _prove(turn, finder, mine)


async def _mine[T: _Known](turn: Turn, finder: _Finder[T]) -> dict[str, T]:
    """Return what the customer may see already: the member's own, and what was proven."""
    found: dict[str, T] = {}
    if turn.member_id is not None:
        found |= {each.number: each for each in await finder.of_member(turn.member_id)}
    for proof in await turn.context.proofs.of(turn.opened.conversation.id):
        if proof.kind == finder.kind and proof.number not in found:
            each = await finder.get(proof.number)
            if each is not None:
                found[each.number] = each
    return found


async def _which[T: _Known](
    turn: Turn, finder: _Finder[T], fits: Callable[[T], bool], mine: dict[str, T]
) -> str:
    likely = [each for each in mine.values() if fits(each)]
    vague = turn.heard.elsewhere or (turn.heard.earlier and len(mine) > 1)
    if turn.starts and vague:
        likely = list(mine.values())
    elif turn.state.asking != "which" and "which" not in turn.state.answers:
        spoken_of = getattr(turn.opened.memory, finder.kind)
        plain = [spoken_of] if spoken_of in mine else [each.number for each in likely]
        plain = plain if len(plain) == 1 else list(mine)
        if len(plain) == 1:
            return str(plain[0])
    offered = likely or list(mine.values())
    options = [Option(finder.title(each), each.number) for each in offered[:_SHOWN]]
    options.append(Option(turn.context.words(f"identify.other_{finder.kind}"), _OTHER))
    question = Read(lambda heard: _named(heard, mine, finder.title), options)
    return str(await turn.ask("which", question, text=f"identify.which_{finder.kind}"))


def _named[T: _Known](heard: Heard, mine: dict[str, T], title: Callable[[T], str]) -> str | None:
    """Return which of the customer's own the words name, by the end of its number or its name.

    「0205のほう」, 「財布の方です」: only when they fit a single one.
    """
    if heard.elsewhere:
        return _OTHER
    said = _THAT_ONE.sub("", heard.plain)
    if len(said) < _SHORTEST_NAME:
        return None
    fitting = [
        number
        for number, each in mine.items()
        if number.endswith(said) or said in title(each).lower()
    ]
    return fitting[0] if len(fitting) == 1 else None


async def _prove[T: _Known](turn: Turn, finder: _Finder[T], mine: dict[str, T]) -> str:
    await _refuse_when_locked(turn, [_customer(turn)])
    correct_number(turn, Number(finder.kind))
    number = await turn.ask("number", Number(finder.kind), text=f"identify.{finder.kind}_number")
    if number in mine:
        return str(number)
    subjects = tried_by(_customer(turn), str(number))
    await _refuse_when_locked(turn, subjects)
    turn.take("contact", Contact())
    again = Option(turn.context.words("identify.another_number"), "again")
    text = "identify.contact_again" if turn.state.answers.get("wrong") else "identify.contact"
    contact = await turn.ask("contact", Contact([again]), text=text)
    if contact == "again":
        turn.forget("number", "contact", "wrong")
        return await _prove(turn, finder, mine)
    found = await finder.verified(str(number), str(contact))
    if found is None:
        event = str(turn.opened.inbound.id)
        await turn.context.proofs.count_wrong(subjects, event)
        await _refuse_when_locked(turn, subjects)
        turn.forget("contact")
        turn.answer("wrong", value=True)
        return await _prove(turn, finder, mine)
    await turn.context.proofs.prove(turn.opened.conversation.id, finder.kind, found.number)
    turn.forget("contact", "wrong")
    turn.proves = True
    return found.number


def correct_number(turn: Turn, question: Number) -> None:
    """Take another number that is given, or announced, where the contact was asked for."""
    if turn.state.asking == "contact" and turn.heard.elsewhere and turn.heard.option is None:
        turn.forget("number", "contact", "wrong")
        turn.state.asking = None
    elif turn.state.asking == "contact":
        number = question.read(turn.heard)
        if number is not None and number != turn.state.answers.get("number"):
            turn.forget("number", "contact", "wrong")
            turn.answer("number", number, keep_unread=True)
            # The contact is asked for anew: the message was no failed answer to it.
            turn.state.asking = None


async def _refuse_when_locked(turn: Turn, subjects: Sequence[str]) -> None:
    until = await turn.context.proofs.locked_until(subjects)
    if until is not None:
        raise turn.finish("identify.locked", Kind.FALLBACK, until=f"{until:%H:%M}")


def _customer(turn: Turn) -> str:
    return who_tries(turn.opened.conversation.id, turn.member_id)
