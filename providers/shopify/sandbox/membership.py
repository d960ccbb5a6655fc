"""Which products belong to a collection: by hand, by the older rules, or by its sources.

Not recorded: how sources combine. They are a union, as the vendor's documentation says. What
rules and sources find is settled a moment after they change; so is every count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    return _Evaluation(shop).found(collection)


def unsettled(shop: Shop, collection: Thing) -> dict[str, Any]:
    """The fields of a collection whose membership is to be found anew."""
    return {
        "settled": members(shop, collection),
        "settled_count": counted(shop, collection),
        "settling_since": shop.now,
    }


def join(shop: Shop, collection: Thing, *product_ids: str) -> Thing:
    """Put products into a collection by hand; what is none is passed over, as recorded."""
    before = collection["products"]
    new = [id_ for id_ in dict.fromkeys(product_ids) if id_ not in before]
    return _chosen(shop, collection, [*before, *(id_ for id_ in new if shop.one("Product", id_))])


def leave(shop: Shop, collection: Thing, *product_ids: str) -> Thing:
    """Take products out that were put in by hand."""
    left = [id_ for id_ in collection["products"] if id_ not in product_ids]
    return _chosen(shop, collection, left)


def _chosen(shop: Shop, collection: Thing, products: list[str]) -> Thing:
    """The count follows at once by as many as came or went, as recorded."""
    if products == collection["products"]:
        return collection
    count = collection["settled_count"] + len(products) - len(collection["products"])
    return shop.change(collection, products=products, settled_count=max(count, 0))


def is_in_source(shop: Shop, source: Thing, product: Thing) -> bool:
    return _Evaluation(shop).is_found(source, product)


@dataclass
class _Evaluation:
    """One look at the products. Those of collections that sources refer to are gathered once."""

    shop: Shop
    gathered: dict[str, frozenset[str]] = field(default_factory=dict)

    def found(self, collection: Thing) -> list[str]:
        products = self.shop.all("Product")
        return [product["id"] for product in products if self._belongs(collection, product)]

    def _belongs(self, collection: Thing, product: Thing) -> bool:
        rules = collection["ruleSet"]
        if rules and rules["rules"] and _by_rules(self.shop, rules, product):
            return True
        return any(self.is_found(source, product) for source in collection["sources"])

    def is_found(self, source: Thing, product: Thing) -> bool:
        """Of a source that targets variants, a product is found by each of its variants alone."""
        if source["__typename"] == "CollectionSubCollectionsSource":
            return self._is_in_any(source["collection_ids"], product)
        own = variants.variants_of(self.shop, product)
        each = [[v] for v in own] if source["targetType"] == "VARIANTS" else [own]
        return any(self._is_met(source, product, together) for together in each)

    def _is_met(self, source: Thing, product: Thing, own: Sequence[Thing]) -> bool:
        exclusion, inclusion = source["exclusion"], source["inclusion"]
        if exclusion and self._is_excluded(exclusion, product, own):
            return False
        return _selected(inclusion, product) or _by_conditions(
            self.shop, inclusion["conditions"], inclusion["matchType"], product, own
        )

    def _is_excluded(
        self, exclusion: Mapping[str, Any], product: Thing, own: Sequence[Thing]
    ) -> bool:
        """Exclusions by collection count by themselves, as the vendor's schema says."""
        if _selected(exclusion, product):
            return True
        of_collections = [c for c in exclusion["conditions"] if c["kind"] == "Collection"]
        if any(self._is_in_any(c["values"], product) for c in of_collections):
            return True
        others = [c for c in exclusion["conditions"] if c["kind"] != "Collection"]
        return _by_conditions(self.shop, others, exclusion["matchType"], product, own)

    def _is_in_any(self, collection_ids: Sequence[str], product: Thing) -> bool:
        return any(product["id"] in self._members(id_) for id_ in collection_ids)

    def _members(self, id_: str) -> frozenset[str]:
        if id_ not in self.gathered:
            collection = self.shop.one("Collection", id_)
            found = members(self.shop, collection) if collection else ()
            self.gathered[id_] = frozenset(found)
        return self.gathered[id_]


def _by_rules(shop: Shop, rule_set: Mapping[str, Any], product: Thing) -> bool:
    held = (meeting.meets_rule(shop, rule, product) for rule in rule_set["rules"])
    return any(held) if rule_set["appliedDisjunctively"] else all(held)


def _selected(part: Mapping[str, Any], product: Thing) -> bool:
    return any(selection["productId"] == product["id"] for selection in part["selections"])


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
