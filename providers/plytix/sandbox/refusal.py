"""Refusals: the vendor's status, words and envelope.

Words marked *assumed* are in nobody's record of the platform; its code and shape are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """The platform says no. `errors` are pairs of field and message."""

    def __init__(
        self,
        status: int,
        msg: str,
        *errors: tuple[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(msg)
        self.status = status
        self.msg = msg
        self.errors = errors
        self.headers = dict(headers or {})

    def response(self) -> Response:
        listed = [{"field": field, "msg": msg} for field, msg in self.errors]
        body = {"error": {"msg": self.msg, "errors": listed}}
        return JSONResponse(body, self.status, self.headers)


def invalid(*errors: tuple[str, Any]) -> Refusal:
    """A body that does not fit its schema."""
    return Refusal(422, "Schema validation error", *errors)


def invalid_product(*errors: tuple[str, Any]) -> Refusal:
    return Refusal(422, "product data validation failed", *errors)


def unknown_product(id_: str) -> Refusal:
    return Refusal(404, f" No results found for {id_}", ("id", "product does not exist"))


def unknown_asset(id_: str) -> Refusal:
    return Refusal(404, f" No results found for {id_}", ("asset_id", "asset does not exist"))


def bad_status(status: int, msg: str) -> Refusal:
    """The envelope of everything that is refused before a resource is looked at."""
    return Refusal(status, msg, ("http_status_code", status))
