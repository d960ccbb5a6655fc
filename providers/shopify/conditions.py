"""Conditions on products: as a canonical text, as Shopify takes them, and as it gives them.

A text is what a condition is on, its relation and its value: `tag is style_Harold_Sweater`,
`type is any of ["Dresses", "Skirts"]`, `price less_than 250 USD`, `compare_at_price is_not null`,
`metafield custom.season (text) is S226`. Two conditions that mean the same have one text. A
condition that this API version does not know has none: it is told in brackets, and nothing that
git states equals it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from reconciler.model.address import Key
from reconciler.provider import Remotes

Row = Mapping[str, Any]

NULL: Final = "null"
"""The value of a condition on there being none."""

_TEXT: Final = {
    "is": "EQUALS",
    "is_not": "NOT_EQUALS",
    "contains": "CONTAINS",
    "does_not_contain": "DOES_NOT_CONTAIN",
    "starts_with": "STARTS_WITH",
    "ends_with": "ENDS_WITH",
}
_NUMBER: Final = {"is": "EQUALS", "greater_than": "GREATER_THAN", "less_than": "LESS_THAN"}
_ANY_NUMBER: Final = {**_NUMBER, "is_not": "NOT_EQUALS"}
_EITHER: Final = {"is": "EQUALS", "is_not": "NOT_EQUALS"}
_SET: Final = {"is": "IS_NOT_SET", "is_not": "IS_SET"}
"""What `null` asks for."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of condition. name: the vendor's. relations: ours → the vendor's. holds: `texts`
    and `categories` have several values, joined by any or all; the others have one."""

    name: str
    relations: Mapping[str, str]
    holds: str = "texts"

    @property
    def has_many(self) -> bool:
        return self.holds in ("texts", "categories")


SORTS: Final[Mapping[str, Sort]] = {
    "tag": Sort("ProductTag", {"is": "TAGGED_WITH", "is_not": "NOT_TAGGED_WITH"}),
    "type": Sort("ProductType", _TEXT),
    "vendor": Sort("ProductVendor", _TEXT),
    "title": Sort("ProductTitle", _TEXT),
    "status": Sort("ProductStatus", _EITHER),
    "category": Sort("ProductCategory", _EITHER, "categories"),
    "variant_title": Sort("VariantTitle", _TEXT),
    "price": Sort("VariantPrice", _ANY_NUMBER, "money"),
    "compare_at_price": Sort("VariantCompareAtPrice", _ANY_NUMBER, "money"),
    "weight": Sort("VariantWeight", _ANY_NUMBER, "weight"),
    "inventory": Sort("VariantInventory", _NUMBER, "integer"),
}
_OF_METAFIELDS: Final[Mapping[str, Sort]] = {
    "text": Sort("MetafieldString", {"is": "EQUALS"}),
    "list": Sort("MetafieldStringList", {"contains": "INCLUDES"}),
    "boolean": Sort("MetafieldBoolean", {"is": "EQUALS"}, "boolean"),
    "integer": Sort("MetafieldInteger", _NUMBER, "integer"),
    "decimal": Sort("MetafieldDecimal", _NUMBER, "decimal"),
}
EXCLUDING: Final = {
    "tag": Sort("ProductTag", {"is": "TAGGED_WITH"}),
    "type": Sort("ProductType", {"is": "EQUALS", "contains": "CONTAINS"}),
    "vendor": Sort("ProductVendor", {"is": "EQUALS", "contains": "CONTAINS"}),
    "category": Sort("ProductCategory", {"is": "EQUALS"}, "categories"),
}
"""What products can be excluded by, beside collections."""

UNITS: Final = {"g": "GRAMS", "kg": "KILOGRAMS", "oz": "OUNCES", "lb": "POUNDS"}
"""Of weights: as people write them, and as Shopify has them."""

_FORM: Final = re.compile(
    r"(?P<on>{names}|metafield \S+ \((?:{kinds})\)) (?P<relation>{relations}) (?P<value>.+)".format(
        names="|".join(SORTS),
        kinds="|".join(_OF_METAFIELDS),
        relations="|".join({*_TEXT, *_ANY_NUMBER}),
    ),
    re.DOTALL,
)
_SEVERAL: Final = re.compile(r"(any|all) of (\[.*\])", re.DOTALL)
_METAFIELD: Final = re.compile(r"metafield (\S+) \((\w+)\)")
CATEGORY: Final = "gid://shopify/TaxonomyCategory/"
BELOW: Final = "/*"
"""Behind a category: those below it too."""


@dataclass(frozen=True, slots=True)
class Condition:
    """values: one, or several of which `match` (any, all) must be met, in canonical form."""

    on: str
    relation: str
    values: tuple[str, ...]
    match: str = "any"

    def __str__(self) -> str:
        if len(self.values) == 1 and not _SEVERAL.fullmatch(self.values[0]):
            return f"{self.on} {self.relation} {self.values[0]}"
        listed = json.dumps(sorted(set(self.values)), ensure_ascii=False)
        return f"{self.on} {self.relation} {self.match} of {listed}"

    @property
    def metafield(self) -> tuple[str, str] | None:
        """`namespace.key` and what it holds, of a condition on a metafield."""
        found = _METAFIELD.fullmatch(self.on)
        return (found[1], found[2]) if found else None

    @property
    def sort(self) -> Sort:
        return _sort(self.on)

    @property
    def is_on_none(self) -> bool:
        """Whether it asks for there being no value, or one; a text may be the word."""
        return self.values == (NULL,) and not self.sort.has_many


@lru_cache(maxsize=4096)
def parsed(text: str) -> Condition | None:
    """The condition that a text says; None for one in brackets."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    several = _SEVERAL.fullmatch(found["value"])
    if several is None:
        return Condition(found["on"], found["relation"], (found["value"],))
    values = tuple(json.loads(several[2]))
    return Condition(found["on"], found["relation"], values, several[1] if values[1:] else "any")


