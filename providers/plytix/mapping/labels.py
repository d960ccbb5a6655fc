"""Labels of attributes: Plytix derives them from names, in lower case and with underscores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reconciler.intent.mapping import Destination
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

LABEL: Final = re.compile(r"[a-z0-9_]+")


def label_of(key: str) -> Key:
    """The label for a key of another platform's making: `preflight.status` is kept in
    `preflight_status`."""
    return re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")


def home_of(destination: Destination) -> Key | None:
    """The label of the attribute that a field of an offering is kept in."""
    if destination.attribute is not None:
        return destination.attribute
    return None if destination.metadata is None else label_of(destination.metadata)


def label_problems(key: str, place: Source) -> Iterator[Problem]:
    if not LABEL.fullmatch(key):
        yield Problem(
            place,
            f"{key} can be no attribute of Plytix, whose labels are derived from names",
            f"write lowercase letters, digits and underscores, like {label_of(key) or 'roles'}",
        )
