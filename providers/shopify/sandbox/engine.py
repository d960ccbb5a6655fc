"""Runs a GraphQL request against a shop, and answers as the Admin API does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    execute_sync,
)
from graphql.execution.values import get_argument_values, get_variable_values

from providers.shopify.sandbox import (
    access,
    bucket,
    bulk,
    bundles,
    by_hand,
    catalog,
    collections,
    cost,
    definition_reading,
    definitions,
    file_changing,
    file_making,
    files,
    finding,
    jobs,
    library,
    media,
    metafields,
    metaobjects,
    online,
    pinning,
    product_media,
    products,
    publications,
    redirects,
    sources,
    staged,
    tagging,
    traits,
    variants,
)
from providers.shopify.sandbox.documents import Document, document, schema
from providers.shopify.sandbox.shop import Shop
from providers.shopify.sandbox.variables import problems

Body = dict[str, Any]

MOST_ITEMS: Final = 250
"""Items in any list that is sent."""

_PARTS: Final = (
    bundles,
    access,
    bulk,
    by_hand,
    catalog,
    collections,
    definition_reading,
    definitions,
    file_changing,
    file_making,
    files,
    finding,
    jobs,
    library,
    media,
    metafields,
    metaobjects,
    online,
    pinning,
    product_media,
    products,
    publications,
    redirects,
    sources,
    staged,
    tagging,
    traits,
    variants,
)


@cache
def answering_schema() -> GraphQLSchema:
    """The schema with every resolver in its place."""
    built: GraphQLSchema = schema()
    _answer(built, {"QueryRoot": {"shop": lambda _, info: info.context.setting("shop")}})
    for part in _PARTS:
        _answer(built, part.FIELDS)
    access.guard(built)
    return built


def _answer(built: GraphQLSchema, fields: Mapping[str, Mapping[str, Any]]) -> None:
    """Give fields their resolvers, each one only."""
    for type_name, resolvers in fields.items():
        type_ = built.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        for name, resolve in resolvers.items():
            assert type_.fields[name].resolve is None, f"{type_name}.{name} is answered twice"
            type_.fields[name].resolve = resolve


def run(shop: Shop, text: str, variables: Mapping[str, Any], operation_name: str | None) -> Body:
    """The answer's body. Nothing is charged for what is not even looked at."""
    bulk.advance(shop, answering_schema(), partial(_line, shop))
    asked = document(text)
    if asked.errors or asked.node is None:
        return {"errors": list(asked.errors)}
    operation = asked.operation(operation_name)
    if operation is None:
        return {"errors": [{"message": "An operation name is required"}]}
    wrong = list(problems(answering_schema(), operation, variables, shop.version))
    if wrong:
        return {"errors": wrong}
    return _charged(shop, asked, operation, variables)


def _charged(
    shop: Shop, asked: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Body:
    assert asked.node is not None
    requested = cost.requested(asked.node, operation, variables)
    if requested > bucket.DEAREST:
        return {"errors": [_too_dear(requested)]}
    if requested > bucket.available(shop):
        return {"errors": [_THROTTLED], "extensions": {"cost": bucket.told(shop, requested, None)}}
    oversized = list(_oversized(operation, variables))
    if oversized:
        return {"errors": oversized, "extensions": {"cost": bucket.told(shop, requested, None)}}
    body = _executed(shop, asked.node, operation, variables)
    actual = cost.actual(asked.node, operation, variables, body["data"])
    bucket.take(shop, actual)
    extensions: Body = {"cost": bucket.told(shop, requested, actual)}
    if shop.search_warnings:
        extensions["search"] = shop.search_warnings
    return {**body, "extensions": extensions}


def _line(
    shop: Shop, node: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Body:
    """One line of a bulk mutation; the bucket has no part in it."""
    wrong = list(problems(answering_schema(), operation, variables, shop.version))
    oversized = wrong or list(_oversized(operation, variables))
    return {"errors": oversized} if oversized else _executed(shop, node, operation, variables)


def _executed(
    shop: Shop, node: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Body:
    result = execute_sync(
        answering_schema(),
        node,
        root_value={},
        context_value=shop,
        variable_values=dict(variables),
        operation_name=operation.name.value if operation.name else None,
    )
    body: Body = {"data": result.data}
    if result.errors:
        body["errors"] = [_told(error) for error in result.errors]
    return body


def _told(error: GraphQLError) -> Body:
    """A fault of the sandbox itself is no answer of the platform."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        raise error.original_error
    return dict(error.formatted)


_THROTTLED: Final = {
    "message": "Throttled",
    "extensions": {
        "code": "THROTTLED",
        "documentation": "https://shopify.dev/api/usage/rate-limits",
    },
}


def _too_dear(requested: int) -> Body:
    return {
        "message": f"Query cost is {requested}, which exceeds the single query max cost limit"
        f" ({bucket.DEAREST}).",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": requested,
            "maxCost": bucket.DEAREST,
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    }


def _oversized(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Iterator[Body]:
    """Lists that are longer than any list may be, anywhere in the arguments."""
    root = answering_schema().get_root_type(operation.operation)
    assert root is not None
    definitions_ = operation.variable_definitions or ()
    values = get_variable_values(answering_schema(), definitions_, dict(variables))
    assert not isinstance(values, list), "variables were checked before"
    for field in operation.selection_set.selections:
        if isinstance(field, FieldNode) and field.name.value in root.fields:
            given = get_argument_values(root.fields[field.name.value], field, values)
            for way, size in _long_lists(given, ()):
                yield _too_many(field, way, size)


def _long_lists(value: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _long_lists(inner, (*way, name))
    elif isinstance(value, list):
        if len(value) > MOST_ITEMS:
            yield way, len(value)
        for inner in value:
            yield from _long_lists(inner, way)


def _too_many(field: FieldNode, way: tuple[str, ...], size: int) -> Body:
    assert field.loc is not None
    token = field.loc.start_token
    return {
        "message": f"The input array size of {size} is greater than the maximum allowed of"
        f" {MOST_ITEMS}.",
        "locations": [{"line": token.line, "column": token.column}],
        "path": [(field.alias or field.name).value, *way],
        "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"},
    }
