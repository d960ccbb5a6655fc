"""`desired/sources.yaml`: what is read from outside every night, and written into intents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reconciler.intent.base import Part, TargetName, Text


class ShopifyCsv(Part):
    """A Shopify product export, as `planogram import shopify-csv` takes it."""

    source: Literal["shopify-csv"]
    file: Text
    """Below the folder that holds `desired/`."""
    target: TargetName
    style_prefix: Text = "style_"
    look: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")] = (
        "custom.look_image"
    )
    images: bool = True


Sources = Annotated[Sequence[ShopifyCsv], Field(min_length=1)]
"""The whole file: a list, carried out in its order."""
