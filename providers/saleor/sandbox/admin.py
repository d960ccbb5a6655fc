"""What somebody changes in the admin, past the API: any field of any thing that is managed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.sandbox import UnknownThing
from providers.kit.store import Document
from providers.saleor.sandbox import assignments, values
from providers.saleor.sandbox.references import REFERENCES, SORTS
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, gid

ATTRIBUTE_FIELDS = ("name", "slug", "externalReference", "inputType", "valueRequired", "type")
VALUE_FIELDS = ("name", "externalReference", "translations")
PRODUCT_FIELDS = ("name", "slug", "externalReference", "attributes")


def edit(world: World, thing: str, key: str, fields: Mapping[str, Any]) -> None:
    """attribute: by slug. attributeValue: by `<attribute slug>/<value slug>`, or its reference;
    `translations` is language → label. product: by slug; `attributes` is attribute slug → list of
    value slugs (or what their references end in), slugs of what it points at, a flag, or null.
    Raises `UnknownThing`."""
    match thing:
        case "attribute":
            _must_be_known(fields, ATTRIBUTE_FIELDS)
            world.change("Attribute", _attribute(world, key), **fields)
        case "attributeValue":
            _must_be_known(fields, VALUE_FIELDS)
            _edit_value(world, _value(world, *_both(key)), fields)
        case "product":
            _must_be_known(fields, PRODUCT_FIELDS)
            _edit_product(world, _product(world, key), fields)
        case _:
            raise UnknownThing(f"there is no {thing} here · attribute, attributeValue, product")


def _edit_value(world: World, value: Document, fields: Mapping[str, Any]) -> None:
    """A new name brings a new slug, in the admin too."""
    changed = {**value, **fields}
    changed["translations"] = {
        language: label
        for language, label in {**value["translations"], **fields.get("translations", {})}.items()
        if label is not None
    }
    if "name" in fields:
        attribute = world.one("Attribute", value["attribute"])
        taken = {v["slug"] for v in values.of(world, attribute) if v["pk"] != value["pk"]}
        changed["slug"] = unique_slug(slugify(fields["name"]) or "-", taken)
    world.change("AttributeValue", changed)


def _edit_product(world: World, product: Document, fields: Mapping[str, Any]) -> None:
    type_ = world.one("ProductType", product["productType"])
    given = [_input(world, slug, c) for slug, c in (fields.get("attributes") or {}).items()]
    assigned = assignments.resolved(world, type_, given, new=False)
    attributes = assignments.assign(world, product, assigned)
    world.change("Product", product, **{**fields, "attributes": attributes})


def _input(world: World, slug: str, content: Any) -> dict[str, Any]:
    """The API's input for what is said shortly here."""
    attribute = _attribute(world, slug)
    given: dict[str, Any] = {"id": gid("Attribute", attribute["pk"])}
    if attribute["inputType"] == "BOOLEAN":
        return given | {"boolean": content}
    if attribute["inputType"] in REFERENCES:
        return given | _pointing(world, attribute, content or ())
    chosen = [{"id": gid("AttributeValue", _value(world, slug, s)["pk"])} for s in content or ()]
    if attribute["inputType"] == "DROPDOWN":
        return given | {"dropdown": chosen[0] if chosen else None}
    return given | {"multiselect": chosen}


def _pointing(world: World, attribute: Document, slugs: Sequence[str]) -> dict[str, Any]:
    sort = SORTS[attribute["entityType"]]
    ids = []
    for slug in slugs:
        thing = _found(world.first(sort, slug=slug), sort.lower(), slug, world.all(sort))
        ids.append(gid(sort, thing["pk"]))
    return {"references": ids, "reference": ids[0] if ids else None}


def _attribute(world: World, slug: str) -> Document:
    return _found(world.first("Attribute", slug=slug), "attribute", slug, world.all("Attribute"))


def _value(world: World, attribute: str, slug: str) -> Document:
    owner = _attribute(world, attribute)
    found = world.first("AttributeValue", attribute=owner["pk"], slug=slug) or world.first(
        "AttributeValue", attribute=owner["pk"], externalReference=f"{attribute}/{slug}"
    )
    return _found(found, "attributeValue", slug, values.of(world, owner))


def _product(world: World, slug: str) -> Document:
    return _found(world.first("Product", slug=slug), "product", slug, world.all("Product"))


def _both(key: str) -> tuple[str, str]:
    attribute, _, slug = key.partition("/")
    return attribute, slug


def _found(found: Document | None, thing: str, key: str, known: list[Document]) -> Document:
    if found is None:
        listed = ", ".join(document["slug"] for document in known[:20])
        raise UnknownThing(f"there is no {thing} {key} here · {listed}")
    return found


def _must_be_known(fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise UnknownThing(f"there is no field {name} here · {', '.join(known)}")
