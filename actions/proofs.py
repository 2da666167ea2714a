"""What a customer has proven: shown to them, and ended when they wish."""

from __future__ import annotations

from typing import Any, override

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from madoguchi.dialogue.context import Context
from madoguchi.dialogue.spoken import speak


class ActionShowProofs(Action):
    """Shows what this conversation may see, and why."""

    def __init__(self, context: Context) -> None:
        """Read the service's proofs."""
        self._context = context

    @override
    def name(self) -> str:
        return "action_proofs_show"

    @override
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        async with speak(self._context, dispatcher, tracker) as turn:
            proofs = await self._context.proofs.of(turn.conversation.id)
            words = self._context.words
            lines = [words(f"proofs.{proof.kind}", number=proof.number) for proof in proofs]
            if turn.conversation.member_id is not None:
                lines.append(words("proofs.member"))
            name = "proofs.shown" if proofs else "proofs.none"
            turn.say(name, list="\n".join(lines) or words("proofs.nothing"))
        return []


class ActionEndProofs(Action):
    """Ends what was proven in this conversation."""

    def __init__(self, context: Context) -> None:
        """Change the service's proofs."""
        self._context = context

    @override
    def name(self) -> str:
        return "action_proofs_end"

    @override
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        async with speak(self._context, dispatcher, tracker) as turn:
            await self._context.proofs.end(turn.conversation.id)
            turn.forget_subjects()
            member = turn.conversation.member_id is not None
            turn.say("proofs.ended_member" if member else "proofs.ended")
        return []
