"""Tags back into their lists: those that are not there any more are taken out."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.tags import Tags
from reconciler.provider import Compilation, Restatement


def tags(intent: Tags, wish: Restatement, _compilation: Compilation) -> Iterator[Edit]:
    place = ("tags", wish.address.key)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    live = list(wish.values.get("tags") or ())
    stated = intent.tags[wish.address.key]
    gone = [index for index, tag in enumerate(stated) if tag not in live]
    if len(gone) == len(stated) or any(tag not in stated for tag in live):
        yield Edit(intent.path, place, live)
        return
    for index in gone:
        yield Edit(intent.path, (*place, index), REMOVE)
