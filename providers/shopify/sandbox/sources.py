"""The sources of a collection: conditions and selections with ids, changed by deltas.

Nothing about sources was recorded. Names and shapes are the vendor's schema; the words of the
refusals are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.sandbox import conditions
from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

_SUB: Final = "CollectionSubCollectionsSource"
_CONDITIONS: Final = "CollectionConditionsSource"
_SIDES: Final = ("inclusion", "exclusion")


def new_source(shop: Shop, fields: Mapping[str, Any]) -> Thing:
    """A conditions source of its fields as the API takes them. As only an app can make them:
    `shareable`, and conditions that this API version does not know (`{"unknown": {...}}`)."""
    exclusion = fields.get("exclusion")
    return {
        "__typename": _CONDITIONS,
        "id": _next_id(shop, _CONDITIONS),
        "title": fields["title"],
        "description": fields.get("description"),
        "targetType": fields.get("targetType") or "PRODUCTS",
        "shareable": bool(fields.get("shareable")),
        "inclusion": _rules(shop, fields.get("inclusion") or {}),
        "exclusion": _rules(shop, exclusion) if exclusion else None,
    }


def sub_collections(
    shop: Shop, title: str, collection_ids: Sequence[str], description: str | None = None
) -> Thing:
    return {
        "__typename": _SUB,
        "id": _next_id(shop, _SUB),
        "title": title,
        "description": description,
        "collection_ids": list(collection_ids),
    }


def made(shop: Shop, target: Mapping[str, Any]) -> Thing:
    """The source that a target of `sources` or `sourcesToCreate` comes to. A shareable one that is
    linked is the same one in every collection that links it."""
    if "source" in target:
        return new_source(shop, target["source"])
    if "subCollections" in target:
        fields = target["subCollections"]
        return sub_collections(
            shop, fields["title"], fields["collectionIds"], fields.get("description")
        )
    found = source_called(shop, target["shareableSource"]["sourceId"])
    assert found is not None, "was looked up before"
    return found


def source_called(shop: Shop, id_: str) -> Thing | None:
    sources = (source for c in shop.all("Collection") for source in c["sources"])
    return next((source for source in sources if source["id"] == id_), None)


def _rules(shop: Shop, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "matchType": fields.get("matchType"),
        "conditions": [conditions.new(shop, given) for given in fields.get("conditions") or ()],
        "selections": [_selection(given) for given in fields.get("selections") or ()],
    }


def _selection(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"productId": given["productId"], "variantIds": given.get("variantIds") or None}


def _next_id(shop: Shop, sort: str) -> str:
    return gid(sort, shop.next_number("source"))


def creation_errors(
    shop: Shop, targets: Sequence[Mapping[str, Any]], place: str, owner: Thing | None = None
) -> Iterator[UserError]:
    """What is wrong with sources that are to be made for a collection (None: a new one)."""
    for index, target in enumerate(targets):
        ((name, fields),) = target.items()
        way = [place, str(index), name]
        if name == "shareableSource":
            found = source_called(shop, fields["sourceId"])
            if found is None or not found.get("shareable"):
                yield user_error([*way, "sourceId"], "Source does not exist")
            continue
        if not fields["title"].strip():
            yield user_error([*way, "title"], "Title can't be blank")
        if name == "subCollections":
            yield from _reference_errors(shop, fields["collectionIds"], way, owner)
            continue
        for side in _SIDES:
            rules = fields.get(side) or {}
            yield from conditions.errors(
                shop, rules.get("conditions") or (), [*way, side, "conditions"]
            )
            yield from _selection_errors(
                shop, rules.get("selections") or (), [*way, side, "selections"]
            )


def _reference_errors(
    shop: Shop, ids: Sequence[str], way: Sequence[str], owner: Thing | None
) -> Iterator[UserError]:
    """Sub-collections have none of their own, and nobody is its own."""
    for index, id_ in enumerate(ids):
        found, place = shop.one("Collection", id_), [*way, "collectionIds", str(index)]
        if found is None:
            yield user_error(place, "Collection does not exist")
        elif owner is not None and owner["id"] == id_:
            yield user_error(place, "A source cannot reference its own collection")
        elif any(source["__typename"] == _SUB for source in found["sources"]):
            yield user_error(place, "Collection has sub-collections of its own")


def _selection_errors(
    shop: Shop, selections: Sequence[Mapping[str, Any]], way: Sequence[str]
) -> Iterator[UserError]:
    for index, selection in enumerate(selections):
        if shop.one("Product", selection["productId"]) is None:
            yield user_error([*way, str(index), "productId"], "Product does not exist")


def change_errors(shop: Shop, collection: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    """What is wrong with `sourcesToCreate`, `sourcesToUpdate`, `sourcesToDelete`."""
    created = fields.get("sourcesToCreate") or ()
    yield from creation_errors(shop, created, "sourcesToCreate", collection)
    known = {source["id"]: source for source in collection["sources"]}
    for index, id_ in enumerate(fields.get("sourcesToDelete") or ()):
        if id_ not in known:
            yield user_error(["sourcesToDelete", str(index)], "Source does not exist")
    for index, target in enumerate(fields.get("sourcesToUpdate") or ()):
        ((name, update),) = target.items()
        way = ["sourcesToUpdate", str(index), name]
        source = known.get(update["id"])
        sort = _SUB if name == "subCollections" else _CONDITIONS
        if source is None or source["__typename"] != sort:
            yield user_error([*way, "id"], "Source does not exist")
        elif name == "subCollections":
            yield from _reference_errors(shop, update.get("collectionIds") or (), way, collection)
        elif source["shareable"]:
            yield user_error([*way, "id"], "Source is managed by an app")
        else:
            yield from _update_errors(shop, source, update, way)


def _update_errors(
    shop: Shop, source: Thing, update: Mapping[str, Any], way: Sequence[str]
) -> Iterator[UserError]:
    for side in _SIDES:
        change = update.get(side) or {}
        known = {c["id"] for c in (source[side] or {}).get("conditions", ())}
        asked = [
            *(("conditionsToDelete", id_) for id_ in change.get("conditionsToDelete") or ()),
            *(("conditionsToUpdate", u["id"]) for u in change.get("conditionsToUpdate") or ()),
        ]
        for index, (verb, id_) in enumerate(asked):
            if id_ not in known:
                yield user_error([*way, side, verb, str(index)], "Condition does not exist")
        made = change.get("conditionsToCreate") or ()
        yield from conditions.errors(shop, made, [*way, side, "conditionsToCreate"])
        chosen = change.get("selectionsToAdd") or ()
        yield from _selection_errors(shop, chosen, [*way, side, "selectionsToAdd"])


def changed(shop: Shop, collection: Thing, fields: Mapping[str, Any]) -> list[Thing]:
    """The sources after a change that is known to be right."""
    gone = set(fields.get("sourcesToDelete") or ())
    updates = {
        update["id"]: update
        for target in fields.get("sourcesToUpdate") or ()
        for update in target.values()
    }
    kept = [source for source in collection["sources"] if source["id"] not in gone]
    created = [made(shop, target) for target in fields.get("sourcesToCreate") or ()]
    return [_updated(shop, source, updates.get(source["id"], {})) for source in kept] + created


def _updated(shop: Shop, source: Thing, update: Mapping[str, Any]) -> Thing:
    after = {**source, **{n: update[n] for n in ("title", "description") if n in update}}
    if update.get("collectionIds") is not None:
        after["collection_ids"] = list(update["collectionIds"])
    for side in _SIDES:
        if update.get(side) is not None:
            after[side] = _changed_rules(shop, source[side], update[side])
    return after


def _changed_rules(
    shop: Shop, rules: Mapping[str, Any] | None, change: Mapping[str, Any]
) -> dict[str, Any]:
    before = rules or _rules(shop, {})
    gone = set(change.get("conditionsToDelete") or ())
    updates = {u["id"]: u["condition"] for u in change.get("conditionsToUpdate") or ()}
    kept = [c for c in before["conditions"] if c["id"] not in gone]
    kept = [conditions.updated(c, updates[c["id"]]) if c["id"] in updates else c for c in kept]
    created = [conditions.new(shop, given) for given in change.get("conditionsToCreate") or ()]
    return {
        "matchType": change.get("matchType") or before["matchType"],
        "conditions": kept + created,
        "selections": _changed_selections(before["selections"], change),
    }


def _changed_selections(
    before: Sequence[Mapping[str, Any]], change: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    gone = {selection["productId"] for selection in change.get("selectionsToRemove") or ()}
    added = [_selection(given) for given in change.get("selectionsToAdd") or ()]
    replaced = gone | {selection["productId"] for selection in added}
    return [s for s in before if s["productId"] not in replaced] + added


def _conditions(side: str) -> Any:
    def resolve(rules: Thing, info: Info) -> list[Thing]:
        return [conditions.shown(info.context, c, side) for c in rules["conditions"]]

    return resolve


def _joined(rules: Thing, _: Info) -> str | None:
    """Exclusions by collection are always of any; with others beside them nothing is told."""
    kinds = {condition["kind"] == "Collection" for condition in rules["conditions"]}
    if kinds == {True}:
        return "ANY"
    return None if True in kinds else rules["matchType"]


def _selections(rules: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    nodes = [
        {"product": product, "variantIds": selection["variantIds"]}
        for selection in rules["selections"]
        if (product := shop.get(selection["productId"]))
    ]
    places = {node["product"]["id"]: place for place, node in enumerate(nodes)}
    return connection(
        nodes,
        args,
        lambda node: places[node["product"]["id"]],
        lambda node: str(node["product"]["id"]),
    )


def _sub_collections(source: Thing, info: Info) -> list[Thing]:
    shop = info.context
    return [found for id_ in source["collection_ids"] if (found := shop.get(id_))]


FIELDS: Final = {
    **conditions.FIELDS,
    "CollectionSourceInclusion": {
        "conditions": _conditions("Inclusion"),
        "selections": _selections,
    },
    "CollectionSourceExclusion": {
        "conditions": _conditions("Exclusion"),
        "matchType": _joined,
        "selections": _selections,
    },
    _SUB: {"collections": _sub_collections},
}
