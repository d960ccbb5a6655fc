"""Sessions with a Saleor server: opening with the token looked at first, reading, writing.

A wrong token is no error on Saleor: it is answered as an anonymous visitor is, HTTP 200 and less
data. So a session asks who it is before it asks for anything else.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings

from providers.kit.connection import connect
from providers.kit.graphql import (
    Data,
    GraphQLError,
    GraphQLReader,
    GraphQLWriter,
    Mutation,
    Query,
)
from providers.kit.throttle import Window, Windows
from providers.saleor.shelf import Shelf
from reconciler.model.address import Remote
from reconciler.model.cost import Pace
from reconciler.provider import (
    Remotes,
    Target,
    Unauthorised,
    Usage,
    Wire,
)

READING: Final = ("MANAGE_PRODUCTS",)
"""Without it a server leaves out what products carry and a storefront does not show."""

SEEING: Final = ("MANAGE_PAGE_TYPES_AND_ATTRIBUTES", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
"""With none of them a server lists no attributes that a storefront does not show: a plan would
propose to make them. (Saleor: `resolve_attributes`, in its sources.)"""

WRITING: Final = ("MANAGE_PRODUCTS", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
LABELLING: Final = "MANAGE_TRANSLATIONS"
"""Needed where labels are kept as translations (`identity: slug`)."""

SANDBOX_TOKEN: Final = "sandbox"  # noqa: S105 - it opens nothing but the embedded sandbox
WINDOW_SECONDS: Final = 60.0

_WHO = Query("query Who { app { id isActive permissions { code } } shop { domain { host } } }")


class Settings(BaseModel):
    """`settings:` of a target."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: Literal["slug", "external_reference"] = "external_reference"
    """What carries a term's key. Saleor makes a choice's slug from its name, always.

    external_reference: the name is the label, and the slug follows it.
    slug: the name is the key, so the slug is too; the label is a translation.
    The external reference is `<attribute slug>/<key>` in both.
    """
    language: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}(_[A-Z0-9]+)*$")] = "EN"
    """The language of the labels that are kept as translations."""
    tags: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The slug of the attribute whose values stand for tags. Saleor's products have none."""
    channel: Annotated[str, StringConstraints(pattern=r"^[\w-]+$")] | None = Field(
        default_factory=lambda: os.environ.get("SALEOR_CHANNEL_SLUG") or None
    )
    """The channel whose products are the catalog: rules and selectors find no others. Left out:
    SALEOR_CHANNEL_SLUG, or else all products."""
    dashboard: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")] | None = None
    """Where the dashboard is, where that is not `/dashboard/` on the server's own host."""


class Credentials(BaseSettings):
    """`<PREFIX>_TOKEN`: the token of an app."""

    token: SecretStr


@dataclass(frozen=True, slots=True)
class Assigned:
    """An attribute as a product type has it: its id, and how it takes values."""

    id: Remote
    input: str


@dataclass
class SaleorReader:
    """A session that can only read. `account` is where it reads; `assigned` is what it saw last:
    the attributes that products can carry, by the product's id and the attribute's slug. What it
    has read of products and attributes stays on its shelves."""

    graphql: GraphQLReader
    usage: Usage
    settings: Settings
    account: str
    windows: tuple[tuple[int, float], ...] = ()
    assigned: dict[Remote, Mapping[str, Assigned]] = field(default_factory=dict)
    products: Shelf = field(default_factory=Shelf)
    attributes: Shelf = field(default_factory=Shelf)
    product_types: Shelf = field(default_factory=Shelf)

    @property
    def pace(self) -> Pace:
        """How long answers took, and the requests a minute where the target names them."""
        return Pace(self.usage.latency, windows=self.windows, sent=self.usage.requests)

    async def query(self, query: Query, **variables: Any) -> Data:
        """The whole answer. Raises `Unauthorised` where a permission is missing, since less is
        told then, and `GraphQLError` for any other error."""
        try:
            return await self.graphql.query(query, **variables)
        except GraphQLError as error:
            raise _unauthorised(error) or error from None


