"""Attribute values: the terms of an attribute. Their slugs follow their names, for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from providers.kit.store import Document
from providers.saleor.sandbox import callers
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import must_be_clean
from providers.saleor.sandbox.refusal import Problem, named, node, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, gid, pk_in

WITH_CHOICES: Final = frozenset({"DROPDOWN", "MULTISELECT", "SWATCH"})

Args = Mapping[str, Any]


def of(world: World, attribute: Document) -> list[Document]:
    """The values of an attribute in their order; those made in bulk have no place, and are last."""
    found = world.where("AttributeValue", attribute=attribute["pk"])
    return sorted(found, key=order)


def order(value: Document) -> tuple[bool, int, int]:
    place = value.get("sortOrder")
    return (place is None, place or 0, value["pk"])


def add(
    world: World, attribute: Document, given: Mapping[str, Any], *, placed: bool = True
) -> Document:
    """Keep a new value; `given` has its slug. Bulk mutations keep it without a place."""
    places = [v["sortOrder"] for v in of(world, attribute) if v.get("sortOrder") is not None]
    blank = {
        "attribute": attribute["pk"],
        "value": "",
        "externalReference": None,
        "boolean": None,
        "plainText": None,
        "reference": None,
        "translations": {},
        "sortOrder": max(places, default=-1) + 1 if placed else None,
    }
    return world.create("AttributeValue", {**blank, **_stated(given)})


def delete(world: World, value: Document) -> None:
    """It goes, and every product that carries it loses it; nothing is asked."""
    world.delete("AttributeValue", value["pk"])
    for product in world.all("Product"):
        carried = product["attributes"].get(str(value["attribute"]), [])
        if value["pk"] in carried:
            left = [pk for pk in carried if pk != value["pk"]]
            attributes = {**product["attributes"], str(value["attribute"]): left}
            world.change("Product", product, attributes=attributes)


def names_must_be_free(
    world: World, attribute: Document | None, given: Sequence[Args], field: str
) -> None:
    """What `attributeCreate` and `attributeUpdate` ask of the names of new values."""
    existing = {v["name"].lower().strip() for v in of(world, attribute)} if attribute else set()
    for value in given:
        if value["name"].lower().strip() in existing:
            words = f"Value {value['name']} already exists within this attribute."
            raise refuse(field, words, "ALREADY_EXISTS")
    names = [value["name"].lower().strip() for value in given]
    if len(set(names)) != len(names):
        raise refuse(field, "Provided values are not unique.", "UNIQUE")


def with_slugs(taken: Iterable[str], given: Sequence[Args]) -> list[dict[str, Any]]:
    """New values with the slugs that they get one after another."""
    known = list(taken)
    result = []
    for value in given:
        slug = unique_slug(slugify(value["name"]), known)
        known.append(slug)
        result.append({**value, "slug": slug})
    return result


def _create(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(*callers.VALUES)
    attribute = node(call.world, args["attribute"], "Attribute")
    value = {**args["input"], "attribute": attribute["pk"]}
    value["slug"] = _free_slug(call.world, value)
    _only_swatches_have_looks(attribute, value)
    must_be_clean(call.world, "AttributeValue", value)
    return {"attribute": attribute, "attributeValue": add(call.world, attribute, value)}


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(*callers.VALUES)
    value = named(call.world, "AttributeValue", args)
    attribute = call.world.one("Attribute", value["attribute"])
    changed = {**value, **_stated(args["input"])}
    if "name" in args["input"]:
        changed["slug"] = _free_slug(call.world, changed)
    _only_swatches_have_looks(attribute, args["input"])
    must_be_clean(call.world, "AttributeValue", changed)
    kept = call.world.change("AttributeValue", value, **changed)
    return {"attribute": attribute, "attributeValue": kept}


def _delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(*callers.VALUES)
    value = named(call.world, "AttributeValue", args)
    delete(call.world, value)
    attribute = call.world.one("Attribute", value["attribute"])
    return {"attribute": attribute, "attributeValue": value}


def _bulk_delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(*callers.VALUES)
    found = [node(call.world, id_, "AttributeValue", "ids") for id_ in args["ids"]]
    for value in found:
        delete(call.world, value)
    return {"count": len(found)}


def _free_slug(world: World, value: Args) -> str:
    """The slug of a value's name within its attribute; symbols alone come to a dash."""
    others = world.where("AttributeValue", attribute=value["attribute"])
    taken = {other["slug"] for other in others if other["pk"] != value.get("pk")}
    return unique_slug(slugify(value["name"] or "") or "-", taken)


