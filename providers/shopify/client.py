"""Sessions with a shop (Admin GraphQL API): opening, reading, writing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings

from providers.kit.connection import connect, outside
from providers.kit.graphql import (
    Answer,
    Check,
    Data,
    GraphQLError,
    GraphQLReader,
    GraphQLWriter,
    Mutation,
    Query,
    Reading,
)
from providers.kit.pictures import Pictures
from providers.kit.throttle import CostBucket
from providers.shopify.access import ClientCredentials, StaticToken
from providers.shopify.originals import Originals
from providers.shopify.storage import Storage
from reconciler.model.cost import Pace
from reconciler.provider import (
    Distrusted,
    PlatformError,
    Remotes,
    Target,
    Unauthorised,
    Usage,
    Wire,
)

PAGE: Final = 250
"""The most nodes that a page may have."""

SANDBOX_TOKEN: Final = "shpat_sandbox"  # noqa: S105 - the emulated shop's, known to everybody

Row = Mapping[str, Any]


class Settings(BaseModel):
    """`settings:` of a target."""

    model_config = ConfigDict(extra="forbid")

    api_version: str = Field(default="2026-10", pattern=r"^\d{4}-(01|04|07|10)$")
    """Collections have `sources` since 2026-07; earlier versions hide such collections."""
    pictures_from_loopback: bool = False
    """Whether a sandbox's pictures may be fetched from this machine."""

    bulk_from: int | None = Field(default=None, ge=1)
    """So many metafields or products, or more, are read by a bulk operation. Unsaid: where paging
    would cost more points than a full bucket holds."""

    bulk_write_from: int | None = Field(default=20_000, ge=1)
    """So many metafields of one plan, or more, are written by bulk operations; null: never."""
    namespace: str = Field(default="custom", pattern=r"^[A-Za-z0-9_-]{3,255}$")
    """Of the metafields that taxonomies and offerings come to; other documents name their own."""
    terms: Literal["key", "label"] = "key"
    """Whether a product carries a term's key, which never changes, or its label, which people and
    shop windows read."""


class Credentials(BaseSettings):
    """`<PREFIX>_ADMIN_TOKEN`, or `<PREFIX>_CLIENT_ID` and `<PREFIX>_CLIENT_SECRET`.

    Raises `ValueError` with a remedy, in which `{prefix}` stands for the prefix."""

    admin_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Credentials:
        if self.admin_token is None and (self.client_id is None or self.client_secret is None):
            raise ValueError(
                "set {prefix}ADMIN_TOKEN, or {prefix}CLIENT_ID and {prefix}CLIENT_SECRET"
            )
        return self


class UserErrors(PlatformError):
    """The errors that a mutation answered in its own `userErrors`."""

    def __init__(self, errors: Sequence[Row]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(told(error) for error in errors))

    def has_code(self, *codes: str) -> bool:
        return any(error.get("code") in codes for error in self.errors)

    def says(self, message: str) -> bool:
        return any(error["message"] == message for error in self.errors)


def is_too_much(error: GraphQLError) -> bool:
    """Whether a request was refused for its size or its cost: a part of it may pass."""
    codes = {(e.get("extensions") or {}).get("code") for e in error.answer.errors}
    return bool(codes & {"MAX_INPUT_SIZE_EXCEEDED", "MAX_COST_EXCEEDED"})


def told(error: Row) -> str:
    """A user error in the vendor's words, with its place and code where it has them."""
    place = ".".join(error.get("field") or ())
    code = f" ({error['code']})" if error.get("code") else ""
    return f"{place}: {error['message']}{code}" if place else f"{error['message']}{code}"


def row_of(error: Row) -> int:
    """The place in the list that was sent of what a user error is about, or -1. An error's
    `elementIndex` is always null."""
    place: Sequence[str] = error.get("field") or ()
    return int(place[1]) if len(place) > 1 and place[1].isdecimal() else -1


