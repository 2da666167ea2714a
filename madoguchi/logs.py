"""Structured logs that cannot carry what a customer wrote or who they are."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Only these keys are ever printed. A list of what is allowed holds where a list of what is
# forbidden forgets: a new field with personal data stays out until someone adds it here.
ALLOWED_KEYS = frozenset(
    {
        "act", "agent", "attempt", "attempts", "channel", "code", "component", "conversation",
        "count", "delay", "duration_ms", "env", "error", "event", "exception", "intent", "kind",
        "level", "logger", "method", "model", "owner", "path", "pid", "port", "process", "reason",
        "request_id", "route", "seconds", "seq", "site", "state", "status", "timestamp", "topic",
        "url", "version",
    }
)  # fmt: skip


def keep_allowed_keys(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the event with every key that is not known to be harmless taken out."""
    dropped = [key for key in event if key not in ALLOWED_KEYS and not key.startswith("_")]
    for key in dropped:
        del event[key]
    if dropped:
        event["count"] = event.get("count", len(dropped))
    return event


def _name_exception(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # An exception's message may quote a request or an SQL parameter; its place never does.
    info = event.pop("exc_info", None)
    if not info:
        return event
    if isinstance(info, tuple):
        info = info[1]
    error = info if isinstance(info, BaseException) else sys.exc_info()[1]
    if error is None:
        return event
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    event["exception"] = f"{type(error).__name__} at " + " < ".join(reversed(places[-6:]))
    return event


def _name_place(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # A library's message may quote what it was given, filled in long before we see it, so the
    # place of the call stands for it. uvicorn's first line says how the server starts and stops.
    record: logging.LogRecord = event["_record"]
    if record.name == "uvicorn.error":
        event["event"] = event["event"].partition("\n")[0]
    else:
        event["event"] = f"{record.module}:{record.lineno} {record.funcName}"
    return event


def configure_logs(level: str) -> None:
    """Send every log line, the libraries' too, through the same filter, as JSON on stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_exception,
        keep_allowed_keys,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_name_place, *shared],
        use_get_message=False,  # the sentence without what is filled in
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    logging.raiseExceptions = False  # it would print the message that it could not print
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # Their messages contain addresses and statements with parameters.
    for name in ("httpx", "httpcore", "sqlalchemy", "aiosqlite", "uvicorn.access", "rasa_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def log(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger for one part of the service."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
