"""What a definition asks of its values: by type, the validations that Shopify has, each as it is
written in YAML, as it is compared, and as it is sent. Choices are a field of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.shopify.content import Misfit, as_line, decimal, in_full, number_of, shown
from providers.shopify.measures import UNITS, shortest
from providers.shopify.types import base_of, canonical, content, fields, is_list
from reconciler.intent.metafields import Content
from reconciler.model.spec import canonical_json, plain


@dataclass(frozen=True, slots=True)
class _Rule:
    """stored: content → text as it is compared. said: the way back."""

    stored: Callable[[Content], str]
    said: Callable[[str], Content]


def names_of(type_: str) -> tuple[str, ...]:
    """The validations that a definition of this type may state."""
    own = tuple(_OWN.get(base_of(type_), _MEASURED if base_of(type_) in UNITS else {}))
    return (*own, "list.min", "list.max") if is_list(type_) else own


def stored(type_: str, name: str, said: Content) -> str | None:
    """None where it is not to be there. Raises `Misfit`."""
    if name not in names_of(type_):
        known = ", ".join(names_of(type_))
        raise Misfit(
            f"a {type_} has no validation {name}",
            f"write one of {known}" if known else "take it out",
        )
    return None if said is None else _rule(type_, name).stored(said)


def compared(type_: str, name: str, live: str) -> str:
    """A live validation in the form in which they are compared."""
    if name not in names_of(type_):
        return live
    try:
        return _rule(type_, name).stored(_rule(type_, name).said(live))
    except (Misfit, ValueError, TypeError, KeyError):
        return live


def said(type_: str, name: str, live: str | None) -> Content:
    return None if live is None else _rule(type_, name).said(live)


def sent(type_: str, name: str, compared_: str) -> str:
    """Measures as the vendor's page on validations has them: with short units."""
    if base_of(type_) not in UNITS or name not in ("min", "max"):
        return compared_
    measure = json.loads(compared_)
    return canonical_json({"unit": shortest(measure["unit"]), "value": measure["value"]})


def _rule(type_: str, name: str) -> _Rule:
    if name in ("list.min", "list.max"):
        return _COUNT
    base = base_of(type_)
    return _OWN[base][name] if base in _OWN else _of_type(base)


def _of_type(base: str) -> _Rule:
    """A bound is a value of the type itself."""
    return _Rule(
        lambda said: str(fields(base, said)["value"]),
        lambda live: content(base, canonical(base, live)),
    )


def _count(said: Content) -> str:
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise Misfit(f"{shown(said)} is no number of them", "write a whole number")
    return str(said)


def _texts(said: Content) -> str:
    if not isinstance(said, tuple | list) or not said:
        raise Misfit(f"{shown(said)} is no list", "write one, in brackets")
    return canonical_json([as_line(text, {}) for text in said])


def _listed(live: str) -> Content:
    return tuple(json.loads(live))


def _text(said: Content) -> str:
    return as_line(said, {})


def _as_it_is(live: str) -> Content:
    return live


def _schema(said: Content) -> str:
    if not isinstance(said, Mapping):
        raise Misfit(f"{shown(said)} is no JSON schema", "write it as a mapping")
    return canonical_json(plain(said))


def _loaded(live: str) -> Any:
    return json.loads(live)


_COUNT: Final = _Rule(_count, int)
_LINE: Final = _Rule(_text, _as_it_is)
_LINES: Final = _Rule(_texts, _listed)
_NUMBER: Final = _Rule(lambda said: in_full(decimal(said)), lambda live: number_of(live))
_LENGTHS: Final = {"min": _COUNT, "max": _COUNT, "regex": _LINE}


def _bounds(base: str) -> dict[str, _Rule]:
    return {"min": _of_type(base), "max": _of_type(base)}


_MEASURED: Final = {"min": None, "max": None}

_OWN: Final[Mapping[str, Mapping[str, _Rule]]] = {
    "single_line_text_field": _LENGTHS,
    "multi_line_text_field": _LENGTHS,
    "id": _LENGTHS,
    "url": {"allowed_domains": _LINES},
    "number_integer": _bounds("number_integer"),
    "number_decimal": {**_bounds("number_decimal"), "max_precision": _COUNT},
    "date": _bounds("date"),
    "date_time": _bounds("date_time"),
    "rating": {"scale_min": _NUMBER, "scale_max": _NUMBER},
    "json": {"schema": _Rule(_schema, _loaded)},
    "file_reference": {"file_type_options": _LINES},
    "metaobject_reference": {
        "metaobject_definition_id": _LINE,
        "metaobject_definition_type": _LINE,
    },
    "mixed_reference": {
        "metaobject_definition_ids": _LINES,
        "metaobject_definition_types": _LINES,
    },
    "product_taxonomy_value_reference": {"product_taxonomy_attribute_handle": _LINE},
}
"""Measures have bounds of their own type; other types have none."""
