"""What is looked at of a shop, and how what is found is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.saleor.client import Settings
from providers.saleor.shelf import Node
from reconciler.model.address import Key
from reconciler.provider import LeftOut, Target

Document = tuple[str, Mapping[str, Any]]
"""A path below `desired/`, and the data of the intent there."""

Told = Document | LeftOut

Assigned = tuple[Key, Key]
"""A product type and an attribute that its products carry."""


@dataclass(frozen=True, slots=True)
class Shop:
    """attributes: those of products, with all their values."""

    target: Target
    attributes: Sequence[Node]
    products: Sequence[Node]
    assigned: frozenset[Assigned]

    @property
    def settings(self) -> Settings:
        settings: Settings = self.target.settings
        return settings

    @property
    def targets(self) -> list[str]:
        return [self.target.name]