def _only_swatches_have_looks(attribute: Document, given: Args) -> None:
    if attribute["inputType"] != "SWATCH" and given.get("value"):
        words = "The field value can be defined only for swatch attributes."
        raise refuse("value", words, "INVALID")


def _stated(given: Args) -> dict[str, Any]:
    """Null is stored as a text field's own emptiness."""
    return {name: "" if name == "value" and v is None else v for name, v in given.items()}


def _translate(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.TRANSLATIONS)
    value = node(call.world, args["id"], "AttributeValue")
    _label_must_fit(args["input"].get("name"))
    return {"attributeValue": _translated(call.world, value, args["languageCode"], args["input"])}


def _bulk_translate(call: Call, _root: Any, args: Args) -> Document:
    """Rows by id or external reference; each is judged by itself, the policy decides."""
    call.caller.must_have(callers.TRANSLATIONS)
    policy = args.get("errorPolicy") or "REJECT_EVERYTHING"
    rows = [(row, *_translatable(call.world, row)) for row in args["translations"]]
    if policy == "REJECT_EVERYTHING" and any(problems for _, _, problems in rows):
        refused = [{"translation": None, "errors": problems} for _, _, problems in rows]
        return {"count": 0, "results": refused}
    results = []
    for row, value, problems in rows:
        fine = value is not None and not problems
        kept = _translated_row(call.world, value, row) if fine and value else None
        results.append({"translation": kept, "errors": problems})
    return {"count": sum(r["translation"] is not None for r in results), "results": results}


def _translatable(world: World, row: Args) -> tuple[Document | None, list[Problem]]:
    id_, reference = row.get("id"), row.get("externalReference")
    if bool(id_) == bool(reference):
        words = (
            "Argument 'id' cannot be combined with 'externalReference'"
            if id_
            else "At least one of arguments is required: 'id', 'externalReference'."
        )
        return None, [{"path": None, "message": words, "code": "INVALID"}]
    if id_:
        found = world.get("AttributeValue", pk_in(id_, "AttributeValue"))
    else:
        found = world.first("AttributeValue", externalReference=reference)
    if found is None:
        path = "id" if id_ else "externalReference"
        words = "Couldn't resolve to an object."
        return None, [{"path": path, "message": words, "code": "NOT_FOUND"}]
    return found, []


def _translated_row(world: World, value: Document, row: Args) -> Document:
    language = row["languageCode"]
    kept = _translated(world, value, language, row["translationFields"])
    return translation(kept, language) or {}


def _translated(world: World, value: Document, language: str, given: Args) -> Document:
    fresh = world.one("AttributeValue", value["pk"])
    name = given.get("name", fresh["translations"].get(language))
    translations = {**fresh["translations"], language: name or ""}
    return world.change("AttributeValue", fresh, translations=translations)


def _label_must_fit(name: str | None) -> None:
    if name and len(name) > 250:
        words = f"Ensure this value has at most 250 characters (it has {len(name)})."
        raise refuse("name", words, "INVALID")


def translation(value: Document, language: str) -> Document | None:
    if language not in value["translations"]:
        return None
    return {"pk": value["pk"], "language": language, "name": value["translations"][language]}


def _resolve_translation(_call: Call, value: Document, args: Args) -> Document | None:
    return translation(value, args["languageCode"])


def _translation_id(_call: Call, row: Document, _args: Args) -> str:
    return gid("AttributeValueTranslation", row["pk"])


def _language(_call: Call, row: Document, _args: Args) -> Document:
    return {"code": row["language"], "language": row["language"].replace("_", " ").title()}


def _input_type(call: Call, value: Document, _args: Args) -> str:
    return str(call.world.one("Attribute", value["attribute"])["inputType"])


RESOLVERS = {
    ("AttributeValue", "translation"): _resolve_translation,
    ("AttributeValue", "inputType"): _input_type,
    ("AttributeValueTranslation", "id"): _translation_id,
    ("AttributeValueTranslation", "language"): _language,
}
MUTATIONS = {
    "attributeValueCreate": _create,
    "attributeValueUpdate": _update,
    "attributeValueDelete": _delete,
    "attributeValueBulkDelete": _bulk_delete,
    "attributeValueTranslate": _translate,
    "attributeValueBulkTranslate": _bulk_translate,
}
