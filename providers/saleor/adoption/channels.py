"""Listings back into their documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.saleor.kinds.channel_listing import Stand
from reconciler.intent.channels import Channels
from reconciler.intent.edit import REMOVE, Edit
from reconciler.model.spec import Value
from reconciler.provider import Compilation, Restatement

_FIELDS: Final = {
    "published": "published",
    "published_at": "since",
    "visible": "visible",
    "purchasable": "purchasable",
    "purchasable_at": "purchasable_since",
}


def channels(intent: Channels, wish: Restatement, _compilation: Compilation) -> Iterator[Edit]:
    """What is not there any more is not stated any more: null would say nothing."""
    stand = Stand.of(wish.address.key)
    place = ("channels", stand.channel, f"{stand.sort}s", stand.slug)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    for path, name in _FIELDS.items():
        if path in wish.values:
            live = wish.values[path]
            yield Edit(intent.path, (*place, name), REMOVE if live is None else as_written(live))


def as_written(live: Value) -> Value:
    """A moment as people write it: to the minute, and a day where it is its first one."""
    if not isinstance(live, str):
        return live
    minute = f"{live[:16]}Z"
    return minute.removesuffix("T00:00Z") if minute.endswith("T00:00Z") else minute
