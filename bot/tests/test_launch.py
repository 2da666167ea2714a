"""The engine never runs without a model, and never outlives who started it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.launch import NO_MODEL, check_and_warm_up
from bot.tests.support.channel import ScriptedAgent
from bot.tests.support.rasa import PROJECT

TIMEOUT = 60
CHILD = "from bot.launch import end_with_parent; end_with_parent(); print('up', flush=True)"
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", "{CHILD}; input()"])
"""


def environment(folder: Path) -> dict[str, str]:
    """Return an engine's environment, as madoguchi/training.py makes it."""
    ours = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "LOG_LEVEL": "WARNING",
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "MADOGUCHI_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
        "MADOGUCHI_ENGINE_SECRET": "secret",
        "MADOGUCHI_TRACKERS": str(folder / "trackers.db"),
    }
    return {**os.environ, **ours}


def launch(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Start the engine and wait until it ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "bot.launch", *arguments],
        cwd=PROJECT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def free_port() -> str:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("content", [None, b"no archive"], ids=["missing", "corrupt"])
def test_without_a_model_it_ends_and_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "model.tar.gz"
    if content is not None:
        model.write_bytes(content)
    ended = launch(tmp_path, "--model", str(model), "--port", free_port())
    assert ended.returncode == NO_MODEL == 3
    assert "The model could not be loaded; run 'make train'." in ended.stderr
    assert "secret" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "--model, --port"),
        (["--model", "model.tar.gz"], "--port"),
        (["--port", "5005"], "--model"),
        (["--model", "model.tar.gz", "--port", "any"], "invalid int value: 'any'"),
        (["--model", "model.tar.gz", "--port", "5005", "--host", "0.0.0.0"], "--host"),
    ],
)
def test_wrong_arguments_are_explained(
    tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    ended = launch(tmp_path, *arguments)
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert ended.stderr.startswith("usage:")


def test_it_says_what_it_wants(tmp_path: Path) -> None:
    ended = launch(tmp_path, "--help")
    assert ended.returncode == 0
    assert "make train" in ended.stdout


async def test_a_loaded_model_is_warmed_up_once() -> None:
    agent = ScriptedAgent()
    await check_and_warm_up(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), None)
    assert len(agent.warmed) == 1
    assert agent.handled == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_engine_ends_when_the_one_that_started_it_dies() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        parent.send_signal(signal.SIGKILL)
        # The child holds the other end of the pipe too: it ends only when the child has ended.
        assert select.select([parent.stdout], [], [], TIMEOUT)[0]
        assert parent.stdout.read() == b""


@pytest.mark.parametrize(("named", "said"), [(str(os.getpid()), "up\n"), ("1", "")])
def test_the_engine_does_not_start_when_the_one_that_started_it_is_dead(
    named: str, said: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=PROJECT,
        env={**os.environ, "MADOGUCHI_PARENT": named},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == said
