"""The platform's state and what the Messaging API does to it, without HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from tests.line_platform import ids
from tests.line_platform.bubbles import Bubble
from tests.line_platform.calls import Call
from tests.line_platform.changes import Changes
from tests.line_platform.clock import LineClock
from tests.line_platform.content import Contents
from tests.line_platform.errors import (
    FAILED_TO_SEND,
    NOT_FOUND,
    RETRY_KEY_INVALID,
    LineError,
    invalid_parameter,
    invalid_property,
)
from tests.line_platform.events import Events
from tests.line_platform.faults import Faults
from tests.line_platform.people import Channel, Group, User
from tests.line_platform.quota import Quota
from tests.line_platform.richmenus import RichMenus
from tests.line_platform.tokens import LinkTokens, ReplyTokens, RetryKeys
from tests.line_platform.validation.messages import check_messages

# A message in one of these can be quoted (documentation, "Get quote tokens").
_QUOTABLE = {"text", "textV2", "sticker", "image", "video", "template", "flex"}


class Platform:
    """Users and groups, their chats, tokens, quota, media, menus, faults and what was called."""

    def __init__(self, channel: Channel, clock: LineClock, quota: Quota) -> None:
        """Begin with nobody."""
        self.channel = channel
        self.clock = clock
        self.quota = quota
        self.changes = Changes()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.chats: dict[str, list[Bubble]] = {}
        self.message_ids = ids.MessageIds()
        self.reply_tokens = ReplyTokens()
        self.link_tokens = LinkTokens()
        self.retry_keys = RetryKeys()
        self.events = Events(clock, self.message_ids, self.reply_tokens)
        self.contents = Contents()
        self.rich_menus = RichMenus()
        self.faults = Faults()
        self.calls: list[Call] = []
        # What was accepted and reached nobody: the user blocks the bot or is no friend.
        self.undelivered: list[Bubble] = []
        self.closing = asyncio.Event()
        self._loading: dict[str, datetime] = {}

    def close(self) -> None:
        """Let go of everything that waits: the platform stops."""
        self.closing.set()
        self.contents.resume_all()
        self.changes.close()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the platform stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.closing.wait()

    def chat(self, chat_id: str) -> list[Bubble]:
        """Return a chat's bubbles, oldest first."""
        return self.chats.setdefault(chat_id, [])

    def write(self, chat_id: str, sender: str, message: dict[str, Any], message_id: str) -> Bubble:
        """Put a customer's own bubble into a chat."""
        bubble = Bubble(message_id, chat_id, sender, message, self.clock.now())
        self.chat(chat_id).append(bubble)
        self.changes.happened()
        return bubble

    def reply(self, body: dict[str, Any], request_id: str) -> list[dict[str, Any]]:
        """Send a reply, free of charge, and return the sent messages. Raises LineError (400)."""
        token = _required_text(body, "replyToken")
        messages = check_messages(body)
        chat_id = self.reply_tokens.chat_of(token, self.clock.now())
        self.reply_tokens.use(token)
        return self._send(chat_id, messages, request_id, counted=False)

    def push(
        self, body: dict[str, Any], request_id: str, retry_key: str | None
    ) -> list[dict[str, Any]]:
        """Send a push message, which is counted, and return the sent messages.

        Raises LineError: 400, 409 for a retry key that was accepted, 429 when the month is used up.
        """
        if retry_key is not None:
            _check_uuid(retry_key)
            self.retry_keys.refuse_known(retry_key, self.clock.now())
        to = _required_text(body, "to")
        messages = check_messages(body)
        recipients = self._recipients(to)
        self.quota.check(recipients, self.clock.now())
        self.quota.count(recipients, self.clock.now())
        sent = self._send(to, messages, request_id, counted=True)
        if retry_key is not None:
            self.retry_keys.remember(retry_key, request_id, sent, self.clock.now())
        return sent

    def profile(self, user_id: str) -> dict[str, Any]:
        """Return a friend's profile. Raises LineError (400, 404)."""
        user = self.user_of_path(user_id)
        if user is None or not user.reachable:
            raise LineError(404, NOT_FOUND)
        return user.as_json()

    def link_token(self, user_id: str) -> str:
        """Return a token that begins an account link. Raises LineError (400, 404)."""
        user = self.user_of_path(user_id)
        if user is None or not user.reachable:
            raise LineError(404, NOT_FOUND)
        return self.link_tokens.issue(user.id, self.clock.now())

    def user_of_path(self, user_id: str) -> User | None:
        """Return the user of an address's id. Raises LineError (400) when it is none."""
        if not ids.USER_ID.fullmatch(user_id):
            raise invalid_parameter("userId")
        return self.users.get(user_id)

    def start_loading(self, user_id: str, seconds: int) -> None:
        """Show the waiting animation for so long, or until the next message."""
        if user_id in self.users and self.users[user_id].reachable:
            self._loading[user_id] = self.clock.now() + timedelta(seconds=seconds)
            self.changes.happened()

    def loading_seconds(self, user_id: str) -> float:
        """Return how long a user still sees the waiting animation; 0 when they see none."""
        until = self._loading.get(user_id)
        return 0.0 if until is None else max(0.0, (until - self.clock.now()).total_seconds())

    def _recipients(self, to: str) -> int:
        """Return how many a push reaches. Raises LineError (400) for an unknown one."""
        if to in self.users:
            return int(self.users[to].reachable)
        if to in self.groups:
            return len(self.groups[to].members)
        if any(form.fullmatch(to) for form in (ids.USER_ID, ids.GROUP_ID, ids.ROOM_ID)):
            raise LineError(400, FAILED_TO_SEND)
        raise invalid_property("to")

    def _send(
        self, chat_id: str, messages: list[dict[str, Any]], request_id: str, *, counted: bool
    ) -> list[dict[str, Any]]:
        user = self.users.get(chat_id)
        arrives = user is None or user.reachable
        sent = []
        for message in messages:
            bubble = Bubble(
                self.message_ids.new(),
                chat_id,
                self.channel.user_id,
                message,
                self.clock.now(),
                "push" if counted else "reply",
                request_id,
            )
            (self.chat(chat_id) if arrives else self.undelivered).append(bubble)
            quoting = {"quoteToken": ids.token()} if bubble.kind in _QUOTABLE else {}
            sent.append({"id": bubble.id, **quoting})
        self._loading.pop(chat_id, None)
        self.changes.happened()
        return sent


def _required_text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_property(name)
    return value


def _check_uuid(retry_key: str) -> None:
    try:
        uuid.UUID(retry_key)
    except ValueError:
        raise LineError(400, RETRY_KEY_INVALID) from None
