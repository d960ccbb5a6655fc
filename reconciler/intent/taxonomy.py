"""`desired/taxonomies/`: the terms that products may be described with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from reconciler.intent.base import AttributeKey, Intent, Part, SnakeKey, Text


class Term(Part):
    """One term. Its key never changes; its label may."""

    label: Text
    description: str | None = None
    """For the people who read the file; no platform has a home for it."""
    unreferenced: bool = False
    """Whether the reference by which Planogram knows the live value is not managed: a value that
    was there before keeps whatever it has. One that is made gets its reference all the same."""


class Taxonomy(Intent):
    """An attribute that products are filtered by, and its terms."""

    folder: ClassVar[str] = "taxonomies"

    taxonomy: AttributeKey
    """The attribute's own key: its slug on Saleor, its metafield key on Shopify."""
    label: Text
    input: Literal["dropdown", "multiselect", "boolean"]
    description: str | None = None
    ordered: bool = False
    """Whether the platform shall show the terms in the order in which they are written here."""
    terms: Mapping[SnakeKey, Term] = Field(default_factory=dict)
