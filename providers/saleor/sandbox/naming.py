"""Things by the names that people give them: slugs, and what their references end in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.kit.sandbox import UnknownThing
from providers.kit.store import Document
from providers.saleor.sandbox import values
from providers.saleor.sandbox.world import World


def named(world: World, sort: str, slug: str) -> Document:
    """Raises `UnknownThing`, which says what there is; so does everything here."""
    return found(world.first(sort, slug=slug), _called(sort), slug, world.all(sort))


def value_named(world: World, attribute: str, slug: str) -> Document:
    owner = named(world, "Attribute", attribute)
    value = world.first("AttributeValue", attribute=owner["pk"], slug=slug) or world.first(
        "AttributeValue", attribute=owner["pk"], externalReference=f"{attribute}/{slug}"
    )
    return found(value, "attributeValue", slug, values.of(world, owner))


def found(thing: Document | None, called: str, key: str, known: list[Document]) -> Document:
    if thing is None:
        listed = ", ".join(document["slug"] for document in known[:20])
        raise UnknownThing(f"there is no {called} {key} here · {listed}")
    return thing


def must_be_known(fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise UnknownThing(f"there is no field {name} here · {', '.join(known)}")


def mapping_in(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a field says by names; nothing where it is not said."""
    said = fields.get(name) or {}
    if not isinstance(said, Mapping):
        raise UnknownThing(f"{name} is said by names here, not as {said!r} · {name}={{name: …}}")
    return said


def _called(sort: str) -> str:
    return sort[0].lower() + sort[1:]
