"""One GraphQL request from body to answer, with Saleor's limits and status codes.

400 for what is not carried out at all: syntax, validation, variables, limits, cost.
200 for everything that was executed, whatever it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
)

from providers.saleor.sandbox import (
    attributes,
    bulk,
    catalog,
    collections,
    listings,
    media,
    metadata,
    products,
    reordering,
    values,
)
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.cost import MOST, cost_of
from providers.saleor.sandbox.grammar import Malformed, check, coerced, read, shown
from providers.saleor.sandbox.refusal import Refusal, TopLevel
from providers.saleor.sandbox.world import gid

Body = dict[str, Any]
Resolver = Callable[[Call, Any, Mapping[str, Any]], Any]

_PARTS: Final = (
    attributes,
    bulk,
    catalog,
    collections,
    listings,
    media,
    metadata,
    products,
    reordering,
    values,
)


def answer(call: Call, request: Any) -> tuple[int, Any]:
    """Status and body for one request, or for a batch, of which only one of one is taken."""
    if isinstance(request, list):
        if len(request) > 1:
            return 400, {"errors": [shown("Number of batch queries exceeded.", "GraphQLError")]}
        answers = [_answer(call, entry) for entry in request]
        return max((status for status, _ in answers), default=200), [body for _, body in answers]
    return _answer(call, request)


def _answer(call: Call, request: Any) -> tuple[int, Body]:
    query = request.get("query") if isinstance(request, dict) else None
    if not query or not isinstance(query, str):
        return 400, {"errors": [shown("Must provide a query string.", "GraphQLError")]}
    given = request.get("variables") or {}
    try:
        document = _read(query)
    except Malformed as error:
        return 400, {"errors": error.errors}
    cost = {"requestedQueryCost": cost_of(schema(), document, given), "maximumAvailable": MOST}
    return _costed(call, query, document, request.get("operationName"), given, cost)


def _costed(
    call: Call,
    query: str,
    document: DocumentNode,
    name: str | None,
    given: Mapping[str, Any],
    cost: Mapping[str, int],
) -> tuple[int, Body]:
    extensions = {"cost": cost}
    if cost["requestedQueryCost"] > MOST:
        return 400, {"errors": [_too_dear(cost)], "extensions": extensions}
    try:
        _checked(query)
    except Malformed as error:
        return 400, {"errors": error.errors, "extensions": extensions}
    try:
        variables = coerced(schema(), _operation(document, name), given)
    except Malformed as error:
        return 400, {"errors": error.errors}
    return 200, {**_executed(call, document, name, variables), "extensions": extensions}


def _executed(
    call: Call, document: DocumentNode, name: str | None, variables: dict[str, Any]
) -> Body:
    result = execute_sync(
        schema(),
        document,
        context_value=call,
        variable_values=variables,
        operation_name=name,
    )
    errors = [_executed_error(error) for error in result.errors or ()]
    return {**({"errors": errors} if errors else {}), "data": result.data}


def _executed_error(error: GraphQLError) -> Body:
    code = "GraphQLError"
    if isinstance(error.original_error, TopLevel):
        code = error.original_error.code
    elif error.original_error is not None and "Cannot return null" not in error.message:
        raise error.original_error
    places = [{"line": line, "column": column} for line, column in error.locations or ()]
    return shown(error.message, code, locations=places, path=error.path)


def _too_dear(cost: Mapping[str, int]) -> Body:
    words = f"The query exceeds the maximum cost of {MOST}."
    words += f" Actual cost is {cost['requestedQueryCost']}"
    extensions = {"cost": cost, "exception": {"code": "QueryCostError"}}
    return {"message": words, "extensions": extensions}


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    for operation in operations:
        if name is None or (operation.name and operation.name.value == name):
            return operation
    words = f'Unknown operation named "{name}".' if name else "Must provide an operation."
    raise Malformed([shown(words, "GraphQLError")])


@lru_cache(maxsize=512)
def _read(query: str) -> DocumentNode:
    return read(query)


@lru_cache(maxsize=512)
def _checked(query: str) -> None:
    check(schema(), _read(query))


@cache
def schema() -> GraphQLSchema:
    """The sandbox's schema, its fields bound to what answers them. That it is valid is a test's to
    find out, not every start's."""
    text = (Path(__file__).parent / "schema.graphql").read_text()
    built = build_schema(text, no_location=True, assume_valid=True, assume_valid_sdl=True)
    for part in _PARTS:
        for (sort, field), resolver in getattr(part, "RESOLVERS", {}).items():
            _object(built, sort).fields[field].resolve = _adapted(resolver)
        for field, mutation in part.MUTATIONS.items() if hasattr(part, "MUTATIONS") else ():
            _object(built, "Mutation").fields[field].resolve = _adapted(_telling(mutation))
    for type_ in built.type_map.values():
        if isinstance(type_, GraphQLObjectType) and "id" in type_.fields:
            type_.fields["id"].resolve = type_.fields["id"].resolve or _global_id(type_.name)
    return built


def _object(built: GraphQLSchema, name: str) -> GraphQLObjectType:
    type_ = built.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def _adapted(resolver: Resolver) -> Callable[..., Any]:
    def resolve(root: Any, info: GraphQLResolveInfo[Call], **args: Any) -> Any:
        return resolver(info.context, root, args)

    return resolve


def _telling(mutation: Resolver) -> Resolver:
    """Business errors become the payload's; the other fields are then null."""

    def told(call: Call, root: Any, args: Mapping[str, Any]) -> Any:
        try:
            return {"errors": [], **mutation(call, root, args)}
        except Refusal as refusal:
            return {"errors": refusal.problems}

    return told


def _global_id(sort: str) -> Callable[..., str]:
    return lambda root, _info: gid(sort, root["pk"])
