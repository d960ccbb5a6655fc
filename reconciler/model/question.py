"""What an intent asks of the live catalog, and what the provider found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from reconciler.model.address import Key


class Question(NamedTuple):
    """Which products have this type, or this tag, carry this term (`<taxonomy>/<term>`), have
    this id or external reference, or are there at all? `value` is compared as the platform does.
    """

    by: Literal["type", "tag", "term", "id", "external_reference", "every"]
    value: str


Answers = Mapping[Question, Sequence[Key]]
"""To each question the natural keys of the products found, in a stable order."""
