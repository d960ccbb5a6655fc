"""`desired/bundles/`: products that are sold together, and what each consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from reconciler.intent.base import Intent, Part, Text


class References(Part):
    """The attribute in which bundles refer to their components."""

    attribute: Text
    label: Text | None = None
    """The attribute's name. Left out: the attribute must be there, and is not managed."""
    product_types: tuple[Text, ...] = ()
    """Slugs of the product types whose products carry it. Left out: not managed."""


class Bundle(Part):
    components: tuple[Text, ...]
    """Products, in the order in which they are shown; an empty list is managed and empty."""


class Bundles(Intent):
    folder: ClassVar[str] = "bundles"

    into: References
    bundles: Annotated[Mapping[Text, Bundle], Field(min_length=1)]
    """Product → what it consists of."""
