"""Tags, which Saleor does not have: an attribute stands for them where a target says so."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.provider import Compilation


def nothing_for_tags(place: Source, compilation: Compilation) -> Iterator[Problem]:
    """A problem where something asks for a tag, and no attribute stands for tags."""
    if compilation.target.settings.tags is None:
        yield Problem(
            place,
            "Saleor's products have no tags",
            f"name the attribute that stands for them in settings.tags of"
            f" {compilation.target.name}, or ask for a type",
        )
