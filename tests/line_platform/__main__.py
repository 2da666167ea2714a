"""Runs the platform with its page: ``python -m tests.line_platform --bot URL``."""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
from types import FrameType

import uvicorn

from tests.line_platform.app import create_app
from tests.line_platform.clock import LineClock
from tests.line_platform.line import Line
from tests.line_platform.people import channel_from_environment
from tests.line_platform.quota import FREE_PLAN
from tests.line_platform.sandbox.pages import Sandbox

_HOST = "127.0.0.1"
_CUSTOMERS = ("佐藤 花子", "鈴木 一郎")


class _Server(uvicorn.Server):
    """A server that lets go of open pages when it is told to stop."""

    def __init__(self, config: uvicorn.Config, line: Line) -> None:
        super().__init__(config)
        self._line = line

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop."""
        self._line.platform.close()
        super().handle_exit(sig, frame)


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C; return 2 when the port is taken."""
    asked = _parser().parse_args(arguments)
    channel = channel_from_environment(asked.bot)
    channel.secret = asked.secret or channel.secret
    channel.token = asked.token or channel.token
    line = Line(channel, LineClock(running=True), asked.quota)
    for name in _CUSTOMERS:
        line.user(name)
    try:
        listening = socket.create_server((_HOST, asked.port))
    except OSError as error:
        print(f"line sandbox: port {asked.port} cannot be used: {error}", file=sys.stderr)
        return 2
    address = f"http://{_HOST}:{listening.getsockname()[1]}"
    print(f"line sandbox: webhooks go to {asked.bot}")
    print(f"line sandbox: the service needs MADOGUCHI_LINE_API_URL={address}")
    print(f"line sandbox: open {address}/", flush=True)
    app = create_app(line, Sandbox(line).routes())
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    with listening, contextlib.suppress(KeyboardInterrupt):
        _Server(config, line).run(sockets=[listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.line_platform",
        description="Stands in for the LINE platform, with a page to be its customers on.",
    )
    parser.add_argument(
        "--bot",
        default="http://127.0.0.1:8080/line/webhook",
        help="where webhooks go (default: %(default)s)",
    )
    parser.add_argument(
        "--secret",
        help="the channel secret (default: MADOGUCHI_LINE_CHANNEL_SECRET, or the demo's)",
    )
    parser.add_argument(
        "--token", help="the access token (default: MADOGUCHI_LINE_ACCESS_TOKEN, or the demo's)"
    )
    parser.add_argument("--port", type=int, default=8090, help="default: %(default)s")
    parser.add_argument(
        "--quota",
        type=int,
        default=FREE_PLAN,
        help="messages a month that may be pushed (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
