"""Who is on the platform: the bot's channel, users, groups and rooms."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from tests.line_platform import ids

DEMO_SECRET = "madoguchi-demo-line-channel-secret"
DEMO_TOKEN = "madoguchi-demo-line-access-token"


@dataclass
class Channel:
    """The bot's account: its secret and token, where its webhooks go, what it is called."""

    secret: str = DEMO_SECRET
    token: str = DEMO_TOKEN
    bot_url: str | None = None
    name: str = "お店の公式アカウント"
    user_id: str = ids.user_id("the bot")
    basic_id: str = "@000demo"

    def as_json(self) -> dict[str, Any]:
        """Return what the bot is told about itself."""
        return {
            "userId": self.user_id,
            "basicId": self.basic_id,
            "displayName": self.name,
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }


def channel_from_environment(bot_url: str | None) -> Channel:
    """Return the channel of the environment's secret and token, which default to the demo's."""
    secret = os.environ.get("MADOGUCHI_LINE_CHANNEL_SECRET") or DEMO_SECRET
    token = os.environ.get("MADOGUCHI_LINE_ACCESS_TOKEN") or DEMO_TOKEN
    return Channel(secret, token, bot_url)


@dataclass
class User:
    """A user of LINE, as the platform knows them."""

    id: str
    name: str
    language: str = "ja"
    picture_url: str | None = None
    status_message: str | None = None
    friend: bool = True
    blocked: bool = False
    # The member that the shop says this user is, by the nonce of a successful account link.
    linked_nonce: str | None = None

    @property
    def reachable(self) -> bool:
        """Whether messages arrive."""
        return self.friend and not self.blocked

    @property
    def source(self) -> dict[str, str]:
        """Who an event comes from, as LINE writes it."""
        return {"type": "user", "userId": self.id}

    def as_json(self) -> dict[str, Any]:
        """Return the profile as LINE answers it: what is not set is left out."""
        optional = {"pictureUrl": self.picture_url, "statusMessage": self.status_message}
        return {
            "userId": self.id,
            "displayName": self.name,
            "language": self.language,
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass
class Group:
    """A group chat, or a room of several people, that the bot is in."""

    id: str
    members: list[User] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """``group`` or ``room``."""
        return "room" if ids.ROOM_ID.fullmatch(self.id) else "group"

    def source(self, user: User | None = None) -> dict[str, str]:
        """Who an event comes from: the group, and the user when there is one."""
        who = {"userId": user.id} if user is not None else {}
        return {"type": self.kind, f"{self.kind}Id": self.id, **who}
