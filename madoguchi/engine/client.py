"""Asks the engine for the assistant's replies to one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.dialogue.found import masked
from madoguchi.dialogue.state import Standing

_NOTHING = Standing()


class EngineUnavailableError(Exception):
    """The engine is not there (starting, restarting, hanging): ask again later."""


class EngineFailedError(Exception):
    """The engine is there but has no usable answer to this message."""


@dataclass(frozen=True)
class EngineReply:
    """What the engine said: Rasa's messages as they are, and what it understood."""

    messages: list[dict[str, Any]]
    understanding: dict[str, Any]


class Engine(Protocol):
    """Answers messages, forgets conversations and says whether it can."""

    async def reply(
        self, conversation: Conversation, inbound: Inbound, standing: Standing = _NOTHING
    ) -> EngineReply:
        """Return the replies; ``standing`` says what waits for this message.

        Raises EngineUnavailableError or EngineFailedError.
        """
        ...

    async def forget(self, conversation_id: str) -> None:
        """Delete everything that the engine holds of a conversation; twice does no harm.

        Waits for a turn that is running. Raises EngineUnavailableError or EngineFailedError: then
        it may still be there, and has to be asked for again.
        """
        ...

    async def check(self) -> None:
        """Return when a model is loaded. Raises EngineUnavailableError."""
        ...


class RasaEngine:
    """The engine behind Madoguchi's own Rasa channel (bot/channel.py)."""

    def __init__(self, url: str, secret: str, timeout: float, *, connect: float = 5.0) -> None:
        """Speak to the engine at the URL, waiting at most ``timeout`` seconds for a turn.

        A connection may take ``connect`` seconds: a busy machine needs some, an engine that is
        away refuses at once.
        """
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/webhooks/madoguchi",
            headers={"X-Madoguchi-Secret": secret},
            timeout=httpx.Timeout(timeout, connect=connect),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def reply(
        self, conversation: Conversation, inbound: Inbound, standing: Standing = _NOTHING
    ) -> EngineReply:
        """Return the replies. Raises EngineUnavailableError or EngineFailedError."""
        body = {
            "sender": conversation.id,
            # The engine keeps what it is told; customers' numbers stay here.
            "text": masked(inbound.text),
            "payload": inbound.payload,
            "metadata": {
                "site": conversation.site,
                "last_topic": conversation.last_topic,
                "inbound": inbound.id,
                "skill": f"action_{standing.skill}" if standing.skill else None,
                "own": list(standing.own),
            },
        }
        answer = await self._call("POST", "/messages", json=body)
        messages, understanding = answer.get("messages"), answer.get("understanding")
        if not isinstance(messages, list) or not isinstance(understanding, dict):
            raise EngineFailedError("the engine's answer has another shape")
        if not messages:
            # Rasa turns a failed action into silence; a customer must never see that.
            raise EngineFailedError("the engine answered nothing")
        return EngineReply(messages, understanding)

    async def forget(self, conversation_id: str) -> None:
        """Delete what it holds. Raises EngineUnavailableError or EngineFailedError."""
        await self._call("POST", "/forget", json={"sender": conversation_id})

    async def check(self) -> None:
        """Return when a model is loaded. Raises EngineUnavailableError."""
        try:
            await self._call("GET", "/ready")
        except EngineFailedError as error:
            raise EngineUnavailableError(str(error)) from error

    async def _call(self, method: str, path: str, json: Any = None) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, json=json)
        except httpx.ReadTimeout as error:
            # It is there and took the message: the same message would hang it again and again.
            raise EngineFailedError("the engine took too long") from error
        except httpx.HTTPError as error:
            raise EngineUnavailableError(type(error).__name__) from error
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise EngineUnavailableError("no model is loaded yet")
        if response.status_code != httpx.codes.OK:
            raise EngineFailedError(f"the engine answered {response.status_code}")
        try:
            answer = response.json()
        except (ValueError, RecursionError) as error:
            raise EngineFailedError("the engine's answer is no JSON") from error
        if not isinstance(answer, dict):
            raise EngineFailedError("the engine's answer has another shape")
        return answer
