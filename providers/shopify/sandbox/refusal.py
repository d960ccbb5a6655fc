"""How Shopify says no: user errors in the data, and top-level errors with a code."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

UserError = dict[str, Any]


def user_error(field: list[str] | None, message: str, code: str | None = None) -> UserError:
    """`code` only stands in the typed errors; a plain `UserError` has none."""
    return {"field": field, "message": message, "code": code, "elementIndex": None}


def refusal(message: str, code: str, **extensions: str) -> GraphQLError:
    """A top-level error: raised in a resolver, it makes the field null."""
    return GraphQLError(message, extensions={"code": code, **extensions})
