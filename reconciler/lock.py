"""One apply at a time on a target, on this machine. The system frees the lock of a killed run."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.model.errors import PlanogramError


class AlreadyAtWork(PlanogramError):
    """Another apply is carrying out changes on the same target."""


@contextmanager
def only_run(folder: Path, target: str) -> Iterator[None]:
    """Hold a target's lock for as long as the block lasts. Raises `AlreadyAtWork`.

    Runs on other machines are kept apart by the ledger's lease and by each write's precondition.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyAtWork(
                f"another apply is at work on {target} · wait for it, then run it again"
            ) from error
        yield
