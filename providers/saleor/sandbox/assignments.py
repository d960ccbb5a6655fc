"""Values on products: what a product's `attributes` input comes to.

Each input type looks at its own key only. A key of another type is as good as none, and none
empties the attribute; `{value}` makes the choice that it does not find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.kit.store import Document
from providers.saleor.sandbox import references, values
from providers.saleor.sandbox.refusal import Problem, Refusal, TopLevel, problem, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, gid, parts_of, pk_in

Args = Mapping[str, Any]

REQUIRED: Final = ("Attribute expects a value but none were given.", "REQUIRED")
BLANK: Final = ("Attribute values cannot be blank.", "REQUIRED")
TWICE: Final = ("Duplicated attribute values are provided.", "DUPLICATED_INPUT_ITEM")
TOO_LONG: Final = ("Attribute value length is exceeded.", "INVALID")
ID_AND_VALUE: Final = ("Attribute values cannot be assigned by both id and value.", "INVALID")
ID_AND_REFERENCE: Final = (
    "Attribute values cannot be assigned by both id and external reference",
    "INVALID",
)
MORE_THAN_ONE: Final = ("Attribute must take only one value.", "INVALID")
INVALID: Final = ("Invalid value provided for attribute.", "INVALID")
NO_NUMBER: Final = ("Numeric value is required.", "INVALID")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one attribute of a product is to be, as it was given."""

    attribute: Document
    given: Args
    identifier: str


def resolved(
    world: World, type_: Document, given: Sequence[Args], *, new: bool
) -> list[Assignment]:
    """Which attributes of a product type an input is about, everything checked before anything
    is written. Raises `Refusal`."""
    assignments = _found(world, type_, given)
    problems: dict[tuple[str, str], list[str]] = {}
    for assignment in assignments:
        for told in _wrong_with(world, assignment):
            problems.setdefault(told, []).append(assignment.identifier)
    refusals = [
        problem("attributes", message, code, attributes=identifiers)
        for (message, code), identifiers in problems.items()
    ]
    refusals += _missing(world, type_, assignments) if new else []
    if refusals:
        raise Refusal(refusals)
    return assignments


def assign(world: World, product: Document, assignments: Sequence[Assignment]) -> dict[str, Any]:
    """The product's values afterwards. Nothing is kept where a value is not found (`Refusal`)
    or belongs to another attribute (`TopLevel`)."""
    chosen = [(a, _choices(world, product, a)) for a in assignments]
    attributes = dict(product["attributes"])
    for assignment, choices in chosen:
        own = assignment.attribute["pk"]
        if any(choice.get("attribute", own) != own for choice in choices):
            raise TopLevel("Some values are not from the provided attribute.")
        attributes[str(own)] = [_kept(world, assignment.attribute, choice) for choice in choices]
    return attributes


def _found(world: World, type_: Document, given: Sequence[Args]) -> list[Assignment]:
    own = {pk: world.one("Attribute", pk) for pk in type_["productAttributes"]}
    by_reference = {a["externalReference"]: a for a in own.values() if a["externalReference"]}
    found, missing = [], []
    for entry in given:
        id_, reference = entry.get("id"), entry.get("externalReference")
        _must_name_one(id_, reference)
        attribute = own.get(_attribute_pk(id_)) if id_ else by_reference.get(reference)
        if attribute is None:
            missing.append(f"ID: {id_}" if id_ else f"ExtRef: {reference}")
        else:
            found.append(Assignment(attribute, entry, id_ or str(reference)))
    if missing:
        words = f"Could not resolve attributes: {', '.join(missing)}."
        raise refuse("attributes", words, "NOT_FOUND")
    return found


def _must_name_one(id_: str | None, reference: str | None) -> None:
    if id_ and reference:
        words = "Argument 'id' cannot be combined with 'externalReference'"
        raise refuse("attributes", words, "REQUIRED")
    if not id_ and not reference:
        words = "At least one of arguments is required: 'id', 'externalReference'."
        raise refuse("attributes", words, "REQUIRED")


def _attribute_pk(id_: str) -> int:
    parts = parts_of(id_)
    if parts is None or parts[0] != "Attribute":
        received = f", received: {parts[0]}" if parts else ""
        words = f"Invalid ID: {id_}. Expected: Attribute{received}."
        raise refuse("attributes", words, "GRAPHQL_ERROR")
    if not parts[1].isdecimal():
        raise refuse("attributes", f"An invalid ID value was passed: {id_}", "INVALID")
    return int(parts[1])


