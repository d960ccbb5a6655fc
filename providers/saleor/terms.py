"""Which term a live attribute value stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.address import Key, Remote

Value = Mapping[str, Any]
"""As it is read: `id`, `slug`, `externalReference`."""


def reference_of(attribute: str, term: str) -> str:
    """The external reference of a term's value. References are unique over the whole server, so
    one key may stand in two taxonomies only with its attribute before it."""
    return f"{attribute}/{term}"


def attribute_in(key: Key) -> Key:
    """The attribute's slug in the key of a value. A slug holds no slash."""
    return key.partition("/")[0]


def says_its_term(attribute: str, value: Value) -> bool:
    """Whether a value's reference names a term of its attribute: it was made, or adopted, by us."""
    return str(value["externalReference"] or "").startswith(f"{attribute}/")


def term_of(attribute: str, value: Value) -> Key:
    """A value that we made says it in its reference. Another one is known by its slug, in which
    dashes stand for underscores: `sales-sdr` is what Saleor makes of `Sales / SDR`."""
    if says_its_term(attribute, value):
        return str(value["externalReference"]).removeprefix(f"{attribute}/")
    return str(value["slug"]).replace("-", "_")


def terms_of(attribute: str, values: Iterable[Value]) -> dict[Remote, Key]:
    """What each of these values is called, no two alike. Of several that read like one term, the
    one whose reference says so is it, then the one whose slug is the very term; another is
    called by its slug or its id, so that it never hides behind the term's own value."""
    names: dict[Remote, Key] = {}
    for value in sorted(values, key=lambda value: _doubt(attribute, value)):
        choices = (term_of(attribute, value), value["slug"], value["id"])
        names[value["id"]] = next(name for name in choices if name not in names.values())
    return names


def _doubt(attribute: str, value: Value) -> int:
    if says_its_term(attribute, value):
        return 0
    return 1 if term_of(attribute, value) == value["slug"] else 2
