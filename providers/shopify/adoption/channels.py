"""Listings back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from providers.shopify.kinds.publication_listing import Stand
from reconciler.intent.channels import Channels
from reconciler.intent.edit import REMOVE, Edit
from reconciler.provider import Compilation, Restatement


def channels(intent: Channels, wish: Restatement, _compilation: Compilation) -> Iterator[Edit]:
    """What is published no more has no moment from which it is. null stands for `false`."""
    stand = Stand.of(wish.address.key)
    place = ("channels", stand.publication, f"{stand.sort}s", stand.handle)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    if "published" in wish.values:
        yield Edit(intent.path, (*place, "published"), bool(wish.values["published"]))
    if "published_at" in wish.values:
        live = wish.values["published_at"]
        said = as_written(live) if isinstance(live, str) else REMOVE
        yield Edit(intent.path, (*place, "since"), said)


def as_written(moment: str) -> str:
    """As people write it: to the minute, and a day where it is its first one."""
    minute = f"{moment[:16]}Z"
    return minute.removesuffix("T00:00Z")
