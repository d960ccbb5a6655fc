"""Which products meet a condition.

Letters' case does not count, and a condition on variants is met when any variant meets it: so the
vendor's help says. Not recorded, and taken so here: a condition of several values that says "not"
is met value by value, and of a source that targets variants one variant must meet all conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.metafields import metafield_of
from providers.shopify.sandbox.shop import Shop, Thing
from providers.shopify.sandbox.variants import title_of, variants_of

_TEXT: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "EQUALS": lambda text, wanted: text == wanted,
    "NOT_EQUALS": lambda text, wanted: text != wanted,
    "CONTAINS": lambda text, wanted: wanted in text,
    "NOT_CONTAINS": lambda text, wanted: wanted not in text,
    "DOES_NOT_CONTAIN": lambda text, wanted: wanted not in text,
    "STARTS_WITH": lambda text, wanted: text.startswith(wanted),
    "ENDS_WITH": lambda text, wanted: text.endswith(wanted),
}
_NUMBER: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "EQUALS": lambda number, wanted: number == wanted,
    "NOT_EQUALS": lambda number, wanted: number != wanted,
    "GREATER_THAN": lambda number, wanted: number > wanted,
    "LESS_THAN": lambda number, wanted: number < wanted,
}
_GRAMS: Final = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}
_TEXTS: Final = {"ProductTitle": "title", "ProductType": "productType", "ProductVendor": "vendor"}

_COLUMNS: Final = {
    "TAG": "ProductTag",
    "TITLE": "ProductTitle",
    "TYPE": "ProductType",
    "VARIANT_INVENTORY": "VariantInventory",
    "VARIANT_PRICE": "VariantPrice",
    "VARIANT_TITLE": "VariantTitle",
    "VENDOR": "ProductVendor",
}


def meets_rule(shop: Shop, rule: Mapping[str, Any], product: Thing) -> bool:
    """A rule of the older model."""
    condition = {
        "kind": _COLUMNS.get(rule["column"], "Unknown"),
        "relation": rule["relation"],
        "values": [rule["condition"]],
        "value": rule["condition"],
        "matchType": "ANY",
    }
    return meets(shop, condition, product, variants_of(shop, product))


def meets(shop: Shop, condition: Thing, product: Thing, variants: Sequence[Thing]) -> bool:
    """A condition that this API version does not know finds nothing here."""
    kind = str(condition["kind"])
    if kind.startswith("Metafield"):
        return _metafield_meets(shop, condition, product)
    if kind.startswith("Variant"):
        return any(_variant_meets(condition, variant) for variant in variants)
    if kind == "Unknown":
        return False
    return _every_or_one(condition, _product_meets(condition, product))


def _every_or_one(condition: Thing, held: Iterable[bool]) -> bool:
    return all(held) if condition["matchType"] == "ALL" else any(held)


def _product_meets(condition: Thing, product: Thing) -> Iterable[bool]:
    kind, relation, values = condition["kind"], condition["relation"], condition["values"]
    if kind == "ProductTag":
        tags = [tag.casefold() for tag in product["tags"]]
        is_wanted = relation in ("TAGGED_WITH", "EQUALS")
        return ((value.casefold() in tags) == is_wanted for value in values)
    if kind == "ProductStatus":
        return ((product["status"] == value) == (relation == "EQUALS") for value in values)
    if kind == "ProductCategory":
        return (_is_within(product, value) == (relation == "EQUALS") for value in values)
    text = product[_TEXTS[kind]].casefold()
    return (_TEXT[relation](text, value.casefold()) for value in values)


def _is_within(product: Thing, value: Mapping[str, Any]) -> bool:
    own = str(product.get("category") or "")
    asked = str(value["categoryId"]).removeprefix(gid("TaxonomyCategory", ""))
    below = bool(value.get("includeDescendants")) and own.startswith(f"{asked}-")
    return own == asked or below


def _variant_meets(condition: Thing, variant: Thing) -> bool:
    kind, relation = condition["kind"], condition["relation"]
    if kind == "VariantTitle":
        text = title_of(variant).casefold()
        held = (_TEXT[relation](text, value.casefold()) for value in condition["values"])
        return _every_or_one(condition, held)
    own = _number(kind, variant)
    if relation in ("IS_SET", "IS_NOT_SET"):
        return bool((own is None) == (relation == "IS_NOT_SET"))
    if own is None:
        return False
    return _NUMBER[relation](own, _wanted(kind, condition["value"]))


def _number(kind: str, variant: Thing) -> Decimal | None:
    if kind == "VariantWeight":
        return _grams(variant.get("weight") or {"unit": "GRAMS", "value": 0})
    name = {"VariantPrice": "price", "VariantCompareAtPrice": "compareAtPrice"}.get(kind)
    own = variant.get(name or "inventoryQuantity")
    return None if own is None else Decimal(str(own))


def _wanted(kind: str, value: Any) -> Decimal:
    if kind == "VariantWeight":
        return _grams(value)
    return Decimal(str(value["amount"] if isinstance(value, Mapping) else value))


def _grams(weight: Mapping[str, Any]) -> Decimal:
    return Decimal(str(weight["value"])) * _GRAMS[weight["unit"]]


def _metafield_meets(shop: Shop, condition: Thing, product: Thing) -> bool:
    definition = shop.get(condition["definitionId"])
    if definition is None:
        return False
    found = metafield_of(shop, product["id"], definition["namespace"], definition["key"])
    if found is None:
        return False
    kind, value = condition["kind"], found["value"]
    if kind == "MetafieldString":
        held = (value.casefold() == wanted.casefold() for wanted in condition["values"])
        return _every_or_one(condition, held)
    if kind == "MetafieldStringList":
        own = value.casefold()
        return _every_or_one(condition, (f'"{w.casefold()}"' in own for w in condition["values"]))
    if kind == "MetafieldBoolean":
        return bool(value == ("true" if condition["value"] else "false"))
    wanted = Decimal(str(condition["value"]))
    return _NUMBER[condition["relation"]](Decimal(value), wanted)
