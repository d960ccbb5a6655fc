"""One field of a page, as the API gives it, to what an offering says.

Measured on Wagtail 8.0.1: a foreign key is `{"id", "meta": {"type"}}` in both APIs; a many-to-many
field is a list of those in v2 and of bare ids in v3; an inline model is a list of objects with
such a key inside; a rendition has `url` and `full_url`, and `error` where the image is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from providers.sources.wagtail.content import Reference, Term, Told

_KEY: Final = re.compile(r"[a-z][a-z0-9_]*")

Known = Mapping[str, Mapping[tuple[str, str], Term]]
"""Taxonomy → (model, id) → term."""


class Unusable(Exception):
    """Such a value is no field of an offering; says why, and what to do."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.cause, self.remedy = cause, remedy
        super().__init__(f"{cause} · {remedy}")


class Lost(Exception):
    """The site has the value and can not give it now."""


@dataclass(frozen=True, slots=True)
class Reader:
    """url: of the site. known: all its terms."""

    url: str
    known: Known

    def told(self, value: Any, taxonomy: str | None) -> Told:
        """taxonomy: the one that the field takes its values from, where it takes it from one.

        Raises `Unusable`, and `Lost` for a rendition without an image.
        """
        if isinstance(value, list):
            return tuple(self._one_of_many(item, taxonomy) for item in value)
        if isinstance(value, dict):
            return self._object(value, taxonomy)
        if value is None or value == "":
            return None
        if isinstance(value, str) and taxonomy in self.known:
            return self._keyed(value, taxonomy)
        if isinstance(value, bool | int | float | str):
            return value
        raise Unusable(f"{value!r} is no value of a field", "expose another field")

    def _one_of_many(self, item: Any, taxonomy: str | None) -> Reference | str:
        if isinstance(item, dict):
            return self._inline(item, taxonomy)
        if isinstance(item, int):
            return self._numbered(item, taxonomy)
        if isinstance(item, str):
            return self._keyed(item, taxonomy) if taxonomy in self.known else _key(item)
        raise Unusable(f"{item!r} is no term", "expose the keys of the terms")

    def _object(self, value: dict[str, Any], taxonomy: str | None) -> Told:
        if "url" in value:
            return urljoin(self.url, str(value["url"]))
        if "error" in value:
            raise Lost(str(value["error"]))
        return self._referred(value, taxonomy)

    def _inline(self, item: dict[str, Any], taxonomy: str | None) -> Reference:
        """A term itself, or the one foreign key of a row between."""
        if self._found(item, taxonomy) is None:
            inner = [part for part in item.values() if _is_reference(part)]
            if len(inner) == 1:
                return self._referred(inner[0], taxonomy)
        return self._referred(item, taxonomy)

    def _referred(self, value: dict[str, Any], taxonomy: str | None) -> Reference:
        found = self._found(value, taxonomy)
        if found is not None:
            return found
        if not _is_reference(value):
            raise Unusable("an object is no value of a field", "expose a text or keys")
        model = value["meta"]["type"]
        if model.endswith("Image"):
            raise Unusable(
                f"{model} {value['id']} has no address",
                "expose a rendition: ImageRenditionField in api_fields",
            )
        raise Unusable(
            f"{model} {value['id']} is a term of no taxonomy of this source",
            "name its snippets under taxonomies",
        )

    def _found(self, value: dict[str, Any], taxonomy: str | None) -> Reference | None:
        """The field's own taxonomy first; of others the first that has it."""
        if not _is_reference(value):
            return None
        way = (str(value["meta"]["type"]), str(value["id"]))
        for name in sorted(self.known, key=lambda name: name != taxonomy):
            if way in self.known[name]:
                return Reference(name, self.known[name][way])
        return None

    def _numbered(self, number: int, taxonomy: str | None) -> Reference:
        if taxonomy is None or taxonomy not in self.known:
            raise Unusable(
                f"{number} is the id of something, and what it is the API does not tell",
                "map the field to a taxonomy of this source, or expose keys",
            )
        for (_, identity), term in self.known[taxonomy].items():
            if identity == str(number):
                return Reference(taxonomy, term)
        raise Unusable(
            f"{number} is no snippet of the taxonomy {taxonomy}",
            "name the snippets that the field refers to under taxonomies",
        )

    def _keyed(self, key: str, taxonomy: str | None) -> Reference:
        found = [term for term in self.known[taxonomy or ""].values() if term.key == key]
        for term in sorted(found, key=lambda term: not term.is_live):
            return Reference(taxonomy or "", term)
        raise Unusable(f"{key!r} is no key of the taxonomy {taxonomy}", "correct it in Wagtail")


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def _key(text: str) -> str:
    if not is_key(text):
        raise Unusable(f"{text!r} is no key", "write lowercase snake_case, like sales_sdr")
    return text


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value and "type" in (value.get("meta") or {})
