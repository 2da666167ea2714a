"""Runs one of the assistant's skills with answers that are known, asking nobody.

The desk has no second implementation of a rule or a change: an agent's deed goes through the very
steps that a customer's wish goes through, with the agent's answers in the place of the customer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, override

from actions import SKILLS
from madoguchi.conversations.model import Conversation, Inbound, Kind
from madoguchi.dialogue.cards import Card
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.found import Found
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.questions import Question
from madoguchi.dialogue.state import Memory, SkillState
from madoguchi.dialogue.store import OpenTurn
from madoguchi.dialogue.turn import AskedError, DoneError, Turn

_BY_ACT = {skill.act: skill for skill in SKILLS}


@dataclass(frozen=True)
class Said:
    """The last words of a skill: the text's name, its values, and the words themselves."""

    name: str
    values: Mapping[str, Any]
    text: str
    card: Card | None
    # The question that the text asks; None when the skill has ended with it.
    question: str | None = None

    @property
    def done(self) -> bool:
        """Whether it tells of something that was done, an inquiry taken included."""
        key = self.name.rpartition(".")[2]
        return self.question is None and (key.startswith("done") or key.endswith("opened"))


class Run(Turn):
    """A skill's turn whose answers come from the agent, each when it is asked for.

    ``given`` answers a question once: what the skill asks anew because the answer will not do
    stays a question. ``answers`` are what the skill takes for answered before it begins.
    """

    def __init__(
        self,
        context: Context,
        conversation: Conversation,
        act: str,
        *,
        answers: Mapping[str, Any],
        given: Mapping[str, Any] | None = None,
        run_id: str = "rehearsal",
    ) -> None:
        """Prepare a run; ``run_id`` is what its changes' idempotency keys are made of."""
        state = SkillState(id=run_id, skill=act, answers=dict(answers))
        silent = Inbound(0, conversation.id, 0, "", None, 0, told_to_wait=False, done=False)
        opened = OpenTurn(conversation, silent, state, Memory(), [])
        super().__init__(context, opened, state, Heard("", "", None, Found(), ()), starts=False)
        self._given = dict(given or {})
        self.said: list[Said] = []

    @override
    async def ask(self, name: str, question: Question, **values: object) -> Any:
        if name in self._given and name not in self.state.answers:
            return self.answer(name, self._given.pop(name))
        text = str(values.get("text", name))
        try:
            return await super().ask(name, question, **values)
        except AskedError:
            self._note(text, values, name)
            raise

    @override
    def take(self, name: str, question: Question) -> Any | None:
        if name in self._given and name not in self.state.answers:
            return self.answer(name, self._given.pop(name), keep_unread=True)
        return super().take(name, question)

    @override
    def agrees(self, name: str) -> bool:
        return self._given.get(name) is True or super().agrees(name)

    @override
    def say(self, name: str, kind: Kind = Kind.RESULT, **values: Any) -> None:
        super().say(name, kind, **values)
        self._note(name, values, None)

    def _note(self, name: str, values: Mapping[str, Any], question: str | None) -> None:
        draft = self.opened.replies[-1]
        self.said.append(Said(name, values, draft.text, draft.card, question))


async def run_skill(run: Run) -> Said:
    """Return the last words of the run's skill.

    Raises what its systems raise: SystemUnavailableError, NotAllowedError, LookupError.
    """
    skill = _BY_ACT[run.state.skill](run.context)
    # How a skill that asks, and one that ends in the middle of its steps, stop.
    with suppress(AskedError, DoneError):
        await skill.steps(run)
    return run.said[-1]
