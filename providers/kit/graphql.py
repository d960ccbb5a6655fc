"""A GraphQL client whose queries can not write.

Documents are values: `Query`, `Reading` and `Mutation`. A reader takes queries, and readings that
have to be begun; a writer, which only the executor is given, takes mutations too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from providers.kit.retry import SAFE
from providers.kit.throttle import COST, DOCUMENT, parsed
from reconciler.provider import Ambiguous, Distrusted, PlatformError, Unauthorised

Data = dict[str, Any]

_BROKEN: Final = "INTERNAL_SERVER_ERROR"


@dataclass(frozen=True, slots=True)
class Query:
    """A document of one query. `cost` estimates its points where the platform counts them."""

    text: str
    cost: float = 10

    def __post_init__(self) -> None:
        if not self.text.lstrip().startswith(("query", "{")):
            raise ValueError("a Query holds one query, and nothing else")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A document of one mutation operation, which may hold several mutations under aliases."""

    text: str
    cost: float = 10

    def __post_init__(self) -> None:
        if not self.text.lstrip().startswith("mutation"):
            raise ValueError("a Mutation holds one mutation, and nothing else")


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that is a mutation in form, and in fact begins or ends a reading: it keeps
    nothing and changes nothing that anybody has in the shop. `field` is its only root field."""

    text: str
    field: str
    cost: float = 10

    def __post_init__(self) -> None:
        _, _, body = self.text.partition("{")
        if not self.text.lstrip().startswith("mutation") or not body.lstrip().startswith(
            f"{self.field}("
        ):
            raise ValueError(f"this document begins with something else than {self.field}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL answer as it came: `data` may be partial where there are errors."""

    status: int
    data: Data
    errors: tuple[Mapping[str, Any], ...]
    extensions: Mapping[str, Any]
    headers: httpx.Headers


class GraphQLError(PlatformError):
    """The platform answered with top-level errors. `answer` holds what came."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("; ".join(str(error.get("message", error)) for error in answer.errors))


Check = Callable[[Answer], None]
"""Looks at an answer before it is believed; raises a `PlatformError`."""


class GraphQLReader:
    """Sends queries. `check` is the platform's own look at each answer."""

    def __init__(self, client: httpx.AsyncClient, path: str, check: Check = lambda answer: None):
        self._client = client
        self._path = path
        self._check = check

    async def query(self, query: Query, /, **variables: Any) -> Data:
        """The data of a query that succeeded in whole.

        Raises `GraphQLError` for any error, since partial data reads like absence.
        """
        return (await self._send(query.text, variables, query.cost, safe=True)).data

    async def ask(self, query: Query, /, **variables: Any) -> Answer:
        """As `query`, for callers that need the answer's extensions or headers."""
        return await self._send(query.text, variables, query.cost, safe=True)

    async def begin(self, reading: Reading, /, **variables: Any) -> Data:
        """As `query`, for a reading that takes time. It may begin twice where no answer came."""
        return (await self._send(reading.text, variables, reading.cost, safe=True)).data

    async def _send(
        self, text: str, variables: Mapping[str, Any], cost: float, *, safe: bool
    ) -> Answer:
        request = self._client.build_request(
            "POST",
            self._path,
            json={"query": text, "variables": variables},
            extensions={SAFE: safe, COST: cost, DOCUMENT: text},
        )
        response = await self._client.send(request)
        if not safe and response.is_success and not _is_graphql(response):
            raise Ambiguous("a write was answered with something else than GraphQL")
        answer = _answer(response)
        if safe:
            self._check(answer)
        else:
            self._check_write(answer)
        if answer.errors:
            raise GraphQLError(answer)
        return answer

    def _check_write(self, answer: Answer) -> None:
        """A write was carried out whatever its answer is worth: what must not be believed, and a
        server that broke over it, leave open what was done."""
        try:
            self._check(answer)
        except Distrusted as error:
            raise Ambiguous(str(error)) from error
        if any((e.get("extensions") or {}).get("code") == _BROKEN for e in answer.errors):
            raise Ambiguous(str(GraphQLError(answer)))


class GraphQLWriter(GraphQLReader):
    """Sends mutations too."""

    async def mutate(self, mutation: Mutation, /, **variables: Any) -> Data:
        """The data of a mutation. Business errors (`userErrors`, `errors`) are in the data.

        Raises `GraphQLError` for top-level errors; with several aliased mutations, some may
        have been carried out: `answer.data` tells which. Raises `Ambiguous` where no answer came.
        """
        return (await self._send(mutation.text, variables, mutation.cost, safe=False)).data


def _answer(response: httpx.Response) -> Answer:
    body = parsed(response)
    if response.status_code in (401, 403):
        told = f"HTTP {response.status_code}: {_words(body) or response.reason_phrase}"
        raise Unauthorised(f"{told} · is the credential this shop's, and not revoked?")
    if not _is_graphql(response):
        raise Distrusted(
            f"HTTP {response.status_code} without a GraphQL answer · check the target's endpoint"
        )
    return Answer(
        response.status_code,
        body.get("data") or {},
        _errors(body.get("errors")),
        body.get("extensions") or {},
        response.headers,
    )


def _is_graphql(response: httpx.Response) -> bool:
    body = parsed(response)
    return isinstance(body, dict) and ("data" in body or "errors" in body)


def _errors(errors: Any) -> tuple[Mapping[str, Any], ...]:
    """Shopify answers some failures with a bare string instead of a list."""
    if not errors:
        return ()
    listed = errors if isinstance(errors, list) else [errors]
    return tuple(e if isinstance(e, dict) else {"message": str(e)} for e in listed)


def _words(body: Any) -> str:
    return (
        "; ".join(str(e["message"]) for e in _errors(body.get("errors")) if "message" in e)
        if (isinstance(body, dict))
        else ""
    )
