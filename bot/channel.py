"""The service's way into Rasa: guarded by a secret, and every failure is an error."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import logging
import os
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import ActiveLoop
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.decision import CATALOGUE, OUTSIDE, UNSURE, read_catalogue
from bot.dependence import Dependence, dependence
from bot.followups import Topic, Topics, completed
from bot.renewal import RENEW_AFTER, forget, renew
from bot.sentences import questions

logger = logging.getLogger(__name__)

SECRET_VARIABLE = "MADOGUCHI_ENGINE_SECRET"
# For measurements and tests; an operator has no reason to set it.
RENEW_VARIABLE = "MADOGUCHI_RENEW_AFTER"
# A sentence taken out of its message has to be understood more surely than the whole.
_SURE = 0.75
_UNANSWERED = (UNSURE, "none_of_these", *OUTSIDE)
_SECRET_HEADER = "X-Madoguchi-Secret"


class Collector(OutputChannel):
    """Keeps the messages of one turn as Rasa made them, with the name of their response."""

    def __init__(self) -> None:
        """Start without messages."""
        self.messages: List[Dict[Text, Any]] = []

    @classmethod
    def name(cls) -> Text:
        """Return the channel's name, by which responses may be told apart."""
        return "madoguchi"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep a message."""
        self.messages.append(
            {
                "utter_action": message.get("utter_action"),
                "text": message.get("text"),
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
            }
        )

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """Keep a text."""
        await self.send_response(recipient_id, {"text": text})


class MadoguchiInput(InputChannel):
    """Takes one message of one conversation and answers with all replies to it.

    Forgets a conversation when it is told to.
    """

    def __init__(self, secret: Text, renew_after: int = RENEW_AFTER) -> None:
        """Accept only callers that know the secret; keep trackers to so many events."""
        if not secret:
            raise ValueError(f"{SECRET_VARIABLE} must be set: the engine answers no one without it")
        self._secret = secret.encode()
        self._renew_after = renew_after
        self._running: WeakValueDictionary[Text, asyncio.Lock] = WeakValueDictionary()
        self._families, _sites = read_catalogue(CATALOGUE)
        self._topics = Topics(CATALOGUE)

    @classmethod
    def name(cls) -> Text:
        """Return the channel's name: its address is /webhooks/madoguchi/."""
        return "madoguchi"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "MadoguchiInput":
        """Create the channel; its secret comes from the environment, not from a file."""
        renew_after = int(os.environ.get(RENEW_VARIABLE, RENEW_AFTER))
        return cls(os.environ.get(SECRET_VARIABLE, ""), renew_after)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's routes."""
        blueprint = Blueprint("madoguchi_channel", inspect.getmodule(self).__name__)

        @blueprint.middleware("request")
        async def guard(request: Request) -> Optional[HTTPResponse]:
            offered = request.headers.get(_SECRET_HEADER, "").encode()
            if hmac.compare_digest(offered, self._secret):
                return None
            return response.json({"error": "forbidden"}, status=403)

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model is loaded"}, status=503)
            return response.json({"model": agent.model_id})

        @blueprint.route("/messages", methods=["POST"])
        async def messages(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model is loaded"}, status=503)
            async with self._alone(request.json["sender"]):
                return await self._turn(agent, request.json, on_new_message)

        @blueprint.route("/forget", methods=["POST"])
        async def forget_conversation(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model is loaded"}, status=503)
            body = request.json
            sender = body.get("sender") if isinstance(body, dict) else None
            if not isinstance(sender, str) or not sender:
                return response.json({"error": "the body names no sender"}, status=400)
            async with self._alone(sender):
                return await _forgotten(agent, sender)

        return blueprint

    def _alone(self, sender: Text) -> asyncio.Lock:
        """Return what one turn holds: Rasa's own lock is free between two questions of a message.

        A sentence answered after its conversation was forgotten would bring it back.
        """
        lock = self._running.get(sender)
        if lock is None:
            lock = self._running[sender] = asyncio.Lock()
        return lock

    async def _turn(
        self,
        agent: Agent,
        body: Dict[Text, Any],
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> HTTPResponse:
        collector, metadata = Collector(), dict(body.get("metadata") or {})
        try:
            if metadata.get("skill"):
                await wait_in(agent, body["sender"], metadata["skill"])
            for text in await self._parts(agent, body, metadata):
                message = UserMessage(
                    text, collector, body["sender"], input_channel=self.name(), metadata=metadata
                )
                await on_new_message(message)
        except Exception:  # the service has to know that this turn failed, whatever failed it
            logger.exception("turn failed")
            return response.json({"error": "turn failed"}, status=500)
        await self._renew(agent, body["sender"])
        understanding = metadata.get("understanding") or {"payload": body["payload"]}
        return response.json({"messages": collector.messages, "understanding": understanding})

    async def _renew(self, agent: Agent, sender: Text) -> None:
        try:
            await renew(agent, sender, self._renew_after)
        except Exception as error:  # noqa: BLE001 - the turn is over; it must not be asked again
            # Not the error's own words: a database's would repeat what was to be stored.
            logger.error("a tracker was not renewed: %s", type(error).__name__)  # noqa: TRY400

    async def _parts(
        self, agent: Agent, body: Dict[Text, Any], metadata: Dict[Text, Any]
    ) -> List[Text]:
        """Return what Rasa is asked, one after the other."""
        if body["payload"]:
            return [body["payload"]]
        if metadata.get("skill"):
            # The answer to a question is one thing, however many sentences it has.
            return [plain(body["text"])]

        async def parse(text: Text) -> Dict[Text, Any]:
            message = UserMessage(plain(text), metadata={"site": metadata.get("site")})
            return await agent.processor.parse_message(message)  # type: ignore[no-any-return]

        topic = await self._topic_before(agent, body, metadata)
        if topic is not None:
            # It is about what was answered, whatever page it is written on.
            metadata["site"] = topic.site
            return [plain(await completed(body["text"], topic, parse))]
        texts = await questions(body["text"], parse, self._families, _SURE)
        return [plain(text) for text in texts]

    async def _topic_before(
        self, agent: Agent, body: Dict[Text, Any], metadata: Dict[Text, Any]
    ) -> Optional[Topic]:
        """Return the topic that was just answered, when the message may depend on it."""
        last = metadata.get("last_topic")
        if last is None or dependence(body["text"]) is Dependence.WHOLE:
            return None
        topic = self._topics.find(last, agent.domain.responses)
        if topic is None:
            return None
        asked = (await agent.processor.get_tracker(body["sender"])).latest_message
        # What could not be answered is nearer than the topic before it, and says nothing.
        return None if asked is not None and asked.intent_name in _UNANSWERED else topic


async def wait_in(agent: Agent, sender: Text, skill: Text) -> None:
    """Have the conversation's tracker stand in the skill that the service says is waiting.

    The service knows it for sure; a tracker may be new, or have lost its last turn.
    """
    async with agent.lock_store.lock(sender):
        tracker = await agent.processor.fetch_tracker_and_update_session(sender)
        if tracker.active_loop_name != skill:
            tracker.update(ActiveLoop(skill))
            await agent.tracker_store.save(tracker)


async def _forgotten(agent: Agent, sender: Text) -> HTTPResponse:
    try:
        return response.json({"events": await forget(agent, sender)})
    except Exception as error:  # noqa: BLE001 - the service has to know, whatever failed
        logger.error("a conversation was not forgotten: %s", type(error).__name__)  # noqa: TRY400
        return response.json({"error": "not forgotten"}, status=500)


def plain(text: Text) -> Text:
    """Return a customer's text without the power to name an intent, as Rasa gives ``/intent``."""
    stripped = text.strip()
    return "／" + stripped[1:] if stripped.startswith("/") else text
