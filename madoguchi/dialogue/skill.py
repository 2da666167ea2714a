"""The base of the assistant's skills: rasa-sdk actions that form a loop in Rasa while they ask.

While a skill waits for an answer it is Rasa's active loop, so Rasa hands it every message first.
A message that is no answer but a question of its own is answered by its own rule, and the skill
then asks again; another skill, a person or a word of leaving ends it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar, override

from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from madoguchi.conversations.model import Draft, Kind
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.heard import Heard, hear
from madoguchi.dialogue.routes import (
    action_for,
    answers_itself,
    ends_skills,
    is_act,
    is_courtesy,
    is_outside,
    says_goodbye,
)
from madoguchi.dialogue.spoken import hand_over
from madoguchi.dialogue.state import SkillState
from madoguchi.dialogue.store import OpenTurn
from madoguchi.dialogue.turn import AskedError, DoneError, NotUnderstoodError, Turn
from madoguchi.logs import log
from madoguchi.systems.model import NotAllowedError, SystemUnavailableError

type Events = list[dict[str, Any]]
# After so many messages that are no answer the customer is offered other ways.
_MISSES = 2
# 「なくした」, 「返品で」: said to a skill that is about just that, no question of its own.
_FEW = 6
_ASKS = re.compile(
    r"(?:[?？]|(?:す|しょう|せん|の)か(?:ね|な)?|くらい|ぐらい|いくら"
    r"|教えて(?:ください)?|知りたい(?:です)?)[。.\s]*$"
)
# What finds out which order or rental is meant: what is asked meanwhile is answered after it.
_FINDING = frozenset({"number", "contact", "which"})


class Skill(Action):
    """One skill: ``steps`` says what it asks and does."""

    act: ClassVar[str]

    def __init__(self, context: Context) -> None:
        """Work with the service's parts."""
        self.context = context

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return f"action_{self.act}"

    async def steps(self, turn: Turn) -> None:
        """Ask for what is missing, then do it. Worked through anew with every message."""
        raise NotImplementedError

    @override
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        """Work on the latest message; the replies stay in the service, Rasa gets their places."""
        latest = tracker.latest_message
        inbound = int((latest.get("metadata") or {})["inbound"])
        opened = await self.context.dialogues.turn(tracker.sender_id, inbound)
        heard = hear(latest, opened.inbound.text)
        said = len(opened.replies)
        loop = (tracker.active_loop or {}).get("name")
        events = await self._work(opened, heard, running=loop == self.name())
        await self.context.dialogues.keep(opened)
        hand_over(dispatcher, said, len(opened.replies))
        return events

    async def _work(self, opened: OpenTurn, heard: Heard, *, running: bool) -> Events:
        state = opened.state
        if state is None or state.skill != self.act:
            if running:
                # Rasa's loop outlived what the service knows; the message is a new one.
                return [ActiveLoop(None), FollowupAction(action_for(heard.intent))]
            return await self._start(opened, heard)
        if state.interrupted:
            state.interrupted = False
            return await self._ask_again(opened, state, heard, "common.resume")
        return await self._go_on(opened, state, heard)

    async def _start(self, opened: OpenTurn, heard: Heard) -> Events:
        state = SkillState(id=str(opened.inbound.id), skill=self.act)
        dropped, opened.state = opened.state, state
        events = await self._steps(Turn(self.context, opened, state, heard, starts=True))
        if dropped is not None and dropped.answers:
            self._mention(opened, dropped)
        return events

    async def _go_on(self, opened: OpenTurn, state: SkillState, heard: Heard) -> Events:
        if ends_skills(heard.intent):
            return self._leave_for(opened, heard.intent)
        if heard.tapped and heard.option is None:
            # A button of some other message; its title answers no question.
            return await self._not_understood(opened, state, heard)
        if state.asked_in == opened.inbound.id:
            # Another sentence of the message that led to the question.
            another = is_act(heard.intent) and heard.intent != f"act_{self.act}"
            polite = is_courtesy(heard.intent) or says_goodbye(heard.intent)
            if another or (answers_itself(heard.intent) and not polite):
                return await self._not_understood(opened, state, heard)
            return [ActiveLoop(self.name())]
        turn = Turn(self.context, opened, state, heard, starts=False)
        try:
            return await self._steps(turn)
        except NotUnderstoodError:
            return await self._not_understood(opened, state, heard)

    async def _steps(self, turn: Turn) -> Events:
        opened = turn.opened
        try:
            await self.steps(turn)
        except AskedError:
            return [ActiveLoop(self.name())]
        except DoneError:
            pass
        except SystemUnavailableError as error:
            log("skills").warning("system unavailable", component=self.act, reason=str(error))
            unsure = "common.change_unknown" if turn.changes else "common.system_unavailable"
            turn.say(unsure, Kind.FALLBACK)
        except (KeyError, IndexError):
            # A fault of ours, such as a text's missing value; these are LookupErrors, too.
            raise
        except (NotAllowedError, LookupError) as error:
            # It was possible a moment ago: somebody else changed the same thing.
            log("skills").info("change refused", component=self.act, reason=type(error).__name__)
            turn.say("common.changed_meanwhile", Kind.RESULT)
        opened.state = None
        return [ActiveLoop(None)]

    async def _not_understood(self, opened: OpenTurn, state: SkillState, heard: Heard) -> Events:
        if heard.option is not None:
            return await self._ask_again(opened, state, heard, "common.old_choice")
        if not heard.tapped and self._wants_to_leave(heard):
            turn = Turn(self.context, opened, state, heard, starts=False)
            turn.say("common.left", Kind.NOTICE, skill=self._title())
            opened.state = None
            return [ActiveLoop(None)]
        if not heard.tapped and is_courtesy(heard.intent):
            return await self._ask_again(opened, state, heard, "common.resume")
        # Who cannot find the number asks no question of another matter, whatever it sounds like.
        helps = not heard.tapped and heard.asks_for_help_with(state.asking)
        other = None if helps else self._other_matter(opened, state, heard)
        if other is not None:
            return other
        state.misses += 1
        return await self._ask_again(opened, state, heard, self._help_with(state, heard))

    def _other_matter(self, opened: OpenTurn, state: SkillState, heard: Heard) -> Events | None:
        """Return what answers a message about something else than what was asked, or None."""
        if is_act(heard.intent) and heard.intent != f"act_{self.act}":
            # The state stays for the other skill to mention what it ended.
            return [ActiveLoop(None), FollowupAction(action_for(heard.intent))]
        if (heard.tapped and not is_act(heard.intent)) or (
            answers_itself(heard.intent) and not self._mere_repetition(heard)
        ):
            state.interrupted = True
            return [FollowupAction(action_for(heard.intent))]
        guide = self._asks_the_guide(opened, state, heard)
        if guide is None:
            return None
        state.interrupted = True
        return [FollowupAction(action_for(guide))]

    def _wants_to_leave(self, heard: Heard) -> bool:
        refuses = heard.says_no and not heard.does_not_know
        return heard.leaves or refuses or says_goodbye(heard.intent)

    def _asks_the_guide(self, opened: OpenTurn, state: SkillState, heard: Heard) -> str | None:
        """Return the topic's intent by which a question about this skill's own matter is answered.

        「弁償はいくらですか」 in the middle of a loss report is understood as the report itself.
        While the order or rental is still to be found, the skill's end is the better answer.
        """
        about_this = heard.intent == f"act_{self.act}" and not heard.tapped
        if not about_this or state.asking in _FINDING or not _ASKS.search(heard.text):
            return None
        topics = self.context.catalogue.acts[self.act].topics
        topic = topics.get(opened.conversation.site or "") or next(iter(topics.values()), None)
        return topic.replace("/", "_", 1) if topic is not None else None

    def _mere_repetition(self, heard: Heard) -> bool:
        """Return whether a few words only name again what this skill is doing already."""
        topic = self.context.catalogue.topic_of(heard.intent)
        same = topic is not None and topic.act == self.act
        return same and len(heard.plain) <= _FEW and not heard.text.rstrip().endswith(("?", "？"))

    async def _ask_again(
        self, opened: OpenTurn, state: SkillState, heard: Heard, name: str
    ) -> Events:
        """Ask the waiting question anew, on fresh facts, with a text before it."""
        misses, waiting = state.misses, state.asking
        state.asking = None
        before = len(opened.replies)
        again = Turn(self.context, opened, state, _silent(heard), starts=False)
        again.repeats = waiting
        events = await self._steps(again)
        if state.asking == waiting:
            state.misses = misses
        if len(opened.replies) > before:
            phrase = self.context.words.phrase(name, skill=self._title())
            turn = Turn(self.context, opened, state, heard, starts=False)
            led = _with_lead(opened.replies[before], phrase.text, turn.intents(phrase.choices))
            asked = state.asking is not None and state.asking == waiting
            opened.replies[before] = replace(led, name=name) if asked else led
        return events

    def _help_with(self, state: SkillState, heard: Heard) -> str:
        """Return the text that helps with the question that was not answered."""
        if state.misses > _MISSES:
            return "common.stuck"
        if heard.intent == f"act_{self.act}":
            return "common.resume"
        if is_outside(heard.intent) and _ASKS.search(heard.text):
            return "common.no_information"
        if heard.does_not_know or heard.asks_for_help_with(state.asking):
            for explain in (f"{state.asking}_explain", f"identify.{state.asking}_explain"):
                if self.context.words.has(explain):
                    return explain
        return "common.again"

    def _leave_for(self, opened: OpenTurn, intent: str) -> Events:
        opened.state = None
        return [ActiveLoop(None), FollowupAction(action_for(intent))]

    def _mention(self, opened: OpenTurn, dropped: SkillState) -> None:
        """Say politely, in the new skill's first words, that the other one was left."""
        known = self.context.catalogue.acts.get(dropped.skill)
        if known is None or not opened.replies:
            return
        lead = self.context.words("common.dropped", skill=known.title)
        opened.replies[0] = _with_lead(opened.replies[0], lead, ())

    def _title(self) -> str:
        return self.context.catalogue.acts[self.act].title


def _silent(heard: Heard) -> Heard:
    """Return the message as one that answers nothing."""
    return Heard("", "", None, type(heard.found)(), ())


def _with_lead(draft: Draft, lead: str, more: tuple[Any, ...]) -> Draft:
    return replace(draft, text=f"{lead}\n{draft.text}", choices=(*draft.choices, *more))
