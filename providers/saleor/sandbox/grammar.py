"""Reading a request as graphql-core 2 does, which Saleor runs on, and complaining in its words.

It differs from today's GraphQL: a `null` literal is a syntax error, scalars in variables are
coerced (any string is a true boolean), and what is wrong is worded otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    specified_rules,
    type_from_ast,
    validate,
    value_from_ast,
    visit,
)
from graphql.language.ast import (
    ArgumentNode,
    BooleanValueNode,
    FloatValueNode,
    IntValueNode,
    StringValueNode,
    VariableDefinitionNode,
)

MOST_MUTATIONS: Final = 4
MOST_ALIASES: Final = 100


class Malformed(Exception):
    """A request that is not carried out at all (HTTP 400): errors as the answer shows them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        self.errors = errors
        super().__init__("; ".join(error["message"] for error in errors))


def shown(message: str, code: str, **more: Any) -> dict[str, Any]:
    return {"message": message, **more, "extensions": {"exception": {"code": code}}}


def read(text: str) -> DocumentNode:
    """Raises `Malformed` for a syntax error; a `null` literal is one."""
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        line, column = error.locations[0] if error.locations else (1, 1)
        raise _syntax_error(text, _reworded_syntax(error.message), line, column) from error
    _refuse_null_literals(text, document)
    return document


