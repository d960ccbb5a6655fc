"""The sources of a collection: conditions and selections with ids, changed by deltas.

Nothing about sources was recorded. Names and shapes are the vendor's schema; the words of the
refusals are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

MOST_CONDITIONS: Final = 60

_NO_RULES: Final = {"conditions": (), "matchType": None, "selections": ()}


def new_source(shop: Shop, fields: Mapping[str, Any]) -> Thing:
    """A conditions source of its fields as the API takes them.

    In addition, as only an admin or an app can make them: `selections` (ids of products),
    `exclusion`, `shareable`, and conditions of a kind that this API version does not know
    (`{"unknown": {...}}`).
    """
    inclusion = fields.get("inclusion") or {}
    exclusion = fields.get("exclusion")
    return {
        "__typename": "CollectionConditionsSource",
        "id": _next_id(shop, "CollectionConditionsSource"),
        "title": fields["title"],
        "description": fields.get("description"),
        "targetType": fields.get("targetType") or "PRODUCTS",
        "shareable": bool(fields.get("shareable")),
        "inclusion": _rules(shop, {**inclusion, "selections": fields.get("selections") or ()}),
        "exclusion": _rules(shop, exclusion) if exclusion else None,
    }


def sub_collections(shop: Shop, title: str, collection_ids: Sequence[str]) -> Thing:
    return {
        "__typename": "CollectionSubCollectionsSource",
        "id": _next_id(shop, "CollectionSubCollectionsSource"),
        "title": title,
        "description": None,
        "collection_ids": list(collection_ids),
    }


def _rules(shop: Shop, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = {**_NO_RULES, **fields}
    return {
        "matchType": given["matchType"],
        "conditions": [_condition(shop, condition) for condition in given["conditions"] or ()],
        "selections": list(given["selections"]),
    }


def _condition(shop: Shop, given: Mapping[str, Any]) -> Thing:
    ((name, fields),) = given.items()
    return {
        "id": _next_id(shop, "CollectionSourceCondition"),
        "kind": name[0].upper() + name[1:],
        "relation": fields["relation"],
        "values": list(fields["values"]),
        "matchType": fields["matchType"],
    }


def _next_id(shop: Shop, sort: str) -> str:
    return gid(sort, shop.next_number("source"))


def creation_errors(targets: Sequence[Mapping[str, Any]], place: str) -> Iterator[UserError]:
    for index, target in enumerate(targets):
        way = [place, str(index), "source"]
        source = target["source"]
        if not source["title"].strip():
            yield user_error([*way, "title"], "Title can't be blank")
        yield from _condition_errors((source.get("inclusion") or {}).get("conditions") or (), way)


def _condition_errors(
    conditions: Sequence[Mapping[str, Any]], way: Sequence[str]
) -> Iterator[UserError]:
    if len(conditions) > MOST_CONDITIONS:
        message = f"Conditions is too long (maximum is {MOST_CONDITIONS})"
        yield user_error([*way, "inclusion", "conditions"], message)
    for index, condition in enumerate(conditions):
        ((name, fields),) = condition.items()
        if not fields["values"] or not all(value.strip() for value in fields["values"]):
            place = [*way, "inclusion", "conditions", str(index), name, "values"]
            yield user_error(place, "Values can't be blank")


def change_errors(collection: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    """What is wrong with `sourcesToCreate`, `sourcesToUpdate`, `sourcesToDelete`."""
    yield from creation_errors(fields.get("sourcesToCreate") or (), "sourcesToCreate")
    known = {source["id"]: source for source in collection["sources"]}
    for index, id_ in enumerate(fields.get("sourcesToDelete") or ()):
        if id_ not in known:
            yield user_error(["sourcesToDelete", str(index)], "Source does not exist")
    for index, target in enumerate(fields.get("sourcesToUpdate") or ()):
        way = ["sourcesToUpdate", str(index), "condition"]
        yield from _update_errors(known.get(target["condition"]["id"]), target["condition"], way)


def _update_errors(
    source: Thing | None, update: Mapping[str, Any], way: Sequence[str]
) -> Iterator[UserError]:
    if source is None or source["__typename"] != "CollectionConditionsSource":
        yield user_error([*way, "id"], "Source does not exist")
        return
    if source["shareable"]:
        yield user_error([*way, "id"], "Source is managed by an app")
        return
    inclusion = update.get("inclusion") or {}
    known = {condition["id"] for condition in source["inclusion"]["conditions"]}
    for index, id_ in enumerate(inclusion.get("conditionsToDelete") or ()):
        if id_ not in known:
            place = [*way, "inclusion", "conditionsToDelete", str(index)]
            yield user_error(place, "Condition does not exist")
    yield from _condition_errors(inclusion.get("conditionsToCreate") or (), way)


def changed(shop: Shop, collection: Thing, fields: Mapping[str, Any]) -> list[Thing]:
    """The sources after a change that is known to be right."""
    gone = set(fields.get("sourcesToDelete") or ())
    updates = {t["condition"]["id"]: t["condition"] for t in fields.get("sourcesToUpdate") or ()}
    kept = [source for source in collection["sources"] if source["id"] not in gone]
    created = [new_source(shop, t["source"]) for t in fields.get("sourcesToCreate") or ()]
    return [_updated(shop, source, updates.get(source["id"], {})) for source in kept] + created


def _updated(shop: Shop, source: Thing, update: Mapping[str, Any]) -> Thing:
    texts = {name: update[name] for name in ("title", "description") if name in update}
    inclusion = update.get("inclusion")
    if inclusion is None:
        return {**source, **texts}
    gone = set(inclusion.get("conditionsToDelete") or ())
    before = source["inclusion"]
    conditions = [c for c in before["conditions"] if c["id"] not in gone]
    conditions += [_condition(shop, c) for c in inclusion.get("conditionsToCreate") or ()]
    match = inclusion.get("matchType") or before["matchType"]
    after = {**before, "conditions": conditions, "matchType": match}
    return {**source, **texts, "inclusion": after}


def _conditions(side: str) -> Any:
    def resolve(rules: Thing, _: Info) -> list[Thing]:
        return [
            {**condition, "__typename": f"CollectionSource{side}Condition{condition['kind']}"}
            for condition in rules["conditions"]
        ]

    return resolve


def _selections(rules: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    products = [product for id_ in rules["selections"] if (product := shop.get(id_))]
    nodes = [{"product": product, "variantIds": None} for product in products]
    places = {product["id"]: place for place, product in enumerate(products)}
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
    "CollectionSourceInclusion": {
        "conditions": _conditions("Inclusion"),
        "selections": _selections,
    },
    "CollectionSourceExclusion": {
        "conditions": _conditions("Exclusion"),
        "selections": _selections,
    },
    "CollectionSubCollectionsSource": {"collections": _sub_collections},
}
