"""Attributes and their values as taxonomies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.saleor.client import Settings
from providers.saleor.shelf import Node
from providers.saleor.terms import reference_of, term_of, terms_of
from providers.saleor.transcript.shop import Shop, Told
from reconciler.model.address import Key, Remote
from reconciler.provider import LeftOut

INPUTS: Final = ("DROPDOWN", "MULTISELECT", "BOOLEAN")
FLAG: Final = "BOOLEAN"

_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")
_ATTRIBUTE: Final = re.compile(r"[a-z][a-z0-9_-]*")
_LETTERS: Final = "lowercase letters, digits and underscores, a letter first"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An attribute that a taxonomy can say. keys: the term of each value that has one."""

    attribute: Node
    keys: Mapping[Remote, Key]

    @property
    def is_flag(self) -> bool:
        return bool(self.attribute["inputType"] == FLAG)


def taxonomies(shop: Shop) -> Iterator[Told]:
    """A document an attribute; every value that no term can stand for is told, and every
    attribute that no taxonomy can."""
    for attribute in shop.attributes:
        if attribute["inputType"] not in INPUTS:
            continue
        path = f"taxonomies/{attribute['slug']}.yaml"
        if not _ATTRIBUTE.fullmatch(attribute["slug"]):
            cause = f"attribute {attribute['slug']}: its slug can be no taxonomy's key"
            remedy = f"give it a slug of {_LETTERS}; dashes may be in it"
            yield LeftOut(f"{cause} · {remedy}", ((path, ()),))
            continue
        for text in _values_left_out(attribute, shop.settings):
            yield LeftOut(text, ((path, ()),))
        yield path, _document(shop, attribute)
    yield from _other_types(shop)


def vocabularies(shop: Shop) -> dict[Key, Vocabulary]:
    """By the slug of the attribute."""
    return {
        a["slug"]: Vocabulary(a, {v["id"]: key for key, v in _said(a, shop.settings)})
        for a in shop.attributes
        if a["inputType"] in INPUTS and _ATTRIBUTE.fullmatch(a["slug"])
    }


def is_snake(text: str) -> bool:
    return bool(_SNAKE.fullmatch(text))


def _document(shop: Shop, attribute: Node) -> dict[str, Any]:
    document = {
        "targets": shop.targets,
        "taxonomy": attribute["slug"],
        "label": attribute["name"],
        "input": attribute["inputType"].lower(),
    }
    terms = {
        key: _term(attribute, key, value, shop.settings)
        for key, value in _said(attribute, shop.settings)
    }
    return {**document, "terms": terms} if terms else document


def _term(attribute: Node, key: Key, value: Node, settings: Settings) -> dict[str, Any]:
    """One whose reference is another one, or none, keeps what it has."""
    term = {"label": _label(value) if settings.identity == "slug" else value["name"]}
    is_ours = value["externalReference"] == reference_of(attribute["slug"], key)
    return term if is_ours else {**term, "unreferenced": True}


def _said(attribute: Node, settings: Settings) -> Iterator[tuple[Key, Node]]:
    """The values that a term can stand for; a flag has none."""
    for key, value in _keyed(attribute):
        if _objection(attribute, key, value, settings) is None:
            yield key, value


def _values_left_out(attribute: Node, settings: Settings) -> Iterator[str]:
    for key, value in _keyed(attribute):
        objection = _objection(attribute, key, value, settings)
        if objection is not None:
            yield f"attribute {attribute['slug']}, value {value['name']!r}: {objection}"


def _keyed(attribute: Node) -> Iterator[tuple[Key, Node]]:
    if attribute["inputType"] == FLAG:
        return
    keys = terms_of(attribute["slug"], attribute["choices"])
    yield from ((keys[value["id"]], value) for value in attribute["choices"])


def _objection(attribute: Node, key: Key, value: Node, settings: Settings) -> str | None:
    """Why no term can stand for a value, and what to do."""
    reference = reference_of(attribute["slug"], "KEY")
    reads = term_of(attribute["slug"], value)
    if reads != key:
        return f"another value reads like {reads} too · give it the external reference {reference}"
    if settings.identity == "slug":
        return _slug_objection(key, value, settings)
    if is_snake(key):
        return None
    return (
        f"{key} can be no term's key · give it the external reference {reference},"
        f" KEY being {_LETTERS}"
    )


def _slug_objection(key: Key, value: Node, settings: Settings) -> str | None:
    """The key is the name there, and so the slug."""
    if not is_snake(key) or not key == value["name"] == value["slug"]:
        return (
            f"its name is no term's key · name it by a key of {_LETTERS},"
            f" and write its label as the translation into {settings.language}"
        )
    if not _label(value):
        return f"it has no label · write it as the translation into {settings.language}"
    return None


def _label(value: Node) -> str | None:
    return (value["translation"] or {}).get("name") or None


def _other_types(shop: Shop) -> Iterator[LeftOut]:
    """References to products are bundles."""
    others = [
        a["inputType"].lower()
        for a in shop.attributes
        if a["inputType"] not in INPUTS
        and (a["inputType"], a["entityType"]) != ("REFERENCE", "PRODUCT")
    ]
    if others:
        count = f"{len(others)} attribute{'s' if len(others) != 1 else ''} of other types"
        yield LeftOut(f"{count} ({', '.join(sorted(set(others)))}): no intent is about them")
