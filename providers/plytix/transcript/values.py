"""Attributes as taxonomies and a mapping, and what products say as offerings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.plytix.definitions import (
    COMPUTED,
    DROPDOWN,
    FLAG,
    MEDIA,
    MULTISELECT,
    NUMBERS,
    Definitions,
)
from providers.plytix.kinds.product_attributes import ProductAttributes
from providers.plytix.terms import Naming, key_of
from providers.plytix.transcript.assortment import Told, unlike
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.provider import LeftOut

INPUTS: Final = {DROPDOWN: "dropdown", MULTISELECT: "multiselect", FLAG: "boolean"}
MAPPING: Final = "product"
_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A taxonomy to be. terms: by option its key; an option without one can not be said."""

    label: Key
    name: str
    description: str | None
    input: str
    terms: Mapping[str, Key]
    unsaid: tuple[str, ...]


def vocabularies(known: Definitions, naming: Naming) -> dict[Key, Vocabulary]:
    """By the attributes' labels."""
    found: dict[Key, Vocabulary] = {}
    for label, row in known.items():
        if row["type_class"] in INPUTS and _SNAKE.fullmatch(label):
            terms = _terms(row.get("options") or (), naming)
            unsaid = tuple(o for o in row.get("options") or () if o not in terms)
            found[label] = Vocabulary(
                label,
                row["name"],
                row.get("description") or None,
                INPUTS[row["type_class"]],
                terms,
                unsaid,
            )
    return found


def _terms(options: Sequence[str], naming: Naming) -> dict[str, Key]:
    """Options that read alike are told apart by a number; of those that are keys only such."""
    terms: dict[str, Key] = {}
    for option in options:
        key = option if naming == "key" else key_of(option)
        if not _SNAKE.fullmatch(key):
            continue
        numbered = (f"{key}_{number}" for number in range(2, len(options) + 2))
        taken = terms.values()
        terms[option] = key if key not in taken else next(k for k in numbered if k not in taken)
    return terms


def taxonomies(target: str, found: Mapping[Key, Vocabulary]) -> Iterator[Told]:
    for one in found.values():
        path = f"taxonomies/{one.label}.yaml"
        document: dict[str, Any] = {"targets": [target], "taxonomy": one.label, "label": one.name}
        if one.description is not None:
            document["description"] = one.description
        document["input"] = one.input
        if one.terms:
            document["terms"] = {key: {"label": option} for option, key in one.terms.items()}
        if one.unsaid:
            text = f"attribute {one.label}: no key can be made of {', '.join(one.unsaid[:5])}"
            yield LeftOut(f"{text} · write a term by hand", ((path, ("terms",)),))
        yield path, document


def offerings(
    target: str,
    known: Definitions,
    found: Mapping[Key, Vocabulary],
    values: Sequence[Resource[ProductAttributes]],
) -> Iterator[Told]:
    """One mapping for all, whose fields are called as the attributes; a product that says nothing
    is left alone."""
    own = {n: row for n, row in known.items() if row["type_class"] not in (*MEDIA, *COMPUTED)}
    fields = {
        label: _destination(label, str(row["type_class"]), found)
        for label, row in own.items()
        if _SNAKE.fullmatch(label)
    }
    for label in sorted(own.keys() - fields.keys()):
        yield LeftOut(f"attribute {label}: a key in git begins with a letter · manage it in Plytix")
    if not fields:
        return
    yield (
        f"mappings/{target}.yaml",
        {"targets": [target], "mapping": MAPPING, "fields": fields},
    )
    unsaid: dict[Key, int] = {}
    files: set[str] = set()
    for resource in values:
        said = dict(_said(resource.spec, fields, found, unsaid))
        if said:
            sku = resource.address.key
            document = {"targets": [target], "offering": sku, "mapping": MAPPING, "fields": said}
            yield f"offerings/{_file(sku, files)}.yaml", document
    for label, count in unsaid.items():
        products = f"{count} products" if count > 1 else "1 product"
        yield LeftOut(
            f"attribute {label}: not stated of {products}, with an option that has no term"
        )


def _destination(label: Key, type_class: str, found: Mapping[Key, Vocabulary]) -> dict[str, Any]:
    if label in found:
        return {"attribute": label}
    return {"metadata": label, "type": "number" if type_class in NUMBERS else "text"}


def _said(
    spec: ProductAttributes,
    fields: Mapping[Key, Any],
    found: Mapping[Key, Vocabulary],
    unsaid: dict[Key, int],
) -> Iterator[tuple[Key, Any]]:
    held = spec.values if isinstance(spec.values, Mapping) else {}
    for label in fields:
        value = held.get(label)
        if value in (None, ()):
            continue
        about = found.get(label)
        if about is None or about.input == "boolean":
            yield label, value
            continue
        options = list(value) if isinstance(value, tuple) else [str(value)]
        if any(option not in about.terms for option in options):
            unsaid[label] = unsaid.get(label, 0) + 1
            continue
        keys = [about.terms[option] for option in options]
        yield label, keys if about.input == "multiselect" else keys[0]


def _file(sku: Key, taken: set[str]) -> str:
    """A file name of an SKU, which may hold anything. Where another SKU has it already, in
    whatever case, it gets a number."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", sku).strip(".") or "product"
    name = unlike(plain, taken)
    taken.add(name.casefold())
    return name
