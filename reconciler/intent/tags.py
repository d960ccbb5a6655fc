"""`desired/tags/`: tags that products carry, among others that nobody states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from reconciler.intent.base import Intent, Text


class Tags(Intent):
    folder: ClassVar[str] = "tags"

    tags: Annotated[Mapping[Text, tuple[Text, ...]], Field(min_length=1)]
    """Product → tags that it shall carry, among others. One that is taken out of the list is taken
    off the product; a product that is taken out keeps its tags."""
