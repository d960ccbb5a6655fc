"""Variables are checked as graphql-ruby does it, and told in its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    print_ast,
    type_from_ast,
)

from providers.shopify.sandbox.ids import parts

Way = tuple[str | int, ...]

NEW_VALUES: Final = {"CollectionSortOrder": {"MOST_RELEVANT": "2026-07"}}
"""Enum values, and the version that brought them."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where in a value something does not fit, and why."""

    way: Way
    explanation: str

    @property
    def told(self) -> str:
        return f"{'.'.join(map(str, self.way))} ({self.explanation})"


def problems(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    values: Mapping[str, Any],
    version: str,
) -> Iterator[dict[str, Any]]:
    """One top-level error for each variable that does not fit its type."""
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        type_ = type_from_ast(schema, definition.type)
        if name not in values and definition.default_value is not None:
            continue
        misfits = list(_misfits(type_, values.get(name, Undefined), (), version))
        if misfits:
            yield _error(definition, values.get(name), misfits)


def _error(definition: VariableDefinitionNode, value: Any, misfits: list[Misfit]) -> dict[str, Any]:
    name, type_ = definition.variable.name.value, print_ast(definition.type)
    placed = ", ".join(misfit.told for misfit in misfits if misfit.way)
    return {
        "message": f"Variable ${name} of type {type_} was provided invalid value"
        + (f" for {placed}" if placed else ""),
        "locations": [_location(definition)],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": value,
            "problems": [
                {"path": list(misfit.way), "explanation": misfit.explanation} for misfit in misfits
            ],
        },
    }


def _location(definition: VariableDefinitionNode) -> dict[str, int]:
    assert definition.loc is not None
    token = definition.loc.start_token
    return {"line": token.line, "column": token.column}


def _misfits(type_: Any, value: Any, way: Way, version: str) -> Iterator[Misfit]:
    if isinstance(type_, GraphQLNonNull):
        if value is None or value is Undefined:
            yield Misfit(way, "Expected value to not be null")
            return
        type_ = type_.of_type
    if value is None or value is Undefined:
        return
    if isinstance(type_, GraphQLList):
        yield from _in_list(type_.of_type, value, way, version)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from _in_object(type_, value, way, version)
    elif isinstance(type_, GraphQLEnumType):
        yield from _in_enum(type_, value, way, version)
    elif isinstance(type_, GraphQLScalarType) and (wrong := _scalar_misfit(type_, value)):
        yield Misfit(way, wrong)


def _in_list(item: GraphQLInputType, value: Any, way: Way, version: str) -> Iterator[Misfit]:
    """A single value stands for a list of one."""
    if not isinstance(value, list):
        yield from _misfits(item, value, way, version)
        return
    for index, inner in enumerate(value):
        yield from _misfits(item, inner, (*way, index), version)


def _in_object(
    type_: GraphQLInputObjectType, value: Any, way: Way, version: str
) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(way, f"Expected {json.dumps(value)} to be a key-value object.")
        return
    for name in value:
        if name not in type_.fields:
            yield Misfit((*way, name), f"Field is not defined on {type_.name}")
    for name, field in type_.fields.items():
        if name in value or field.default_value is Undefined:
            yield from _misfits(field.type, value.get(name, Undefined), (*way, name), version)
    if type_.is_one_of and len([v for v in value.values() if v is not None]) != 1:
        yield Misfit(
            way, f"'{type_.name}' requires exactly one argument, but {len(value)} were provided."
        )


def _in_enum(type_: GraphQLEnumType, value: Any, way: Way, version: str) -> Iterator[Misfit]:
    since = NEW_VALUES.get(type_.name, {})
    known = [name for name in type_.values if since.get(name, version) <= version]
    if value not in known:
        told = json.dumps(value)
        yield Misfit(way, f"Expected {told} to be one of: {', '.join(known)}")


def _scalar_misfit(type_: GraphQLScalarType, value: Any) -> str | None:
    if type_.name == "ID":
        is_id = isinstance(value, str) and parts(value) is not None
        return None if is_id else f"Invalid global id '{value}'"
    accepted = {
        "String": isinstance(value, str),
        "Boolean": isinstance(value, bool),
        "Int": isinstance(value, int) and not isinstance(value, bool),
    }
    if accepted.get(type_.name, True):
        return None
    return f"Could not coerce value {json.dumps(value)} to {type_.name}"


def literal_id_problem(text: str) -> str | None:
    """What is wrong with an id that stands in the document itself."""
    return None if re.match(r"gid://shopify/", text) else f"Invalid global id '{text}'"
