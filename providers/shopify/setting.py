"""Metafields written: 25 in a call or very many in bulk, and those that are to be nothing deleted.

A write carries the digest that was read, or null where nothing was there. For a deletion Shopify
compares nothing; the digest is then compared by a reading just before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from providers.kit.graphql import GraphQLError, Mutation
from providers.shopify.bulk import Busy
from providers.shopify.bulk_writing import carried_out, fits, written
from providers.shopify.client import ShopifyWriter, UserErrors, is_too_much, row_of, told
from providers.shopify.metafields import FRAGMENT, Name, Row, full_name, named, pieces
from providers.shopify.parts import parts_of, together
from providers.shopify.referred import same_ids, told_fields
from providers.shopify.types import REFERENCES
from reconciler.concurrent import side_by_side
from reconciler.model.address import Key
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, Status, done, failed
from reconciler.model.spec import plain, restore, stated
from reconciler.provider import Ambiguous, PlatformError, Unresolved

MOST_SET: Final = 25
"""The most metafields that one `metafieldsSet` takes; it writes all of them or none."""

SET: Final = Mutation(
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

_REFERENCES: Final = tuple(dict.fromkeys(kind for kind, _ in REFERENCES.values()))
"""The fields of a metafield that say what it refers to."""

Rows = list[tuple[Change[Any], Row]]
"""Changes with what is sent for each."""


async def set_together(
    session: ShopifyWriter, changes: Sequence[Change[Any]]
) -> list[Outcome[Any]]:
    """The call is all or nothing: what is wrong is taken out, and the rest sent again."""
    rows, outcomes = _inputs(session, changes)
    if not rows:
        return outcomes
    try:
        payload = await session.mutate(SET, "metafieldsSet", metafields=[row for _, row in rows])
    except UserErrors as refused:
        return outcomes + await _without_the_bad(session, [c for c, _ in rows], refused)
    except GraphQLError as error:
        if not is_too_much(error) or len(rows) == 1:
            raise
        return outcomes + await _in_halves(session, [c for c, _ in rows])
    return outcomes + _stored(rows, payload["metafields"])


async def _in_halves(session: ShopifyWriter, changes: Sequence[Change[Any]]) -> list[Outcome[Any]]:
    """Each half fails for itself."""
    middle = len(changes) // 2
    first = await _set_alone(session, changes[:middle])
    return first + await _set_alone(session, changes[middle:])


async def _set_alone(session: ShopifyWriter, changes: Sequence[Change[Any]]) -> list[Outcome[Any]]:
    """What goes wrong is told of these changes, and of no others of the batch."""
    try:
        return await set_together(session, changes)
    except Ambiguous:
        raise
    except PlatformError as error:
        return [failed(change.address, str(error), change.remote) for change in changes]


def _inputs(
    session: ShopifyWriter, changes: Sequence[Change[Any]]
) -> tuple[Rows, list[Outcome[Any]]]:
    """What is sent, and what can not be."""
    rows: Rows = []
    outcomes: list[Outcome[Any]] = []
    for change in changes:
        try:
            rows.append((change, _input(session, change)))
        except Unresolved as error:
            outcomes.append(failed(change.address, str(error), change.remote))
    return rows, outcomes


async def set_in_bulk(session: ShopifyWriter, changes: Sequence[Change[Any]]) -> list[Outcome[Any]]:
    """A line of the file is a call of 25. What is not cleanly done is sent again by a call of its
    own: a value that is there already may be written again whatever its digest."""
    rows, outcomes = _inputs(session, changes)
    parts = [list(part) for part in parts_of(rows, MOST_SET)]
    answers = await _answers(session, parts)
    again: list[Sequence[Change[Any]]] = []
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
        return await carried_out(session, SET, lines)
    except Busy:
        return {}


def _stored(rows: Sequence[tuple[Change[Any], Row]], answered: Sequence[Row]) -> list[Outcome[Any]]:
    """What the answer tells of each row: it is what Shopify holds now."""
    told_of = {(row["owner"]["id"], full_name(row)): row for row in answered}
    outcomes: list[Outcome[Any]] = []
    for change, row in rows:
        found = told_of.get((row["ownerId"], f"{row['namespace']}.{row['key']}"))
        if found is None:
            outcomes.append(failed(change.address, "the answer does not tell of it", change.remote))
        else:
            outcomes.append(done(change.address, found["id"], _echo(change, row, found)))
    return outcomes


def _echo(change: Change[Any], sent: Row, found: Row) -> Any:
    """An answer does not tell all keys of what is referred to: the very ids that were sent are
    those of the keys that were asked for."""
    assert change.after is not None
    told = told_fields(found)
    asked = stated(change.after.spec)
    kept = told["type"] == sent["type"] and same_ids(found["value"], sent["value"])
    if kept:
        told |= {kind: asked[kind] for kind in _REFERENCES if asked.get(kind) is not None}
    return restore(type(change.after.spec), plain(told))


async def _without_the_bad(
    session: ShopifyWriter, changes: Sequence[Change[Any]], refused: UserErrors
) -> list[Outcome[Any]]:
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
    return outcomes + (await set_together(session, good) if good else [])


def _refused(change: Change[Any], errors: Sequence[Mapping[str, Any]]) -> Outcome[Any]:
    text = "; ".join(told(error) for error in errors)
    if any(error.get("code") in _MOVED for error in errors):
        return _moved(change, text)
    return failed(change.address, text, change.remote)


def _moved(change: Change[Any], text: str) -> Outcome[Any]:
    return Outcome(
        change.address, Status.HELD, change.remote, message=f"changed since plan: {text}"
    )


def _input(session: ShopifyWriter, change: Change[Any]) -> dict[str, Any]:
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


def _value(session: ShopifyWriter, wanted: Any) -> str:
    fields = stated(wanted)
    for kind in _REFERENCES:
        keys = fields.get(kind)
        if isinstance(keys, list):
            return json.dumps([session.remotes(kind, key) for key in keys], separators=(",", ":"))
        if keys is not None:
            return session.remotes(kind, keys)
    return str(fields["value"])


async def emptied(session: ShopifyWriter, changes: Sequence[Change[Any]]) -> list[Outcome[Any]]:
    """Delete what still is as it was planned from; what is gone already has converged."""
    live: dict[Key, dict[str, Any]] = {}
    for piece in pieces({change.address.key: None for change in changes}):
        live |= dict(await named(session, piece))
    outcomes: list[Outcome[Any]] = []
    todo: list[Change[Any]] = []
    for change in changes:
        found = live.get(change.address.key)
        if found is None:
            outcomes.append(Outcome(change.address, Status.CONVERGED))
        elif change.before is None or found["compareDigest"] != change.before.token:
            outcomes.append(_moved(change, "value"))
        else:
            todo.append(change)
    return outcomes + (await together(todo, partial(_delete, session)) if todo else [])


async def _delete(session: ShopifyWriter, changes: Sequence[Change[Any]]) -> list[Outcome[Any]]:
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