def check(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Raises `Malformed` with everything that makes the document invalid."""
    errors = validate(schema, document, _RULES)
    if errors:
        raise Malformed([_shown_error(error) for error in errors])


def coerced(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The variables of an operation. Raises `Malformed` for the first that does not fit."""
    values: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        type_ = type_from_ast(schema, definition.type)
        if given.get(name) is None:
            if isinstance(type_, GraphQLNonNull) and definition.default_value is None:
                words = f'Variable "${name}" of required type "{type_}" was not provided.'
                raise Malformed([_at(definition, words)])
            if definition.default_value is not None:
                values[name] = value_from_ast(definition.default_value, type_)  # type: ignore[arg-type]
            elif name in given:
                values[name] = None
            continue
        problems = list(_misfits(type_, given[name]))
        if problems:
            told = json.dumps(given[name], sort_keys=True)
            words = f'Variable "${name}" got invalid value {told}.\n' + "\n".join(problems)
            raise Malformed([_at(definition, words)])
        values[name] = _coerced_value(type_, given[name])
    return values


def _at(definition: VariableDefinitionNode, words: str) -> dict[str, Any]:
    place = definition.loc
    assert place is not None
    line = place.start_token.line
    return shown(
        words, "GraphQLError", locations=[{"line": line, "column": place.start_token.column}]
    )


def _misfits(type_: Any, value: Any) -> Iterator[str]:
    if isinstance(type_, GraphQLNonNull):
        if value is None:
            yield f'Expected "{type_}", found null.'
        else:
            yield from _misfits(type_.of_type, value)
    elif value is None:
        return
    elif isinstance(type_, GraphQLList):
        if not isinstance(value, list):
            yield from _misfits(type_.of_type, value)
            return
        for index, item in enumerate(value):
            yield from (f"In element #{index}: {words}" for words in _misfits(type_.of_type, item))
    elif isinstance(type_, GraphQLInputObjectType):
        yield from _object_misfits(type_, value)
    elif not _fits(type_, value):
        yield f'Expected type "{type_}", found {json.dumps(value)}.'


def _object_misfits(type_: GraphQLInputObjectType, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f'Expected "{type_}", found not an object.'
        return
    for name in sorted(value):
        if name not in type_.fields:
            yield f'In field "{name}": Unknown field.'
    for name, field in type_.fields.items():
        found = _misfits(field.type, value.get(name))
        yield from (f'In field "{name}": {words}' for words in found)


def _fits(type_: Any, value: Any) -> bool:
    if isinstance(type_, GraphQLEnumType):
        return isinstance(value, str) and value in type_.values
    match type_.name:
        case "Int":
            return isinstance(value, int) or (isinstance(value, str) and _is_whole(value))
        case "JSONString":
            return isinstance(value, str) and _is_json(value)
        case "DateTime":
            return isinstance(value, str) and _is_moment(value)
    return True


def _coerced_value(type_: Any, value: Any) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _coerced_value(type_.of_type, value)
    if value is None:
        return None
    if isinstance(type_, GraphQLList):
        items = value if isinstance(value, list) else [value]
        return [_coerced_value(type_.of_type, item) for item in items]
    if isinstance(type_, GraphQLInputObjectType):
        return {name: _coerced_value(type_.fields[name].type, v) for name, v in value.items()}
    match type_.name:
        case "Boolean":
            return bool(value)
        case "Int":
            return int(value)
        case "String" | "ID":
            return value if isinstance(value, str) else _as_text(value)
    return value


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_whole(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+", text))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) > len("2026-01-01")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class _ArgumentsOfCorrectType(ValidationRule):
    """Literals must fit; variables are looked at when they are given."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        definition = self.context.get_argument()
        if definition is None:
            return
        problems = list(_literal_misfits(definition.type, node.value))
        if problems:
            words = f'Argument "{node.name.value}" has invalid value {_printed(node.value)}.\n'
            self.report_error(GraphQLError(words + "\n".join(problems), node.value))


class _MutationCount(ValidationRule):
    def leave_document(self, node: DocumentNode, *_: Any) -> None:
        count = sum(
            len(d.selection_set.selections)
            for d in node.definitions
            if isinstance(d, OperationDefinitionNode) and d.operation is OperationType.MUTATION
        )
        if count > MOST_MUTATIONS:
            words = f"Number of mutations exceed the limit of {MOST_MUTATIONS}"
            self.report_error(GraphQLError(words))


class _AliasCount(ValidationRule):
    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._seen = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self._seen += node.alias is not None

    def leave_document(self, *_: Any) -> None:
        if self._seen > MOST_ALIASES:
            words = f"Number of aliases exceed the limit of {MOST_ALIASES}"
            self.report_error(GraphQLError(words))


_RULES: Final = (
    *(rule for rule in specified_rules if rule is not ValuesOfCorrectTypeRule),
    _ArgumentsOfCorrectType,
    _MutationCount,
    _AliasCount,
)


def _literal_misfits(type_: Any, node: Any) -> Iterator[str]:
    if isinstance(type_, GraphQLNonNull):
        if node is None:
            yield f'Expected "{type_}", found null.'
        else:
            yield from _literal_misfits(type_.of_type, node)
    elif node is None or isinstance(node, VariableNode):
        return
    elif isinstance(type_, GraphQLList):
        if not isinstance(node, ListValueNode):
            yield from _literal_misfits(type_.of_type, node)
            return
        for index, item in enumerate(node.values or ()):
            found = _literal_misfits(type_.of_type, item)
            yield from (f"In element #{index}: {words}" for words in found)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from _literal_object_misfits(type_, node)
    elif not _literal_fits(type_, node):
        yield f'Expected type "{type_}", found {_printed(node)}.'


def _printed(node: Any) -> str:
    if isinstance(node, ObjectValueNode):
        fields = (f"{field.name.value}: {_printed(field.value)}" for field in node.fields or ())
        return f"{{{', '.join(fields)}}}"
    if isinstance(node, ListValueNode):
        return f"[{', '.join(_printed(item) for item in node.values or ())}]"
    return print_ast(node)


def _literal_object_misfits(type_: GraphQLInputObjectType, node: Any) -> Iterator[str]:
    if not isinstance(node, ObjectValueNode):
        yield f'Expected "{type_}", found not an object.'
        return
    given = {field.name.value: field.value for field in node.fields or ()}
    for name in given:
        if name not in type_.fields:
            yield f'In field "{name}": Unknown field.'
    for name, field in type_.fields.items():
        found = _literal_misfits(field.type, given.get(name))
        yield from (f'In field "{name}": {words}' for words in found)


def _literal_fits(type_: Any, node: Any) -> bool:
    if isinstance(type_, GraphQLEnumType):
        return isinstance(node, EnumValueNode) and node.value in type_.values
    assert isinstance(type_, GraphQLScalarType)
    match type_.name:
        case "Boolean":
            return isinstance(node, BooleanValueNode)
        case "Int":
            return isinstance(node, IntValueNode)
        case "Float":
            return isinstance(node, IntValueNode | FloatValueNode)
        case "ID":
            return isinstance(node, StringValueNode | IntValueNode)
        case "JSONString":
            return isinstance(node, StringValueNode) and _is_json(node.value)
        case "DateTime":
            return isinstance(node, StringValueNode) and _is_moment(node.value)
    return isinstance(node, StringValueNode)


def _shown_error(error: GraphQLError) -> dict[str, Any]:
    places = [{"line": line, "column": column} for line, column in error.locations or ()]
    more = {"locations": places} if places else {}
    return shown(_reworded(error.message), "GraphQLError", **more)


_REWORDED: Final = (
    (
        r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'",
        r"Unknown argument '\1' on field '\3' of type '\2'",
    ),
    (
        r"Argument '\w+\.(\w+)\((\w+):\)' of type '(\S+)' is required, but it was not provided",
        r"Field '\1' argument '\2' of type '\3' is required but not provided",
    ),
    (r"must have a selection of subfields\..*", "must have a sub selection."),
    (
        r"Field '(\w+)' must not have a selection since type '(\S+)' has no subfields",
        r"Field '\1' of type '\2' must not have a sub selection",
    ),
    (r",? or '", " or '"),
)


def _reworded(message: str) -> str:
    for today, then in _REWORDED:
        message = re.sub(today, then, message)
    return message.replace("'", '"')


def _reworded_syntax(message: str) -> str:
    words = message.removeprefix("Syntax Error: ").removesuffix(".")
    words = words.replace("<EOF>", "EOF")
    words = re.sub(r"(Name|String|Int|Float) '(.*)'", r'\1 "\2"', words)
    return re.sub(r"'([^']*)'", r"\1", words)


def _refuse_null_literals(text: str, document: DocumentNode) -> None:
    if "null" not in text:
        return
    finding = _FirstNull()
    visit(document, finding)
    if finding.found is not None and finding.found.loc is not None:
        token = finding.found.loc.start_token
        raise _syntax_error(text, 'Unexpected Name "null"', token.line, token.column)


class _FirstNull(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: NullValueNode | None = None

    def enter_null_value(self, node: NullValueNode, *_: Any) -> None:
        self.found = self.found or node


def _syntax_error(text: str, words: str, line: int, column: int) -> Malformed:
    message = f"Syntax Error GraphQL ({line}:{column}) {words}\n\n{_pointed_at(text, line, column)}"
    places = [{"line": line, "column": column}]
    return Malformed([shown(message, "GraphQLSyntaxError", locations=places)])


def _pointed_at(text: str, line: int, column: int) -> str:
    """The line with its neighbours, and a mark under the column."""
    lines = text.splitlines() or [""]
    width = len(str(line + 1))

    def numbered(number: int) -> str:
        inside = 1 <= number <= len(lines)
        return f"{str(number).rjust(width)}: {lines[number - 1]}\n" if inside else ""

    mark = " " * (1 + width + column) + "^\n"
    return numbered(line - 1) + numbered(line) + mark + numbered(line + 1)
