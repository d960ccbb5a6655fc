"""What is no bulk query and no bulk mutation, in the vendor's words where they were recorded."""

from __future__ import annotations

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

from providers.shopify.sandbox.documents import document
from providers.shopify.sandbox.exporting import Export
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Shop

MOST_CONNECTIONS: Final = 5
DEEPEST: Final = 2
LONGEST: Final = 65_535

_NOT_IN_BULK: Final = (
    "bulkOperationCancel",
    "bulkOperationRunMutation",
    "bulkOperationRunQuery",
)


def operation_in(node: DocumentNode) -> OperationDefinitionNode:
    return next(d for d in node.definitions if isinstance(d, OperationDefinitionNode))


def query_error(shop: Shop, schema: GraphQLSchema, text: str) -> UserError | None:
    """Recorded: no connection, and text that is no GraphQL. The limits are the vendor's, their
    words are not recorded."""
    words = _query_fault(shop, schema, text)
    return user_error(["query"], words, "INVALID") if words else None


def _query_fault(shop: Shop, schema: GraphQLSchema, text: str) -> str | None:
    try:
        node = parse(text)
    except GraphQLSyntaxError as error:
        return f"Invalid bulk query: {_syntax(error)}"
    faults = document(text).errors
    if faults:
        return f"Invalid bulk query: {faults[0]['message']}"
    if len(text.encode()) > LONGEST:
        return f"Bulk queries cannot be longer than {LONGEST} bytes."
    operation = operation_in(node)
    if operation.operation is not OperationType.QUERY:
        return "Invalid operation type. Only `query` operations are supported."
    depths = Export(shop, schema, node, operation).depths()
    if not depths:
        return "Bulk queries must contain at least one connection."
    if len(operation.selection_set.selections) > 1:
        return "Bulk queries must have a single top level field."
    if len(depths) > MOST_CONNECTIONS:
        return f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    if max(depths) > DEEPEST:
        return (
            f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
        )
    return None


def mutation_error(text: str) -> UserError | None:
    """All recorded but the schema's own faults."""
    try:
        node = parse(text)
    except GraphQLSyntaxError as error:
        words = f"Failed to parse the mutation - {_syntax(error)}{_last_token(text)}"
        return user_error(None, words, "INVALID_MUTATION")
    operation = operation_in(node)
    if operation.operation is not OperationType.MUTATION:
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
