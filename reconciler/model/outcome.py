"""What became of one change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from reconciler.model.address import Address, Key, Remote

S = TypeVar("S")


class Status(StrEnum):
    DONE = "done"
    """Written, and the platform was seen to hold what was desired."""
    CONVERGED = "converged"
    """Live already was as desired when its turn came; nothing was written."""
    HELD = "held"
    """Not carried out, for a reason that a person can remove."""
    SKIPPED = "skipped"
    """Not carried out, because something it needs was not."""
    ALTERED = "altered"
    """Written, but the platform stored something else than what was desired."""
    FAILED = "failed"
    """The platform refused it, or could not be asked."""

    @property
    def is_fine(self) -> bool:
        return self in (Status.DONE, Status.CONVERGED)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S]):
    """One outcome a change.

    `remote` is the platform's id after it (None once deleted), `echo` the owned fields as the
    platform stores them where its answer tells, `live_key` the key that the platform gave
    where that is not the one asked for. `message` says what went wrong, in the vendor's words.
    `unknown` says of a failure that the write may have been carried out all the same. `found`: it
    was there already, so that nothing was made.
    """

    address: Address
    status: Status
    remote: Remote | None = None
    echo: S | None = None
    live_key: Key | None = None
    message: str | None = None
    unknown: bool = False
    found: bool = False


AnyOutcome = Outcome[Any]


def done(address: Address, remote: Remote | None, echo: S | None = None) -> Outcome[S]:
    return Outcome(address, Status.DONE, remote, echo)


def failed(
    address: Address, message: str, remote: Remote | None = None, *, unknown: bool = False
) -> Outcome[Any]:
    return Outcome(address, Status.FAILED, remote, message=message, unknown=unknown)
