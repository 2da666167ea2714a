"""Nothing that a customer wrote, and nothing that opens a door, gets into the logs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.stdlib import ProcessorFormatter as Formatter

from madoguchi.logs import ALLOWED_KEYS, keep_allowed_keys, log
from tests.support.logs import printed_logs

WRITTEN = "届いた時計の針が止まっています"
PHONE = "090-1234-5678"
TOKEN = "b3BlbiBzZXNhbWUtdG9rZW4"
SECRETS = (WRITTEN, PHONE, TOKEN)

type ReadLines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[ReadLines]:
    """What the logs printed, line by line, once it is known to hold no secret."""
    with printed_logs("DEBUG") as printed:

        def read() -> list[dict[str, Any]]:
            for secret in SECRETS:
                assert secret not in printed.getvalue()
                assert json.dumps(secret) not in printed.getvalue()
            return [json.loads(line) for line in printed.getvalue().splitlines()]

        yield read


def fail() -> None:
    """Fail as a database driver does, with what it was given in the message."""
    try:
        raise KeyError(PHONE)
    except KeyError as error:
        raise ValueError(f"{WRITTEN} {TOKEN}") from error


def test_only_known_keys_are_printed(lines: ReadLines) -> None:
    log("chat").info(
        "message received",
        conversation="c1",
        seq=3,
        text=WRITTEN,
        phone=PHONE,
        authorization=f"Bearer {TOKEN}",
        headers={"Authorization": TOKEN},
    )
    [line] = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "message received",
        "conversation": "c1",
        "seq": 3,
        "count": 4,
        "level": "info",
        "logger": "chat",
    }


def test_what_is_bound_to_a_request_is_filtered_too(lines: ReadLines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", member=PHONE):
        log("chat").bind(token=TOKEN, site="store").warning("refused", text=WRITTEN)
    [line] = lines()
    assert (line["request_id"], line["site"]) == ("r1", "store")
    assert not {"member", "token", "text"} & set(line)


def test_what_is_filled_into_a_sentence_stays_out(lines: ReadLines) -> None:
    log("chat").info("received %s from %s", WRITTEN, PHONE)
    [line] = lines()
    assert line["event"] == "received %s from %s"


@pytest.mark.parametrize("name", ["asyncpg", "rasa_sdk.executor", "uvicorn.error", "madoguchi"])
def test_an_exception_is_named_with_its_place_but_not_quoted(lines: ReadLines, name: str) -> None:
    try:
        fail()
    except ValueError:
        log(name).exception("failed")
        logging.getLogger(name).exception("failed")
    own, librarys = lines()
    for line in (own, librarys):
        assert line["exception"].startswith("ValueError at test_logs.py:")
        assert line["exception"].split(" < ")[0].endswith(" fail")


def test_an_exception_that_is_handed_over_is_named_with_its_place(lines: ReadLines) -> None:
    caught = None
    try:
        fail()
    except ValueError as error:
        caught = error
    assert caught is not None
    log("app").error("failed", exc_info=caught)
    logging.getLogger("library").error("failed", exc_info=caught)
    logging.getLogger("library").error("failed", exc_info=(ValueError, caught, None))
    for line in lines():
        assert line["exception"].startswith("ValueError at test_logs.py:")


def test_no_exception_is_no_reason_to_fail(lines: ReadLines) -> None:
    log("app").exception("nothing was raised")
    log("app").error("nothing was raised", exc_info=sys.exc_info())
    assert all("exception" not in line for line in lines())


def test_a_librarys_message_does_not_carry_what_it_was_given(lines: ReadLines) -> None:
    logger = logging.getLogger("some.library")
    logger.warning("cannot send %s to %s", WRITTEN, PHONE)
    logger.warning(f"cannot send {WRITTEN}")  # noqa: G004  (libraries do it)
    logger.warning(ValueError(WRITTEN))
    logger.warning("cannot send", extra={"phone": PHONE, "text": WRITTEN})
    logger.warning("cannot send", stack_info=True)
    found = lines()
    assert [line["logger"] for line in found] == ["some.library"] * 5
    assert all("test_logs" in line["event"] for line in found)


async def test_a_forgotten_tasks_exception_is_not_quoted(lines: ReadLines) -> None:
    async def forgotten() -> None:
        fail()

    task = asyncio.create_task(forgotten(), name=TOKEN)
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {"message": WRITTEN, "exception": task.exception(), "future": task}
    )
    [line] = [line for line in lines() if line["level"] == "error"]
    assert line["logger"] == "asyncio"
    assert line["exception"].startswith("ValueError at ")


def test_uvicorn_says_what_it_does_but_not_what_it_serves(lines: ReadLines) -> None:
    logger = logging.getLogger("uvicorn.error")
    logger.info("Uvicorn running on %s://%s:%d (Press CTRL+C to quit)", "http", "127.0.0.1", 80)
    logger.error("Traceback (most recent call last):\n  fail()\nValueError: %s", WRITTEN)
    logging.getLogger("uvicorn.access").info('%s - "%s %s"', "::1", "GET", f"/{TOKEN}")
    running, failed = lines()
    assert running["event"].startswith("Uvicorn running on %s")
    assert failed["event"] == "Traceback (most recent call last):"


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "sqlalchemy.engine.Engine"])
def test_statements_and_addresses_are_not_logged(lines: ReadLines, name: str) -> None:
    logging.getLogger(name).info("INSERT INTO messages VALUES (%s)", WRITTEN)
    assert lines() == []


def test_a_message_that_cannot_be_filled_in_is_not_printed_instead(
    lines: ReadLines, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if isinstance(handler.formatter, Formatter)]
    others = [handler for handler in root.handlers if handler not in ours]
    root.handlers = ours  # pytest's own handlers raise
    try:
        logging.getLogger("uvicorn.error").warning("%d seconds", WRITTEN)
        logging.getLogger("library").warning("%d seconds", WRITTEN)
    finally:
        root.handlers = [*ours, *others]
    assert WRITTEN not in capsys.readouterr().err
    assert [line["level"] for line in lines()] == ["warning", "warning"]


def test_the_level_is_the_one_that_was_set(lines: ReadLines) -> None:
    logging.getLogger().setLevel("ERROR")
    log("app").warning("not so bad")
    logging.getLogger("library").warning("not so bad")
    log("app").error("bad")
    [line] = lines()
    assert line["event"] == "bad"


@given(st.dictionaries(st.text(), st.text()))
def test_the_filter_lets_no_unknown_key_through(event: dict[str, Any]) -> None:
    unknown = [name for name in event if name not in ALLOWED_KEYS and not name.startswith("_")]
    kept = keep_allowed_keys(None, "info", dict(event))
    assert not set(unknown) & set(kept)
    assert {name: event[name] for name in event if name not in unknown} == {
        name: value for name, value in kept.items() if name in event
    }
    assert not unknown or "count" in kept