@dataclass
class SaleorWriter(SaleorReader):
    """A session that may write. It reads everything anew."""

    graphql: GraphQLWriter
    remotes: Remotes = field(kw_only=True)
    products: Shelf = field(default_factory=partial(Shelf, keeps=False))
    attributes: Shelf = field(default_factory=partial(Shelf, keeps=False))
    product_types: Shelf = field(default_factory=partial(Shelf, keeps=False))

    async def mutate(self, mutation: Mutation, **variables: Any) -> Data:
        return await self.graphql.mutate(mutation, **variables)


@asynccontextmanager
async def reading(target: Target, wire: Wire | None) -> AsyncIterator[SaleorReader]:
    """Raises `Unauthorised` where the token is not an app's that may see everything."""
    usage = Usage()
    async with _connected(target, wire, usage) as client:
        graphql = GraphQLReader(client, _path(target))
        account = await _account(graphql, READING)
        yield SaleorReader(graphql, usage, target.settings, account, _windows(target))


@asynccontextmanager
async def writing(
    target: Target, wire: Wire | None, remotes: Remotes
) -> AsyncIterator[SaleorWriter]:
    """Raises `Unauthorised` where the token's app lacks a permission that writing needs."""
    usage = Usage()
    needed = (*WRITING, LABELLING) if target.settings.identity == "slug" else WRITING
    async with _connected(target, wire, usage) as client:
        graphql = GraphQLWriter(client, _path(target))
        account = await _account(graphql, needed)
        windows = _windows(target)
        yield SaleorWriter(graphql, usage, target.settings, account, windows, remotes=remotes)


async def identify(session: SaleorReader) -> str:
    """The host that the server says it is."""
    return session.account


@asynccontextmanager
async def _connected(
    target: Target, wire: Wire | None, usage: Usage
) -> AsyncIterator[httpx.AsyncClient]:
    """Saleor has no limit of its own; its cloud takes so many requests a minute, where a target
    says so."""
    per_minute = target.requests_per_minute
    headers = {"Authorization-Bearer": _token(target)}
    if per_minute is None:
        async with connect(target, wire, usage, headers=headers) as client:
            yield client
        return
    throttle = partial(Windows, windows=[Window(per_minute, WINDOW_SECONDS)])
    window = WINDOW_SECONDS
    async with connect(
        target, wire, usage, headers=headers, throttle=throttle, window=window
    ) as client:
        yield client


def _windows(target: Target) -> tuple[tuple[int, float], ...]:
    most = target.requests_per_minute
    return ((most, WINDOW_SECONDS),) if most else ()


def _token(target: Target) -> str:
    if target.sandbox:
        return SANDBOX_TOKEN
    try:
        held = Credentials(_env_prefix=f"{target.credentials}_")
    except ValidationError:
        raise Unauthorised(
            f"{target.name} has no credential · set {target.credentials}_TOKEN"
        ) from None
    return held.token.get_secret_value()


def _path(target: Target) -> str:
    """An endpoint with a path is the API's own address; of a bare host it is `/graphql/`."""
    return "" if httpx.URL(target.endpoint).path.strip("/") else "/graphql/"


async def _account(graphql: GraphQLReader, needed: Sequence[str]) -> str:
    try:
        data = await graphql.query(_WHO)
    except GraphQLError as error:
        raise _unauthorised(error) or error from None
    app = data["app"]
    if app is None or not app["isActive"]:
        raise Unauthorised("the token is not that of an active app · make one in the dashboard")
    held = {permission["code"] for permission in app["permissions"] or ()}
    lacking = [permission for permission in needed if permission not in held]
    if not {*held, *needed} & {*SEEING}:
        lacking.append(SEEING[0])
    if lacking:
        raise Unauthorised(f"the token's app lacks {', '.join(lacking)} · grant it to the app")
    return str(data["shop"]["domain"]["host"])


def _unauthorised(error: GraphQLError) -> Unauthorised | None:
    """In the vendor's words, where any of the errors is about a permission."""
    for told in error.answer.errors:
        if code_of(told) == "PermissionDenied":
            return Unauthorised(
                f"{told.get('message')} · check the token and its app's permissions"
            )
    return None


def code_of(error: Mapping[str, Any]) -> str:
    """The name of the server's exception behind a top-level error; empty where it tells none."""
    exception = (error.get("extensions") or {}).get("exception") or {}
    return str(exception.get("code", ""))
