"""Collections: what they are called and shown with, and which products belong to them (the
`sources` model of 2026-07).

Conditions have ids and are changed by difference: they are matched by content, what is missing
is created, what is too much deleted. Publication is not looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import PAGE, ShopifyReader, ShopifyWriter, UserErrors
from providers.shopify.conditions import parsed
from providers.shopify.identified import Field, Wish, identified
from providers.shopify.naming import last_of, original_of
from providers.shopify.operations import JOB_ASKED, until_done
from providers.shopify.parts import one_by_one, parts_of
from providers.shopify.preview.foretelling import Asked, foretold
from providers.shopify.search import term
from providers.shopify.sources import (
    FRAGMENT,
    TITLE,
    OurSources,
    Part,
    creation,
    difference,
    our_sources,
    part_of,
    referred_to,
)
from providers.shopify.sources import Wish as Membership
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change, Effect
from reconciler.model.cost import FREE, NOTHING, Cost, Range
from reconciler.model.outcome import Outcome, Status, done, failed
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import CREATE_ONLY, RENAME_ONLY, UNSTATED, Merge, Owned, spec, stated
from reconciler.provider import ALL, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

READ_TOGETHER: Final = 10
"""Collections of a batch, which the core reads again before and after it."""

_TOGETHER: Final = 15
_POINTS: Final = 32
_FEWEST_POINTS: Final = 12
"""What a collection with conditions costs to be read, whatever is in it."""

_SELECTION: Final = """id handle title descriptionHtml sortOrder templateSuffix
  seo { title description } image { url altText } ...Sources"""

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
    cost=200,
)

_CHOSEN: Final = {
    side: Query(
        f"""query ChosenBy{side.capitalize()}($id: ID!, $after: String) {{
          node(id: $id) {{ ... on CollectionConditionsSource {{ {side} {{
            selections(first: {PAGE}, after: $after) {{
              nodes {{ {variants} product {{ id handle }} }}
              pageInfo {{ hasNextPage endCursor }}
            }} }} }} }}
        }}""",
        cost=30,
    )
    for side, variants in (("inclusion", "variantIds"), ("exclusion", ""))
}

_FILE: Final = Query(
    """query FileOfCollection($search: String!) {
      files(first: 5, query: $search) { nodes { ... on MediaImage { image { url } } } }
    }""",
    cost=5,
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

_GONE: Final = "Collection does not exist"

_FIELDS: Final = {
    "title": "title",
    "description_html": "descriptionHtml",
    "sort_order": "sortOrder",
    "template_suffix": "templateSuffix",
}
"""Fields of the spec and their names on the platform. An empty text is written as such: null
would leave it as it is."""

_RULES: Final = ("model", "match", "excluded_match", "conditions")
"""Fields of the spec that tell which products belong."""


@spec
class Collection:
    title: Owned[str] = UNSTATED
    description_html: Owned[str | None] = UNSTATED
    sort_order: Owned[str] = UNSTATED
    template_suffix: Owned[str | None] = UNSTATED
    seo_title: Owned[str | None] = UNSTATED
    seo_description: Owned[str | None] = UNSTATED
    image: Owned[str | None] = UNSTATED
    """The name of the picture's file: Shopify keeps a copy, and forgets where it came from."""
    image_alt: Owned[str | None] = UNSTATED
    image_url: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED
    """Where the picture is fetched from; unstated: it is a file of the shop."""
    redirect: Owned[Annotated[bool, RENAME_ONLY]] = UNSTATED
    """Whether the address under the old handle leads to the new one; stated where git renames."""
    model: Owned[str] = UNSTATED
    """`sources`, or `ruleSet`: the older model. Stated only where it may be left."""
    match: Owned[str | None] = UNSTATED
    """`all` or `any`: how the conditions are joined."""
    excluded_match: Owned[str | None] = UNSTATED
    """Likewise, of what products are excluded by."""
    conditions: Owned[Annotated[tuple[str, ...], Merge.SET]] = UNSTATED
    """All that our sources say, in canonical texts: see `providers.shopify.sources`."""


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
                await complete(session, row)
                yield _resource(target, row["handle"], row)
            return
        missing: dict[Remote, Key] = {}
        for handles in parts_of(wanted, _TOGETHER):
            rows = await rows_of(session, [{"handle": handle} for handle in handles])
            for handle, found in zip(handles, rows, strict=True):
                if found is not None:
                    yield _resource(target, handle, found)
                elif (remote := wanted[handle]) is not None:
                    missing[remote] = handle
        for ids in parts_of(missing, _TOGETHER):
            for found in await rows_of(session, [{"id": id_} for id_ in ids]):
                if found is not None and found["handle"] not in wanted:
                    yield _resource(target, missing[found["id"]], found)

    def about(self, resource: Resource[Collection]) -> About:
        """It gathers the products that bear the tags of its conditions."""
        said = resource.spec.conditions
        found = (parsed(text) for text in (said if isinstance(said, tuple) else ()))
        asked = [c for c in found if c is not None and c.on == "tag" and c.relation == "is"]
        tags = tuple(tag for condition in asked for tag in condition.values)
        return About("collection", tags=tags)

    def refers_to(self, target: str, spec: Collection) -> Iterable[Address]:
        return referred_to(target, spec.conditions) if isinstance(spec.conditions, tuple) else ()

    def batches(self, changes: Sequence[Change[Collection]]) -> Iterable[Batch[Collection]]:
        for part in parts_of(changes, READ_TOGETHER):
            yield Batch(
                part,
                requests=len(part),
                points=10 * len(part),
                reading=_reading(part),
                besides=sum(map(_besides, part), FREE),
            )

    async def effects(
        self, session: ShopifyReader, changes: Sequence[Change[Collection]]
    ) -> Mapping[Address, Effect]:
        """Which products enter and leave, of changes that move rules."""
        moved = [c for c in changes if c.after is not None and changes_rules(c)]
        if not moved:
            return {}
        rows = await _live_rows(session, moved)
        asked = [
            Asked(c.address.key, rows.get(str(c.remote)), _membership(stated(c.after.spec)))
            for c in moved
            if c.after is not None
        ]
        effects = await foretold(session, asked)
        return {c.address: effects[c.address.key] for c in moved}

    async def write(
        self, session: ShopifyWriter, batch: Batch[Collection]
    ) -> Sequence[Outcome[Collection]]:
        return await one_by_one(batch.changes, partial(_write, session))


