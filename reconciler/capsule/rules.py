"""`capsule.yaml`: what people decide about a capsule, beside its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from reconciler.capsule.state import Cpi, Text


class Rule(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Into(Rule):
    """Where the images and the size guide go: `namespace.key` of the metafields."""

    look: Text = "altuzarra.look_image"
    swatch: Text = "altuzarra.swatch_image"
    size_guide: Text = "altuzarra.size_guide_page"


class Decision(Rule):
    """What a person decided about one product. import_: that it is to be uploaded. look: the file
    name of the image that stands for it, whatever a command would choose. note: why."""

    import_: Annotated[bool, Field(alias="import")] = False
    look: Text | None = None
    note: Text | None = None

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Swatches(Rule):
    """What a local swatch has to be. smallest and largest: of either side, in pixels."""

    formats: tuple[Text, ...] = ("PNG", "JPEG")
    smallest: Annotated[int, Field(ge=1)] = 32
    largest: Annotated[int, Field(ge=1)] = 4096
    square: bool = False
    profiles: tuple[Text, ...] = ("sRGB",)
    """The colour profiles that may be embedded; without one a picture counts as sRGB."""


class Rules(Rule):
    """The whole of it, but for the targets."""

    capsule: Text
    into: Into = Into()
    style_prefix: Text = "style_"
    decisions: Mapping[Cpi, Decision] = Field(default_factory=dict)
    swatches: Swatches = Swatches()

    def decision(self, cpi: str) -> Decision:
        return self.decisions.get(cpi, Decision())

    @property
    def ready(self) -> frozenset[str]:
        """The CPIs that people decided to upload."""
        return frozenset(cpi for cpi, one in self.decisions.items() if one.import_)
