"""Attributes in bulk: rows are judged one by one, and the error policy says which are kept.

`attributeBulkCreate` makes slugs of names whatever slug it is given, and neither of the two asks
whether a value's name is free: that is how the platform is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers, values
from providers.saleor.sandbox.attributes import BLANK
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import problems_of
from providers.saleor.sandbox.references import REFERENCES, UNNAMED
from providers.saleor.sandbox.refusal import Problem
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.values import WITH_CHOICES
from providers.saleor.sandbox.world import World, parts_of

Args = Mapping[str, Any]


@dataclass
class Row:
    """One row of the input: what is to be kept of it, and what is wrong with it."""

    attribute: Document | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    values: list[dict[str, Any]] = field(default_factory=list)
    doomed: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, path: str | None, message: str, code: str) -> None:
        self.problems.append({"path": path, "message": message, "code": code})


def _create(call: Call, _root: Any, args: Args) -> Document:
    for given in args["attributes"]:
        call.caller.must_have(callers.TYPE_PERMISSIONS[given["type"]])
    rows = _new_rows(call.world, args["attributes"])
    return _kept(call.world, rows, args.get("errorPolicy"))


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    references = _value_references(
        given["fields"].get("addValues") or [] for given in args["attributes"]
    )
    rows = [_changed_row(call.world, given, references) for given in args["attributes"]]
    return _kept(call.world, rows, args.get("errorPolicy"))


def _kept(world: World, rows: Sequence[Row], policy: str | None) -> Document:
    policy = policy or "REJECT_EVERYTHING"
    if policy == "REJECT_EVERYTHING" and any(row.problems for row in rows):
        return {"count": 0, "results": [{"attribute": None, "errors": r.problems} for r in rows]}
    results = []
    for row in rows:
        fine = row.attribute is not None and (policy == "IGNORE_FAILED" or not row.problems)
        kept = _keep(world, row) if fine else None
        results.append({"attribute": kept, "errors": row.problems})
    return {"count": sum(r["attribute"] is not None for r in results), "results": results}


def _keep(world: World, row: Row) -> Document:
    assert row.attribute is not None
    if "pk" in row.attribute:
        now = world.one("Attribute", row.attribute["pk"])
        kept = world.change("Attribute", now, **row.changes)
    else:
        kept = world.create("Attribute", row.attribute)
    for value in row.doomed:
        values.delete(world, value)
    taken = [value["slug"] for value in values.of(world, kept)]
    for value in values.with_slugs(taken, row.values):
        values.add(world, kept, value, placed=False)
    return kept


def _new_rows(world: World, given: Sequence[Args]) -> list[Row]:
    wanted = {slugify(row["name"]) for row in given}
    taken = {a["slug"] for a in world.all("Attribute") if a["slug"] in wanted}
    twice = _repeated(row.get("externalReference") for row in given)
    references = _value_references(row.get("values") or [] for row in given)
    return [_new_row(world, row, taken, twice, references) for row in given]


def _new_row(
    world: World, given: Args, taken: set[str], twice: set[str], references: set[str]
) -> Row:
    row = Row()
    reference = given.get("externalReference")
    if reference in twice:
        row.wrong("externalReference", "Duplicated external reference.", "DUPLICATED_INPUT_ITEM")
        return row
    if reference and world.first("Attribute", externalReference=reference):
        row.wrong("externalReference", "External reference already exists.", "UNIQUE")
        return row
    if given.get("inputType") in REFERENCES and not given.get("entityType"):
        row.wrong("entityType", UNNAMED, "REQUIRED")
        return row
    slug = unique_slug(slugify(given["name"]), taken)
    taken.add(slug)
    stated = {n: v for n, v in given.items() if n not in ("values", "slug") and v is not None}
    attribute = {**BLANK, **stated, "slug": slug}
    _judge(world, row, attribute)
    if row.attribute is not None:
        _judge_values(world, row, given.get("values") or [], "values", references)
    return row


def _changed_row(world: World, given: Args, references: set[str]) -> Row:
    row = Row()
    attribute = _found(world, given, row)
    if attribute is None:
        return row
    fields = given["fields"]
    row.changes = {n: v for n, v in fields.items() if n not in ("addValues", "removeValues")}
    row.attribute = attribute
    _judge_removals(world, row, fields.get("removeValues") or [])
    _judge_values(world, row, fields.get("addValues") or [], "addValues", references)
    _judge(world, row, {**attribute, **row.changes})
    return row


def _found(world: World, given: Args, row: Row) -> Document | None:
    id_, reference = given.get("id"), given.get("externalReference")
    if id_ and reference:
        row.wrong(None, "Argument 'id' cannot be combined with 'externalReference'", "INVALID")
        return None
    if not id_ and not reference:
        words = "At least one of arguments is required: 'id', 'externalReference'."
        row.wrong(None, words, "INVALID")
        return None
    if not id_:
        found = world.first("Attribute", externalReference=reference)
    else:
        parts = parts_of(id_)
        if parts is None or parts[0] != "Attribute":
            received = f", received: {parts[0]}" if parts else ""
            row.wrong("id", f"Invalid ID: {id_}. Expected: Attribute{received}.", "INVALID")
            return None
        found = world.get("Attribute", int(parts[1])) if parts[1].isdecimal() else None
    if found is None:
        path = "id" if id_ else "externalReference"
        row.wrong(path, "Couldn't resolve to an object.", "NOT_FOUND")
    return found


def _judge(world: World, row: Row, attribute: Document) -> None:
    """The attribute's own fields; a row that fails here is kept under no policy."""
    found = list(problems_of(world, "Attribute", attribute))
    for wrong in found:
        row.wrong(wrong["field"], wrong["message"], wrong["code"])
    row.attribute = None if found else attribute


