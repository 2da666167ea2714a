"""Whatever dies, customers lose nothing; whatever is wrong, the operator is told."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from madoguchi.knowledge.sentences import sentences
from tests.e2e.chat import Chat, Message
from tests.e2e.conftest import OpenChat
from tests.e2e.service import WholeService, until

pytestmark = pytest.mark.assistant

FEE, RECEIPT, COLOR = (
    "送料っていくら？",
    "領収書はどうやってもらえますか",
    "写真と色が違うってことある？",
)
REFUSED = 2


def test_an_engine_that_dies_in_a_turn_costs_patience_and_nothing_else(
    running: WholeService, open_chat: OpenChat
) -> None:
    """The first message is told to wait, and all are answered once and in order."""
    chat = open_chat("store")
    running.send("engine", signal.SIGSTOP)
    chat.leave_behind(FEE)
    running.send("engine", signal.SIGKILL)
    told = chat.read(lambda found: found[-1]["kind"] == "notice" and found[-1]["from"] == "system")
    assert told[-1]["text"] == sentences().engine_away().text
    chat.leave_behind(RECEIPT)
    chat.leave_behind(COLOR)
    last = chat.say("ありがとう")[-1]["seq"]
    history = chat.history(last)
    assert _said(history) == [FEE, RECEIPT, COLOR, "ありがとう"]
    assert _answered(history) == [
        "store/shipping_fee",
        "store/receipt",
        "store/product_color",
        None,
    ]
    assert [each["text"] for each in history].count(sentences().engine_away().text) == 1


def test_a_message_sent_while_the_engine_is_away_gets_a_kind_word_and_later_one_answer(
    running: WholeService, open_chat: OpenChat
) -> None:
    """Also when it is sent again with its key, as the widget does until there is an answer."""
    chat = open_chat("store")
    running.send("engine", signal.SIGKILL)
    [told] = chat.post({"text": FEE}, "one-key").json()["messages"]
    assert (told["from"], told["kind"]) == ("system", "notice")
    assert "お預かりしました" in told["text"]
    history = chat.read(lambda found: found[-1]["topic"] == "store/shipping_fee")
    assert [each["from"] for each in history] == ["bot", "customer", "system", "bot"]
    assert chat.post({"text": FEE}, "one-key").json()["messages"] == history[2:]
    assert chat.say(RECEIPT)[0]["seq"] == 6


def test_a_service_that_is_killed_comes_back_with_everything_and_answers_what_waited(
    running: WholeService, open_chat: OpenChat
) -> None:
    chat = open_chat("store")
    before = chat.history(chat.say(FEE)[-1]["seq"])
    running.send("engine", signal.SIGSTOP)
    chat.leave_behind(RECEIPT)
    running.send("service", signal.SIGKILL)
    running.send("engine", signal.SIGCONT)
    running.wait_until_ready()
    last = chat.say(COLOR)[-1]["seq"]
    history = chat.history(last)
    assert history[: len(before)] == before
    assert _said(history) == [FEE, RECEIPT, COLOR]
    assert _answered(history) == ["store/shipping_fee", "store/receipt", "store/product_color"]


def test_a_supervisor_that_is_killed_leaves_no_process_and_starts_again_with_everything(
    running: WholeService, open_chat: OpenChat
) -> None:
    chat = open_chat("store")
    before = chat.history(chat.say(FEE)[-1]["seq"])
    running.send("supervisor", signal.SIGKILL)
    assert running.processes_left() == []
    running.start()
    running.wait_until_ready()
    assert chat.history(before[-1]["seq"]) == before


def test_a_supervisor_that_is_killed_while_it_starts_leaves_no_process(
    trained: None, tmp_path: Path
) -> None:
    """Its children may not have asked the kernel yet to end with it."""
    service = WholeService(tmp_path)
    try:
        service.start()
        service.wait_for_children()
        service.send("supervisor", signal.SIGKILL)
        assert service.processes_left() == []
    finally:
        service.end()


def test_open_streams_end_when_it_stops_and_the_next_start_needs_no_training(
    running: WholeService, open_chat: OpenChat
) -> None:
    chats = [open_chat("store") for _ in range(5)]
    told: list[list[str]] = [[] for _ in chats]
    with ThreadPoolExecutor() as readers:
        streams = [readers.submit(_listen, *each) for each in zip(chats, told, strict=True)]
        for chat in chats:
            chat.say(FEE)
        for _ in until(10):
            if all(names.count("message") == 3 for names in told):
                break
        assert running.stop(seconds=15) == 0
        for stream in streams:
            stream.result(15)
    assert [names.count("message") for names in told] == [3] * 5
    assert running.processes_left() == []
    running.start()
    running.wait_until_ready()
    assert "training" not in running.output
    assert [_answered(chat.history(3)) for chat in chats] == [["store/shipping_fee"]] * 5


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"PORT": "eighty"}, "MADOGUCHI_PORT"),
        ({"ENV": "staging"}, "MADOGUCHI_ENV"),
        ({"NOW": "2026-12-01T09:00:00+09:00"}, "MADOGUCHI_NOW"),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/nowhere/madoguchi.db"}, "/proc/nowhere"),
        ({"DATABASE_URL": "mysql://localhost/shop"}, "MADOGUCHI_DATABASE_URL names mysql"),
        ({"DATABASE_URL": "sqlite+aiosqlite://"}, "MADOGUCHI_DATABASE_URL names no file"),
        ({"HOST": "999.1.1.1"}, "MADOGUCHI_HOST"),
        ({"ENGINE_PYTHON": "/nowhere/python"}, "/nowhere/python"),
        ({"ENGINE_PYTHON": "/etc/passwd"}, "MADOGUCHI_ENGINE_PYTHON: /etc/passwd cannot be run"),
        ({"ENV": "production"}, "MADOGUCHI_IDENTITY_SECRET"),
        ({"ENV": "production", "IDENTITY_SECRET": "short"}, "MADOGUCHI_IDENTITY_SECRET"),
        ({"ENV": "production", "IDENTITY_SECRET": "s" * 32}, "MADOGUCHI_ALLOWED_ORIGINS"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(
    trained: None, tmp_path: Path, wrong: dict[str, str], told: str
) -> None:
    _refuses(WholeService(tmp_path, **wrong), told)


def test_a_busy_port_is_refused_by_name(running: WholeService, tmp_path: Path) -> None:
    _refuses(WholeService(tmp_path, PORT=str(running.port)), f"MADOGUCHI_PORT: {running.port}")


def _listen(chat: Chat, told: list[str]) -> None:
    """Note the events of a stream; a stream that breaks instead of ending is an error."""
    for name, _ in chat.events():
        told.append(name)


def _refuses(service: WholeService, told: str) -> None:
    """It ends by itself, in words for the operator and not in a trace."""
    try:
        service.start()
        assert service.exit_code(15) == REFUSED
        assert service.processes_left() == []
        assert service.output.startswith("Madoguchi cannot start:\n")
        assert told in service.output
        assert "Traceback" not in service.output
    finally:
        service.end()


def _said(history: list[Message]) -> list[str]:
    return [each["text"] for each in history if each["from"] == "customer"]


def _answered(history: list[Message]) -> list[str | None]:
    """Return the topics of the assistant's answers, the greeting left out."""
    return [each["topic"] for each in history[1:] if each["from"] == "bot"]
