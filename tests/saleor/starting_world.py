"""What must have stood in a recorded shop, inferred from what it answered.

A recording is one or several sessions, each on a freshly populated server (their numbers start
again). What an answer shows, and no mutation of its session can have made, stood there from the
start: primary keys rise, so everything below the first created key of its type is older. What
is older than anything created in any session stood in all of them. What a session shows first by
acting on it was made between two recordings, and arrives just before it is needed.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VariableNode,
    parse,
)

from tests.saleor.inferred_world import ARRIVED, Building, Thing, Things, arrival

Row = Mapping[str, Any]

SORTS = {
    "attribute": "Attribute",
    "attributes": "Attribute",
    "productAttributes": "Attribute",
    "attributeValue": "AttributeValue",
    "choices": "AttributeValue",
    "values": "AttributeValue",
    "product": "Product",
    "products": "Product",
    "productType": "ProductType",
    "productTypes": "ProductType",
    "category": "Category",
    "collection": "Collection",
    "collections": "Collection",
    "media": "ProductMedia",
    "channel": "Channel",
    "channels": "Channel",
    "app": "App",
    "shop": "Shop",
}
"""Which type stands under a field of an answer."""

ONE_BY_NAME = ("attribute", "product", "productType", "category", "collection")

MUTABLE = ("Attribute", "AttributeValue", "Product", "ProductType", "Collection")

DENIALS = ("Couldn't resolve", "Could not resolve", "can't be found", "doesn't exist", "not exist")


def sessions(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each session."""
    parts: list[list[Row]] = []
    for row in rows:
        if not parts or row["n"] <= parts[-1][-1]["n"]:
            parts.append([])
        parts[-1].append(row)
    return parts


@dataclass(frozen=True)
class Beginning:
    """What a session started with, and what arrived before which of its rows; both as the
    sandbox's planting reads them."""

    world: dict[str, Any]
    arrivals: Mapping[int, dict[str, Any]]


def beginnings(
    parts: Sequence[Sequence[Row]], elsewhere: Sequence[Sequence[Row]] = ()
) -> list[Beginning]:
    """elsewhere: sessions of other recordings, which are heard where the shop is the same."""
    own = [_Known(part) for part in parts]
    known = [*own, *(k for part in elsewhere if _is_same_shop(k := _Known(part), own))]
    oldest: dict[str, int] = {}
    for session in known:
        for sort, pk in session.first_created.items():
            oldest[sort] = min(pk, oldest.get(sort, pk))
    return [_beginning(session, known, oldest) for session in own]


def _is_same_shop(other: _Known, own: Sequence[_Known]) -> bool:
    """Whether the things that both know by number, and nobody made, have the same slugs."""
    pairs = [
        (facts.get("slug"), session.things[sort][identity].get("slug"))
        for session in own
        for sort, found in other.things.items()
        for identity, facts in found.items()
        if identity.isdecimal()
        and identity in session.things.get(sort, {})
        and int(identity) < min(k.first_created.get(sort, int(identity)) for k in (session, other))
    ]
    told = [(one, two) for one, two in pairs if one is not None and two is not None]
    return all(one == two for one, two in told)


