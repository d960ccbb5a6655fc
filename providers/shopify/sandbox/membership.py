"""Which products belong to a collection: by hand, by the older rules, or by its sources.

Not recorded: how sources combine. They are a union, as the vendor's documentation says. What
rules and sources find is settled a moment after they change; so is every count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.shopify.sandbox import jobs, meeting, variants
from providers.shopify.sandbox.shop import Shop, Thing


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
    if rules and rules["rules"] and _by_rules(shop, rules, product):
        return True
    return any(is_in_source(shop, source, product) for source in collection["sources"])


def _by_rules(shop: Shop, rule_set: Mapping[str, Any], product: Thing) -> bool:
    held = (meeting.meets_rule(shop, rule, product) for rule in rule_set["rules"])
    return any(held) if rule_set["appliedDisjunctively"] else all(held)


def is_in_source(shop: Shop, source: Thing, product: Thing) -> bool:
    """Of a source that targets variants, a product is found by each of its variants alone."""
    if source["__typename"] == "CollectionSubCollectionsSource":
        return _is_in_any(shop, source["collection_ids"], product)
    own = variants.variants_of(shop, product)
    each = [[v] for v in own] if source["targetType"] == "VARIANTS" else [own]
    return any(_is_met(shop, source, product, together) for together in each)


def _is_met(shop: Shop, source: Thing, product: Thing, own: Sequence[Thing]) -> bool:
    exclusion = source["exclusion"]
    if exclusion and (_selected(exclusion, product) or _is_excluded(shop, exclusion, product, own)):
        return False
    inclusion = source["inclusion"]
    return _selected(inclusion, product) or _by_conditions(
        shop, inclusion["conditions"], inclusion["matchType"], product, own
    )


def _selected(part: Mapping[str, Any], product: Thing) -> bool:
    return any(selection["productId"] == product["id"] for selection in part["selections"])


def _is_excluded(
    shop: Shop, exclusion: Mapping[str, Any], product: Thing, own: Sequence[Thing]
) -> bool:
    """Exclusions by collection count by themselves, as the vendor's schema says."""
    of_collections = [c for c in exclusion["conditions"] if c["kind"] == "Collection"]
    if any(_is_in_any(shop, condition["values"], product) for condition in of_collections):
        return True
    others = [c for c in exclusion["conditions"] if c["kind"] != "Collection"]
    return _by_conditions(shop, others, exclusion["matchType"], product, own)


def _is_in_any(shop: Shop, collection_ids: Sequence[str], product: Thing) -> bool:
    found = (shop.get(id_) for id_ in collection_ids)
    return any(c is not None and product["id"] in members(shop, c) for c in found)


def _by_conditions(
    shop: Shop,
    conditions: Sequence[Thing],
    match: str | None,
    product: Thing,
    own: Sequence[Thing],
) -> bool:
    held = (meeting.meets(shop, condition, product, own) for condition in conditions)
    if match == "ANY":
        return any(held)
    return bool(conditions) and all(held)
