"""Metafields of products: a value under `product/<handle>/<namespace>.<key>`.

Shopify compares and sets: a write carries the digest that was read, or null where nothing was
there, so that nobody's edit is ever overwritten. For a deletion it offers no such thing; the
digest is then compared by a reading just before.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import GraphQLError, Mutation
from providers.shopify.bulk import Busy
from providers.shopify.bulk_writing import carried_out, fits, written
from providers.shopify.client import (
    ShopifyReader,
    ShopifyWriter,
    UserErrors,
    is_too_much,
    row_of,
    told,
)
from providers.shopify.exports import how_many_products, is_worth, metafields_in_bulk
from providers.shopify.kinds.file import shown
from providers.shopify.metafields import (
    FRAGMENT,
    POINTS_OF_EVERY,
    Name,
    Row,
    by_id,
    every,
    full_name,
    key_of,
    named,
    piece_points,
    pieces,
    points_of_all,
)
from providers.shopify.parts import parts_of, together
from providers.shopify.referred import resolved, same_ids, told_fields, with_referred
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Pictures
from reconciler.model.cost import NOTHING, Cost, Range
from reconciler.model.outcome import Outcome, Status, done, failed
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, Ref, plain, restore, spec, stated
from reconciler.provider import (
    ALL,
    Ambiguous,
    Batch,
    Echo,
    Lookup,
    OnDrop,
    PlatformError,
    Precondition,
    Unresolved,
    Wanted,
)

TOGETHER_IN_BULK: Final = 50_000
"""Values in one bulk operation: what is killed with it is looked at again."""

MOST_SET: Final = 25
"""The most metafields that one `metafieldsSet` takes; it writes all of them or none."""

_SET: Final = Mutation(
    f"""mutation SetMetafields($metafields: [MetafieldsSetInput!]!) {{
      metafieldsSet(metafields: $metafields) {{
        metafields {{ ...Value owner {{ ... on Product {{ id handle }} }} }}
        userErrors {{ field message code }}
      }}
    }}
    {FRAGMENT}""",
    cost=13,
)

_DELETE: Final = Mutation(
    """mutation DeleteMetafields($metafields: [MetafieldIdentifierInput!]!) {
      metafieldsDelete(metafields: $metafields) {
        deletedMetafields { key namespace ownerId }
        userErrors { field message }
      }
    }"""
)

_MOVED: Final = frozenset({"STALE_OBJECT", "INVALID_COMPARE_DIGEST"})

_REFERENCES: Final = ("page", "file", "product", "variant", "collection", "metaobject")

_Page = Annotated[str, Ref("page")]
_File = Annotated[str, Ref("file")]
_Product = Annotated[str, Ref("product")]
_Variant = Annotated[str, Ref("variant")]
_Collection = Annotated[str, Ref("collection")]
_Metaobject = Annotated[str, Ref("metaobject")]


@spec
class Metafield:
    """`type` with one of the others; or `value` alone, and null: there is to be nothing.

    A live metafield tells `value` in the form in which values are compared, and beside it the keys
    of what it refers to: one, or those of a list in its order."""

    type: Owned[str] = UNSTATED
    value: Owned[str | None] = UNSTATED
    page: Owned[_Page | tuple[_Page, ...] | None] = UNSTATED
    file: Owned[_File | tuple[_File, ...] | None] = UNSTATED
    product: Owned[_Product | tuple[_Product, ...] | None] = UNSTATED
    variant: Owned[_Variant | tuple[_Variant, ...] | None] = UNSTATED
    collection: Owned[_Collection | tuple[_Collection, ...] | None] = UNSTATED
    metaobject: Owned[_Metaobject | tuple[_Metaobject, ...] | None] = UNSTATED


@dataclass(frozen=True)
class MetafieldKind:
    """bulk_write_from: so many values of one wave, or more, are written by bulk operations."""

    bulk_write_from: int | None = None

    name = "metafield"
    spec = Metafield
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.PLATFORM
    echo = Echo.ANSWER

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", Name.of(key).handle

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Metafield]]:
        """`token` is the digest to compare with. A metafield whose product has another handle
        now is found by its remote."""
        if wanted is ALL:
            async for handle, row in resolved(session, _all(session)):
                yield _resource(target, key_of(handle, row), row)
            return
        if is_worth(session, len(wanted), points_of_all(wanted)):
            try:
                async for resource in _exported(session, target, wanted):
                    yield resource
                return
            except Busy:
                pass
        missing = dict(wanted)
        for piece in pieces(wanted):
            found = await named(session, piece)
            rows = await with_referred(session, [row for _, row in found])
            for (key, _), row in zip(found, rows, strict=True):
                missing.pop(key, None)
                yield _resource(target, key, row)
        moved = {remote: key for key, remote in missing.items() if remote is not None}
        for ids in parts_of(moved, 50):
            rows = [row async for row in by_id(session, ids)]
            for row in await with_referred(session, rows):
                live = key_of(row["owner"]["handle"], row)
                if live not in wanted:
                    yield _resource(target, moved[row["id"]], row, live)

    def nothing(self) -> Metafield:
        """Its creation is taken back by emptying it: what is empty is not there."""
        return Metafield(value=None)

    def about(self, resource: Resource[Any]) -> About:
        """A value of one product, by its full name."""
        name = Name.of(resource.address.key)
        return About("metafield", products=(name.handle,), field=name.full)

    def batches(self, changes: Sequence[Change[Metafield]]) -> Iterable[Batch[Metafield]]:
        """Values in calls of 25, or very many in bulk; deletions apart, with a reading before each
        call."""
        stated = [change for change in changes if not _empties(change)]
        emptied = [change for change in changes if _empties(change)]
        least = self.bulk_write_from
        if least is not None and len(stated) >= max(least, MOST_SET + 1):
            for part in _even(stated, max(TOGETHER_IN_BULK, 2 * least)):
                yield Batch(part, requests=3, points=20, lane="bulk", besides=_bulk(len(part)))
            stated = []
        for part in parts_of(stated, MOST_SET):
            yield Batch(part, points=10, besides=_ANSWER)
        for part in parts_of(emptied, MOST_SET):
            yield Batch(part, points=10, besides=_found(part))

    async def write(
        self, session: ShopifyWriter, batch: Batch[Metafield]
    ) -> Sequence[Outcome[Metafield]]:
        if _empties(batch.changes[0]):
            return await _empty(session, batch.changes)
        if len(batch.changes) > MOST_SET:
            return await _set_in_bulk(session, batch.changes)
        return await _set(session, batch.changes)

    def pictures(self, change: Change[Metafield], at: Lookup) -> Pictures | None:
        """The images that a file reference leads to, unless the product is a draft."""
        product = at("product", Name.of(change.address.key).handle)
        if product is None or product.is_draft or not change.differs_in("file"):
            return None
        before, after = (_name(v.get("file")) for v in (change.before_values, change.after_values))
        file = at("file", after) if after else None
        return Pictures(
            _picture(change.before, before) if before else (),
            _picture(file, after) if after else (),
        )


async def _all(session: ShopifyReader) -> AsyncIterator[tuple[str, Row]]:
    """By a bulk operation, where there are many products and it can be had."""
    products = await how_many_products(session)
    if is_worth(session, products, products * POINTS_OF_EVERY):
        try:
            async for handle, row in metafields_in_bulk(session, FRAGMENT, None):
                yield handle, row
            return
        except Busy:
            pass
    async for handle, row in every(session):
        yield handle, row


async def _exported(
    session: ShopifyReader, target: str, wanted: Mapping[Key, Remote | None]
) -> AsyncIterator[Resource[Metafield]]:
    """What is wanted of all that there is. A metafield that is wanted under no key that it stands
    under is known by its remote."""
    missing = {key: key for key in wanted}
    by_remote = {remote: key for key, remote in wanted.items() if remote is not None}
    moved: list[tuple[str, Row]] = []
    names = {Name.of(key).full for key in wanted}
    told = metafields_in_bulk(session, FRAGMENT, names)
    async for handle, row in resolved(session, told):
        key = key_of(handle, row)
        if key in wanted:
            yield _resource(target, missing.pop(key, key), row)
        elif row["id"] in by_remote:
            moved.append((key, row))
    for live, row in moved:
        if by_remote[row["id"]] in missing:
            yield _resource(target, by_remote[row["id"]], row, live)


def _name(value: object) -> Key | None:
    return value if isinstance(value, str) else None


def _picture(resource: Resource[Any] | None, name: Key) -> tuple[str, ...]:
    url = resource.picture(name) if resource else None
    return (url,) if url else ()


_ANSWER: Final = Range(NOTHING, Cost(0, 10))
"""What the answer of a call may cost: its metafields with what they refer to and belong to."""


def _bulk(values: int) -> Range:
    """Looking for others of ours, looking at it, and its file; at worst every call again, and
    others' operations before it."""
    calls = -(-values // MOST_SET)
    return Range(Cost(2, 1, 1), Cost(150 + 2 * calls, 200 + 25 * calls, 600 + calls))


def _even(
    changes: Sequence[Change[Metafield]], most: int
) -> Iterable[tuple[Change[Metafield], ...]]:
    """The fewest parts, none much smaller than the others: a small rest would not go in bulk."""
    count = -(-len(changes) // most)
    return parts_of(changes, -(-len(changes) // count))


def _found(changes: Sequence[Change[Metafield]]) -> Range:
    """The reading before a deletion, and what the answer of that may cost."""
    asked = list(pieces({change.address.key: None for change in changes}))
    most = sum(piece_points(piece) for piece in asked)
    return Range(Cost(len(asked), len(asked)), Cost(len(asked), most + 10))


def _empties(change: Change[Metafield]) -> bool:
    return change.after is None or change.after.spec.value is None


def _resource(
    target: str, key: Key, row: Mapping[str, Any], live_key: Key | None = None
) -> Resource[Metafield]:
    return Resource(
        Address(target, "metafield", key),
        _spec(row),
        remote=row["id"],
        token=row["compareDigest"],
        live_key=live_key,
        shows=shown(row.get("reference") or {}),
    )


def _spec(row: Mapping[str, Any]) -> Metafield:
    return Metafield(**told_fields(row))


Rows = list[tuple[Change[Metafield], Row]]
"""Changes with what is sent for each."""


async def _set(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """The call is all or nothing: what is wrong is taken out, and the rest sent again."""
    rows, outcomes = _inputs(session, changes)
    if not rows:
        return outcomes
    try:
        payload = await session.mutate(_SET, "metafieldsSet", metafields=[row for _, row in rows])
    except UserErrors as refused:
        return outcomes + await _without_the_bad(session, [c for c, _ in rows], refused)
    except GraphQLError as error:
        if not is_too_much(error) or len(rows) == 1:
            raise
        return outcomes + await _in_halves(session, [c for c, _ in rows])
    return outcomes + _stored(rows, payload["metafields"])


async def _in_halves(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """Each half fails for itself."""
    middle = len(changes) // 2
    first = await _set_alone(session, changes[:middle])
    return first + await _set_alone(session, changes[middle:])


async def _set_alone(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """What goes wrong is told of these changes, and of no others of the batch."""
    try:
        return await _set(session, changes)
    except Ambiguous:
        raise
    except PlatformError as error:
        return [failed(change.address, str(error), change.remote) for change in changes]


def _inputs(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> tuple[Rows, list[Outcome[Metafield]]]:
    """What is sent, and what can not be."""
    rows: Rows = []
    outcomes: list[Outcome[Metafield]] = []
    for change in changes:
        try:
            rows.append((change, _input(session, change)))
        except Unresolved as error:
            outcomes.append(failed(change.address, str(error), change.remote))
    return rows, outcomes


async def _set_in_bulk(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """A line of the file is a call of 25. What is not cleanly done is sent again by a call of its
    own: a value that is there already may be written again whatever its digest."""
    rows, outcomes = _inputs(session, changes)
    parts = [list(part) for part in parts_of(rows, MOST_SET)]
    answers = await _answers(session, parts)
    again: list[Sequence[Change[Metafield]]] = []
    for place, part in enumerate(parts):
        payload = (answers.get(place, {}).get("data") or {}).get("metafieldsSet")
        if payload and not payload["userErrors"]:
            outcomes += _stored(part, payload["metafields"])
        else:
            again.append([change for change, _ in part])
    sent = await side_by_side(partial(_set_alone, session, part) for part in again)
    return outcomes + [outcome for part in sent for outcome in part]


async def _answers(session: ShopifyWriter, parts: Sequence[Rows]) -> Mapping[int, Row]:
    """By the place of each part. None where no operation is to be had, or no file so large."""
    lines = written([{"metafields": [row for _, row in part]} for part in parts])
    if not fits(lines):
        return {}
    try:
        return await carried_out(session, _SET, lines)
    except Busy:
        return {}


def _stored(
    rows: Sequence[tuple[Change[Metafield], Row]], answered: Sequence[Row]
) -> list[Outcome[Metafield]]:
    """What the answer tells of each row: it is what Shopify holds now."""
    told_of = {(row["owner"]["id"], full_name(row)): row for row in answered}
    outcomes: list[Outcome[Metafield]] = []
    for change, row in rows:
        found = told_of.get((row["ownerId"], f"{row['namespace']}.{row['key']}"))
        if found is None:
            outcomes.append(failed(change.address, "the answer does not tell of it", change.remote))
        else:
            outcomes.append(done(change.address, found["id"], _echo(change, row, found)))
    return outcomes


def _echo(change: Change[Metafield], sent: Row, found: Row) -> Metafield:
    """An answer does not tell all keys of what is referred to: the very ids that were sent are
    those of the keys that were asked for."""
    assert change.after is not None
    told = told_fields(found)
    asked = stated(change.after.spec)
    kept = told["type"] == sent["type"] and same_ids(found["value"], sent["value"])
    if kept:
        told |= {kind: asked[kind] for kind in _REFERENCES if asked.get(kind) is not None}
    return restore(Metafield, plain(told))


async def _without_the_bad(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]], refused: UserErrors
) -> list[Outcome[Metafield]]:
    """Rows are named by their index; a refusal that names none is halved down to its row."""
    by_index: dict[int, list[Mapping[str, Any]]] = {}
    for error in refused.errors:
        by_index.setdefault(row_of(error), []).append(error)
    bad = {index: errors for index, errors in by_index.items() if 0 <= index < len(changes)}
    if not bad and len(changes) > 1:
        return await _in_halves(session, changes)
    if not bad:
        return [_refused(changes[0], refused.errors)]
    outcomes = [_refused(changes[index], errors) for index, errors in bad.items()]
    good = [change for index, change in enumerate(changes) if index not in bad]
    return outcomes + (await _set(session, good) if good else [])


def _refused(change: Change[Metafield], errors: Sequence[Mapping[str, Any]]) -> Outcome[Metafield]:
    text = "; ".join(told(error) for error in errors)
    if any(error.get("code") in _MOVED for error in errors):
        return _moved(change, text)
    return failed(change.address, text, change.remote)


def _moved(change: Change[Metafield], text: str) -> Outcome[Metafield]:
    return Outcome(
        change.address, Status.HELD, change.remote, message=f"changed since plan: {text}"
    )


def _input(session: ShopifyWriter, change: Change[Metafield]) -> dict[str, Any]:
    """A JSON null as digest says that there is to be nothing yet; leaving it out would say
    that anything may be overwritten."""
    assert change.after is not None
    name = Name.of(change.address.key)
    return {
        "ownerId": session.remotes("product", name.handle),
        "namespace": name.namespace,
        "key": name.key,
        "type": change.after.spec.type,
        "value": _value(session, change.after.spec),
        "compareDigest": change.before.token if change.before else None,
    }


def _value(session: ShopifyWriter, wanted: Metafield) -> str:
    fields = stated(wanted)
    for kind in _REFERENCES:
        keys = fields.get(kind)
        if isinstance(keys, list):
            return json.dumps([session.remotes(kind, key) for key in keys], separators=(",", ":"))
        if keys is not None:
            return session.remotes(kind, keys)
    return str(fields["value"])


async def _empty(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """Delete what still is as it was planned from; what is gone already has converged."""
    live: dict[Key, dict[str, Any]] = {}
    for piece in pieces({change.address.key: None for change in changes}):
        live |= dict(await named(session, piece))
    outcomes: list[Outcome[Metafield]] = []
    todo: list[Change[Metafield]] = []
    for change in changes:
        found = live.get(change.address.key)
        if found is None:
            outcomes.append(Outcome(change.address, Status.CONVERGED))
        elif change.before is None or found["compareDigest"] != change.before.token:
            outcomes.append(_moved(change, "value"))
        else:
            todo.append(change)
    return outcomes + (await together(todo, partial(_delete, session)) if todo else [])


async def _delete(
    session: ShopifyWriter, changes: Sequence[Change[Metafield]]
) -> list[Outcome[Metafield]]:
    """What is not there is no error."""
    names = [Name.of(change.address.key) for change in changes]
    rows = [
        {
            "ownerId": session.remotes("product", name.handle),
            "namespace": name.namespace,
            "key": name.key,
        }
        for name in names
    ]
    await session.mutate(_DELETE, "metafieldsDelete", metafields=rows)
    return [done(change.address, None) for change in changes]