def decoded(text: Any) -> tuple[str, int] | None:
    """The type and primary key of a global id."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9+/]{8,}={0,2}", text):
        return None
    try:
        sort, _, pk = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (sort, int(pk)) if sort.isalpha() and pk.isdecimal() else None


class _Known:
    """What one session says of the things in it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.things: dict[str, Things] = {}
        self.first_created: dict[str, int] = {}
        self.denied: set[tuple[str, int]] = set()
        for row in rows:
            self._see_creations(row)
            self._see_denials(row)
        for index, row in enumerate(rows):
            self._row, self._is_acting = index, "mutation" in str(row["request"])
            self._see_mentions(row)
            self._see_answer(row)
            self._see_refusals(row, rows[:index])

    def note(self, sort: str, identity: str, **facts: Any) -> Thing:
        """What was seen first is how it stood."""
        arrived = self._row if self._is_acting else None
        thing = self.things.setdefault(sort, {}).setdefault(identity, {ARRIVED: arrived})
        for name, value in facts.items():
            thing.setdefault(name, value)
        return thing

    def _see_creations(self, row: Row) -> None:
        for field, payload in _payloads(row):
            if not re.search(r"Create$", field):
                continue
            for id_ in _ids_in(payload):
                sort, pk = id_
                self.first_created[sort] = min(pk, self.first_created.get(sort, pk))

    def _see_denials(self, row: Row) -> None:
        said = json.dumps(row["response"], ensure_ascii=False)
        if any(words in said for words in DENIALS):
            self.denied |= set(_ids_in(row["request"]))

    def _see_answer(self, row: Row) -> None:
        for host in re.findall(r"http://([^/\"]+)/(?:media|thumbnail)/", str(row["response"])):
            self.note("Shop", "the", host=host)
        self._see(_named_data(row), None, None)
        for _, payload in _payloads(row):
            for field, content in payload.items():
                self._see_target(row, SORTS.get(field), content)

    def _see_target(self, row: Row, sort: str | None, content: Any) -> None:
        """What a mutation was done to is told by the request where its answer shows no id."""
        targets = {pk for found, pk in _ids_in(row["request"]) if found == sort}
        if sort and isinstance(content, dict) and "id" not in content and len(targets) == 1:
            facts = {n: v for n, v in content.items() if not isinstance(v, dict | list)}
            self.note(sort, str(targets.pop()), **facts)

    def _see(self, content: Any, sort: str | None, owner: Thing | None) -> None:
        if isinstance(content, list):
            for item in content:
                self._see(item, sort, owner)
        elif isinstance(content, dict):
            self._see_object(content, sort, owner)

    def _see_object(
        self, content: Mapping[str, Any], sort: str | None, owner: Thing | None
    ) -> None:
        if sort in MUTABLE and self._is_acting and "id" not in content and owner is None:
            return
        thing = self._thing(content, sort, owner)
        for field, inner in content.items():
            if field in ("edges", "node"):
                self._see(inner, sort, owner)
            elif isinstance(inner, dict | list):
                self._see(inner, SORTS.get(field), thing or owner)

    def _thing(
        self, content: Mapping[str, Any], sort: str | None, owner: Thing | None
    ) -> Thing | None:
        id_ = decoded(content.get("id"))
        if id_ is not None:
            sort, identity = id_[0], str(id_[1])
        elif sort is not None and "slug" in content:
            identity = f"slug:{content['slug']}"
            if sort == "AttributeValue":
                identity += f" of {(owner or {}).get('slug')}"
        elif sort in ("App", "Shop"):
            identity = "the"
        elif "values" in content and "attribute" in content:
            return self._selected(content, owner)
        else:
            return None
        facts = {n: v for n, v in content.items() if not isinstance(v, dict | list) and n != "id"}
        if sort == "AttributeValue" and owner is not None and "slug" in owner:
            facts["of"] = owner["slug"]
        thing = self.note(sort, identity, **facts)
        _note_relations(thing, content, is_acting=self._is_acting)
        return thing

    def _selected(self, content: Mapping[str, Any], product: Thing | None) -> Thing | None:
        """An attribute of a product with its values: the attribute is what the values are of."""
        slug = content["attribute"].get("slug")
        if slug is None:
            return None
        if product is not None:
            carried = [value.get("slug") for value in content["values"]]
            product.setdefault("carries", {}).setdefault(slug, carried)
        return {"slug": slug}

    def _see_mentions(self, row: Row) -> None:
        """What a request names and no answer denies was there."""
        for sort, pk in _ids_in(row["request"]):
            if (sort, pk) not in self.denied and sort in SORTS.values():
                self.note(sort, str(pk))

    def _see_refusals(self, row: Row, before: Sequence[Row]) -> None:
        """A refusal tells what stood in the way."""
        for field, payload in _payloads(row):
            for error in payload.get("errors") or ():
                if error.get("code") == "UNIQUE":
                    self._see_taken(field, error.get("field"), row, before)
                if error.get("code") == "ATTRIBUTE_ALREADY_ASSIGNED":
                    self._see_assigned(row, error.get("attributes") or ())

    def _see_taken(self, mutation: str, field: Any, row: Row, before: Sequence[Row]) -> None:
        value = _given(row["request"], str(field))
        sort = _sort_of(mutation)
        asked = any(json.dumps(value) in json.dumps(past["request"]) for past in before)
        shown = any(t.get(str(field)) == value for t in self.things.get(str(sort), {}).values())
        is_known = asked or shown
        if value and sort and not is_known and field in ("slug", "externalReference"):
            self.note(sort, f"taken:{value}", **{str(field): value})

    def _see_assigned(self, row: Row, attributes: Sequence[str]) -> None:
        for sort, pk in _ids_in(row["request"]):
            if sort == "ProductType":
                pks = [found[1] for id_ in attributes if (found := decoded(id_))]
                self.note(sort, str(pk)).setdefault("has", []).extend(pks)


