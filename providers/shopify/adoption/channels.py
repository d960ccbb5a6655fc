"""Listings back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from providers.shopify.kinds.publication_listing import Stand
from reconciler.intent.base import Place
from reconciler.intent.channels import Channels
from reconciler.intent.edit import REMOVE, Edit
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Compilation, Restatement


def channels(
    intent: Channels, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    """What is published no more has no moment from which it is. null stands for `false`."""
    stand = Stand.of(wish.address.key)
    place = ("channels", stand.publication, f"{stand.sort}s", stand.handle)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    if "published" in wish.values:
        yield Edit(intent.path, (*place, "published"), bool(wish.values["published"]))
    if "published_at" in wish.values:
        yield _since(intent, (*place, "since"), wish, wish.values["published_at"])


def _since(intent: Channels, place: Place, wish: Restatement, live: Value) -> Edit | Problem:
    if not isinstance(live, str):
        return Edit(intent.path, place, REMOVE)
    said = as_written(live)
    if said is not None:
        return Edit(intent.path, place, said)
    cause = f"it is published from {live}, and a document says whole minutes"
    remedy = "choose a whole minute in the admin, or apply to put back the moment that git states"
    return Problem(wish.source, cause, remedy)


def as_written(moment: str) -> str | None:
    """As people write it: to the minute, and a day where it is its first one. None for a moment
    within a minute."""
    if not moment.endswith(":00Z"):
        return None
    minute = f"{moment[:16]}Z"
    return minute.removesuffix("T00:00Z")
