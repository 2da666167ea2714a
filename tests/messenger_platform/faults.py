"""What can go wrong with a request, one after the other, or with all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.messenger_platform.errors import MetaError


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    ``accepted``: the request is carried out all the same, before it ends as ``ending`` says.
    """

    error: MetaError | None = None
    ending: Literal["answer", "hang", "cut", "nonsense", "gateway"] = "answer"
    accepted: bool = False


def refused(error: MetaError, *, accepted: bool = False) -> Fault:
    """Return the fault of an error that is answered."""
    return Fault(error, accepted=accepted)


def hangs(*, accepted: bool = True) -> Fault:
    """Return the fault of a request that is never answered."""
    return Fault(ending="hang", accepted=accepted)


def cut(*, accepted: bool = True) -> Fault:
    """Return the fault of a connection that ends in the middle of the answer."""
    return Fault(ending="cut", accepted=accepted)


def nonsense(*, accepted: bool = True) -> Fault:
    """Return the fault of an answer that is no JSON."""
    return Fault(ending="nonsense", accepted=accepted)


def gateway(*, accepted: bool = False) -> Fault:
    """Return the fault of a proxy on the way that answers 502 with a page."""
    return Fault(ending="gateway", accepted=accepted)


@dataclass
class Faults:
    """The faults that are still to come."""

    next: list[Fault] = field(default_factory=list)
    always: Fault | None = None

    def take(self) -> Fault:
        """Return the next request's fault, one of nothing when all is well."""
        if self.next:
            return self.next.pop(0)
        return self.always or Fault()