def _note_relations(thing: Thing, content: Mapping[str, Any], *, is_acting: bool) -> None:
    """What a thing points at and holds; what a mutation answers with is what it has just made."""
    if isinstance(content.get("defaultCountry"), dict):
        thing.setdefault("defaultCountry", {"country": "", **content["defaultCountry"]})
    for field in ("productType", "category"):
        if isinstance(content.get(field), dict) and "slug" in content[field]:
            thing.setdefault(field, content[field]["slug"])
    if isinstance(content.get("channelListings"), list) and not is_acting:
        listings = [
            {"channel": listing["channel"]["slug"], "isPublished": listing.get("isPublished", True)}
            for listing in content["channelListings"]
            if "slug" in listing.get("channel", {})
        ]
        thing.setdefault("channels", listings)
    metadata = content.get("metadata")
    if isinstance(metadata, list) and all("value" in m for m in metadata) and not is_acting:
        thing.setdefault("metadata", {m["key"]: m["value"] for m in metadata})
    if isinstance(content.get("permissions"), list):
        thing.setdefault("permissions", [p["code"] for p in content["permissions"]])
    if isinstance(content.get("productAttributes"), list) and not is_acting:
        slugs = [a["slug"] for a in content["productAttributes"] if "slug" in a]
        thing.setdefault("productAttributes", slugs)


def _named_data(row: Row) -> Any:
    """The answer's data; what was asked for by name or id is shown with it, even where the
    selection leaves it out."""
    response = row["response"][0] if isinstance(row["response"], list) else row["response"]
    data = response.get("data")
    query = row["request"].get("query") if isinstance(row["request"], dict) else None
    if not isinstance(data, dict) or not query:
        return data
    named = dict(data)
    for selection in _root_fields(query):
        key = selection.alias.value if selection.alias else selection.name.value
        if isinstance(data.get(key), dict) and selection.name.value in ONE_BY_NAME:
            named[key] = _arguments(selection, row["request"].get("variables") or {}) | data[key]
    return named


def _root_fields(query: str) -> Iterator[FieldNode]:
    try:
        document = parse(query)
    except GraphQLSyntaxError:
        return
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            nodes = definition.selection_set.selections
            yield from (node for node in nodes if isinstance(node, FieldNode))


