"""`POST …/search`: filters as OR of ANDs, columns, pages; the same for all that can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.kit.store import Document
from providers.plytix.sandbox.refusal import Refusal, invalid

OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "TextAttribute": ("exists", "!exists", "like", "eq", "!eq", "text_search"),
    "DropdownAttribute": ("exists", "!exists", "eq", "!eq", "in", "!in"),
    "MultiSelectAttribute": ("exists", "!exists", "in", "!in"),
    "HierarchyAttribute": ("exists", "!exists", "in", "!in"),
    "MediaAttribute": ("exists", "!exists"),
    "DecimalAttribute": ("exists", "!exists", "eq", "!eq", "gt", "gte", "lt", "lte"),
    "DateAttribute": ("exists", "!exists", "eq", "gt", "gte", "lt", "lte"),
    "BooleanAttribute": ("eq",),
}
MAX_COLUMNS: Final = 50
MAX_PAGE: Final = 100
MAX_ORDERED: Final = 10_000
PARTS: Final = ("filters", "attributes", "relationship_filters", "pagination")


@dataclass(frozen=True)
class Column:
    """Something that can be searched by, asked for, and sorted by."""

    key: str
    filter_type: str
    value: Callable[[Document], Any]
    operators: tuple[str, ...] = ()
    options: tuple[str, ...] | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.operators or OPERATORS[self.filter_type]

    def described(self) -> dict[str, Any]:
        """The column as `/filters/…` lists it; text search is an operator of no one field."""
        operators = [name for name in self.allowed if name != "text_search"]
        told = {"filter_type": self.filter_type, "key": self.key, "operators": operators}
        return told if self.options is None else told | {"options": list(self.options)}


@dataclass(frozen=True)
class Page:
    order: str | None
    number: int
    size: int

    def of(self, rows: Sequence[Document]) -> Sequence[Document]:
        first = (self.number - 1) * self.size
        return rows[first : first + self.size]


@dataclass(frozen=True)
class Searched:
    """The rows of one page and what the envelope says about them."""

    rows: Sequence[Document]
    columns: Sequence[str]
    pagination: dict[str, Any]


def search(
    body: Any, documents: Iterable[Document], columns: Mapping[str, Column], free: Sequence[str]
) -> Searched:
    """Carry out a search. `free` columns are always returned and do not count.

    `count` is how many match, `total_count` how many there are at all.
    """
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    unknown = [part for part in body if part not in PARTS]
    if unknown:
        raise invalid(*((part, "unknown field") for part in unknown))
    if body.get("relationship_filters"):
        raise invalid(("relationship_filters", "relationship does not exist"))
    asked = _asked(body.get("attributes") or [], columns, free)
    page = _page(body.get("pagination") or {}, columns)
    matches = _matcher(body.get("filters") or [], columns)
    everything = list(documents)
    found = [document for document in everything if matches(document)]
    return Searched(
        page.of(_ordered(found, page.order, columns)),
        asked,
        {
            "count": len(found),
            "order": page.order,
            "page": page.number,
            "page_size": page.size,
            "total_count": len(everything),
        },
    )


def _asked(asked: Any, columns: Mapping[str, Column], free: Sequence[str]) -> Sequence[str]:
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise invalid(("attributes", "Not a valid list."))
    if len({*asked} - {*free}) > MAX_COLUMNS:
        limit = f"columns limit exceeded, current limit is {MAX_COLUMNS}"
        raise invalid(("schema", limit))
    unknown = [name for name in asked if name not in columns and name not in free]
    if unknown:
        raise invalid(*((name, "unknown field") for name in unknown))
    return asked


def _page(pagination: Any, columns: Mapping[str, Column]) -> Page:
    number, size = pagination.get("page", 1), pagination.get("page_size", 25)
    order = pagination.get("order")
    if not isinstance(number, int) or number < 1:
        raise invalid(("page", "Must be at least 1."))
    if not isinstance(size, int) or not 1 <= size <= MAX_PAGE:
        raise invalid(("page_size", f"Must be between 1 and {MAX_PAGE}."))
    if order and order.lstrip("-") not in columns:
        raise invalid(("order", "unknown field"))
    return Page(order, number, size)


def _ordered(
    found: list[Document], order: str | None, columns: Mapping[str, Column]
) -> list[Document]:
    if not order:
        return found
    if len(found) > MAX_ORDERED:
        raise Refusal(428, "Precondition Required", ("order", f"more than {MAX_ORDERED} results"))
    value = columns[order.lstrip("-")].value
    return sorted(found, key=lambda row: str(value(row) or ""), reverse=order.startswith("-"))


def _matcher(filters: Any, columns: Mapping[str, Column]) -> Callable[[Document], bool]:
    if not isinstance(filters, list) or not all(isinstance(group, list) for group in filters):
        raise _undecodable("filters")
    groups = [[_condition(condition, columns) for condition in group] for group in filters]
    if not groups:
        return lambda document: True
    parts: dict[tuple[Any, Any], list[int]] = {}
    for index, group in enumerate(filters):
        parts.setdefault(_asked_alike(group), []).append(index)
    tests = [
        _any_of(kind, columns, [filters[i] for i in indexes], [groups[i] for i in indexes])
        for kind, indexes in parts.items()
    ]
    return tests[0] if len(tests) == 1 else lambda document: any(one(document) for one in tests)


def _asked_alike(group: Any) -> tuple[Any, Any]:
    """Field and operator of alternatives that can be tried together; nothing for all others."""
    if not group:
        return None, None
    field, operator = group[0]["field"], group[0]["operator"]
    together = operator == "eq" or (operator == "like" and len(group) == 1)
    return (field, operator) if together else (None, None)


def _any_of(
    kind: tuple[Any, Any],
    columns: Mapping[str, Column],
    filters: Any,
    groups: list[list[Callable[[Document], bool]]],
) -> Callable[[Document], bool]:
    field, operator = kind
    if operator == "eq":
        return _looked_up(columns[field].value, filters, groups)
    if operator == "like":
        return _containing(columns[field].value, filters)
    return lambda document: any(all(holds(document) for holds in group) for group in groups)


def _looked_up(
    value: Callable[[Document], Any], filters: Any, groups: list[list[Callable[[Document], bool]]]
) -> Callable[[Document], bool]:
    """Alternatives that ask for one of many values: looked up, not tried one by one."""
    table: dict[Any, list[list[Callable[[Document], bool]]]] = {}
    for group, conditions in zip(filters, groups, strict=True):
        table.setdefault(_folded(group[0]["value"]), []).append(conditions)

    def holds(document: Document) -> bool:
        asked = table.get(_hashable(_folded(value(document))))
        return asked is not None and any(all(one(document) for one in group) for group in asked)

    return holds


def _containing(value: Callable[[Document], Any], filters: Any) -> Callable[[Document], bool]:
    """Alternatives that ask for parts of one text, which is folded once for all of them."""
    parts = [str(group[0]["value"]).casefold() for group in filters]

    def holds(document: Document) -> bool:
        text = value(document)
        if not isinstance(text, str):
            return False
        folded = text.casefold()
        return any(part in folded for part in parts)

    return holds


def _hashable(value: Any) -> Any:
    """A list equals no value that is asked for."""
    return None if isinstance(value, list | dict) else value


def _condition(condition: Any, columns: Mapping[str, Column]) -> Callable[[Document], bool]:
    if not isinstance(condition, dict):
        raise _undecodable("filters")
    unknown = [key for key in condition if key not in ("field", "operator", "value")]
    if unknown:
        raise _undecodable(*unknown)
    operator, wanted = condition.get("operator"), condition.get("value")
    fields = condition.get("field")
    listed = fields if operator == "text_search" and isinstance(fields, list) else [fields]
    asked = [columns.get(field) for field in listed if isinstance(field, str)]
    if not asked or None in asked or len(asked) != len(listed):
        raise _undecodable(str(fields))
    chosen = [column for column in asked if column is not None]
    if any(operator not in column.allowed for column in chosen):
        raise _undecodable(str(operator))
    return _comparison(str(operator), wanted, [column.value for column in chosen])


def _comparison(
    operator: str, wanted: Any, values: Sequence[Callable[[Document], Any]]
) -> Callable[[Document], bool]:
    """One condition as a function. A value without meaning for its operator is refused."""
    value = values[0]
    if operator.startswith("!"):
        positive = _comparison(operator[1:], wanted, values)
        return lambda document: not positive(document)
    if operator == "exists":
        return lambda document: value(document) not in (None, "", [], {})
    if operator == "in":
        if not isinstance(wanted, list):
            raise _undecodable("value")
        known = frozenset(one for one in wanted if isinstance(one, str | int | float))
        return lambda document: any(_hashable(one) in known for one in _listed(value(document)))
    if wanted is None or isinstance(wanted, list | dict):
        raise _undecodable("value")
    if operator == "text_search":
        return lambda document: any(_contains(read(document), wanted) for read in values)
    if operator == "like":
        return lambda document: _contains(value(document), wanted)
    if operator == "eq":
        return lambda document: _folded(value(document)) == _folded(wanted)
    return lambda document: _beyond(operator, value(document), wanted)


def _beyond(operator: str, value: Any, wanted: Any) -> bool:
    if value is None:
        return False
    one, other = (value, wanted) if type(value) is type(wanted) else (str(value), str(wanted))
    if operator.endswith("e") and one == other:
        return True
    return bool(one > other if operator.startswith("gt") else one < other)


def _contains(value: Any, wanted: Any) -> bool:
    return isinstance(value, str) and str(wanted).casefold() in value.casefold()


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _undecodable(*fields: str) -> Refusal:
    told = ((field, "unknown field") for field in fields)
    return invalid(*told, ("filters", "Unable to decode filters properly"))
