"""A customer with LINE in their hand: writes, taps, takes back, blocks, and reads what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.line_platform.bubbles import Bubble, Tappable
from tests.line_platform.content import Content
from tests.line_platform.courier import Delivery
from tests.line_platform.events import Event, chat_of
from tests.line_platform.people import Group, User

if TYPE_CHECKING:
    from tests.line_platform.line import Line

_WITHOUT_TAP = "there is nothing to tap called {label!r}, only {labels}"


class Customer:
    """One user of the platform; every act sends its webhook and returns how that went."""

    def __init__(self, line: Line, user: User) -> None:
        """Act as this user."""
        self._line = line
        self._platform = line.platform
        self._events = line.platform.events
        self._read = 0
        self.user = user

    @property
    def id(self) -> str:
        """The user's id, which is the id of their chat with the bot, too."""
        return self.user.id

    @property
    def chat(self) -> list[Bubble]:
        """Both sides of the chat with the bot, oldest first."""
        return self._platform.chat(self.id)

    # --- writing and sending

    async def says(
        self, text: str, *, quoting: str | None = None, group: Group | None = None
    ) -> Delivery:
        """Write a message, to the bot or in a group; it may quote another one's id."""
        return await self._send(self._events.text(self._source(group), text, quoting))

    async def sends_sticker(
        self, package: str = "446", sticker: str = "1988", keywords: tuple[str, ...] = ()
    ) -> Delivery:
        """Send a sticker; what it shows is known by its keywords only."""
        return await self._send(
            self._events.sticker(self.user.source, package, sticker, list(keywords))
        )

    async def sends_image(self, content: Content | None = None) -> Delivery:
        """Send a picture."""
        return await self._send_media("image", content or Content())

    async def sends_video(self, content: Content | None = None, duration: int = 60_000) -> Delivery:
        """Send a film; the duration is in milliseconds."""
        found = content or Content(b"film", "video/mp4", "video")
        return await self._send_media("video", found, duration)

    async def sends_audio(self, content: Content | None = None, duration: int = 60_000) -> Delivery:
        """Send a sound; the duration is in milliseconds."""
        found = content or Content(b"sound", "audio/x-m4a", "audio")
        return await self._send_media("audio", found, duration)

    async def sends_file(self, name: str, content: Content) -> Delivery:
        """Send a file."""
        event = self._events.file(self.user.source, name, content.length)
        self._platform.contents.keep(event["message"]["id"], content)
        return await self._send(event)

    async def sends_location(
        self,
        title: str = "東京駅",
        address: str = "東京都千代田区丸の内1丁目",
        latitude: float = 35.681236,
        longitude: float = 139.767125,
    ) -> Delivery:
        """Send a place."""
        return await self._send(
            self._events.location(self.user.source, title, address, latitude, longitude)
        )

    async def sends(self, message: dict[str, Any]) -> Delivery:
        """Send a message of any kind, also of one that LINE does not have yet."""
        return await self._send(self._events.message(self.user.source, message))

    async def unsends(self, message: Delivery | str) -> Delivery:
        """Take a message back: it is gone from the chat, and its picture with it."""
        message_id = message if isinstance(message, str) else message.message_id
        for bubble in self.chat:
            if bubble.id == message_id:
                bubble.unsent = True
        self._platform.contents.remove(message_id)
        self._platform.changes.happened()
        return await self._line.hand_over(self._events.unsend(self.user.source, message_id))

    # --- tapping

    async def taps(self, label: str, picked: dict[str, str] | None = None) -> Delivery:
        """Tap a button or quick reply by its words; a date picker gets what was picked.

        Raises LookupError when it is not there, ValueError when it opens a page (see ``link``).
        """
        action = self.find(label).action
        if action["type"] == "uri":
            raise ValueError(f"{label!r} opens {action['uri']}: look at it with link()")
        return await self.does(action, picked)

    async def does(self, action: dict[str, Any], picked: dict[str, str] | None = None) -> Delivery:
        """Do what LINE does when an action is tapped that sends something."""
        kind = action["type"]
        if kind == "message":
            return await self.says(action["text"])
        if kind in {"postback", "datetimepicker", "richmenuswitch"}:
            return await self._post_back(action, picked)
        raise ValueError(f"an action of type {kind} sends nothing by itself")

    def link(self, label: str) -> str:
        """Return the address that a button opens. Raises LookupError, ValueError."""
        action = self.find(label).action
        if action["type"] != "uri":
            raise ValueError(f"{label!r} opens nothing: it is a {action['type']}")
        return str(action["uri"])

    def find(self, label: str) -> Tappable:
        """Return what is to be tapped by its words: quick replies first, then the newest bubble's.

        Quick replies are there only below the chat's last bubble. Raises LookupError.
        """
        there: list[Tappable] = list(self.quick_replies)
        for bubble in reversed(self.chat):
            there += bubble.buttons if not bubble.unsent else []
        for tappable in there:
            if tappable.label == label:
                return tappable
        labels = [tappable.label for tappable in there]
        raise LookupError(_WITHOUT_TAP.format(label=label, labels=labels))

    @property
    def quick_replies(self) -> list[Tappable]:
        """The quick replies that can be tapped now."""
        return self.chat[-1].quick_replies if self.chat else []

    async def opens(self, url: str) -> bool:
        """Open an account link's last page as this user; False when an error is shown instead.

        Raises ValueError for any other page: the shop's own is the test's to open.
        """
        address = urlsplit(url)
        if address.path != "/dialog/bot/accountLink":
            raise ValueError(f"{url} is not LINE's")
        asked = parse_qs(address.query)
        return await self._line.link_account(
            asked.get("linkToken", [""])[0], asked.get("nonce", [""])[0], opened_by=self.id
        )

    # --- being a friend, or not

    async def follows(self) -> Delivery:
        """Add the bot as a friend."""
        self.user.friend = True
        return await self._line.hand_over(self._events.follow(self.user.source, unblocked=False))

    async def blocks(self) -> Delivery:
        """Block the bot: nothing arrives any more."""
        self.user.blocked = True
        return await self._line.hand_over(self._events.unfollow(self.user.source))

    async def unblocks(self) -> Delivery:
        """Let the bot's messages arrive again; what was sent meanwhile stays lost."""
        self.user.blocked = False
        return await self._line.hand_over(self._events.follow(self.user.source, unblocked=True))

    # --- reading

    async def receives(self, count: int = 1) -> list[Bubble]:
        """Return the next so many bubbles from the bot, waiting for them.

        Every bubble is returned once. Raises AssertionError when they do not come.
        """

        def enough() -> list[Bubble] | None:
            new = self._line.sent(self.id)[self._read :]
            return new[:count] if len(new) >= count else None

        try:
            found = await self._platform.changes.until(enough)
        except TimeoutError:
            seen = [bubble.text for bubble in self._line.sent(self.id)[self._read :]]
            raise AssertionError(f"{self.user.name} got {seen}, not {count} bubbles") from None
        self._read += count
        return found

    @property
    def sees_loading(self) -> bool:
        """Whether the waiting animation is shown."""
        return self._platform.loading_seconds(self.id) > 0

    def _source(self, group: Group | None) -> dict[str, str]:
        return self.user.source if group is None else group.source(self.user)

    async def _send_media(
        self, kind: str, content: Content, duration: int | None = None
    ) -> Delivery:
        event = self._events.media(self.user.source, kind, duration)
        self._platform.contents.keep(event["message"]["id"], content)
        return await self._send(event)

    async def _post_back(self, action: dict[str, Any], picked: dict[str, str] | None) -> Delivery:
        shown = action.get("displayText") or action.get("text")
        if shown:
            message = {"type": "text", "text": shown}
            self._platform.write(self.id, self.id, message, self._platform.message_ids.new())
        source = self.user.source
        delivery = await self._line.hand_over(self._events.postback(source, action["data"], picked))
        if action.get("text"):
            await self._line.hand_over(self._events.text(source, action["text"]))
        return delivery

    async def _send(self, event: Event) -> Delivery:
        message = event["message"]
        self._platform.write(chat_of(event["source"]), self.id, message, message["id"])
        return await self._line.hand_over(event)
