"""Which products belong to a collection: by hand, by the older rules, or by its sources.

Not recorded: how sources combine. They are a union, as the vendor's documentation says. What
rules and sources find is settled a moment after they change; so is every count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from providers.shopify.sandbox import jobs
from providers.shopify.sandbox.shop import Shop, Thing

_COMPARED: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "EQUALS": lambda text, wanted: text == wanted,
    "NOT_EQUALS": lambda text, wanted: text != wanted,
    "CONTAINS": lambda text, wanted: wanted in text,
    "NOT_CONTAINS": lambda text, wanted: wanted not in text,
    "DOES_NOT_CONTAIN": lambda text, wanted: wanted not in text,
    "STARTS_WITH": lambda text, wanted: text.startswith(wanted),
    "ENDS_WITH": lambda text, wanted: text.endswith(wanted),
}

_TEXTS: Final = {"Title": "title", "Type": "productType", "Vendor": "vendor"}


def members(shop: Shop, collection: Thing) -> list[str]:
    """The ids of the products, those chosen by hand first, in their order."""
    by_hand = [id_ for id_ in collection["products"] if shop.get(id_)]
    found = collection["settled"]
    if jobs.is_over(shop, collection["settling_since"]):
        found = evaluated(shop, collection)
    return [*by_hand, *(id_ for id_ in found if id_ not in by_hand)]


def counted(shop: Shop, collection: Thing) -> int:
    if jobs.is_over(shop, collection["settling_since"]):
        return len(members(shop, collection))
    return int(collection["settled_count"])


def evaluated(shop: Shop, collection: Thing) -> list[str]:
    """What rules and sources find now."""
    return [p["id"] for p in shop.all("Product") if _is_found(shop, collection, p)]


def unsettled(shop: Shop, collection: Thing) -> dict[str, Any]:
    """The fields of a collection whose membership is to be found anew."""
    return {
        "settled": members(shop, collection),
        "settled_count": counted(shop, collection),
        "settling_since": shop.now,
    }


def join(shop: Shop, collection: Thing, product_id: str) -> None:
    """Put a product into a collection by hand; the count here follows at once, as recorded."""
    if product_id not in collection["products"]:
        shop.change(
            collection,
            products=[*collection["products"], product_id],
            settled_count=collection["settled_count"] + 1,
        )


def _is_found(shop: Shop, collection: Thing, product: Thing) -> bool:
    rules = collection["ruleSet"]
    if rules and rules["rules"] and _by_rules(rules, product):
        return True
    return any(_by_source(shop, source, product) for source in collection["sources"])


def _by_rules(rule_set: Mapping[str, Any], product: Thing) -> bool:
    held = (
        _holds(rule["column"].capitalize(), rule["relation"], [rule["condition"]], "ANY", product)
        for rule in rule_set["rules"]
    )
    return any(held) if rule_set["appliedDisjunctively"] else all(held)


def _by_source(shop: Shop, source: Thing, product: Thing) -> bool:
    if source["__typename"] == "CollectionSubCollectionsSource":
        subordinate = (shop.get(id_) for id_ in source["collection_ids"])
        return any(c is not None and product["id"] in members(shop, c) for c in subordinate)
    exclusion = source["exclusion"]
    if exclusion and (_selected(exclusion, product) or _by_conditions(exclusion, product)):
        return False
    inclusion = source["inclusion"]
    return _selected(inclusion, product) or _by_conditions(inclusion, product)


def _selected(part: Mapping[str, Any], product: Thing) -> bool:
    return product["id"] in part["selections"]


def _by_conditions(part: Mapping[str, Any], product: Thing) -> bool:
    conditions = part["conditions"]
    held = (_condition_holds(condition, product) for condition in conditions)
    if part["matchType"] == "ANY":
        return any(held)
    return bool(conditions) and all(held)


def _condition_holds(condition: Thing, product: Thing) -> bool:
    """A condition that this API version does not know finds nothing here."""
    kind = condition["kind"].removeprefix("Product")
    if condition["kind"] == "Unknown":
        return False
    values, match = condition["values"], condition["matchType"]
    return _holds(kind, condition["relation"], values, match, product)


def _holds(kind: str, relation: str, values: Iterable[str], match: str, product: Thing) -> bool:
    """Letters' case does not count."""
    if kind == "Tag":
        tags = [tag.casefold() for tag in product["tags"]]
        held = (
            (value.casefold() in tags) == (relation in ("TAGGED_WITH", "EQUALS"))
            for value in values
        )
    else:
        text = product[_TEXTS[kind]].casefold()
        held = (_COMPARED[relation](text, value.casefold()) for value in values)
    return all(held) if match == "ALL" else any(held)