async def _live_rows(
    session: ShopifyReader, changes: Sequence[Change[Collection]]
) -> dict[Remote, dict[str, Any]]:
    ids = [{"id": str(c.remote)} for c in changes if c.remote is not None]
    pages = [await rows_of(session, part) for part in parts_of(ids, _TOGETHER)]
    return {row["id"]: row for page in pages for row in page if row}


def _reading(changes: Sequence[Change[Collection]]) -> Range:
    """One request; a second one looks by remotes for what its key does not find."""
    most = Cost(1, _POINTS * len(changes))
    by_remote = Cost(1, len(changes))
    least = Cost(1, sum(map(_fewest, changes)))
    twice = any(change.renamed_from or change.action is Action.DELETE for change in changes)
    return Range(least, most + by_remote if twice else most)


def _fewest(change: Change[Collection]) -> int:
    """What one reading costs on the average of those before and after; of a collection that is
    made or goes, one of the two finds nothing."""
    there = [_fewest_of(side.spec) for side in (change.before, change.after) if side is not None]
    return min(there) if len(there) > 1 else there[0] // 2


def _fewest_of(collection: Collection) -> int:
    texts = collection.conditions
    has_source = texts is not UNSTATED and any(
        part_of(text) is not Part.SUB_COLLECTION for text in texts
    )
    is_older = collection.model == "ruleSet"
    return _FEWEST_POINTS if has_source and not is_older else 4


def _besides(change: Change[Collection]) -> Range:
    """A change of rules reads the rules before it, and asks its job a few times after it."""
    answer = Range(NOTHING, Cost(0, 3))
    if change.before is None or change.after is None or not changes_rules(change):
        return answer
    return answer + Range(Cost(1, _fewest(change)), Cost(1, _POINTS)) + JOB_ASKED


def changes_rules(change: Change[Collection]) -> bool:
    """Whether other products may belong afterwards."""
    return any(change.differs_in(name) for name in _RULES)


async def rows_of(
    session: ShopifyReader, identifiers: Sequence[Mapping[str, str]]
) -> list[dict[str, Any] | None]:
    """Collections by handle or id, whole: with all products that are chosen by hand."""
    rows = await identified(session, _BY_IDENTIFIER, [Wish(i) for i in identifiers])
    await side_by_side(partial(complete, session, row) for row in rows if row)
    return rows


async def complete(session: ShopifyReader, row: dict[str, Any]) -> None:
    """Put in the chosen products that did not fit on the first page."""
    for source in row["sources"]:
        for side in ("inclusion", "exclusion"):
            if source.get(side):
                await _complete(session, source["id"], side, source[side]["selections"])


async def _complete(session: ShopifyReader, id_: Remote, side: str, chosen: dict[str, Any]) -> None:
    rest = session.rest(chosen, _CHOSEN[side], "node", side, "selections", id=id_)
    chosen["nodes"] += [node async for node in rest]


