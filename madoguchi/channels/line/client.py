"""The Messaging API, on LINE's own client: with time limits, and errors that can be told apart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp
from linebot.v3.messaging import (
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Message,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
    ValidateMessageRequest,
)

from madoguchi.channels.line.errors import LineError, Via, broken, outcome_of, refused, sent
from madoguchi.channels.line.external import read_limited
from madoguchi.channels.line.transport import LINE, LINE_DATA, Bounds, Transport
from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
    Outcome,
    Profile,
    Result,
)
from madoguchi.logs import log

_OK, _ACCEPTED = 200, 202
_NO_CONTENT_MORE = frozenset({"not_found", "gone", "invalid_request", "unsupported"})
_LARGEST_ERROR = 64 * 1024
_LONGEST_LOADING = 60


class LineClient:
    """One account's client. Nothing is opened before the first request; close it at the end.

    Every method but ``reply``, ``push`` and ``start_loading`` raises LineError.
    """

    def __init__(
        self,
        access_token: str,
        *,
        url: str = LINE,
        data_url: str | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        """Speak to LINE, or to what stands in for it at ``url``; files are at ``data_url``."""
        self._token = access_token
        self._url = url.rstrip("/")
        self._data_url = (data_url or (LINE_DATA if self._url == LINE else url)).rstrip("/")
        self._bounds = bounds or Bounds()
        self._opened: Transport | None = None
        self._log = log("line")

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    # --- sending

    async def reply(self, token: str, messages: Sequence[Message]) -> Outcome:
        """Send up to five messages for free with an event's reply token. Raises nothing."""
        try:
            request = ReplyMessageRequest(replyToken=token, messages=list(messages))
        except ValueError:
            return self._unfit("reply")
        return await self._send("reply", lambda: self._api.reply_message(request))

    async def push(self, to: str, messages: Sequence[Message], retry_key: UUID) -> Outcome:
        """Send up to five messages, which count as one. Raises nothing.

        With the same key a second try is harmless for a day: it ends as the first one did.
        """
        try:
            request = PushMessageRequest(to=to, messages=list(messages))
        except ValueError:
            return self._unfit("push")
        key = str(retry_key)
        return await self._send(
            "push", lambda: self._api.push_message(request, x_line_retry_key=key)
        )

    async def validate(self, messages: Sequence[Message]) -> None:
        """Have LINE check messages without sending them."""
        request = ValidateMessageRequest(messages=list(messages))
        await self._call("validate", lambda: self._api.validate_reply(request))

    async def start_loading(self, user: str, seconds: int = 20) -> None:
        """Show the waiting animation for at most so long (5 to 60). A failure is only noted."""
        rounded = max(5, min(seconds // 5 * 5, _LONGEST_LOADING))
        request = ShowLoadingAnimationRequest(chatId=user, loadingSeconds=rounded)
        try:
            await self._call("loading", lambda: self._api.show_loading_animation(request))
        except LineError:
            return

    # --- customers

    async def profile(self, user: str) -> Profile | None:
        """Return a customer's profile; None for one who blocks the account or never added it."""
        try:
            found = await self._call("profile", lambda: self._api.get_profile(user))
        except LineError as error:
            if error.code == "not_found":
                return None
            raise
        return Profile(found.display_name, found.language) if found is not None else None

    async def link_token(self, user: str) -> str:
        """Return a token that begins an account link: good for ten minutes, once."""
        found = await self._call("link_token", lambda: self._api.issue_link_token(user))
        if found is None:
            raise LineError("odd_answer", detail="no link token")
        return str(found.link_token)

    async def content(self, message_id: str, limit: int) -> Fetched:
        """Return what a customer sent, of at most ``limit`` bytes.

        Raises MediaPendingError while LINE prepares a film or sound, MediaGoneError,
        MediaTooLargeError, and LineError for what may pass.
        """
        path = f"/v2/bot/message/{quote(message_id, safe='')}/content"
        try:
            async with await self._transport.stream(path) as response:
                if response.status == _OK:
                    content = await read_limited(response, limit)
                    return Fetched(content, response.headers.get("content-type"))
                if response.status != _ACCEPTED:
                    body = await response.content.read(_LARGEST_ERROR)
                    raise refused(response.status, body, response.headers)
        except (aiohttp.ClientError, OSError) as error:
            raise self._noted("content", broken(error)) from None
        except LineError as error:
            self._noted("content", error)
            if error.code in _NO_CONTENT_MORE:
                raise MediaGoneError(f"LINE answers {error.status}") from None
            raise
        raise await self._unprepared(message_id)

    async def _unprepared(self, message_id: str) -> MediaPendingError | MediaGoneError:
        """Return why a content is not there: LINE answers the same, prepared in vain or not yet."""
        blobs = AsyncMessagingApiBlob(self._transport)
        try:
            found = await self._call(
                "transcoding",
                lambda: blobs.get_message_content_transcoding_by_message_id(message_id),
            )
        except LineError:
            found = None
        if found is not None and str(found.status) == "failed":
            return MediaGoneError("LINE could not prepare it")
        return MediaPendingError("LINE is preparing it")

    # --- the account

    async def quota(self) -> tuple[int | None, int]:
        """Return how many messages a month may have, None for any number, and has had."""
        limit = await self._call("quota", self._api.get_message_quota)
        used = await self._call("consumption", self._api.get_message_quota_consumption)
        if limit is None or used is None:
            raise LineError("odd_answer", detail="no quota")
        return limit.value, int(used.total_usage)

    async def create_rich_menu(self, menu: RichMenuRequest) -> str:
        """Make a rich menu, without its picture, and return its id."""
        made = await self._call("rich_menu_create", lambda: self._api.create_rich_menu(menu))
        if made is None:
            raise LineError("odd_answer", detail="no rich menu's id")
        return str(made.rich_menu_id)

    async def upload_rich_menu(self, menu_id: str, picture: bytes, content_type: str) -> None:
        """Give a rich menu its picture, once."""
        blobs = AsyncMessagingApiBlob(self._transport)
        headers = {"Content-Type": content_type}
        await self._call(
            "rich_menu_upload",
            lambda: blobs.set_rich_menu_image(menu_id, body=picture, _headers=headers),
        )

    async def rich_menus(self) -> dict[str, str]:
        """Return the names of the rich menus that were made through the API, by id."""
        found = await self._call("rich_menu_list", self._api.get_rich_menu_list)
        menus = found.richmenus if found is not None else []
        return {str(menu.rich_menu_id): str(menu.name or "") for menu in menus}

    async def default_rich_menu(self) -> str | None:
        """Return the id of the rich menu that everybody sees, None without one."""
        try:
            found = await self._call("rich_menu_default_get", self._api.get_default_rich_menu_id)
        except LineError as error:
            if error.code == "not_found":
                return None
            raise
        return str(found.rich_menu_id) if found is not None else None

    async def set_default_rich_menu(self, menu_id: str) -> None:
        """Show a rich menu to everybody."""
        await self._call("rich_menu_default", lambda: self._api.set_default_rich_menu(menu_id))

    async def delete_rich_menu(self, menu_id: str) -> None:
        """Delete a rich menu. One that is gone already is no error."""
        try:
            await self._call("rich_menu_delete", lambda: self._api.delete_rich_menu(menu_id))
        except LineError as error:
            if error.code != "not_found":
                raise

    # --- how

    @property
    def _transport(self) -> Transport:
        # LINE's client opens its session at once and needs a running loop for it.
        if self._opened is None:
            self._opened = Transport(self._token, self._url, self._data_url, self._bounds)
        return self._opened

    @property
    def _api(self) -> Any:
        return AsyncMessagingApi(self._transport)

    async def _send(self, via: Via, call: Callable[[], Awaitable[Any]]) -> Outcome:
        try:
            answer = await self._call(via, call)
        except LineError as error:
            return outcome_of(error, via)
        messages = answer.sent_messages if answer is not None else []
        return sent(via, tuple(str(message.id) for message in messages or []))

    def _unfit(self, via: Via) -> Outcome:
        """Return the outcome of what LINE's client refuses as LINE would: nothing was sent."""
        self._log.error("line messages unfit", route=via)
        return Outcome(Result.REFUSED, via, code="invalid_request", detail="unfit messages")

    async def _call(self, route: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Return what an endpoint answers, None for a success of a form that is not known."""
        try:
            return await call()
        except LineError as error:
            raise self._noted(route, error) from None
        except (aiohttp.ClientError, OSError, ValueError, LookupError) as error:
            raise self._noted(route, broken(error)) from None

    def _noted(self, route: str, error: LineError) -> LineError:
        """Log an error, with LINE's own id of the request, and return it."""
        self._log.warning(
            "line refused" if error.status else "line not reached",
            route=route,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        )
        return error
