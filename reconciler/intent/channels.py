"""`desired/channels/`: where products and collections are visible, and from when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from reconciler.intent.base import Intent, Part, Text
from reconciler.intent.targets import Day


class Listing(Part):
    """How one thing stands in one channel. What is left out is not managed."""

    published: bool | None = None
    since: Day | None = None
    """The day on which it is published."""


class ProductListing(Listing):
    visible: bool | None = None
    """Whether lists and searches show it; one that is not is found by its address only."""
    purchasable: bool | None = None
    purchasable_since: Day | None = None


class Channel(Part):
    """What stands in one channel."""

    products: Mapping[Text, ProductListing] = Field(default_factory=dict)
    """Product slug → how it stands."""
    collections: Mapping[Text, Listing] = Field(default_factory=dict)
    """Collection handle → how it stands."""


class Channels(Intent):
    folder: ClassVar[str] = "channels"

    channels: Annotated[Mapping[Text, Channel], Field(min_length=1)]
    """Channel slug → what stands there."""
