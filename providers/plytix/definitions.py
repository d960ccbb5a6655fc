"""The account's product attributes: their types and their options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.plytix.client import PlytixReader, Row
from providers.plytix.versions import ATTRIBUTES
from reconciler.model.address import Key

DROPDOWN: Final = "DropdownAttribute"
MULTISELECT: Final = "MultiSelectAttribute"
CHOICES: Final = (DROPDOWN, MULTISELECT)
FLAG: Final = "BooleanAttribute"
GALLERY: Final = "MediaGalleryAttribute"
IMAGE: Final = "MediaAttribute"
MEDIA: Final = (IMAGE, GALLERY)
NUMBERS: Final = ("IntAttribute", "DecimalAttribute")
COMPUTED: Final = ("CompletenessAttribute", "FormulaAttribute")
"""Nobody writes these: the platform works them out."""

_COLUMNS: Final = ("label", "name", "type_class", "description", "options")

Definitions = Mapping[Key, Row]
"""By their labels."""


async def definitions(session: PlytixReader) -> Definitions:
    """All of them: an account has some hundreds, and a page holds a hundred."""
    found = session.search(f"{ATTRIBUTES}/search", [], _COLUMNS, "label")
    known = {row["label"]: row async for row in found}
    session.types.update({label: str(row["type_class"]) for label, row in known.items()})
    return known


async def types(session: PlytixReader) -> Mapping[Key, str]:
    """The types by label, which never change: asked for once a session."""
    if not session.types:
        await definitions(session)
    return session.types


async def gallery_labels(session: PlytixReader) -> list[Key]:
    """The labels of the account's media galleries."""
    return [label for label, type_ in (await types(session)).items() if type_ == GALLERY]


def canonical(value: Any, type_class: str) -> Any:
    """A value as it is compared: v1 tells decimals as texts, a date may come with a time of
    midnight, what is empty (a set of options too) is null, and a multiselect has no order."""
    if value in (None, "", []):
        return None
    if type_class == MULTISELECT:
        return tuple(sorted(value if isinstance(value, list | tuple) else [value]))
    if type_class in NUMBERS:
        return _number(value)
    if type_class == "DateAttribute" and isinstance(value, str):
        day, _, time = value.partition("T")
        return day if time.startswith("00:00:00") else value
    return value


def _number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return int(number) if number.is_integer() else number
