"""How Saleor says no.

Refusal            business errors, told in the payload's `errors` (HTTP 200)
TopLevel           errors beside `data` whose mutation is null (HTTP 200)
├── PermissionDenied
├── IntegrityError a database conflict that nobody caught: "Internal Server Error"
└── AssertionFailed the server's own crash: "Internal Server Error" as well
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox.world import World, parts_of, pk_in

Problem = Mapping[str, Any]
"""One business error: field, message, code, and what else its type holds."""


class Refusal(Exception):
    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(str(problem["message"]) for problem in problems))


class TopLevel(Exception):
    """`code` is what `extensions.exception.code` says."""

    code = "GraphQLError"


class PermissionDenied(TopLevel):
    code = "PermissionDenied"

    @classmethod
    def needing(cls, *permissions: str) -> PermissionDenied:
        needed = ", ".join(permissions)
        return cls(f"To access this path, you need one of the following permissions: {needed}")


class IntegrityError(TopLevel):
    code = "IntegrityError"

    def __init__(self) -> None:
        super().__init__("Internal Server Error")


class AssertionFailed(TopLevel):
    code = "AssertionError"

    def __init__(self) -> None:
        super().__init__("Internal Server Error")


def problem(field: str | None, message: str, code: str, **more: Any) -> Problem:
    return {"field": field, "message": message, "code": code, **more}


def refuse(field: str | None, message: str, code: str, **more: Any) -> Refusal:
    return Refusal([problem(field, message, code, **more)])


def node(world: World, id_: str, sort: str, field: str = "id", called: str = "a node") -> Document:
    """What a global id names. Refuses ids that are malformed, of another type or unknown."""
    parts = parts_of(id_)
    if parts is None:
        raise refuse(field, f"Invalid ID: {id_}. Expected: {sort}.", "GRAPHQL_ERROR")
    if parts[0] != sort:
        words = f"Invalid ID: {id_}. Expected: {sort}, received: {parts[0]}."
        raise refuse(field, words, "GRAPHQL_ERROR")
    found = world.get(sort, int(parts[1])) if parts[1].isdecimal() else None
    if found is None:
        raise refuse(field, f"Couldn't resolve to {called}: {id_}", "NOT_FOUND")
    return found


def nodes(world: World, ids: Sequence[str], sort: str, field: str) -> list[Document]:
    """What a list of global ids names, each once, in their order. Refuses a list of which nothing
    is found; crashes, as Saleor's `get_nodes` does, where only some is."""
    foreign = next((i for i in ids if (parts := parts_of(i)) and parts[0] != sort), None)
    if foreign is not None:
        raise refuse(field, f"Must receive {sort} id: {foreign}.", "GRAPHQL_ERROR")
    found = [world.get(sort, pk_in(id_, sort)) for id_ in dict.fromkeys(ids)]
    malformed = [id_ for id_ in ids if parts_of(id_) is None]
    if malformed or not any(found):
        words = f"Could not resolve to a node with the global id list of '{malformed or ids}'."
        raise refuse(field, words, "GRAPHQL_ERROR")
    if not all(found):
        raise AssertionFailed
    return [document for document in found if document is not None]


def named(world: World, sort: str, args: Mapping[str, Any]) -> Document:
    """What `id` or `externalReference` of a mutation names; exactly one of them is wanted."""
    id_, reference = args.get("id"), args.get("externalReference")
    exactly_one("id", id_, "externalReference", reference)
    if id_:
        return node(world, id_, sort)
    found = world.first(sort, externalReference=reference)
    if found is None:
        words = f"Couldn't resolve to a node: {reference}"
        raise refuse("externalReference", words, "NOT_FOUND")
    return found


def one_named(world: World, sort: str, args: Mapping[str, Any], *fields: str) -> Document | None:
    """What one of a query's arguments names, or None. Raises `TopLevel` for none, several, or a
    malformed id."""
    given = [field for field in fields if args.get(field)]
    if len(given) > 1:
        others = ", ".join(f"'{_snake(field)}'" for field in given[1:])
        raise TopLevel(f"Argument '{_snake(given[0])}' cannot be combined with {others}")
    if not given:
        known = ", ".join(f"'{_snake(field)}'" for field in fields)
        raise TopLevel(f"At least one of arguments is required: {known}.")
    if given[0] != "id":
        return world.first(sort, **{given[0]: args[given[0]]})
    if parts_of(args["id"]) is None:
        raise TopLevel(f"Invalid ID: {args['id']}. Expected: {sort}.")
    return world.get(sort, pk_in(args["id"], sort))


def _snake(field: str) -> str:
    return "external_reference" if field == "externalReference" else field


def exactly_one(first: str, one: Any, second: str, other: Any, code: str = "GRAPHQL_ERROR") -> None:
    if one and other:
        raise refuse(None, f"Argument '{first}' cannot be combined with '{second}'", code)
    if not one and not other:
        words = f"At least one of arguments is required: '{first}', '{second}'."
        raise refuse(None, words, code)
