"""What metafields refer to, by the keys that people know: handles, file names, titles.

What a list refers to is asked for by id, in one more request for many rows, because a connection in
every metafield would make each reading dear. So are metaobjects, which a shop's token need not be
allowed to read. `referred` of a row are these things, in the list's order.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader
from providers.shopify.metafields import Row
from providers.shopify.naming import file_name
from providers.shopify.parts import parts_of
from providers.shopify.types import REFERENCES, base_of, canonical, field_of, is_list
from reconciler.model.address import Key, Remote
from reconciler.model.spec import Value

_REFERRED: Final = Query(
    """query Referred($ids: [ID!]!) {
      nodes(ids: $ids) {
        __typename id
        ... on Page { handle }
        ... on Product { handle }
        ... on ProductVariant { title product { handle } }
        ... on Collection { handle }
        ... on Metaobject { type handle }
        ... on MediaImage { image { url } }
        ... on GenericFile { url }
      }
    }""",
    cost=200,
)
_REFERS_TO_NOTHING: Final[Mapping[str, Value]] = {kind: None for kind, _ in REFERENCES.values()}
_REFERRED_TOGETHER: Final = 100
_ROWS_TOGETHER: Final = 500


async def with_referred(session: ShopifyReader, rows: Sequence[Row]) -> list[Row]:
    """The rows, those told by ids alone with what they refer to."""
    ids = dict.fromkeys(id_ for row in rows for id_ in _ids_of(row))
    found: dict[Remote, Row] = {}
    for part in parts_of(ids, _REFERRED_TOGETHER):
        nodes = (await session.query(_REFERRED, ids=list(part)))["nodes"]
        found |= {node["id"]: node for node in nodes if node}
    return [_with(row, found) for row in rows]


def _with(row: Row, found: Mapping[Remote, Row]) -> Row:
    ids = _ids_of(row)
    return {**row, "referred": [found.get(id_, {"id": id_}) for id_ in ids]} if ids else row


async def resolved(
    session: ShopifyReader, found: AsyncIterator[tuple[str, Row]]
) -> AsyncIterator[tuple[str, Row]]:
    """Rows by their product's handle, many at a time."""
    waiting: list[tuple[str, Row]] = []
    async for handle, row in found:
        waiting.append((handle, row))
        if len(waiting) == _ROWS_TOGETHER:
            for told in await _all_told(session, waiting):
                yield told
            waiting = []
    for told in await _all_told(session, waiting):
        yield told


async def _all_told(
    session: ShopifyReader, found: Sequence[tuple[str, Row]]
) -> Iterator[tuple[str, Row]]:
    rows = await with_referred(session, [row for _, row in found])
    return zip((handle for handle, _ in found), rows, strict=True)


def _ids_of(row: Row) -> list[Remote]:
    """What `reference` does not tell."""
    base = base_of(row["type"])
    if base not in REFERENCES:
        return []
    if is_list(row["type"]):
        return listed(row["value"])
    return [row["value"]] if REFERENCES[base][0] == "metaobject" else []


def listed(value: str) -> list[Remote]:
    """The ids of a list of references."""
    try:
        ids = json.loads(value)
    except ValueError:
        return []
    return [str(id_) for id_ in ids] if isinstance(ids, list) else []


def same_ids(one: str, other: str) -> bool:
    """Whether two values refer to the same, in lists whatever the spaces between."""
    return one == other or (bool(listed(one)) and listed(one) == listed(other))


def told_fields(row: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of a live metafield: its value as values are compared, and the keys of what it
    refers to. Of a list, what has no key is told by its id."""
    value = canonical(row["type"], row["value"])
    fields: dict[str, Value] = {**_REFERS_TO_NOTHING, "type": row["type"], "value": value}
    if base_of(row["type"]) not in REFERENCES:
        return fields
    if is_list(row["type"]):
        things: list[Row] = row.get("referred") or [{"id": id_} for id_ in listed(row["value"])]
        fields[field_of(row["type"])] = tuple(_key_of(thing) or thing["id"] for thing in things)
    else:
        thing: Row = (row.get("referred") or [row.get("reference") or {}])[0]
        fields[field_of(row["type"])] = _key_of(thing)
    return fields


def _key_of(thing: Mapping[str, Any]) -> Key | None:
    match thing.get("__typename"):
        case "Page" | "Product" | "Collection":
            return str(thing["handle"])
        case "ProductVariant":
            return f"{thing['product']['handle']}/{thing['title']}"
        case "Metaobject":
            return f"{thing['type']}/{thing['handle']}" if "type" in thing else None
        case "MediaImage" | "GenericFile":
            return file_name(thing)
    return None
