"""Starts Rasa for the service: on loopback, without its own API, and never without a model."""

from __future__ import annotations

import argparse
import ctypes
import gc
import logging
import os
import signal
import sys
import warnings
from typing import Any

from bot.without_tensorflow import serve_without_tensorflow

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("LOG_LEVEL", "WARNING")
for _variable in ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS"):
    os.environ.setdefault(_variable, "1")

NO_MODEL = 3
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve the model until SIGTERM; exit with code 3 when it cannot be loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a model made by 'make train'")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    end_with_parent()
    serve(arguments.model, arguments.port)


def serve(model: str, port: int) -> None:
    """Run Rasa's server."""
    # The libraries that Rasa pins deprecate one another; an operator can do nothing about it.
    warnings.showwarning = lambda *_arguments, **_named: None  # type: ignore[assignment]
    logging.disable(logging.WARNING)
    serve_without_tensorflow()
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.log_utils import configure_structlog

    logging.disable(logging.NOTSET)
    # Below this level Rasa logs what customers write; it logs everything when nobody says so.
    logging.basicConfig(level=logging.WARNING)
    configure_structlog(logging.WARNING)
    serve_application(
        model_path=model,
        credentials="credentials.yml",
        interface="127.0.0.1",
        port=port,
        enable_api=False,
        endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"),
        server_listeners=[(check_and_warm_up, "after_server_start")],
    )


async def check_and_warm_up(app: Any, _loop: Any) -> None:
    """Leave when Rasa could not load the model: it would go on and ignore every message.

    The first message opens the dictionary and the embedding, which takes a second; it is ours.
    """
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        print("The model could not be loaded; run 'make train'.", file=sys.stderr, flush=True)
        os._exit(NO_MODEL)
    await agent.parse_message("こんにちは")
    give_back_memory()


def give_back_memory() -> None:
    """Return to the system what loading needed and serving does not (glibc only)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def end_with_parent() -> None:
    """Have the kernel end this process when the one that started it dies (Linux only).

    It may have died before this was called: ``MADOGUCHI_PARENT`` says who it was.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get("MADOGUCHI_PARENT", str(os.getppid())) != str(os.getppid()):
        sys.exit(0)


if __name__ == "__main__":
    main()
