"""Collections whose products follow from conditions (the `sources` model of 2026-07).

Conditions have ids and are changed by difference: they are matched by content, what is missing
is created, what is too much deleted. Publication is not looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

import anyio

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import ShopifyReader, ShopifyWriter, UserErrors
from providers.shopify.identified import Field, Wish, identified
from providers.shopify.parts import one_by_one, parts_of
from providers.shopify.sources import FRAGMENT, TITLE, OurSource, condition_input, our_source
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change
from reconciler.model.cost import FREE, NOTHING, Cost, Range
from reconciler.model.outcome import Outcome, Status, done, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, spec, stated
from reconciler.provider import ALL, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

READ_TOGETHER: Final = 10
"""Collections of a batch, which the core reads again before and after it."""

JOB_SECONDS: Final = 60.0
"""How long is waited for a collection's products to be gathered."""

_TOGETHER: Final = 25
_POINTS: Final = 20

_SELECTION: Final = "id handle title descriptionHtml sortOrder ...Sources"

_BY_IDENTIFIER: Final = Field(
    "collectionByIdentifier", "CollectionIdentifierInput", _SELECTION, FRAGMENT, _POINTS
)

_EVERY: Final = Query(
    f"""query EveryCollection($after: String) {{
      collections(first: {_TOGETHER}, after: $after, sortKey: ID) {{
        nodes {{ {_SELECTION} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    {FRAGMENT}""",
    cost=150,
)

_CREATE: Final = Mutation(
    """mutation CreateCollection($collection: CollectionCreateInput!) {
      collectionCreate(collection: $collection) {
        collection { id handle }
        userErrors { field message }
      }
    }"""
)

_UPDATE: Final = Mutation(
    """mutation UpdateCollection($collection: CollectionUpdateInput!) {
      collectionUpdate(collection: $collection) {
        collection { id handle }
        job { id done }
        userErrors { field message }
      }
    }"""
)

_DELETE: Final = Mutation(
    """mutation DeleteCollection($input: CollectionDeleteInput!) {
      collectionDelete(input: $input) {
        deletedCollectionId
        userErrors { field message }
      }
    }"""
)

_JOB: Final = Query("query Job($id: ID!) { job(id: $id) { id done } }", cost=1)

_JOB_ASKED: Final = Range(NOTHING, Cost(3, 3, 1.75))
"""How often a job is asked whether it is done, in most cases; and how long that takes."""

_GONE: Final = "Collection does not exist"

_FIELDS: Final = {
    "title": "title",
    "description_html": "descriptionHtml",
    "sort_order": "sortOrder",
}
"""Fields of the spec and their names on the platform; the rules are apart."""


@spec
class Collection:
    title: Owned[str] = UNSTATED
    description_html: Owned[str | None] = UNSTATED
    sort_order: Owned[str] = UNSTATED
    match: Owned[str | None] = UNSTATED
    """`all` or `any`: how the conditions are joined."""
    conditions: Owned[Annotated[tuple[str, ...], Merge.SET]] = UNSTATED
    """Canonical texts, see `providers.shopify.sources`."""


class CollectionKind:
    name = "collection"
    spec = Collection
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Collection]]:
        """Keys are handles. One that is not there is looked up by its remote."""
        if wanted is ALL:
            async for row in session.pages(_EVERY, "collections"):
                yield _resource(target, row["handle"], row)
            return
        missing: dict[Remote, Key] = {}
        for handles in parts_of(wanted, _TOGETHER):
            rows = await _rows(session, [{"handle": handle} for handle in handles])
            for handle, found in zip(handles, rows, strict=True):
                if found is not None:
                    yield _resource(target, handle, found)
                elif (remote := wanted[handle]) is not None:
                    missing[remote] = handle
        for ids in parts_of(missing, _TOGETHER):
            for found in await _rows(session, [{"id": id_} for id_ in ids]):
                if found is not None and found["handle"] not in wanted:
                    yield _resource(target, missing[found["id"]], found)

    def batches(self, changes: Sequence[Change[Collection]]) -> Iterable[Batch[Collection]]:
        for part in parts_of(changes, READ_TOGETHER):
            yield Batch(
                part,
                requests=len(part),
                points=10 * len(part),
                reading=_reading(part),
                besides=sum(map(_besides, part), FREE),
            )

    async def write(
        self, session: ShopifyWriter, batch: Batch[Collection]
    ) -> Sequence[Outcome[Collection]]:
        return await one_by_one(batch.changes, partial(_write, session))


def _reading(changes: Sequence[Change[Collection]]) -> Range:
    """One request; a second one looks by remotes for what its key does not find."""
    most = Cost(1, _POINTS * len(changes))
    twice = any(change.renamed_from or change.action is Action.DELETE for change in changes)
    return Range(Cost(1, len(changes)), most * 2 if twice else most)


