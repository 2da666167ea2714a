"""What a process does for those it belongs to."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have the kernel end this process when the one that started it dies (Linux only).

    It may have died before this was called: ``MADOGUCHI_PARENT`` says who it was.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get("MADOGUCHI_PARENT", str(os.getppid())) != str(os.getppid()):
        sys.exit(0)