def _missing(world: World, type_: Document, assignments: Sequence[Assignment]) -> list[Problem]:
    supplied = {assignment.attribute["pk"] for assignment in assignments}
    lacking = [
        gid("Attribute", pk)
        for pk in type_["productAttributes"]
        if pk not in supplied and world.one("Attribute", pk)["valueRequired"]
    ]
    words = "All attributes flagged as having a value required must be supplied."
    return [problem("attributes", words, "REQUIRED", attributes=lacking)] if lacking else []


Told = Sequence[tuple[str, str]]


def _wrong_with(world: World, assignment: Assignment) -> Told:
    required = assignment.attribute["valueRequired"]
    given = assignment.given
    match assignment.attribute["inputType"]:
        case "DROPDOWN" | "SWATCH" | "MULTISELECT" | "NUMERIC" if given.get("values"):
            return _wrong_with_texts(assignment.attribute["inputType"], given["values"])
        case "DROPDOWN":
            return _wrong_with_choice(given.get("dropdown"), required)
        case "SWATCH":
            return _wrong_with_choice(given.get("swatch"), required)
        case "MULTISELECT":
            return _wrong_with_choices(given.get("multiselect") or [], required)
        case "NUMERIC":
            return _wrong_with_number(given.get("numeric"), required)
        case "BOOLEAN":
            return [REQUIRED] if required and given.get("boolean") is None else []
        case "REFERENCE" | "SINGLE_REFERENCE":
            return references.wrong_with(world, assignment.attribute, given)
        case "PLAIN_TEXT":
            return [REQUIRED] if required and not (given.get("plainText") or "").strip() else []
    return [REQUIRED] if required else []


def _wrong_with_choice(choice: Args | None, required: bool) -> Told:
    if not choice:
        return [REQUIRED] if required else []
    id_, value, reference = (choice.get(n) for n in ("id", "value", "externalReference"))
    if id_ and reference:
        return [ID_AND_REFERENCE]
    if id_ and value:
        return [ID_AND_VALUE]
    if not id_ and not reference and not value:
        return [REQUIRED] if required else []
    if value and (not value.strip() or len(value) > 250):
        return [TOO_LONG if value.strip() else BLANK]
    named = id_ or reference
    return [BLANK] if named and not named.strip() else []


def _wrong_with_choices(choices: Sequence[Args], required: bool) -> Told:
    if not choices:
        return [REQUIRED] if required else []
    given = {
        n: [c[n] for c in choices if c.get(n) is not None]
        for n in ("id", "value", "externalReference")
    }
    told: list[tuple[str, str]] = []
    if given["id"] and given["value"]:
        told.append(ID_AND_VALUE)
    elif any(len(texts) > len(set(texts)) for texts in given.values()):
        told.append(TWICE)
    for choice in choices:
        told += _wrong_with_choice(choice, required)
    return told


def _wrong_with_number(number: str | None, required: bool) -> Told:
    if number is None:
        return [REQUIRED] if required else []
    return [] if _is_number(number) else [NO_NUMBER]


def _wrong_with_texts(kind: str, texts: Sequence[str]) -> Told:
    told: list[tuple[str, str]] = []
    if kind != "MULTISELECT" and len(texts) > 1:
        told.append(MORE_THAN_ONE)
    if len(set(texts)) < len(texts):
        told.append(TWICE)
    for text in texts:
        if kind == "NUMERIC":
            told += [] if _is_number(text) else [INVALID]
        elif not text.strip():
            told.append(BLANK)
        elif len(text) > 250:
            told.append(TOO_LONG)
    return told


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _choices(world: World, product: Document, assignment: Assignment) -> list[Document]:
    """The values that a product gets: kept ones (with `pk`), and ones that are to be made."""
    given, attribute = assignment.given, assignment.attribute
    kind = attribute["inputType"]
    if kind in ("DROPDOWN", "SWATCH", "MULTISELECT") and given.get("values"):
        return _by_texts(world, attribute, given["values"])
    match kind:
        case "DROPDOWN" | "SWATCH":
            choice = given.get(kind.lower())
            return _by_choice(world, attribute, choice) if choice else []
        case "MULTISELECT":
            return _by_choices(world, attribute, given.get("multiselect") or [])
        case "BOOLEAN":
            return _by_flag(world, attribute, given.get("boolean"))
        case "REFERENCE" | "SINGLE_REFERENCE":
            return references.chosen(world, product, attribute, given)
        case "NUMERIC":
            number = given.get("numeric") or (given.get("values") or [None])[0]
            return _of_its_own(world, product, attribute, number, {})
        case "PLAIN_TEXT":
            text = given.get("plainText")
            return _of_its_own(world, product, attribute, text, {"plainText": text})
    return []