def _judge_removals(world: World, row: Row, ids: Sequence[str]) -> None:
    assert row.attribute is not None
    own = {value["pk"]: value for value in values.of(world, row.attribute)}
    for index, id_ in enumerate(ids):
        parts = parts_of(id_)
        if parts is None or parts[0] != "AttributeValue":
            received = f", received: {parts[0]}" if parts else ""
            words = f"Invalid ID: {id_}. Expected: AttributeValue{received}."
            row.wrong(f"removeValues.{index}", words, "INVALID")
        elif not parts[1].isdecimal() or int(parts[1]) not in own:
            words = f"Value {id_} does not belong to this attribute."
            row.wrong(f"removeValues.{index}", words, "INVALID")
        else:
            row.doomed.append(own[int(parts[1])])


def _judge_values(
    world: World, row: Row, given: Sequence[Args], path: str, references: set[str]
) -> None:
    """New values: a bad one is told and left out, the others stay."""
    assert row.attribute is not None
    names = _repeated((value.get("name") or "").lower().strip() for value in given)
    for index, value in enumerate(given):
        place = f"{path}.{index}"
        reference = value.get("externalReference")
        if reference in references:
            words = "Duplicated external reference."
            row.wrong(f"{place}.externalReference", words, "DUPLICATED_INPUT_ITEM")
        elif reference and world.first("AttributeValue", externalReference=reference):
            words = "External reference already exists."
            row.wrong(f"{place}.externalReference", words, "UNIQUE")
        elif (value.get("name") or "").lower().strip() in names:
            row.wrong(f"{place}.name", "Duplicated name.", "DUPLICATED_INPUT_ITEM")
        elif not value.get("name"):
            row.wrong(f"{place}.name", "This field cannot be blank.", "REQUIRED")
        elif row.attribute["inputType"] not in WITH_CHOICES and value.get("value"):
            kind = row.attribute["inputType"].lower().replace("_", "-")
            row.wrong(path, f"Values cannot be used with input type {kind}.", "INVALID")
        else:
            row.values.append(dict(value))


def _value_references(rows: Any) -> set[str]:
    return _repeated(v.get("externalReference") for given in rows for v in given)


def _repeated(texts: Any) -> set[str]:
    return {text for text, times in Counter(t for t in texts if t).items() if times > 1}


MUTATIONS = {"attributeBulkCreate": _create, "attributeBulkUpdate": _update}
