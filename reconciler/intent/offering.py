"""`desired/offerings/` and `desired/mappings/`: field values of products, and where fields go."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Annotated, ClassVar

from pydantic import Field

from reconciler.intent.base import Intent, Part, SnakeKey, Text

FieldValue = bool | str | tuple[SnakeKey, ...] | None
"""A flag, a term or a text, a list of terms; null is managed and empty."""


class Destination(Part):
    """Where a field of an offering is kept on the platform."""

    attribute: SnakeKey
    """A taxonomy, whose `input` says what values the field takes."""


class Mapping(Intent):
    """The contract between a team's field names and the platform's attributes."""

    folder: ClassVar[str] = "mappings"

    mapping: SnakeKey
    fields: Annotated[Map[SnakeKey, Destination], Field(min_length=1)]


class Offering(Intent):
    """What one product's fields are. A field that is not stated is not managed."""

    folder: ClassVar[str] = "offerings"

    offering: Text
    """The product's slug or handle."""
    mapping: SnakeKey
    fields: Map[SnakeKey, FieldValue]
