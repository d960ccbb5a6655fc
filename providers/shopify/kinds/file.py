"""Files of the shop, by their names: looked up because others refer to them, and uploaded where
git says what they are. A file that git does not state any more stays in the shop: others may
show it.

A picture is uploaded once: its name tells its content (`naming`), Shopify is told to refuse a
name that is taken, and what an earlier try made is waited for and taken. Two files may bear one
name where a hand uploaded both; the older is then the one that is meant.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import PAGE, ShopifyReader, ShopifyWriter
from providers.shopify.naming import file_name
from providers.shopify.parts import parts_of, together
from providers.shopify.search import any_of
from providers.shopify.uploading import uploaded
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import CREATE_ONLY, UNSTATED, Owned, spec
from reconciler.provider import (
    ALL,
    Ambiguous,
    Batch,
    Echo,
    Lookup,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

_TOGETHER: Final = 50
_UPLOADED_TOGETHER: Final = 20
_CHANGED_TOGETHER: Final = 100

_FRAGMENT: Final = """fragment File on File {
  id alt fileStatus
  ... on MediaImage { image { url } }
  ... on GenericFile { url }
}"""

_FILES: Final = Query(
    f"""query Files($search: String, $after: String) {{
      files(first: {PAGE}, after: $after, query: $search, sortKey: ID) {{
        nodes {{ ...File }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    {_FRAGMENT}""",
    cost=20,
)

_BY_ID: Final = Query(
    f"""query FilesById($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...File }} }}
    {_FRAGMENT}""",
    cost=2 * _TOGETHER,
)

_UPDATE: Final = Mutation(
    f"""mutation UpdateFiles($files: [FileUpdateInput!]!) {{
      fileUpdate(files: $files) {{ files {{ ...File }} userErrors {{ field message code }} }}
    }}
    {_FRAGMENT}"""
)


@spec
class File:
    """source: where a picture comes from, a path below `desired/` or an address; the shop forgets
    it. alt: what it shows, in words."""

    source: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED
    alt: Owned[str | None] = UNSTATED


class FileKind:
    name = "file"
    spec = File
    managed = True
    for_others = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.ANSWER

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[File]]:
        """Keys are file names, in the case that the shop has them in. One that the ledger knows
        is found by its id, whatever it is called now."""
        if wanted is ALL:
            async for file in _named(session, None):
                yield _resource(target, file, file_name(file) or "")
            return
        left = dict(wanted)
        async for key, file in _remembered(session, wanted):
            left.pop(key)
            yield _resource(target, file, key)
        for part in parts_of(left, _TOGETHER):
            seen: set[Key] = set()
            async for file in _named(session, any_of("filename", part)):
                name = file_name(file)
                if name in part and name not in seen:
                    seen.add(name)
                    yield _resource(target, file, name)

    def lasts(self, _: File) -> str | None:
        """Others may show it by now."""
        return "the file stays in the shop; delete it in the admin where nothing shows it"

    def pictures(self, change: Change[File], _at: Lookup) -> Pictures | None:
        """What comes from the web or from the repository, which git shows anyway. What is in the
        shop already may be a draft's."""
        source = change.after.spec.source if change.after and change.before is None else None
        if not isinstance(source, str):
            return None
        is_web = "://" in source
        return Pictures(after=(source,)) if is_web else Pictures(files=(source,))

    def batches(self, changes: Sequence[Change[File]]) -> Iterable[Batch[File]]:
        """New files some at a time: a place for each, the uploads, one mutation that makes them,
        and looking until they are processed. Others by one mutation."""
        new = [change for change in changes if change.before is None]
        for part in parts_of(new, _UPLOADED_TOGETHER):
            yield Batch(
                part,
                requests=2 + len(part),
                points=30,
                reading=_reading(part),
                besides=Range(Cost(2, 4), Cost(5, 30 + 10 * len(part), 3)),
            )
        known = [change for change in changes if change.before is not None]
        for part in parts_of(known, _CHANGED_TOGETHER):
            yield Batch(part, points=10, reading=_reading(part), besides=Range(Cost(), Cost(0, 1)))

    async def write(self, session: ShopifyWriter, batch: Batch[File]) -> Sequence[Outcome[File]]:
        if batch.changes[0].before is not None:
            return await together(batch.changes, partial(_changed, session))
        return await _created(session, batch.changes)


def _reading(part: Sequence[Change[File]]) -> Range:
    pieces = -(-len(part) // _TOGETHER)
    return Range(Cost(pieces, 2 * pieces), Cost(2 * pieces, 20 * pieces + 2 * len(part)))


def shown(file: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """An image's address by its file name; other sorts of files show nothing."""
    name, url = file_name(file), (file.get("image") or {}).get("url")
    return ((name, url),) if name and url else ()


async def _named(session: ShopifyReader, search: str | None) -> AsyncIterator[Mapping[str, Any]]:
    """The files that a search finds and that have a name, the oldest first."""
    async for file in session.pages(_FILES, "files", search=search):
        if file_name(file) is not None:
            yield file


async def _remembered(
    session: ShopifyReader, wanted: Mapping[Key, Remote | None]
) -> AsyncIterator[tuple[Key, Mapping[str, Any]]]:
    """Those that stand under their id; one that could not be processed is as good as none."""
    known = {remote: key for key, remote in wanted.items() if remote is not None}
    for ids in parts_of(known, _TOGETHER):
        for file in (await session.query(_BY_ID, ids=list(ids)))["nodes"]:
            if file and file.get("fileStatus") not in (None, "FAILED"):
                yield known[file["id"]], file


def _resource(target: str, file: Mapping[str, Any], key: Key) -> Resource[File]:
    name = file_name(file)
    return Resource(
        Address(target, "file", key),
        File(alt=file["alt"] or None),
        file["id"],
        live_key=name if name not in (None, key) else None,
        shows=shown(file),
    )


async def _created(session: ShopifyWriter, changes: Sequence[Change[File]]) -> list[Outcome[File]]:
    wanted: dict[Key, tuple[str, str]] = {}
    outcomes: list[Outcome[File]] = []
    for change in changes:
        source, alt = _stated(change)
        if source is None:
            told = "the shop has no such file, and git does not say where it comes from"
            outcomes.append(failed(change.address, f"{told} · write path: or url:"))
        else:
            wanted[change.address.key] = (source, alt)
    made = await uploaded(session, wanted)
    for change in changes:
        found = made.get(change.address.key)
        if isinstance(found, str):
            outcomes.append(failed(change.address, found))
        elif found is not None:
            outcomes.append(await _made(session, change, found))
    return outcomes


async def _made(
    session: ShopifyWriter, change: Change[File], file: Mapping[str, Any]
) -> Outcome[File]:
    """One that was there already may be told otherwise; it may have got another name than was
    asked for."""
    assert change.after is not None
    live, alt = file["alt"] or None, change.after.spec.alt
    if alt is not UNSTATED and (alt or None) != live:
        row = {"id": file["id"], "alt": alt or ""}
        try:
            (file,) = (await session.mutate(_UPDATE, "fileUpdate", files=[row]))["files"]
        except Ambiguous:
            raise
        except PlatformError as error:
            told = f"it is there, and not described so: {error} · plan again"
            return failed(change.address, told, file["id"])
    outcome = done(change.address, file["id"], File(alt=file["alt"] or None))
    return replace(outcome, live_key=file_name(file) or change.address.key)


def _stated(change: Change[File]) -> tuple[str | None, str]:
    """Where it comes from, and what it shows."""
    assert change.after is not None
    source, alt = change.after.spec.source, change.after.spec.alt
    return (source if isinstance(source, str) else None), (alt if isinstance(alt, str) else "")


async def _changed(session: ShopifyWriter, changes: Sequence[Change[File]]) -> list[Outcome[File]]:
    rows = [_row(change) for change in changes]
    payload = await session.mutate(_UPDATE, "fileUpdate", files=rows)
    told = {file["id"]: file for file in payload["files"]}
    outcomes: list[Outcome[File]] = []
    for change in changes:
        file = told.get(change.remote or "")
        if file is None:
            why = "the answer does not tell of it · plan again"
            outcomes.append(failed(change.address, why, change.remote))
        else:
            outcomes.append(done(change.address, file["id"], File(alt=file["alt"] or None)))
    return outcomes


def _row(change: Change[File]) -> dict[str, Any]:
    """One that was called otherwise meanwhile gets its name back."""
    assert change.before is not None
    assert change.after is not None
    row: dict[str, Any] = {"id": change.remote}
    if change.after.spec.alt is not UNSTATED:
        row["alt"] = _stated(change)[1]
    if change.before.live_key not in (None, change.address.key):
        row["filename"] = change.address.key
    return row
