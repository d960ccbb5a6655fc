"""`desired/bundles/`: products that are sold together, and what each consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from reconciler.intent.base import Intent, Misstated, Part, Text


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
    quantities: Mapping[Text, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Component → how often it is in the bundle, where that is not once."""
    title: Text | None = None
    """Of the product that the bundle is, where the platform makes it. Left out: not managed."""

    @model_validator(mode="after")
    def _quantities_have_components(self) -> Bundle:
        for component in self.quantities:
            if component not in self.components:
                raise Misstated(
                    f"{component} has a quantity, and is not among the components",
                    "add it to components, or take the quantity out",
                    "quantities",
                    component,
                )
        return self


class Bundles(Intent):
    folder: ClassVar[str] = "bundles"

    into: References | None = None
    """Where a platform without bundles of its own keeps them."""
    bundles: Annotated[Mapping[Text, Bundle], Field(min_length=1)]
    """Product → what it consists of."""
