"""Serves the service and its actions in one process until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI
from rasa_sdk.interfaces import Action

from actions import all_actions
from madoguchi.actions_app import create_actions_app
from madoguchi.app import create_app
from madoguchi.database import DatabaseUnusableError
from madoguchi.logs import configure_logs
from madoguchi.services import engine_client
from madoguchi.settings import Settings, SettingsError

_STOP_SECONDS = 5


class StartFailedError(Exception):
    """The service could not start; its log says why."""


class _Server(uvicorn.Server):
    """A server whose stopping is decided by the one who runs several of them."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start. Raises StartFailedError, where uvicorn would end the process without a word."""
        try:
            await super().startup(sockets)
        except SystemExit:
            raise StartFailedError from None

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals alone."""
        yield


def actions_of(app: FastAPI) -> Callable[[], Sequence[Action]]:
    """Return what makes the actions, as soon as the application has its services."""
    return lambda: all_actions(app.state.services.context)


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then end streams and requests before leaving.

    Raises SettingsError, DatabaseUnusableError, and StartFailedError for any other reason.
    """
    configure_logs(settings.log_level)
    engine = engine_client(settings)
    app = create_app(settings, engine)
    public = _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=_STOP_SECONDS,
            server_header=False,
        )
    )
    actions = _Server(
        uvicorn.Config(
            create_actions_app(settings.engine_secret.get_secret_value(), actions_of(app)),
            host="127.0.0.1",
            port=settings.actions_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
            server_header=False,
        )
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        # An open event stream would keep the server waiting for its whole grace period.
        if services := getattr(app.state, "services", None):  # none while it is still starting
            services.streams.close()
        public.should_exit = actions.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await asyncio.gather(public.serve(), actions.serve())
    except StartFailedError:
        failure = getattr(app.state, "failure", None)
        if isinstance(failure, SettingsError | DatabaseUnusableError):
            raise failure from None
        raise
    finally:
        await engine.close()