def _by_choice(world: World, attribute: Document, choice: Args) -> list[Document]:
    id_, value, reference = (choice.get(n) for n in ("id", "value", "externalReference"))
    if reference and value:
        return [_by_reference_and_name(world, attribute, reference, value)]
    if reference:
        found = world.first("AttributeValue", externalReference=reference)
        words = "Attribute value with given externalReference can't be found"
        return [_must_exist(found, words)]
    if id_:
        found = world.get("AttributeValue", pk_in(id_, "AttributeValue"))
        return [_must_exist(found, "Attribute value with given ID can't be found")]
    return _by_texts(world, attribute, [value]) if value else []


def _by_choices(world: World, attribute: Document, choices: Sequence[Args]) -> list[Document]:
    """Found ones in their order, then those that are to be made."""
    own = values.of(world, attribute)
    by_id = {gid("AttributeValue", value["pk"]): value for value in own}
    by_reference = {value["externalReference"]: value for value in own}
    found, texts, named = [], [], []
    lost_ids, lost_references = [], []
    for choice in choices:
        id_, value, reference = (choice.get(n) for n in ("id", "value", "externalReference"))
        if id_ and id_ not in by_id:
            lost_ids.append(id_)
        elif id_:
            found.append(by_id[id_])
        elif reference and value:
            named.append(_by_reference_and_name(world, attribute, reference, value))
        elif reference and reference not in by_reference:
            lost_references.append(reference)
        elif reference:
            found.append(by_reference[reference])
        elif value:
            texts.append(value)
    _must_be_none("ID(s)", lost_ids)
    _must_be_none("external reference(s)", lost_references)
    return found + _by_texts(world, attribute, texts) + named


def _must_be_none(what: str, lost: Sequence[str]) -> None:
    if lost:
        words = f"Attribute value(s) with given {what} can't be found: {', '.join(lost)}"
        raise refuse(None, words, "INVALID")


def _must_exist(found: Document | None, words: str) -> Document:
    if found is None:
        raise refuse(None, words, "INVALID")
    return found


def _by_texts(world: World, attribute: Document, texts: Sequence[str]) -> list[Document]:
    """By slug, else by name, else a new value."""
    own = values.of(world, attribute)
    by_slug = {value["slug"]: value for value in own}
    by_name: dict[str, Document] = {value["name"]: value for value in own}
    taken = set(by_slug)
    result = []
    for text in texts:
        found = by_slug.get(text) or by_name.get(text)
        if found is None:
            slug = unique_slug(slugify(text), taken)
            taken.add(slug)
            found = by_name[text] = {"name": text, "slug": slug}
        result.append(found)
    return result


def _by_reference_and_name(
    world: World, attribute: Document, reference: str, name: str
) -> Document:
    found = world.first("AttributeValue", externalReference=reference)
    if found is None:
        taken = [value["slug"] for value in values.of(world, attribute)]
        slug = unique_slug(slugify(name), taken)
        return {"name": name, "slug": slug, "externalReference": reference}
    if found["name"] != name:
        words = (
            f"Attribute value with external reference '{reference}' already exists"
            f" with different value '{found['name']}'."
        )
        raise refuse(None, words, "INVALID")
    return found


def _by_flag(world: World, attribute: Document, flag: bool | None) -> list[Document]:
    if flag is None:
        return []
    slug = f"{attribute['pk']}_{str(flag).lower()}"
    found = world.first("AttributeValue", attribute=attribute["pk"], slug=slug)
    name = f"{attribute['name']}: {'Yes' if flag else 'No'}"
    return [found or {"name": name, "slug": slug, "boolean": flag}]


def _of_its_own(
    world: World, product: Document, attribute: Document, text: str | None, more: Args
) -> list[Document]:
    """Texts and numbers are values of one product, changed in place."""
    if text is None:
        return []
    slug = f"product-{product['pk']}_{attribute['pk']}"
    found = world.first("AttributeValue", attribute=attribute["pk"], slug=slug)
    return [{**(found or {}), "slug": slug, "name": text[:200], **more}]


def _kept(world: World, attribute: Document, choice: Document) -> int:
    if "pk" not in choice:
        return int(values.add(world, attribute, choice, placed=False)["pk"])
    return int(world.change("AttributeValue", choice)["pk"])
