"""Conditions of a source: how they are kept, how they are changed, and how they are shown.

Names and shapes are the vendor's schema. Nothing of it was recorded: the words of the refusals
are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

MOST: Final = 60
"""Conditions of a collection, as the vendor's help says."""

_NO_VALUE: Final = ("IS_SET", "IS_NOT_SET")


def new(shop: Shop, given: Mapping[str, Any]) -> Thing:
    """A condition of its input, which names its kind: `{"productTag": {...}}`. `{"unknown": ...}`
    stands for one of a later version of the API."""
    ((name, fields),) = given.items()
    number = shop.next_number("source")
    return {
        "id": gid("CollectionSourceCondition", number),
        "kind": name[0].upper() + name[1:],
        "relation": None,
        "matchType": None,
        **fields,
    }


def updated(condition: Thing, given: Mapping[str, Any]) -> Thing:
    ((_, fields),) = given.items()
    return {**condition, **{name: value for name, value in fields.items() if value is not None}}


def errors(
    shop: Shop, conditions: Sequence[Mapping[str, Any]], way: Sequence[str]
) -> Iterator[UserError]:
    """What is wrong with conditions that are to be made, at `way`."""
    if len(conditions) > MOST:
        yield user_error([*way], f"Conditions is too long (maximum is {MOST})")
    for index, condition in enumerate(conditions):
        ((name, fields),) = condition.items()
        yield from _field_errors(shop, fields, [*way, str(index), name])


def _field_errors(shop: Shop, fields: Mapping[str, Any], way: list[str]) -> Iterator[UserError]:
    if "values" in fields and not _all_filled(fields["values"]):
        yield user_error([*way, "values"], "Values can't be blank")
    wanted = fields.get("definitionId")
    if wanted and shop.one("MetafieldDefinition", wanted) is None:
        yield user_error([*way, "definitionId"], "Definition does not exist")
    has_value = fields.get("value") is not None
    if fields.get("relation") in _NO_VALUE and has_value:
        yield user_error([*way, "value"], "Value must be blank")
    if fields.get("relation") not in _NO_VALUE and "value" in fields and not has_value:
        yield user_error([*way, "value"], "Value can't be blank")


def _all_filled(values: Sequence[Any]) -> bool:
    return bool(values) and all(v.strip() for v in values if isinstance(v, str))


def shown(shop: Shop, condition: Thing, side: str) -> Thing:
    """As the API gives it: `values` are things where they were told by id."""
    told = {**condition, "__typename": f"CollectionSource{side}Condition{condition['kind']}"}
    if condition["kind"] == "ProductCategory":
        told["values"] = [_category_value(value) for value in condition["values"]]
    if condition["kind"] == "Collection":
        found = (shop.get(id_) for id_ in condition["values"])
        told["values"] = [collection for collection in found if collection]
        told["matchType"] = "ANY"
    if condition["kind"] in ("VariantPrice", "VariantCompareAtPrice"):
        told["value"] = _money(condition.get("value"))
    return told


def _category_value(value: Mapping[str, Any]) -> Thing:
    return {
        "category": category(value["categoryId"]),
        "includeDescendants": bool(value.get("includeDescendants")),
    }


def category(id_: str) -> Thing:
    """A category of the taxonomy; its id tells what is above it: `aa-1-4` is within `aa-1`."""
    name = id_.rsplit("/", 1)[-1]
    steps = name.split("-")
    above = ["-".join(steps[:n]) for n in range(1, len(steps))]
    return {
        "__typename": "TaxonomyCategory",
        "id": id_,
        "name": name,
        "fullName": " > ".join([*above, name]),
        "level": len(steps),
        "isLeaf": False,
        "ancestorIds": [gid("TaxonomyCategory", step) for step in above],
        "parentId": gid("TaxonomyCategory", above[-1]) if above else None,
    }


def _money(value: Mapping[str, Any] | None) -> Thing | None:
    """Amounts have at least one decimal, as everywhere in the API."""
    if value is None:
        return None
    amount = Decimal(str(value["amount"])).normalize()
    digits = f"{amount:f}"
    return {**value, "amount": digits if "." in digits else f"{digits}.0"}


def _definition(condition: Thing, info: Info) -> Thing | None:
    return info.context.get(condition["definitionId"])


FIELDS: Final = {
    f"CollectionSourceInclusionConditionMetafield{kind}": {"definition": _definition}
    for kind in ("Boolean", "Decimal", "Integer", "String", "StringList")
}
