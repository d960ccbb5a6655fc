"""What is no bulk query and no bulk mutation, in the vendor's words where they are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    Source,
    TokenKind,
    parse,
)

from providers.shopify.sandbox.connections import outermost
from providers.shopify.sandbox.documents import document
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.selections import Selections

MOST_CONNECTIONS: Final = 5
DEEPEST: Final = 2
LONGEST: Final = 65_535

_NOT_IN_BULK: Final = (
    "bulkOperationCancel",
    "bulkOperationRunMutation",
    "bulkOperationRunQuery",
)


def operation_in(node: DocumentNode) -> OperationDefinitionNode | None:
    """The first one; None in a document of nothing but fragments."""
    operations = (d for d in node.definitions if isinstance(d, OperationDefinitionNode))
    return next(operations, None)


def query_errors(schema: GraphQLSchema, text: str) -> list[UserError]:
    """Recorded: no connection, and text that is no GraphQL. The other words were reported of live
    shops on 2026-04, but those about the top level field."""
    return [user_error(["query"], words, "INVALID") for words in _query_faults(schema, text)]


def _query_faults(schema: GraphQLSchema, text: str) -> list[str]:
    try:
        node = parse(text)
    except GraphQLSyntaxError as error:
        return [f"Invalid bulk query: {_syntax(error)}"]
    faults = document(text).errors
    operation = operation_in(node)
    if faults or operation is None:
        return [f"Invalid bulk query: {faults[0]['message'] if faults else _NO_OPERATION}"]
    if operation.operation is not OperationType.QUERY:
        return ["Invalid operation type. Only `query` operations are supported."]
    size = len(text.encode())
    return list(_shape_faults(Selections(schema, node), operation)) or (
        [f"Query is too large ({size} bytes; maximum is {LONGEST} bytes)"] if size > LONGEST else []
    )


_NO_OPERATION: Final = "an operation is missing"


def _shape_faults(selections: Selections, operation: OperationDefinitionNode) -> Iterator[str]:
    """All that is wrong with the connections of a query, together."""
    root, selected = selections.schema.query_type, operation.selection_set
    fields = [node.name.value for node, _ in selections.fields(selected, root)]
    top = list(outermost(selections, selected, root))
    every = [connection for one in top for connection in one.all()]
    if len(fields) > 1:
        yield "Bulk queries must have a single top level field."
    yield from _edge_faults([c.name for c in every if not c.has_edges])
    for name in fields:
        if name in ("node", "nodes"):
            yield f"Bulk queries cannot contain a top level `{name}` field."
    if max((connection.depth for connection in top), default=0) > DEEPEST:
        yield (
            f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
        )
    if len(every) > MOST_CONNECTIONS:
        yield f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    yield from _parent_faults([c.name for c in every if c.inner and not c.has_id])
    if any(connection.is_listed for connection in every):
        yield (
            "Queries that contain a connection field within a list field are not currently"
            " supported."
        )
    if not every:
        yield "Bulk queries must contain at least one connection."


def _edge_faults(names: Sequence[str]) -> Iterator[str]:
    if names:
        quoted = ", ".join(f"'{name}'" for name in names)
        yield (
            "All connection fields in a bulk query must select their contents using 'edges' >"
            f" 'node', e.g: '{names[0]} {{ edges {{ node {{'. Selecting via 'nodes' is not"
            f" supported. Invalid connection fields: {quoted}."
        )


def _parent_faults(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield (
            "The parent 'node' field for a nested connection must select the 'id' field without an"
            " alias and must be of 'ID' return type. Connection fields without 'id':"
            f" {', '.join(names)}."
        )


def mutation_error(text: str) -> UserError | None:
    """All recorded but the schema's own faults."""
    try:
        node = parse(text)
    except GraphQLSyntaxError as error:
        words = f"Failed to parse the mutation - {_syntax(error)}{_last_token(text)}"
        return user_error(None, words, "INVALID_MUTATION")
    operation = operation_in(node)
    if operation is None or operation.operation is not OperationType.MUTATION:
        words = "Invalid operation type. Only `mutation` operations are supported."
        return user_error(None, words, "INVALID_MUTATION")
    fields = [f for f in operation.selection_set.selections if isinstance(f, FieldNode)]
    if len(fields) != 1:
        return user_error(["mutation"], "You must specify a single top level mutation.")
    if fields[0].name.value in _NOT_IN_BULK:
        return user_error(["mutation"], "You must use an allowed mutation name.")
    faults = document(text).errors
    if faults:
        return user_error(None, str(faults[0]["message"]), "INVALID_MUTATION")
    return None


def _syntax(error: GraphQLError) -> str:
    if "<EOF>" in error.message:
        return "syntax error, unexpected end of file"
    return error.message.replace("Syntax Error: ", "syntax error, ")


def _last_token(text: str) -> str:
    """Where the text ends: at its last word."""
    lexer = Lexer(Source(text))
    last = lexer.token
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            last = token
    except GraphQLSyntaxError:
        return ""
    return f" at [{last.line}, {last.column}]"
