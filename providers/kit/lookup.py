"""What is only looked up, because managed things refer to it: products, pages, files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.spec import spec
from reconciler.provider import Batch, Echo, OnDrop, Precondition


@spec
class Existing:
    """Nothing of it is owned; it is there, or it is not."""


class Lookup:
    """The writing half of a kind that is never written. Its subclass has a name and reads."""

    spec = Existing
    managed = False
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    def batches(self, _changes: Sequence[Change[Existing]]) -> Iterable[Batch[Existing]]:
        return ()

    async def write(self, _session: Any, _batch: Batch[Existing]) -> Sequence[Outcome[Existing]]:
        raise TypeError(f"{type(self).__name__} is only looked up")
