"""Documents: parsed and validated once each, their faults told in the vendor's words.

Recorded: fields and arguments that do not exist, missing attributes, unused variables, and
ids that are none. Other faults keep graphql-core's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
    build_schema,
    parse,
    validate,
    visit,
)
from graphql.language import Visitor
from graphql.utilities import TypeInfo, TypeInfoVisitor

from providers.shopify.sandbox.variables import literal_id_problem

Error = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what is wrong with it; `node` is None where it is not GraphQL at all."""

    node: DocumentNode | None
    errors: tuple[Error, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name, or the only one."""
        assert self.node is not None
        found = [d for d in self.node.definitions if isinstance(d, OperationDefinitionNode)]
        if name:
            found = [d for d in found if d.name and d.name.value == name]
        return found[0] if len(found) == 1 else None


@cache
def schema() -> Any:
    """What `schema.graphql` has, and what each part of the sandbox adds to it in `schema/`.
    That it is valid is a test's to find out, not every start's."""
    here = files(__package__)
    added = sorted(here.joinpath("schema").iterdir(), key=lambda part: part.name)
    texts = [part.read_text() for part in (here.joinpath("schema.graphql"), *added)]
    text = "\n".join(texts)
    return build_schema(text, no_location=True, assume_valid=True, assume_valid_sdl=True)


@cache
def document(text: str) -> Document:
    try:
        node = parse(text)
    except GraphQLSyntaxError as error:
        return Document(None, ({"message": error.message, "locations": _locations(error)},))
    faults = [_told(error, node) for error in validate(schema(), node)]
    return Document(node, (*faults, *_unused(faults, node), *_literal_ids(node)))


_WORDS: Final = (
    (
        r"Cannot query field '(?P<fieldName>\w+)' on type '(?P<typeName>\w+)'.*",
        "Field '{fieldName}' doesn't exist on type '{typeName}'",
        {"code": "undefinedField"},
    ),
    (
        r"Unknown argument '(?P<argumentName>\w+)' on field '\w+\.(?P<name>\w+)'.*",
        "Field '{name}' doesn't accept argument '{argumentName}'",
        {"code": "argumentNotAccepted", "typeName": "Field"},
    ),
    (
        r"Field '(?P<argumentName>\w+)' is not defined by type '(?P<name>\w+)'.*",
        "InputObject '{name}' doesn't accept argument '{argumentName}'",
        {"code": "argumentNotAccepted", "typeName": "InputObject"},
    ),
    (
        r"Field '(?P<inputObjectType>\w+)\.(?P<argumentName>\w+)' of required type"
        r" '(?P<argumentType>[^']+)' was not provided.*",
        "Argument '{argumentName}' on InputObject '{inputObjectType}' is required."
        " Expected type {argumentType}",
        {"code": "missingRequiredInputObjectAttribute"},
    ),
    (
        r"Expected value of type '(?P<inputObjectType>\w+)' to include required field"
        r" '(?P<argumentName>\w+)', found: .*",
        "Argument '{argumentName}' on InputObject '{inputObjectType}' is required."
        " Expected type {argumentType}",
        {"code": "missingRequiredInputObjectAttribute"},
    ),
    (
        r"(?:Field|Argument) '(?P<name>\w+)' argument '(?P<arguments>\w+)' of type '[^']+' is"
        r" required, but it was not provided.*",
        "Field '{name}' is missing required arguments: {arguments}",
        {"code": "missingRequiredArguments", "className": "Field"},
    ),
    (
        r"Variable '\$(?P<variableName>\w+)' is never used in operation '(?P<operation>\w+)'.*",
        "Variable ${variableName} is declared by {operation} but not used",
        {"code": "variableNotUsed"},
    ),
)


def _told(error: GraphQLError, root: DocumentNode) -> Error:
    for pattern, words, extensions in _WORDS:
        match = re.fullmatch(pattern, error.message, re.DOTALL)
        if match:
            told = _with_type(match.groupdict())
            named = {k: v for k, v in told.items() if k != "operation"}
            way = _way_to(root, error.nodes[0] if error.nodes else None)
            is_missing = isinstance(error.nodes[0], ObjectValueNode) if error.nodes else False
            return {
                "message": words.format(**told),
                "locations": _locations(error),
                "path": [*way, told["argumentName"]] if is_missing else way,
                "extensions": {**extensions, **named},
            }
    return {"message": error.message, "locations": _locations(error)}


def _with_type(named: Mapping[str, str]) -> dict[str, str]:
    """Of an attribute that is missing, its type is told as well."""
    if "inputObjectType" not in named or "argumentType" in named:
        return dict(named)
    field = schema().type_map[named["inputObjectType"]].fields[named["argumentName"]]
    return {**named, "argumentType": str(field.type)}


def _unused(faults: Sequence[Error], root: DocumentNode) -> Iterator[Error]:
    """A variable that nothing uses but arguments which are not accepted is not used at all."""
    refused = {
        fault["extensions"]["argumentName"]
        for fault in faults
        if fault.get("extensions", {}).get("code") == "argumentNotAccepted"
    }
    if not refused:
        return
    used: set[str] = set()

    class Look(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
            return False if node.name.value in refused else None

        def enter_variable_definition(self, *_: Any) -> Any:
            return False

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            used.add(node.name.value)

    visit(root, Look())
    for operation in root.definitions:
        if isinstance(operation, OperationDefinitionNode) and operation.name:
            for definition in operation.variable_definitions or ():
                if definition.variable.name.value not in used:
                    yield _not_used(definition.variable.name.value, operation)


def _not_used(variable: str, operation: OperationDefinitionNode) -> Error:
    assert operation.name is not None
    assert operation.loc is not None
    name, token = operation.name.value, operation.loc.start_token
    return {
        "message": f"Variable ${variable} is declared by {name} but not used",
        "locations": [{"line": token.line, "column": token.column}],
        "path": [f"{operation.operation.value} {name}"],
        "extensions": {"code": "variableNotUsed", "variableName": variable},
    }


def _locations(error: GraphQLError) -> list[Mapping[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def _literal_ids(root: DocumentNode) -> Iterator[Error]:
    """Ids written into the document that are none."""
    info = TypeInfo(schema())
    found: list[Error] = []

    class Look(Visitor):
        def enter_argument(self, node: ArgumentNode, *around: Any) -> None:
            type_ = info.get_input_type()
            if isinstance(node.value, StringValueNode) and str(type_).rstrip("!") == "ID":
                wrong = literal_id_problem(node.value.value)
                if wrong:
                    field = next(n for n in reversed(around[-1]) if isinstance(n, FieldNode))
                    found.append(_id_error(wrong, node, field, root))

    visit(root, TypeInfoVisitor(info, Look()))
    yield from found


def _id_error(message: str, node: ArgumentNode, field: FieldNode, root: DocumentNode) -> Error:
    """Recorded: it stands at the field whose argument is wrong."""
    assert field.loc is not None
    token = field.loc.start_token
    return {
        "message": message,
        "locations": [{"line": token.line, "column": token.column}],
        "path": _way_to(root, node),
        "extensions": {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"},
    }


def _way_to(root: DocumentNode, wanted: Node | None) -> list[str | int]:
    """The names on the way from the operation to a node."""
    for definition in root.definitions:
        if isinstance(definition, OperationDefinitionNode):
            name = f" {definition.name.value}" if definition.name else ""
            start: list[str | int] = [f"{definition.operation.value}{name}"]
            way = start if definition is wanted else _inside(definition, wanted, start)
            if way:
                return way
    return []


def _inside(node: Node, wanted: Node | None, way: list[str | int]) -> list[str | int] | None:
    for key in node.keys:
        child = getattr(node, key, None)
        for index, inner in enumerate(child if isinstance(child, tuple | list) else (child,)):
            if not isinstance(inner, Node):
                continue
            here = [*way, _name(inner)] if isinstance(inner, _NAMED) else way
            here = [*here, index] if isinstance(node, ListValueNode) else here
            if inner is wanted:
                return here
            deeper = _inside(inner, wanted, here)
            if deeper:
                return deeper
    return None


_NAMED: Final = (FieldNode, ArgumentNode, ObjectFieldNode)


def _name(node: Any) -> str:
    alias = getattr(node, "alias", None)
    return str((alias or node.name).value)