def _resource(target: str, key: Key, row: Mapping[str, Any]) -> Resource[Collection]:
    ours, image = our_sources(row), row["image"]
    return Resource(
        Address(target, "collection", key),
        Collection(
            title=row["title"],
            description_html=row["descriptionHtml"] or None,
            sort_order=row["sortOrder"],
            template_suffix=row["templateSuffix"] or None,
            seo_title=row["seo"]["title"] or None,
            seo_description=row["seo"]["description"] or None,
            image=original_of(last_of(image["url"])) if image else None,
            image_alt=(image["altText"] or None) if image else None,
            model="ruleSet" if ours.is_older else "sources",
            match=ours.match,
            excluded_match=ours.excluded_match,
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
    collection = await _shown(session, fields, fields) | {
        "handle": change.address.key,
        "sources": creation(_membership(fields), session.remotes),
    }
    payload = await session.mutate(_CREATE, "collectionCreate", collection=collection)
    return _told(change, payload["collection"])


async def _update(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    assert change.after is not None
    fields = stated(change.after.spec)
    moved = [name for name in fields if change.differs_in(name)]
    collection = await _shown(session, fields, moved)
    if change.renamed_from is not None:
        collection["handle"] = change.address.key
        collection["redirectNewHandle"] = bool(fields.get("redirect"))
    if changes_rules(change):
        (row,) = await rows_of(session, [{"id": str(change.remote)}])
        ours = our_sources(row) if row else OurSources()
        if refusal := _refusal(ours, fields):
            return failed(change.address, refusal, change.remote)
        collection |= difference(ours, _membership(fields), session.remotes)
    payload = await session.mutate(
        _UPDATE, "collectionUpdate", collection={"id": change.remote, **collection}
    )
    await until_done(session, payload["job"])
    return _told(change, payload["collection"])


async def _delete(session: ShopifyWriter, change: Change[Collection]) -> Outcome[Collection]:
    """That it is already gone is success."""
    try:
        await session.mutate(_DELETE, "collectionDelete", input={"id": change.remote})
    except UserErrors as refused:
        if not refused.says(_GONE):
            raise
    return done(change.address, None)


async def _shown(
    session: ShopifyReader, fields: Mapping[str, Any], names: Iterable[str]
) -> dict[str, Any]:
    """The named fields as the platform takes them; those that tell the products are apart."""
    moved = set(names)
    shown = {theirs: fields[ours] or "" for ours, theirs in _FIELDS.items() if ours in moved}
    seo = {
        name: fields[f"seo_{name}"] or ""
        for name in ("title", "description")
        if f"seo_{name}" in moved
    }
    image = await _image(session, fields) if moved & {"image", "image_alt"} else {}
    return shown | ({"seo": seo} if seo else {}) | image


async def _image(session: ShopifyReader, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `PlatformError` for a file that the shop has not."""
    if fields.get("image") is None:
        return {"image": None}
    alt = {"altText": fields["image_alt"] or ""} if "image_alt" in fields else {}
    source = fields.get("image_url") or await _address(session, fields["image"])
    return {"image": {"src": source, **alt}}


async def _address(session: ShopifyReader, name: str) -> str:
    found = (await session.query(_FILE, search=term("filename", name)))["files"]["nodes"]
    addresses = [node["image"]["url"] for node in found if node.get("image")]
    for address in addresses:
        if original_of(last_of(address)) == name:
            return str(address)
    raise PlatformError(f"the shop has no image {name} · upload it, or write its url")


def _membership(fields: Mapping[str, Any]) -> Membership:
    return Membership(fields["conditions"], fields.get("match"), fields.get("excluded_match"))


def _refusal(ours: OurSources, fields: Mapping[str, Any]) -> str | None:
    """Why rules are not changed."""
    if ours.is_older and fields.get("model") != "sources":
        return "its rules are of the older model · write migrate: true, to bring it over"
    if ours.unfit:
        return (
            f"its rules also hold {', '.join(ours.unfit)}, which Planogram does not take away"
            f" · remove it in the admin, or give the source that shall be managed the title {TITLE}"
        )
    return None


def _told(change: Change[Collection], collection: Mapping[str, Any]) -> Outcome[Collection]:
    """A handle that was taken meanwhile is answered by another one, like `x-1`. That has failed,
    and the remote is kept: reading again by the key would find whoever took it."""
    handle = collection["handle"]
    if handle == change.address.key:
        return done(change.address, collection["id"])
    text = f"the platform gave it the handle {handle} · free {change.address.key}, then plan again"
    return Outcome(change.address, Status.FAILED, collection["id"], None, handle, text)
