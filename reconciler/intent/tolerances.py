"""`desired/tolerances.yaml`: drift that is to be left as it is, until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from reconciler.intent.base import Part, Places, Text
from reconciler.model.address import Address
from reconciler.model.tolerance import Tolerance


def _address(text: str) -> str:
    kind = Address.parse(text).kind
    if "*" in kind:
        raise ValueError(f"{text!r} has a * in its kind · only the key may have one")
    return text


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(f'{text!r} is no day · write it like "2026-12-31"')
    return text


class ToleranceEntry(Part):
    """One allowance."""

    address: Annotated[Text, AfterValidator(_address)]
    """`target/kind/key`; a `*` in the key stands for any characters."""
    fields: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """The fields that may drift; left out: all, and that the resource is gone, too."""
    until: Annotated[str, AfterValidator(_day)]
    """`"2026-12-31"`: from the beginning of that day (UTC) it counts as drift again."""
    reason: Text
    """Why, for those who meet it."""

    def tolerance(self, places: Places) -> Tolerance:
        address = Address.parse(self.address)
        return Tolerance(*address, self.fields, self.until, self.reason, places.at())


Tolerances = tuple[ToleranceEntry, ...]
"""The whole file: a list."""


def placed(entries: Sequence[ToleranceEntry], places: Places) -> tuple[Tolerance, ...]:
    """The entries, each with the place where it is written."""
    return tuple(entry.tolerance(places.under(n)) for n, entry in enumerate(entries))