def on_metafield(name: str, holds: str) -> str:
    """What a condition is on: the metafield `namespace.key`, which holds a `text`, a `list` of
    them, a `boolean`, an `integer` or a `decimal`."""
    return f"metafield {name} ({holds})"


def amount(text: str) -> str:
    """One text for one number: `250.00` → `250`."""
    return f"{Decimal(text).normalize() + 0:f}"


def definition_key(name: str) -> Key:
    """The key of the definition of a metafield `namespace.key`."""
    return f"product/{name}"


def condition_input(condition: Condition, remotes: Remotes) -> dict[str, Any]:
    """As Shopify takes it. Raises `Unresolved` for a definition that is not there."""
    sort = condition.sort
    fields: dict[str, Any] = {"relation": sort.relations[condition.relation]}
    if condition.is_on_none:
        fields["relation"] = _SET[condition.relation]
    elif sort.has_many:
        fields["matchType"] = condition.match.upper()
        fields["values"] = [_value_input(sort, value) for value in condition.values]
    else:
        fields["value"] = _value_input(sort, condition.values[0])
    if condition.metafield:
        key = definition_key(condition.metafield[0])
        fields["definitionId"] = remotes("metafield_definition", key)
    return {sort.name[0].lower() + sort.name[1:]: fields}


def _sort(on: str) -> Sort:
    found = _METAFIELD.fullmatch(on)
    return _OF_METAFIELDS[found[2]] if found else SORTS[on]


def _value_input(sort: Sort, value: str) -> Any:
    match sort.holds:
        case "categories":
            name = value.removesuffix(BELOW)
            return {"categoryId": f"{CATEGORY}{name}", "includeDescendants": name != value}
        case "money":
            number, currency = value.split(" ")
            return {"amount": number, "currencyCode": currency}
        case "weight":
            number, unit = value.split(" ")
            return {"value": float(number), "unit": UNITS[unit]}
        case "integer":
            return int(value)
        case "boolean":
            return value == "true"
    return value


def fragment(side: str) -> str:
    """What is asked of a side's conditions (`Inclusion`, `Exclusion`). Names are made different,
    since the same name stands for another type in every sort."""
    sorts = (
        [*SORTS.values(), *_OF_METAFIELDS.values()] if side == "Inclusion" else EXCLUDING.values()
    )
    known = "\n".join(_asked(side, sort) for sort in sorts)
    kind = f"CollectionSource{side}Condition"
    others = (
        "... on CollectionSourceExclusionConditionCollection { collections: values { handle } }"
    )
    return f"""__typename id
      {known}
      {others if side == "Exclusion" else ""}
      ... on {kind}Unknown {{ rUnknown: relation mUnknown: matchType vUnknown: values }}"""