def _arguments(field: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for argument in field.arguments or ():
        if argument.name.value in ("id", "slug", "externalReference"):
            node = argument.value
            if isinstance(node, VariableNode):
                value = variables.get(node.name.value)
            else:
                value = getattr(node, "value", None)
            given |= {argument.name.value: value} if isinstance(value, str) else {}
    return given


def _payloads(row: Row) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mutations' payloads by the name of their mutation; aliased ones are left out."""
    response = row["response"]
    data = response.get("data") if isinstance(response, dict) else None
    for field, payload in (data or {}).items():
        if isinstance(payload, dict) and ("errors" in payload or "results" in payload):
            yield field, payload


def _ids_in(content: Any) -> Iterator[tuple[str, int]]:
    if isinstance(content, dict):
        for inner in content.values():
            yield from _ids_in(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _ids_in(inner)
    elif isinstance(content, str):
        for text in [content, *re.findall(r'"([A-Za-z0-9+/]{8,}={0,2})"', content)]:
            found = decoded(text)
            if found:
                yield found


def _given(request: Any, field: str) -> str | None:
    """The value of an input field, in the variables or as a literal."""
    literal = re.search(rf'{field}\s*:\s*"([^"]*)"', str(request.get("query")))
    if literal:
        return literal.group(1)
    for inner in _mappings(request.get("variables")):
        if isinstance(inner.get(field), str):
            return str(inner[field])
    return None


def _mappings(content: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(content, dict):
        yield content
        for inner in content.values():
            yield from _mappings(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _mappings(inner)


def _sort_of(mutation: str) -> str | None:
    kinds = {"attributeValue": "AttributeValue", "attribute": "Attribute", "productType":
             "ProductType", "product": "Product", "category": "Category"}  # fmt: skip
    found = re.match(r"(attributeValue|attribute|productType|product|category)[A-Z]", mutation)
    return kinds[found.group(1)] if found else None


def _beginning(session: _Known, known: Sequence[_Known], oldest: Mapping[str, int]) -> Beginning:
    """The session's own older things, and what other sessions know of things older than all."""
    things: dict[str, Things] = {}
    for source in [*(other for other in known if other is not session), session]:
        limits = session.first_created if source is session else oldest
        for sort, found in source.things.items():
            for identity, facts in found.items():
                is_elsewhere = source is not session and facts.get(ARRIVED) is not None
                if not is_elsewhere and _was_there(source, sort, identity, facts, limits):
                    _merge(things.setdefault(sort, {}), identity, facts, source is session)
    late = {
        (sort, identity): facts[ARRIVED]
        for sort, found in things.items()
        for identity, facts in found.items()
        if facts.get(ARRIVED) is not None and sort in ("Attribute", "AttributeValue")
        and not (identity.isdecimal() and int(identity) < oldest.get(sort, 0))
    }  # fmt: skip
    arriving = {key: things[key[0]].pop(key[1]) for key in late}
    arrivals = {
        row: arrival({key: arriving[key] for key in late if late[key] == row})
        for row in sorted(set(late.values()))
    }
    return Beginning(Building(things, session.first_created).world(), arrivals)


def _was_there(
    source: _Known, sort: str, identity: str, facts: Thing, limits: Mapping[str, int]
) -> bool:
    if identity.isdecimal():
        return int(identity) < limits.get(sort, int(identity) + 1)
    return _is_old(source, sort, facts)


def _is_old(source: _Known, sort: str, facts: Thing) -> bool:
    """Whether a thing that is known by its slug only is none that the session made."""
    return not any(
        identity.isdecimal()
        and other.get("slug") == facts.get("slug")
        and int(identity) >= source.first_created.get(sort, int(identity) + 1)
        for identity, other in source.things.get(sort, {}).items()
    )


def _merge(things: Things, identity: str, facts: Thing, is_own: bool) -> None:
    """Add what is said of a thing to what is known; what its own session says goes before."""
    told = {name: value for name, value in facts.items() if name != ARRIVED}
    same = [key for key in things if _is_same(key, things[key], identity, facts)]
    if not same:
        things[identity] = dict(facts)
        return
    before: Thing = {}
    for key in same:
        before = {**things.pop(key), **before}
    numbered = [key for key in (identity, *same) if key.isdecimal()]
    things[(numbered or same)[0]] = {**before, **told} if is_own else {**told, **before}


def _is_same(key: str, known: Thing, identity: str, facts: Thing) -> bool:
    if key == identity:
        return True
    both_numbered = key.isdecimal() and identity.isdecimal()
    return (
        not both_numbered
        and "slug" in facts
        and known.get("slug") == facts["slug"]
        and known.get("of") == facts.get("of")
    )