@dataclass
class ShopifyReader:
    """A session that can only read. `outside` is for the files that the shop tells addresses of;
    `granted` are the access scopes, once somebody asked who we are (`identify`)."""

    graphql: GraphQLReader
    usage: Usage
    bucket: CostBucket
    outside: httpx.AsyncClient
    settings: Settings
    granted: frozenset[str] | None = None

    @property
    def pace(self) -> Pace:
        """What is left in the bucket, and how long answers took."""
        return replace(self.bucket.pace, latency=self.usage.latency)

    async def query(self, query: Query, **variables: Any) -> Data:
        return await self.graphql.query(query, **variables)

    async def begin(self, reading: Reading, **variables: Any) -> Data:
        """The payload of a bulk reading's document. Raises `UserErrors`."""
        payload: Data = (await self.graphql.begin(reading, **variables))[reading.field]
        if payload["userErrors"]:
            raise UserErrors(payload["userErrors"])
        return payload

    async def pages(
        self, query: Query, connection: str, **variables: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Every node of a root connection, page by page. The document takes `$after`. Raises
        `Distrusted` for pages that do not come to an end."""
        page = (await self.query(query, after=None, **variables))[connection]
        for node in page["nodes"]:
            yield node
        async for node in self.rest(page, query, connection, **variables):
            yield node

    async def rest(
        self, page: Row, query: Query, *way: str, **variables: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """The nodes behind a first page, page by page. `way` leads to the connection in the answer
        of the document, which takes `$after`. Raises `Distrusted` where that is not there any more,
        and for pages that do not come to an end."""
        after: str | None = None
        while page["pageInfo"]["hasNextPage"]:
            before, after = after, page["pageInfo"]["endCursor"]
            if after in (None, before):
                raise Distrusted(f"behind a page of {way[-1]} comes that page again · plan again")
            found = await self.query(query, after=after, **variables)
            for step in way:
                found = found[step]
                if found is None:
                    raise Distrusted(f"{step} went while its {way[-1]} were read · plan again")
            page = found
            for node in page["nodes"]:
                yield node


@dataclass
class ShopifyWriter(ShopifyReader):
    """A session that may write."""

    writer: GraphQLWriter = field(kw_only=True)
    remotes: Remotes = field(kw_only=True)
    originals: Originals = field(kw_only=True)

    @property
    def storage(self) -> Storage:
        return Storage(self.outside)

    async def mutate(self, mutation: Mutation, field: str, **variables: Any) -> Data:
        """The payload of a mutation that has one field. Raises `UserErrors`."""
        payload: Data = (await self.writer.mutate(mutation, **variables))[field]
        if payload["userErrors"]:
            raise UserErrors(payload["userErrors"])
        return payload


@asynccontextmanager
async def reading(target: Target, wire: Wire | None) -> AsyncIterator[ShopifyReader]:
    async with _connected(target, wire) as (client, usage, bucket, files):
        graphql = GraphQLReader(client, _path(target), _check(target))
        yield ShopifyReader(graphql, usage, bucket, files, target.settings)


@asynccontextmanager
async def writing(
    target: Target, wire: Wire | None, remotes: Remotes
) -> AsyncIterator[ShopifyWriter]:
    async with _connected(target, wire) as (client, usage, bucket, files):
        graphql = GraphQLWriter(client, _path(target), _check(target))
        yield ShopifyWriter(
            graphql,
            usage,
            bucket,
            files,
            target.settings,
            writer=graphql,
            remotes=remotes,
            originals=Originals(target.folder, _web(target, wire)),
        )


def _web(target: Target, wire: Wire | None) -> Pictures:
    """Loopback addresses are fetched from for a sandbox alone, where its settings say so."""
    allowed = target.sandbox or _LOOPBACK.match(target.endpoint) is not None
    loopback = allowed and bool(target.settings.pictures_from_loopback)
    return Pictures(wire, loopback=loopback, seconds=target.timeout)


_LOOPBACK: Final = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?$")


_SHOP: Final = Query(
    """query Shop {
      shop { id myshopifyDomain }
      currentAppInstallation { accessScopes { handle } }
    }""",
    cost=4,
)


async def identify(session: ShopifyReader) -> str:
    """The shop's id and its domain that never changes. What the app was granted is learnt too."""
    told = await session.query(_SHOP)
    scopes = told["currentAppInstallation"]["accessScopes"]
    session.granted = frozenset(scope["handle"] for scope in scopes)
    return f"{told['shop']['id']} {told['shop']['myshopifyDomain']}"


@asynccontextmanager
async def _connected(
    target: Target, wire: Wire | None
) -> AsyncIterator[tuple[httpx.AsyncClient, Usage, CostBucket, httpx.AsyncClient]]:
    usage = Usage()
    auth = StaticToken(SANDBOX_TOKEN) if target.sandbox else _auth(target)
    buckets: list[CostBucket] = []

    def throttle(inner: Wire) -> Wire:
        buckets.append(CostBucket(inner))
        return buckets[0]

    async with (
        outside(target, wire, usage) as files,
        connect(target, wire, usage, throttle=throttle, auth=auth) as client,
    ):
        yield client, usage, buckets[0], files


def _auth(target: Target) -> httpx.Auth:
    prefix = target.credentials
    try:
        held = Credentials(_env_prefix=f"{prefix}_")
    except ValidationError:
        raise Unauthorised(
            f"{target.name} has no credential · set {prefix}_ADMIN_TOKEN,"
            f" or {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET"
        ) from None
    if held.admin_token is not None:
        return StaticToken(held.admin_token.get_secret_value())
    assert held.client_id is not None
    assert held.client_secret is not None
    return ClientCredentials(target.endpoint, held.client_id, held.client_secret.get_secret_value())


def _path(target: Target) -> str:
    return f"/admin/api/{target.settings.api_version}/graphql.json"


def _check(target: Target) -> Check:
    version: str = target.settings.api_version

    def check(answer: Answer) -> None:
        _permitted(answer)
        _of_version(answer, version)
        _searched_as_asked(answer)

    return check


def _permitted(answer: Answer) -> None:
    for error in answer.errors:
        if (error.get("extensions") or {}).get("code") == "ACCESS_DENIED":
            place = ".".join(str(step) for step in error.get("path") or ()) or "this request"
            raise Unauthorised(
                f"{error['message']} · grant the app the access scope that {place} needs"
                " (providers/shopify/README.md lists them)"
            )


def _of_version(answer: Answer, version: str) -> None:
    """A retired version is answered by another one, without an error."""
    served = answer.headers.get("X-Shopify-API-Version")
    if served != version:
        raise Distrusted(
            f"API version {version} was asked for and {served or 'none that is named'} answered"
            " · set settings.api_version to a version that Shopify still supports"
        )


def _searched_as_asked(answer: Answer) -> None:
    """A search term that Shopify does not understand is left out, and everything is found."""
    for searched in answer.extensions.get("search") or ():
        for warning in searched.get("warnings") or ():
            raise Distrusted(
                f"the search {searched.get('query')!r} was not understood:"
                f" {warning.get('field')}: {warning.get('message')}"
            )
