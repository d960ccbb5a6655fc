"""Fixed bundles: a product that consists of others, each so many times. The key is its handle.

Shopify makes the product together with the bundle, under the handle that its title comes to. So
that an answer that is lost leaves nothing that can not be found again, it is made under a title
that comes to the handle, and gets its own title then. The product stays when git states the bundle
no more.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

import anyio

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import ShopifyReader, ShopifyWriter
from providers.shopify.components import components_input
from providers.shopify.identified import Field, Wish, by_handle, identified
from providers.shopify.operations import AWAITED, product_of
from providers.shopify.parts import one_by_one, parts_of
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.cost import FREE, Cost, Range
from reconciler.model.outcome import Outcome, Status, done, failed
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
from reconciler.provider import (
    ALL,
    Ambiguous,
    Batch,
    Echo,
    OnDrop,
    PlatformError,
    Precondition,
    Unresolved,
    Wanted,
)

MOST: Final = 30
"""Components of a bundle."""

GREATEST: Final = 2000
"""How often a component may be in it."""

_TOGETHER: Final = 10
_POINTS: Final = 14
_LOST_SECONDS: Final = (1.0, 2.0, 4.0, 8.0)
"""How long a bundle whose making was not answered is waited for, look by look."""

_TIMES: Final = " × "
_ANY: Final = "any"

_PLAIN: Final = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")

_SELECTION: Final = (
    "id handle title"
    f" bundleComponents(first: {MOST}) {{ nodes {{ quantity componentProduct {{ handle }} }} }}"
)
_BY_HANDLE: Final = Field("productByIdentifier", "ProductIdentifierInput", _SELECTION, cost=_POINTS)

_EVERY: Final = Query(
    f"""query EveryBundle($after: String) {{
      products(first: 50, after: $after, sortKey: ID) {{
        nodes {{ {_SELECTION} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=85,
)

_ANSWER: Final = "productBundleOperation { id status } userErrors { field message }"

_CREATE: Final = Mutation(
    f"""mutation CreateBundle($input: ProductBundleCreateInput!) {{
      productBundleCreate(input: $input) {{ {_ANSWER} }}
    }}"""
)

_UPDATE: Final = Mutation(
    f"""mutation UpdateBundle($input: ProductBundleUpdateInput!) {{
      productBundleUpdate(input: $input) {{ {_ANSWER} }}
    }}"""
)


@spec
class Bundle:
    """quantities: those that are not once in it, as `2 × gift-card`; `any × gift-card` where the
    buyer chooses how often. A whole list, so that what came by hand is a difference too."""

    title: Owned[str] = UNSTATED
    components: Owned[Annotated[tuple[Annotated[str, Ref("product")], ...], Merge.SET]] = UNSTATED
    quantities: Owned[Annotated[tuple[str, ...], Merge.SET]] = UNSTATED


class BundleKind:
    name = "bundle"
    spec = Bundle
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Bundle]]:
        """Of everything, only bundles; of what is asked for, also products that are none."""
        if wanted is ALL:
            async for row in session.pages(_EVERY, "products"):
                if row["bundleComponents"]["nodes"]:
                    yield _resource(target, row["handle"], row)
            return
        async for handle, product in by_handle(session, _BY_HANDLE, wanted, _TOGETHER):
            yield _resource(target, handle, product)

    def lasts(self, _: Bundle) -> str | None:
        return "the product that the bundle is stays; delete it in the admin"

    def about(self, resource: Resource[Any]) -> About:
        return About("bundle", products=(resource.address.key,))

    def batches(self, changes: Sequence[Change[Bundle]]) -> Iterable[Batch[Bundle]]:
        for part in parts_of(changes, _TOGETHER):
            mutations = sum(map(_mutations, part))
            yield Batch(
                part,
                requests=mutations,
                points=10 * mutations,
                reading=Range(Cost(1, len(part)), Cost(1, _POINTS * len(part))),
                besides=sum(map(_besides, part), FREE),
            )

    async def write(
        self, session: ShopifyWriter, batch: Batch[Bundle]
    ) -> Sequence[Outcome[Bundle]]:
        return await one_by_one(batch.changes, partial(_write, session))


def product_remote(session: ShopifyWriter, handle: Key) -> Remote:
    """Of a product, though it came only with a bundle that this run made. Raises `Unresolved`."""
    try:
        return session.remotes("product", handle)
    except Unresolved:
        return session.remotes("bundle", handle)


def told(numbers: Mapping[Key, int | None]) -> tuple[str, ...]:
    """Component → how often, null where the buyer chooses; as the spec has it."""
    return tuple(f"{n or _ANY}{_TIMES}{handle}" for handle, n in numbers.items() if n != 1)


def read(quantities: Iterable[str]) -> dict[Key, int | None]:
    """`told`, read back."""
    parts = (text.partition(_TIMES) for text in quantities)
    return {handle: None if n == _ANY else int(n) for n, _, handle in parts}


def _resource(target: str, key: Key, row: Mapping[str, Any]) -> Resource[Bundle]:
    nodes = row["bundleComponents"]["nodes"]
    numbers = {node["componentProduct"]["handle"]: node["quantity"] for node in nodes}
    return Resource(
        Address(target, "bundle", key),
        Bundle(title=row["title"], components=tuple(numbers), quantities=told(numbers)),
        remote=row["id"],
    )


def _mutations(change: Change[Bundle]) -> int:
    return 2 if change.before is None and not _comes_to(_title(change), change.address.key) else 1


def _besides(change: Change[Bundle]) -> Range:
    """Options of components, and what they are like in the bundle, are read before it."""
    awaited = AWAITED * _mutations(change)
    if not _moves_components(change):
        return awaited
    assert change.after is not None
    components = change.after.spec.components
    parts = len(components) if isinstance(components, tuple) else 0
    both = change.before is not None
    return awaited + Range(Cost(1, 3), Cost(1 + both, 3 * parts + 40 * both))


def _moves_components(change: Change[Bundle]) -> bool:
    return change.differs_in("components") or change.differs_in("quantities")


def _title(change: Change[Bundle]) -> str | None:
    title = change.after.spec.title if change.after else UNSTATED
    return title if isinstance(title, str) else None


def _comes_to(title: str | None, handle: Key) -> bool:
    """Whether Shopify is sure to make this handle of a title."""
    return bool(title and _PLAIN.fullmatch(title) and title.lower().replace(" ", "-") == handle)


async def _write(session: ShopifyWriter, change: Change[Bundle]) -> Outcome[Bundle]:
    if change.before is None:
        return await _create(session, change)
    if not change.before.spec.components:
        cause = (
            "there is a product under this handle that is no bundle, and Shopify makes none of it"
        )
        return failed(change.address, f"{cause} · free the handle", change.remote)
    fields: dict[str, Any] = {"productId": change.remote}
    if change.differs_in("title"):
        fields["title"] = _title(change)
    if _moves_components(change):
        fields["components"] = await _components(session, change)
    await _updated(session, fields)
    return done(change.address, change.remote)


async def _create(session: ShopifyWriter, change: Change[Bundle]) -> Outcome[Bundle]:
    key, title = change.address.key, _title(change)
    if title is None:
        return failed(change.address, "it is to be made, and has no title · write title", None)
    is_its_own = _comes_to(title, key)
    components = await _components(session, change)
    made = await _made(
        session, key, {"title": title if is_its_own else key, "components": components}
    )
    if made["handle"] != key:
        text = f"the platform gave it the handle {made['handle']} · free {key}, then plan again"
        return Outcome(change.address, Status.FAILED, made["id"], None, made["handle"], text)
    if not is_its_own:
        try:
            await _updated(session, {"productId": made["id"], "title": title})
        except Ambiguous:
            raise
        except PlatformError as error:
            text = f"it was made, and not called so: {error} · plan again"
            return failed(change.address, text, made["id"])
    return done(change.address, made["id"])


async def _components(session: ShopifyWriter, change: Change[Bundle]) -> list[dict[str, Any]]:
    """Raises `PlatformError` for a choice of the buyer's, which only a rollback asks for."""
    assert change.after is not None
    wished = change.after.spec
    assert isinstance(wished.components, tuple)
    said = read(wished.quantities if isinstance(wished.quantities, tuple) else ())
    numbers = {handle: number for handle, number in said.items() if number is not None}
    if chosen := sorted(said.keys() - numbers.keys()):
        told = f"the buyer chose how often {', '.join(chosen)} is in it, which can not be written"
        raise PlatformError(f"{told} · set it in the admin")
    ids = {session.remotes("product", h): numbers.get(h, 1) for h in wished.components}
    return await components_input(session, change.remote, ids)


async def _made(session: ShopifyWriter, key: Key, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The new product. The handle was free: a bundle that comes under it, though Shopify's answer
    did not, is the one that was asked for."""
    try:
        payload = await session.mutate(_CREATE, "productBundleCreate", input=fields)
        return await product_of(session, payload["productBundleOperation"])
    except Ambiguous:
        for pause in _LOST_SECONDS:
            await anyio.sleep(pause)
            row = await _found(session, key)
            if row is not None and row["bundleComponents"]["nodes"]:
                return row
        raise


async def _found(session: ShopifyReader, key: Key) -> Mapping[str, Any] | None:
    """None also where it could not be looked up."""
    try:
        (row,) = await identified(session, _BY_HANDLE, [Wish({"handle": key})])
    except PlatformError:
        return None
    return row


async def _updated(session: ShopifyWriter, fields: Mapping[str, Any]) -> None:
    """Sent again where no answer came: it says how things shall be, not what shall change."""
    try:
        payload = await session.mutate(_UPDATE, "productBundleUpdate", input=fields)
    except Ambiguous:
        payload = await session.mutate(_UPDATE, "productBundleUpdate", input=fields)
    await product_of(session, payload["productBundleOperation"])