def _besides(change: Change[Collection]) -> Range:
    """A change of rules reads the rules before it, and asks its job a few times after it."""
    answer = Range(NOTHING, Cost(0, 3))
    changes_rules = change.differs_in("match") or change.differs_in("conditions")
    if change.before is None or change.after is None or not changes_rules:
        return answer
    return answer + Range(Cost(1, 1), Cost(1, _POINTS)) + _JOB_ASKED


async def _rows(
    session: ShopifyReader, identifiers: Sequence[Mapping[str, str]]
) -> list[dict[str, Any] | None]:
    return await identified(session, _BY_IDENTIFIER, [Wish(i) for i in identifiers])


def _resource(target: str, key: Key, row: Mapping[str, Any]) -> Resource[Collection]:
    ours = our_source(row)
    return Resource(
        Address(target, "collection", key),
        Collection(
            title=row["title"],
            description_html=row["descriptionHtml"] or None,
            sort_order=row["sortOrder"],
            match=ours.match,
            conditions=ours.texts,
        ),
        remote=row["id"],
        live_key=row["handle"] if row["handle"] != key else None,
    )


async def _write(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    if change.action is Action.DELETE:
        return await _delete(session, change)
    if change.before is None:
        return await _create(session, change)
    return await _update(session, change)


async def _create(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    assert change.after is not None
    fields = stated(change.after.spec)
    collection = _texts(fields, fields) | {
        "handle": change.address.key,
        "sources": [_new_source(fields)],
    }
    payload = await session.mutate(_CREATE, "collectionCreate", collection=collection)
    return _told(change, payload["collection"])


async def _update(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    assert change.after is not None
    fields = stated(change.after.spec)
    collection = _texts(fields, [name for name in fields if change.differs_in(name)])
    if change.renamed_from is not None:
        collection["handle"] = change.address.key
    if change.differs_in("match") or change.differs_in("conditions"):
        (row,) = await _rows(session, [{"id": str(change.remote)}])
        ours = our_source(row) if row else OurSource(None, None, (), ())
        if ours.unfit:
            return _unfit(change, ours)
        collection |= _rules(ours, fields)
    payload = await session.mutate(
        _UPDATE, "collectionUpdate", collection={"id": change.remote, **collection}
    )
    await _gathered(session, payload["job"])
    return _told(change, payload["collection"])


async def _delete(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    """That it is already gone is success."""
    try:
        await session.mutate(_DELETE, "collectionDelete", input={"id": change.remote})
    except UserErrors as refused:
        if not refused.says(_GONE):
            raise
    return done(change.address, None)


def _texts(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Empty HTML is written as an empty text: null would leave it as it is."""
    given = {_FIELDS[name]: fields[name] for name in names if name in _FIELDS}
    return given | ({"descriptionHtml": ""} if given.get("descriptionHtml", "") is None else {})


def _new_source(fields: Mapping[str, Any]) -> dict[str, Any]:
    conditions = [condition_input(text) for text in fields["conditions"]]
    inclusion = {"matchType": fields["match"].upper(), "conditions": conditions}
    return {"source": {"title": TITLE, "targetType": "PRODUCTS", "inclusion": inclusion}}


def _rules(ours: OurSource, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What makes our source say what is desired: a new source, or a difference of the old."""
    if ours.id is None:
        return {"sourcesToCreate": [_new_source(fields)]}
    held = {text for _, text in ours.conditions}
    wanted = fields["conditions"]
    inclusion = {
        "matchType": fields["match"].upper(),
        "conditionsToCreate": [condition_input(text) for text in wanted if text not in held],
        "conditionsToDelete": [id_ for id_, text in ours.conditions if text not in wanted],
    }
    return {"sourcesToUpdate": [{"condition": {"id": ours.id, "inclusion": inclusion}}]}


def _unfit(change: Change[Collection], ours: OurSource) -> Outcome[Collection]:
    return failed(
        change.address,
        f"its rules also hold {', '.join(ours.unfit)}, which Planogram does not take away"
        f" · remove it in the admin, or give the source that shall be managed the title {TITLE}",
        change.remote,
    )


def _told(change: Change[Collection], collection: Mapping[str, Any]) -> Outcome[Collection]:
    """A handle that was taken meanwhile is answered by another one, like `x-1`. That has failed,
    and the remote is kept: reading again by the key would find whoever took it."""
    handle = collection["handle"]
    if handle == change.address.key:
        return done(change.address, collection["id"])
    text = f"the platform gave it the handle {handle} · free {change.address.key}, then plan again"
    return Outcome(change.address, Status.FAILED, collection["id"], None, handle, text)


async def _gathered(session: ShopifyWriter, job: Mapping[str, Any] | None) -> None:
    """Wait until the products are gathered, as long as that is worth it: the collection itself
    is written, and how its products fare can not make that undone."""
    pause = 0.25
    with anyio.move_on_after(JOB_SECONDS):
        try:
            while job and not job["done"]:
                await anyio.sleep(pause)
                pause = min(2 * pause, 4.0)
                job = (await session.query(_JOB, id=job["id"]))["job"]
        except PlatformError:
            return
