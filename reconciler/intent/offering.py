"""`desired/offerings/`: what one product's fields are, in its team's own words."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import ClassVar

from pydantic import model_validator

from reconciler.intent.base import Intent, Part, SnakeKey, Text

FieldValue = bool | int | float | str | tuple[SnakeKey, ...] | None
"""A flag, a number, a term or a text, a list of terms; null is managed and empty."""


class Identity(Part):
    """Which product is meant: exactly one of the platform's `id`, its `external_reference` and
    its `slug`."""

    id: Text | None = None
    external_reference: Text | None = None
    slug: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Identity:
        if sum(value is not None for value in self.stated.values()) != 1:
            raise ValueError(
                "a product has not exactly one of id, external_reference and slug"
                " · write one of them"
            )
        return self

    @property
    def stated(self) -> dict[str, str]:
        given = {"id": self.id, "external_reference": self.external_reference, "slug": self.slug}
        return {name: value for name, value in given.items() if value is not None}


class Offering(Intent):
    """What one product's fields are. A field that is not stated is not managed."""

    folder: ClassVar[str] = "offerings"

    offering: Text
    """Its own key; the product's slug or handle too, unless `product` says which product it is."""
    product: Identity | None = None
    mapping: SnakeKey
    fields: Map[SnakeKey, FieldValue]
