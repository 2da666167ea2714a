"""The service's own logging, printed where a test can read it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import structlog

from madoguchi.logs import configure_logs


def keep_quiet() -> None:
    """Have the service log nothing; a traceback with all its values takes seconds to print."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)


@contextmanager
def printed_logs(level: str) -> Iterator[io.StringIO]:
    """Configure the logs as the service does, for the length of the block."""
    root, printed = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level, logging.raiseExceptions, structlog.get_config()
    root.handlers = []
    with redirect_stderr(printed):
        configure_logs(level)
    try:
        yield printed
    finally:
        root.handlers, root.level, logging.raiseExceptions = before[:3]
        structlog.configure(**before[3])
