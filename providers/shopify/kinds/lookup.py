"""What is only looked up, because others refer to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from providers.shopify.client import ShopifyWriter
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.spec import spec
from reconciler.provider import Batch, Echo, OnDrop, Precondition


@spec
class Existing:
    """Nothing of it is owned; it is there, or it is not."""


class Lookup:
    """The writing half of a kind that is never written."""

    spec = Existing
    managed = False
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    def batches(self, _changes: Sequence[Change[Existing]]) -> Iterable[Batch[Existing]]:
        return ()

    async def write(
        self, _session: ShopifyWriter, _batch: Batch[Any]
    ) -> Sequence[Outcome[Existing]]:
        raise TypeError(f"{type(self).__name__} is only looked up")
