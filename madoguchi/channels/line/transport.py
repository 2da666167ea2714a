"""LINE's own client, with what it lacks: addresses of a stand-in, time limits, answers that stream.

Left to itself it waits for five minutes, reads files to their end whatever their size, and loses
the status of an error whose text is not UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
from linebot.v3.messaging import ApiException, AsyncApiClient, Configuration

from madoguchi.channels.line.errors import refused

LINE = "https://api.line.me"
LINE_DATA = "https://api-data.line.me"


@dataclass(frozen=True)
class Bounds:
    """How long LINE is waited for, in seconds: for a connection, for an answer, for files."""

    connect: float = 2.0
    whole: float = 10.0
    # Between two pieces of a file, and for all of it.
    file_pause: float = 10.0
    file_whole: float = 60.0


class Transport(AsyncApiClient):  # type: ignore[misc]  # the client comes without types
    """The session that all endpoints share; needs a running event loop."""

    def __init__(self, access_token: str, url: str, data_url: str, bounds: Bounds) -> None:
        """Send what is for LINE to ``url``, what is for its files to ``data_url``."""
        super().__init__(Configuration(access_token=access_token))
        self._hosts = {LINE: url, LINE_DATA: data_url}
        self._limit = aiohttp.ClientTimeout(total=bounds.whole, connect=bounds.connect)
        self._file_limit = aiohttp.ClientTimeout(
            total=bounds.file_whole, connect=bounds.connect, sock_read=bounds.file_pause
        )

    async def request(
        self, method: str, url: str, *args: Any, _request_timeout: object = None, **more: Any
    ) -> Any:
        """Return an answer of success. Raises LineError for others, aiohttp's errors for none."""
        host, path = self._split(url)
        limit = self._file_limit if host == LINE_DATA else self._limit
        try:
            return await super().request(
                method, self._hosts[host] + path, *args, _request_timeout=limit, **more
            )
        except ApiException as error:
            body = error.body or b""
            raise refused(int(error.status or 0), body, error.headers or {}) from None

    async def stream(self, path: str) -> aiohttp.ClientResponse:
        """Return the answer for a file, whose content is still to be read, whatever its status."""
        response: aiohttp.ClientResponse = await self.rest_client.get_request(
            self._hosts[LINE_DATA] + path,
            headers=dict(self.default_headers),
            _preload_content=False,
            _request_timeout=self._file_limit,
        )
        return response

    def deserialize(self, response: Any, response_type: Any) -> Any:
        """Return an answer as LINE's model, None when it has a form that the client cannot read.

        What was asked for has been done all the same: a push is sent, whatever is said about it.
        """
        try:
            return super().deserialize(response, response_type)
        except (ValueError, TypeError, AttributeError):
            return None

    @staticmethod
    def _split(url: str) -> tuple[str, str]:
        for host in (LINE, LINE_DATA):
            if url.startswith(f"{host}/"):
                return host, url.removeprefix(host)
        raise ValueError("LINE's client asks for an address that is not LINE's")
