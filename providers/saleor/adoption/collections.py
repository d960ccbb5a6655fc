"""Collections back into their documents: single ones at their handle, of styles as overrides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.saleor.kinds.channel_listing import Stand
from reconciler.intent.base import Place
from reconciler.intent.collection import Collections
from reconciler.intent.edit import Edit
from reconciler.intent.styles import style_of, taken_out
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement

_FIELDS: Final = {"name": "title", "description": "description"}


def collections(
    intent: Collections, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    """Products that follow from rules can not be turned back into these."""
    if wish.address.kind == "channel_listing":
        yield _listing(wish)
        return
    handle = wish.address.key
    if wish.values is None:
        yield from taken_out(intent, handle)
        return
    place = _place(intent, handle)
    for path, name in _FIELDS.items():
        if path in wish.values:
            yield Edit(intent.path, (*place, name), wish.values[path])
    if (
        "products" in wish.values
        and handle in intent.collections
        and (intent.collections[handle].products is not None)
    ):
        yield Edit(intent.path, (*place, "products"), list(wish.values["products"] or ()))
    elif "products" in wish.values:
        yield Problem(
            wish.source,
            "other products are in it than the rules find",
            "change the rules by hand, or apply to put back what they find",
        )


def _place(intent: Collections, handle: Key) -> Place:
    if handle in intent.collections:
        return ("collections", handle)
    return ("per_style", "overrides", style_of(intent, handle))


def _listing(wish: Restatement) -> Problem:
    """A collection's document says where it is visible, and not where it is not."""
    channel = Stand.of(wish.address.key).channel
    cause = f"it is not visible in {channel} any more, which only channels/ can say"
    remedy = "take the channel out of channels, and write published: false in channels/"
    return Problem(wish.source, cause, f"{remedy}; or apply to show it again")
