"""One message in one skill: ask, confirm, say, and what is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Choice, Draft, Kind
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.questions import Confirm, Question
from madoguchi.dialogue.state import SkillState
from madoguchi.dialogue.store import OpenTurn
from madoguchi.knowledge.words import Phrase

CONTINUE = "continue"


class AskedError(Exception):
    """A question went out: the skill goes on with the customer's next message."""


class NotUnderstoodError(Exception):
    """The message is no answer to the question that waits for one."""


class DoneError(Exception):
    """The skill has ended in the middle of its steps."""


class Turn:
    """What a skill sees of one message, and what it says.

    A skill's steps are worked through from the start with every message: a question that has its
    answer returns it, the first one without asks and raises. So each message meets fresh facts.
    """

    def __init__(
        self, context: Context, opened: OpenTurn, state: SkillState, heard: Heard, *, starts: bool
    ) -> None:
        """Work on the message that the turn was opened for."""
        self.context = context
        self.opened = opened
        self.state = state
        self.heard = heard
        self.starts = starts
        # Something was proven with this message: the reply says how to see and end it.
        self.proves = False
        # A system was asked to change something: whether it did is open when it does not answer.
        self.changes = False
        self._unread = True
        # The question that is asked once more: its card is still to be seen above.
        self.repeats: str | None = None
        # Something was taken from the message that was not asked for.
        self._took = False

    @property
    def now(self) -> datetime:
        """The time, aware, in Asia/Tokyo."""
        return self.context.clock.now().astimezone(TOKYO)

    @property
    def today(self) -> date:
        """The day in Asia/Tokyo."""
        return self.now.date()

    @property
    def site(self) -> str | None:
        """The site on which the customer writes."""
        return self.opened.conversation.site

    @property
    def member_id(self) -> str | None:
        """The signed-in member."""
        return self.opened.conversation.member_id

    def key(self, change: str) -> str:
        """Return the idempotency key of a change: the same in every try of this run."""
        self.changes = True
        return f"{self.opened.conversation.id}-{self.state.id}-{change}"

    async def ask(self, name: str, question: Question, **values: object) -> Any:
        """Return the answer to the question, asking with the text ``name`` when there is none.

        ``card`` among the values goes below the text, ``text`` stands for another text's name.
        Raises AskedError when it had to ask, NotUnderstoodError when what was said is no answer.
        """
        if name in self.state.answers:
            return self.state.answers[name]
        if self.state.asking == name and self._unread:
            answer = self._read(question)
            if answer is not None:
                return self.answer(name, answer)
            if not self._took:
                raise NotUnderstoodError(name)
        self._put(name, question, values)
        raise AskedError(name)

    def take(self, name: str, question: Question) -> Any | None:
        """Return an answer that is known or that the message holds unasked, None without asking."""
        if name in self.state.answers:
            return self.state.answers[name]
        # A word of leaving leaves: 「やめます」 is no wish to cancel what is being talked about.
        silent = self.heard.option is not None or (self.heard.leaves and not self.starts)
        found = question.read(self.heard) if self._unread and not silent else None
        if found is None:
            return None
        self._took = True
        return self.answer(name, found, keep_unread=True)

    def answer(self, name: str, value: Any, *, keep_unread: bool = False) -> Any:
        """Remember an answer; the message is used up with it unless told otherwise."""
        self.state.answers[name] = value
        if self.state.asking == name:
            self.state.asking, self.state.options, self.state.misses = None, {}, 0
        self._unread = self._unread and keep_unread
        return value

    def forget(self, *names: str) -> None:
        """Forget answers, so that they are asked for again."""
        for name in names:
            self.state.answers.pop(name, None)

    async def confirm(self, name: str, *, no_goes_on: bool = False, **values: object) -> bool:
        """Return whether the customer agrees to what the text ``name`` shows back.

        A word of leaving is a no, except where the skill goes on after a no.
        """
        words = self.context.words
        yes, no = f"{name}_yes", f"{name}_no"
        question = Confirm(
            words(yes if words.has(yes) else "common.yes"),
            words(no if words.has(no) else "common.no"),
            no_goes_on=no_goes_on,
        )
        return bool(await self.ask(name, question, **values))

    def agrees(self, name: str) -> bool:
        """Return whether the message says yes to this waiting confirmation.

        An earlier try of this very message may have made the change already.
        """
        if self.state.answers.get(name) is True:
            return True
        waiting = self.state.asking == name and self._unread
        return waiting and self._read(Confirm("", "")) is True

    def say(self, name: str, kind: Kind = Kind.RESULT, **values: Any) -> None:
        """Say the text ``name``, with the choices of its file and ``more`` ones before them."""
        card, more = values.pop("card", None), values.pop("more", ())
        phrase = self.context.words.phrase(name, **values)
        self._say(name, kind, phrase, [*more, *self.intents(phrase.choices)], card)

    def finish(self, name: str, kind: Kind = Kind.RESULT, **values: Any) -> DoneError:
        """Say the text ``name`` as the skill's end: ``raise turn.finish(...)``."""
        self.say(name, kind, **values)
        return DoneError()

    def intents(self, intents: Sequence[str]) -> tuple[Choice, ...]:
        """Return the choices that lead to these intents, titled as customers would say them."""
        return self.context.sentences.choices(list(intents))

    def remember(self, kind: str, number: str) -> None:
        """Have the next skill of this conversation start with this order, rental or item."""
        self.opened.memory = self.opened.memory.with_subject(kind, number)

    def _read(self, question: Question) -> Any | None:
        if self.heard.option is not None:
            return self.state.options.get(self.heard.option)
        return question.read(self.heard)

    def _put(self, name: str, question: Question, values: dict[str, Any]) -> None:
        card, text = values.pop("card", None), values.pop("text", name)
        if name == self.repeats:
            card = None
            text = f"{text}_repeated" if self.context.words.has(f"{text}_repeated") else text
        phrase = self.context.words.phrase(text, **values)
        self.state.asking, self.state.misses = name, 0
        self.state.asked_in = self.opened.inbound.id
        self.state.options = {}
        # A yes is one to what was shown with it, not to what is shown by now.
        shown = phrase.text if isinstance(question, Confirm) else ""
        choices = [self._option(shown, each.title, each.value) for each in question.options]
        self._say(name, Kind.ASK, phrase, [*choices, *self.intents(phrase.choices)], card)

    def _option(self, shown: str, title: str, value: Any) -> Choice:
        # Told by its run and question: a button of another question means nothing here.
        seed = json.dumps([self.state.id, self.state.asking, shown, title, value])
        name = hashlib.sha256(seed.encode()).hexdigest()[:16]
        self.state.options[name] = value
        return Choice(title=title, payload=f'/{CONTINUE}{{"option": "{name}"}}')

    def _say(
        self, name: str, kind: Kind, phrase: Phrase, choices: Sequence[Choice], card: Any
    ) -> None:
        act = self.state.skill
        if self.proves:
            choices = (*choices, *self.intents(("proofs_show",)))
            self.proves = False
        worded = self.starts and self.heard.is_worded
        first = worded and not any(draft.act == act for draft in self.opened.replies)
        guide = (
            self.context.catalogue.acts[act].topics if act in self.context.catalogue.acts else {}
        )
        self.opened.replies.append(
            Draft(
                kind=kind,
                text=phrase.text,
                # What the customer wrote may have been a question about the guide, too.
                topic=(guide.get(self.site or "") or next(iter(guide.values()), None))
                if first
                else None,
                act=act,
                choices=tuple(choices),
                card=card,
                name=name,
            )
        )
