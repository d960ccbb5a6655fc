"""What a model's fields demand: blank, too long, malformed, taken. All is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from providers.kit.store import Document
from providers.saleor.sandbox.refusal import Problem, Refusal, problem
from providers.saleor.sandbox.world import World

NAMES: Mapping[str, str] = {
    "Attribute": "Attribute",
    "AttributeValue": "Attribute value",
    "Product": "Product",
    "ProductType": "Product type",
    "Category": "Category",
    "Collection": "Collection",
}
"""What a type is called in messages."""

LABELS = {"slug": "Slug", "externalReference": "External reference"}

LENGTHS: Mapping[str, Mapping[str, int]] = {
    "Attribute": {"externalReference": 250, "slug": 250, "name": 255},
    "AttributeValue": {"externalReference": 250, "name": 250, "value": 255},
    "Product": {"externalReference": 250, "name": 250, "slug": 255},
    "ProductType": {"name": 250, "slug": 255},
    "Category": {"name": 250, "slug": 255},
    "Collection": {"name": 250, "slug": 255},
}
"""The text fields of each type, in the model's order, and how long they may be."""

UNIQUE = {
    "Attribute": ("externalReference", "slug"),
    "AttributeValue": ("externalReference",),
    "Product": ("externalReference", "slug"),
    "ProductType": ("slug",),
    "Category": ("slug",),
    "Collection": ("slug",),
}
NEEDED = ("name", "slug")


def must_be_clean(world: World, sort: str, document: Document) -> None:
    """Raises `Refusal` with everything that is wrong with a document that is about to be kept."""
    problems = list(problems_of(world, sort, document))
    if problems:
        raise Refusal(problems)


def problems_of(world: World, sort: str, document: Document) -> Iterator[Problem]:
    malformed = list(_malformed(sort, document))
    yield from malformed
    bad = {found["field"] for found in malformed}
    for field in UNIQUE[sort]:
        value = document.get(field)
        if value and field not in bad and _is_taken(world, sort, field, document):
            words = f"{NAMES[sort]} with this {LABELS[field]} already exists."
            yield problem(field, words, "UNIQUE")


def _malformed(sort: str, document: Document) -> Iterator[Problem]:
    for field, longest in LENGTHS[sort].items():
        value = document.get(field)
        if field in NEEDED and not value:
            yield problem(field, "This field cannot be blank.", "REQUIRED")
        elif value and field == "slug" and not re.fullmatch(r"[-\w]+", value):
            words = (
                "Enter a valid “slug” consisting of Unicode letters, numbers, underscores,"
                " or hyphens."
            )
            yield problem(field, words, "INVALID")
        elif value and len(value) > longest:
            words = f"Ensure this value has at most {longest} characters (it has {len(value)})."
            yield problem(field, words, "INVALID")


def _is_taken(world: World, sort: str, field: str, document: Document) -> bool:
    others = world.where(sort, **{field: document[field]})
    return any(other["pk"] != document.get("pk") for other in others)
