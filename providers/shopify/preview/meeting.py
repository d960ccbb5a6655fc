"""Which products rules find, under a reading of what the vendor leaves open. Pure.

Letters' case does not count, and a condition on variants is met when any variant meets it (the
vendor's help). Two things are not said anywhere: whether "not" with several values is meant value
by value, and whether several conditions on variants must be met by one variant. So rules are
evaluated under each reading, and those that do not explain the products that a collection has now
are out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as every_pair
from typing import Any, Final

from providers.shopify.conditions import BELOW, NULL, UNITS, Condition, parsed
from providers.shopify.preview.products import Product, Variant
from providers.shopify.preview.rules import Rules, Source
from reconciler.model.address import Key


@dataclass(frozen=True, slots=True)
class Interpretation:
    """not_any: "is not any of a, b" is met by what is neither a nor b; else by what is not a, or
    not b. one_variant: one variant must meet all conditions on variants."""

    not_any: bool
    one_variant: bool


INTERPRETATIONS: Final = tuple(
    Interpretation(not_any, one_variant)
    for not_any, one_variant in every_pair((False, True), (False, True))
)

OPEN: Final[Mapping[str, str]] = {
    "not_any": 'what "not" means with several values',
    "one_variant": "whether one variant must meet all conditions",
}
"""The question that each part of a reading answers."""

Members = Mapping[Key, frozenset[Key]]
"""The products of the collections that rules refer to, all by their handles."""

_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "is": lambda own, wanted: bool(own == wanted),
    "contains": lambda own, wanted: wanted in own,
    "starts_with": lambda own, wanted: bool(own.startswith(wanted)),
    "ends_with": lambda own, wanted: bool(own.endswith(wanted)),
    "greater_than": lambda own, wanted: bool(own > wanted),
    "less_than": lambda own, wanted: bool(own < wanted),
}
_DENIED: Final = {"is_not": "is", "does_not_contain": "contains"}
_GRAMS: Final = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}


class Unfit(Exception):
    """A product holds something of another sort than a condition asks for; says what."""


def finds(rules: Rules, product: Product, members: Members, reading: Interpretation) -> bool:
    return any(_found_by(source, product, members, reading) for source in rules)


def _found_by(source: Source, product: Product, members: Members, reading: Interpretation) -> bool:
    if any(product.handle in members[handle] for handle in source.collections):
        return True
    if product.handle in source.excluded:
        return False
    if any(product.handle in members[handle] for handle in source.without):
        return False
    if not source.of_variants:
        return _meets(source, product, product.variants, reading)
    return any(_meets(source, product, (variant,), reading) for variant in product.variants)


def _meets(
    source: Source, product: Product, variants: Sequence[Variant], reading: Interpretation
) -> bool:
    if _joined(source.excluded_match, source.exclusions, product, variants, reading):
        return False
    return product.handle in source.chosen or _joined(
        source.match, source.conditions, product, variants, reading
    )


def _joined(
    match: str | None,
    texts: Sequence[str],
    product: Product,
    variants: Sequence[Variant],
    reading: Interpretation,
) -> bool:
    conditions = [found for text in texts if (found := parsed(text))]
    if not conditions:
        return False
    if match == "any":
        return any(_holds(c, product, variants, reading) for c in conditions)
    if not reading.one_variant:
        return all(_holds(c, product, variants, reading) for c in conditions)
    plain = [c for c in conditions if not _is_on_variants(c)]
    of_variants = [c for c in conditions if _is_on_variants(c)]
    return all(_holds(c, product, variants, reading) for c in plain) and (
        not of_variants
        or any(all(_holds(c, product, (v,), reading) for c in of_variants) for v in variants)
    )


def _is_on_variants(condition: Condition) -> bool:
    return condition.sort.name.startswith("Variant")


def _holds(
    condition: Condition, product: Product, variants: Sequence[Variant], reading: Interpretation
) -> bool:
    if _is_on_variants(condition):
        return any(_variant_holds(condition, variant, reading) for variant in variants)
    if condition.metafield:
        return _metafield_holds(condition, product, reading)
    if condition.on == "category":
        return _is_met(condition, reading, lambda value: _is_within(product.category, value))
    relation = _DENIED.get(condition.relation, condition.relation)
    if condition.on == "tag":
        return _is_met(condition, reading, lambda value: value.casefold() in product.tags)
    own = str(getattr(product, condition.on)).casefold()
    return _is_met(condition, reading, lambda value: _COMPARED[relation](own, value.casefold()))


def _is_met(condition: Condition, reading: Interpretation, holds: Callable[[str], bool]) -> bool:
    """`holds` says whether one value is met, leaving "not" aside."""
    joined = all if condition.match == "all" else any
    if condition.relation not in _DENIED:
        return joined(holds(value) for value in condition.values)
    if reading.not_any:
        return not joined(holds(value) for value in condition.values)
    return joined(not holds(value) for value in condition.values)


def _is_within(own: str | None, value: str) -> bool:
    name = value.removesuffix(BELOW)
    is_below = own is not None and name != value and own.startswith(f"{name}-")
    return own == name or is_below


def _variant_holds(condition: Condition, variant: Variant, reading: Interpretation) -> bool:
    if condition.on == "variant_title":
        own = variant.title.casefold()
        relation = _DENIED.get(condition.relation, condition.relation)
        return _is_met(condition, reading, lambda value: _COMPARED[relation](own, value.casefold()))
    number, wanted = _numbers(condition, variant)
    if condition.is_on_none:
        return (number is None) == (condition.relation == "is")
    if number is None or wanted is None:
        return False
    if condition.relation == "is_not":
        return number != wanted
    return _COMPARED[condition.relation](number, wanted)


def _numbers(condition: Condition, variant: Variant) -> tuple[Decimal | None, Decimal | None]:
    """A variant's number, and the one it is compared with. Prices are in the shop's currency."""
    value = condition.values[0]
    if condition.on == "weight":
        number, unit = value.split(" ")
        own = variant.weight
        grams = own[0] * _GRAMS[own[1]] if own else Decimal(0)
        return grams, Decimal(number) * _GRAMS[UNITS[unit]]
    if condition.on == "inventory":
        held = variant.inventory
        return (None if held is None else Decimal(held)), Decimal(value)
    own_price = variant.price if condition.on == "price" else variant.compare_at_price
    return own_price, (None if value == NULL else Decimal(value.split(" ")[0]))


def _metafield_holds(condition: Condition, product: Product, reading: Interpretation) -> bool:
    name, holds = condition.metafield or ("", "")
    own = product.metafields.get(name)
    if own is None:
        return False
    try:
        return _value_holds(condition, holds, own, reading)
    except (ValueError, TypeError, ArithmeticError):
        told = f"{product.handle} has {own!r} as {name}, which is no {holds}"
        raise Unfit(told) from None


def _value_holds(condition: Condition, holds: str, own: str, reading: Interpretation) -> bool:
    if holds == "text":
        return _is_met(condition, reading, lambda value: own.casefold() == value.casefold())
    if holds == "list":
        entries = {str(entry).casefold() for entry in json.loads(own)}
        return _is_met(condition, reading, lambda value: value.casefold() in entries)
    if holds == "boolean":
        return own == condition.values[0]
    return _COMPARED[condition.relation](Decimal(own), Decimal(condition.values[0]))
