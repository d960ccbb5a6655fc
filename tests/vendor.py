"""The vendors' full schemas, read from the shared folder; tests skip with a reason without it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    parse,
    validate,
)

SHARED = Path(__file__).parents[2] / "shared"
SCHEMAS = {
    "shopify": SHARED / "schemas" / "shopify-admin-2026-10.graphql",
    "saleor": SHARED / "schemas" / "saleor-3.23.28.graphql",
}


@cache
def vendor_schema(name: str) -> GraphQLSchema:
    """A vendor's whole schema; built once a session, since it takes a second or two."""
    path = SCHEMAS[name]
    if not path.exists():
        pytest.skip(f"the vendor's schema {path.name} is not beside this checkout")
    # The vendors' schemas break rules that graphql-core checks; they are what they are.
    return build_schema(path.read_text(), assume_valid=True, assume_valid_sdl=True)


def document_problems(schema: GraphQLSchema, text: str) -> list[str]:
    """What is wrong with a document by a schema."""
    return [error.message for error in validate(schema, parse(text))]


def beyond_vendor(sandbox: GraphQLSchema, vendor: GraphQLSchema) -> list[str]:
    """Every type, field, argument, enum value and union member that the vendor does not have,
    or has with another type."""
    return sorted(
        problem
        for name, type_ in sandbox.type_map.items()
        if not name.startswith("__")
        for problem in _type_problems(name, type_, vendor.type_map.get(name))
    )


def _type_problems(name: str, ours: object, theirs: object) -> Iterator[str]:
    if theirs is None:
        yield f"{name}: no such type"
    elif type(ours) is not type(theirs):
        yield f"{name}: {type(theirs).__name__} at the vendor"
    elif isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        yield from (f"{name}.{v}: no such value" for v in set(ours.values) - set(theirs.values))
    elif isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
        members = {t.name for t in theirs.types}
        yield from (f"{name}: {t.name} is no member" for t in ours.types if t.name not in members)
    elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        yield from _member_problems(name, ours.fields, theirs.fields)
    elif isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
        yield from _member_problems(name, ours.fields, theirs.fields)
        for field, definition in ours.fields.items():
            if field in theirs.fields:
                arguments = theirs.fields[field].args
                yield from _member_problems(f"{name}.{field}()", definition.args, arguments)


def _member_problems(place: str, ours: dict, theirs: dict) -> Iterator[str]:  # type: ignore[type-arg]
    for name, member in ours.items():
        if name not in theirs:
            yield f"{place}.{name}: not at the vendor"
        elif str(member.type) != str(theirs[name].type):
            yield f"{place}.{name}: {member.type}, at the vendor {theirs[name].type}"