def _asked(side: str, sort: Sort) -> str:
    name = sort.name
    inner = {
        "categories": " { category { id } includeDescendants }",
        "money": " { amount currencyCode }",
        "weight": " { unit value }",
    }.get(sort.holds, "")
    value = f"m{name}: matchType v{name}: values" if sort.has_many else f"v{name}: value"
    owner = " definition { namespace key }" if name.startswith("Metafield") else ""
    return (
        f"... on CollectionSource{side}Condition{name}"
        f" {{ r{name}: relation {value}{inner}{owner} }}"
    )


def told(row: Row) -> str:
    """A live condition's text; in brackets where it is not one of those above."""
    found = of_row(row)
    return str(found) if found else f"[{' '.join(_opaque(row))}]"


def of_row(row: Row) -> Condition | None:
    for on, sort in SORTS.items():
        if f"r{sort.name}" in row:
            return _read(on, sort, row)
    for holds, sort in _OF_METAFIELDS.items():
        if f"r{sort.name}" in row:
            owner = row["definition"]
            return _read(on_metafield(f"{owner['namespace']}.{owner['key']}", holds), sort, row)
    return None


def _opaque(row: Row) -> Iterator[str]:
    yield re.sub(r"CollectionSource(In|Ex)clusionCondition", "", row["__typename"])
    if row.get("rUnknown"):
        yield str(row["rUnknown"]).lower()
    if row.get("vUnknown"):
        yield ", ".join(row["vUnknown"])


def _read(on: str, sort: Sort, row: Row) -> Condition | None:
    told = row[f"r{sort.name}"]
    if told in _SET.values():
        asked = next(ours for ours, theirs in _SET.items() if theirs == told)
        return Condition(on, asked, (NULL,))
    relation = next((ours for ours, theirs in sort.relations.items() if theirs == told), None)
    if relation is None:
        return None
    given = row[f"v{sort.name}"]
    if not sort.has_many:
        return Condition(on, relation, (_value(sort, given),))
    values = tuple(sorted({_value(sort, value) for value in given}))
    match = str(row[f"m{sort.name}"]).lower() if values[1:] else "any"
    return Condition(on, relation, values, match)


def _value(sort: Sort, given: Any) -> str:
    match sort.holds:
        case "categories":
            below = BELOW if given["includeDescendants"] else ""
            return f"{given['category']['id'].removeprefix(CATEGORY)}{below}"
        case "money":
            return f"{amount(str(given['amount']))} {given['currencyCode']}"
        case "weight":
            unit = next(ours for ours, theirs in UNITS.items() if theirs == given["unit"])
            return f"{amount(str(given['value']))} {unit}"
        case "decimal":
            return amount(str(given))
        case "boolean":
            return "true" if given else "false"
    return str(given)


_COLUMNS: Final = {
    "TAG": "tag",
    "TITLE": "title",
    "TYPE": "type",
    "VENDOR": "vendor",
    "VARIANT_TITLE": "variant_title",
    "VARIANT_INVENTORY": "inventory",
}
_RULES: Final = {"NOT_CONTAINS": "does_not_contain"}


def of_rule(rule: Row) -> str:
    """The text of a rule of the older model (`column`, `relation`, `condition`). Prices there
    have no currency and weights no unit: they are told in brackets."""
    on = _COLUMNS.get(rule["column"])
    if on is not None:
        for ours, theirs in SORTS[on].relations.items():
            if (
                rule["relation"] in (theirs, _TEXT.get(ours))
                or _RULES.get(rule["relation"]) == ours
            ):
                return str(Condition(on, ours, (rule["condition"],)))
    return f"[{rule['column']} {rule['relation']} {rule['condition']}]"


def metafields_of(texts: Iterable[str]) -> Iterator[str]:
    """`namespace.key` of every metafield that conditions are on."""
    for text in texts:
        condition = parsed(text)
        if condition and condition.metafield:
            yield condition.metafield[0]
