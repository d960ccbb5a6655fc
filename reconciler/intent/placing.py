"""Into which files new documents go, beside those that are there."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, count
from pathlib import PurePosixPath

from reconciler.intent.base import Intent, Intents
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.edit import Edit
from reconciler.intent.images import Images
from reconciler.intent.loader import Files
from reconciler.intent.metafields import Metafields
from reconciler.intent.parts import Data, Documents, entries
from reconciler.intent.rendered import document
from reconciler.intent.tags import Tags
from reconciler.intent.written import Unwritable, edited
from reconciler.model.spec import plain


def placed(documents: Documents, there: Intents, files: Files) -> dict[str, bytes]:
    """The contents of the files that change. A list of things for the same targets gets the new
    entries, what is around them staying as it is; any other file is left alone, and the document
    goes into one beside it."""
    root = PurePosixPath(next(iter(files))).parts[0]
    intents = {intent.path: intent for intent in there}
    contents: dict[str, bytes] = {}
    for below, data in documents.items():
        path = f"{root}/{below}"
        content = _added(path, files, intents.get(path), data)
        if content is None:
            path = _free(path, data["targets"][0], {*files, *contents})
            content = document(data).encode()
        contents[path] = content
    return contents


def _added(path: str, files: Files, there: Intent | None, data: Data) -> bytes | None:
    """None where it can not be added to what is there: an entry of the same name is git's, whatever
    it says."""
    if there is None or not _takes(there, data) or _says_some_of(there, data):
        return None
    edits = [Edit(path, place, plain(value)) for place, value in entries(data)]
    try:
        return edited(path, files[path].decode(), edits).encode()
    except Unwritable:
        return None


def _says_some_of(there: Intent, data: Data) -> bool:
    said = dict(entries(there.model_dump(mode="json", exclude_none=True)))
    return any(place in said for place, _ in entries(data))


def _takes(there: Intent, data: Data) -> bool:
    """Whether entries of a new document can stand in one that is there."""
    if list(there.targets) != data["targets"]:
        return False
    if isinstance(there, Metafields):
        return bool(there.namespace == data["namespace"]) and "selectors" not in data
    if isinstance(there, Images):
        return bool(there.into.model_dump(exclude_unset=True) == data["into"])
    if isinstance(there, Bundles):
        into = there.into.attribute if there.into else None
        return bool(into == (data.get("into") or {}).get("attribute"))
    return isinstance(there, Collections | Channels | Tags)


def _free(path: str, target: str, taken: Collection[str]) -> str:
    whole = PurePosixPath(path)
    numbered = (f"-{target}-{number}" for number in count(2))
    names = (f"{whole.stem}{end}.yaml" for end in chain(("", f"-{target}"), numbered))
    return next(found for name in names if (found := str(whole.with_name(name))) not in taken)
