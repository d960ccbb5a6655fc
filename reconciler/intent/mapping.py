"""`desired/mappings/` and `desired/registries/`: where the fields of offerings are kept.

A mapping is a team's contract as data: another team's contract is another file, and no code.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from reconciler.intent.base import AttributeKey, Intent, Part, SnakeKey, Text


class Estimate(Part):
    """A label made of the fields named here: `~15/run`, `~3-8/message`.

    It is made where an offering states the least or the most, and not the label itself.
    """

    min: SnakeKey
    max: SnakeKey
    unit: SnakeKey


class Destination(Part):
    """Where a field of an offering is kept: in an attribute or under a metadata key. A field with
    neither is kept nowhere: others are made of it."""

    attribute: AttributeKey | None = None
    """A taxonomy, whose `input` says what values the field takes."""
    registry: SnakeKey | None = None
    """A registry that must know every term of the attribute's taxonomy."""
    product_types: tuple[Text, ...] | None = None
    """The types whose products carry the attribute, where they are others than the mapping's."""
    metadata: Text | None = None
    """A key of the product's metadata."""
    type: Literal["text", "number", "flag", "url"] = "text"
    """What the metadata key holds."""
    taxonomy: AttributeKey | None = None
    """The metadata key holds one term of this taxonomy."""
    base: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")] | None = None
    """What makes an address without a host absolute, where `type` is url."""
    estimate: Estimate | None = None
    required: bool = False
    """Whether an offering must state it."""

    @model_validator(mode="after")
    def _one_home(self) -> Destination:
        stated = self.model_fields_set - {"required"}
        attribute = {"attribute", "registry", "product_types"}
        metadata = {"metadata", "type", "taxonomy", "base", "estimate"}
        if stated & attribute and stated & metadata:
            raise ValueError("a field has one home · write attribute or metadata, not both")
        if stated & attribute and self.attribute is None:
            raise ValueError("registry and product_types are about an attribute · name it")
        if stated & metadata - {"type", "base"} and self.metadata is None:
            raise ValueError("taxonomy and estimate are about a metadata key · name it")
        if self.base is not None and self.type != "url":
            raise ValueError("base makes addresses absolute · write type: url beside it")
        return self


class Mapping(Intent):
    """The contract between a team's field names and the platform's attributes and metadata."""

    folder: ClassVar[str] = "mappings"

    mapping: SnakeKey
    product_types: tuple[Text, ...] = ()
    """Slugs of the product types whose products carry the attributes. Left out: assignments are
    not managed."""
    fields: Annotated[Map[SnakeKey, Destination], Field(min_length=1)]

    def types_of(self, destination: Destination) -> tuple[Text, ...]:
        """The product types that an attribute is assigned to."""
        own = destination.product_types
        return self.product_types if own is None else own


class Registry(Intent):
    """Keys that another system knows, like the capabilities of a control plane. It is nothing on
    a platform: taxonomies are held against it."""

    folder: ClassVar[str] = "registries"

    registry: SnakeKey
    ids: Annotated[tuple[SnakeKey, ...], Field(min_length=1)]
