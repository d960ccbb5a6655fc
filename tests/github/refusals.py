"""GitHub's refusals, in its own words and shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

DOCS: Final = "https://docs.github.com/rest"
BODY_LIMIT: Final = 65_536
STATUS_LIMIT: Final = 140
OUTPUT_LIMIT: Final = 65_535
ANNOTATIONS_LIMIT: Final = 50


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] = {},
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.errors, self.headers = list(errors), dict(headers)

    @property
    def body(self) -> dict[str, Any]:
        """The error's JSON."""
        told: dict[str, Any] = {"message": self.message}
        if self.errors:
            told["errors"] = self.errors
        return told | {"documentation_url": DOCS, "status": str(self.status)}


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def bad_credentials() -> Refusal:
    return Refusal(401, "Bad credentials")


def forbidden() -> Refusal:
    return Refusal(403, "Resource not accessible by integration")


def invalid(resource: str, field: str, code: str, message: str = "") -> Refusal:
    """Validation failed at one field."""
    error = {"resource": resource, "code": code, "field": field}
    return Refusal(422, "Validation Failed", [error | ({"message": message} if message else {})])


def secondary_limit(retry_after: int | None = 60, status: int = 403) -> Refusal:
    """Too much at once; GitHub does not always say for how long."""
    words = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Refusal(status, words, headers=headers)


def check_body(resource: str, body: str | None, *, created: bool = False) -> None:
    """Refuse a text that is too long. A new comment is refused in other words than an edit."""
    if body is None or len(body) <= BODY_LIMIT:
        return
    if created and resource == "IssueComment":
        words = f"Body is too long (maximum is {BODY_LIMIT} characters)"
        raise invalid(resource, "data", "unprocessable", words)
    words = f"body is too long (maximum is {BODY_LIMIT} characters)"
    raise invalid(resource, "body", "custom", words)


def check_description(description: str | None) -> None:
    """Refuse a status that says too much."""
    if description is not None and len(description) > STATUS_LIMIT:
        words = f"description is too long (maximum is {STATUS_LIMIT} characters)"
        raise invalid("Status", "description", "custom", words)


def check_output(output: Mapping[str, Any]) -> None:
    """Refuse a check run's output beyond the limits: counted in characters, then in bytes."""
    if (count := len(output.get("annotations", []))) > ANNOTATIONS_LIMIT:
        raise Refusal(
            422,
            "Invalid request.\n\n"
            f"No more than {ANNOTATIONS_LIMIT} items are allowed; {count} were supplied.",
        )
    for field in ("summary", "text"):
        _check_length(field, output.get(field) or "")


def _check_length(field: str, text: str) -> None:
    if len(text) > OUTPUT_LIMIT:
        raise Refusal(
            422,
            "Invalid request.\n\n"
            f"Only {OUTPUT_LIMIT} characters are allowed; {len(text)} were supplied.",
        )
    if len(text.encode()) > OUTPUT_LIMIT:
        words = f"{field} exceeds a maximum bytesize of {OUTPUT_LIMIT}"
        raise invalid("CheckRun", field, "custom", words)
