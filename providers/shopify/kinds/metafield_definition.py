"""Definitions of products' metafields.

A key is `product/<namespace>.<key>`; it and the type are what they are for ever. Dropping a
definition never drops values: Shopify refuses that for reference types, and so does this.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import PAGE, ShopifyReader, ShopifyWriter, UserErrors
from providers.shopify.describing import REMEDIES, created, described, in_turn, updated
from providers.shopify.identified import Field, Wish, identified
from providers.shopify.parts import one_by_one, parts_of
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key
from reconciler.model.change import Action, Change, Effect
from reconciler.model.cost import FREE, NOTHING, Cost, Range
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Value, spec, stated
from reconciler.provider import ALL, Batch, Echo, OnDrop, Precondition, Wanted

READ_TOGETHER: Final = 10
"""Definitions of a batch, which the core reads again before and after it."""

_TOGETHER: Final = 25

_CATEGORIES: Final = 100
"""Categories that are read along with a definition; more of them are read page by page."""

_VALUES: Final = "nodes { value } pageInfo { hasNextPage endCursor }"

_SELECTION: Final = f"""
  id namespace key name description metafieldsCount pinnedPosition
  type {{ name }}
  validations {{ name value }}
  access {{ admin storefront customerAccount }}
  capabilities {{
    adminFilterable {{ enabled }}
    smartCollectionCondition {{ enabled }}
    uniqueValues {{ enabled }}
    analyticsQueryable {{ enabled }}
    cartToOrderCopyable {{ enabled }}
  }}
  constraints {{ values(first: {_CATEGORIES}) {{ {_VALUES} }} }}
"""

_POINTS: Final = 20
"""What one definition costs at most."""

_BY_NAME: Final = Field(
    "metafieldDefinition", "MetafieldDefinitionIdentifierInput", _SELECTION, cost=_POINTS
)

_EVERY: Final = Query(
    f"""query EveryDefinition($after: String) {{
      metafieldDefinitions(first: 25, after: $after, ownerType: PRODUCT, sortKey: ID) {{
        nodes {{ {_SELECTION} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=100,
)

_MORE: Final = Query(
    f"""query MoreCategories($identifier: MetafieldDefinitionIdentifierInput!, $after: String) {{
      metafieldDefinition(identifier: $identifier) {{
        constraints {{ values(first: {PAGE}, after: $after) {{ {_VALUES} }} }}
      }}
    }}""",
    cost=_POINTS,
)

_CREATE: Final = Mutation(
    """mutation CreateDefinition($definition: MetafieldDefinitionInput!) {
      metafieldDefinitionCreate(definition: $definition) {
        createdDefinition { id }
        userErrors { field message code }
      }
    }"""
)

_UPDATE: Final = Mutation(
    """mutation UpdateDefinition($definition: MetafieldDefinitionUpdateInput!) {
      metafieldDefinitionUpdate(definition: $definition) {
        updatedDefinition { id }
        userErrors { field message code }
      }
    }"""
)

_DELETE: Final = Mutation(
    """mutation DeleteDefinition($identifier: MetafieldDefinitionIdentifierInput!) {
      metafieldDefinitionDelete(identifier: $identifier, deleteAllAssociatedMetafields: false) {
        deletedDefinitionId
        userErrors { field message code }
      }
    }"""
)


@spec
class MetafieldDefinition:
    name: Owned[str] = UNSTATED
    description: Owned[str | None] = UNSTATED
    type: Owned[str] = UNSTATED
    choices: Owned[tuple[str, ...] | None] = UNSTATED
    """What a text may be, in the order in which the admin shows it; None where anything goes."""
    validations: Owned[Mapping[str, str | None]] = UNSTATED
    """The others, by name, in the form in which they are compared."""
    access: Owned[Mapping[str, str]] = UNSTATED
    """`admin`, `storefront`, `customer_account`."""
    capabilities: Owned[Mapping[str, bool]] = UNSTATED
    categories: Owned[Annotated[tuple[str, ...], Merge.SET] | None] = UNSTATED
    """Of Shopify's taxonomy, to whose products it applies; None where to all."""
    pinned: Owned[bool] = UNSTATED


def definition_key(namespace: str, key: str) -> Key:
    return f"product/{namespace}.{key}"


class MetafieldDefinitionKind:
    name = "metafield_definition"
    spec = MetafieldDefinition
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[MetafieldDefinition]]:
        """A definition can not be renamed, so its remote tells nothing that its key does not."""
        if wanted is ALL:
            async for row in session.pages(_EVERY, "metafieldDefinitions"):
                await _complete(session, row)
                yield _resource(target, row)
            return
        for keys in parts_of(wanted, _TOGETHER):
            for found in await _rows(session, keys):
                if found is not None:
                    yield _resource(target, found)

    def lasts(self, spec: MetafieldDefinition) -> str | None:
        """Shopify deletes a definition of references only together with all its values."""
        if str(spec.type).endswith("_reference") or spec.type == "id":
            return "Shopify deletes it only with all its values: it stays; delete it in the admin"
        return None

    def batches(
        self, changes: Sequence[Change[MetafieldDefinition]]
    ) -> Iterable[Batch[MetafieldDefinition]]:
        for part in parts_of(changes, READ_TOGETHER):
            yield Batch(
                part,
                requests=sum(map(_mutations, part)),
                points=10 * sum(map(_mutations, part)),
                reading=Range(Cost(1, len(part)), Cost(1, _POINTS * len(part))),
                besides=sum(map(_besides, part), FREE),
            )

    async def write(
        self, session: ShopifyWriter, batch: Batch[MetafieldDefinition]
    ) -> Sequence[Outcome[MetafieldDefinition]]:
        return await one_by_one(batch.changes, partial(_written, session))

    async def effects(
        self, session: ShopifyReader, changes: Sequence[Change[MetafieldDefinition]]
    ) -> Mapping[Address, Effect]:
        """How many values a deleted definition would leave without one."""
        dropped = [c.address for c in changes if c.action is Action.DELETE]
        effects: dict[Address, Effect] = {}
        for part in parts_of(dropped, _TOGETHER):
            rows = await _rows(session, [address.key for address in part])
            for address, row in zip(part, rows, strict=True):
                used = row["metafieldsCount"] if row else 0
                if used:
                    text = f"values of it: {used}, which would stay without a definition"
                    effects[address] = Effect(text, used)
        return effects


def _besides(change: Change[MetafieldDefinition]) -> Range:
    """What stands there is read before validations or categories are written anew; a definition
    that is answered costs a point."""
    answer = Range(NOTHING, Cost(0, 2))
    return answer + Range(Cost(1, 1), Cost(1, _POINTS)) if reads_first(change) else answer


def _mutations(change: Change[MetafieldDefinition]) -> int:
    is_update = change.before is not None and change.action is not Action.DELETE
    return 2 if is_update and change.differs_in("pinned") and change.differs_in("categories") else 1


def reads_first(change: Change[MetafieldDefinition]) -> bool:
    """Validations that are sent replace all there are, and categories are sent as a difference."""
    if change.before is None or change.action is Action.DELETE or change.differs_in("type"):
        return False
    return any(map(change.differs_in, ("choices", "validations", "categories")))


async def _rows(session: ShopifyReader, keys: Sequence[Key]) -> list[dict[str, Any] | None]:
    rows = await identified(session, _BY_NAME, [Wish(_identifier(key)) for key in keys])
    await side_by_side(partial(_complete, session, row) for row in rows if row)
    return rows


async def _complete(session: ShopifyReader, row: dict[str, Any]) -> None:
    """Put in the categories that did not fit on the first page."""
    if row["constraints"] is not None:
        values = row["constraints"]["values"]
        identifier = _identifier(definition_key(row["namespace"], row["key"]))
        way = ("metafieldDefinition", "constraints", "values")
        rest = session.rest(values, _MORE, *way, identifier=identifier)
        values["nodes"] += [node async for node in rest]


def _resource(target: str, row: Mapping[str, Any]) -> Resource[MetafieldDefinition]:
    return Resource(
        Address(target, "metafield_definition", definition_key(row["namespace"], row["key"])),
        MetafieldDefinition(**described(row)),
        remote=row["id"],
    )


async def _written(
    session: ShopifyWriter, change: Change[MetafieldDefinition]
) -> Outcome[MetafieldDefinition]:
    try:
        return await _write(session, change)
    except UserErrors as refused:
        remedy = next(
            (REMEDIES[e["code"]] for e in refused.errors if e.get("code") in REMEDIES), ""
        )
        text = f"{refused} · {remedy}" if remedy else str(refused)
        return failed(change.address, text, change.remote)


async def _write(
    session: ShopifyWriter, change: Change[MetafieldDefinition]
) -> Outcome[MetafieldDefinition]:
    if change.action is Action.DELETE:
        return await _delete(session, change)
    assert change.after is not None
    identifier = _identifier(change.address.key)
    fields = stated(change.after.spec)
    if change.before is None:
        definition = identifier | created(fields)
        payload = await session.mutate(_CREATE, "metafieldDefinitionCreate", definition=definition)
        return done(change.address, payload["createdDefinition"]["id"])
    if change.differs_in("type"):
        return _of_another_type(change)
    live: Mapping[str, Any] = {}
    if reads_first(change):
        (row,) = await _rows(session, [change.address.key])
        live = row or {}
    for part in in_turn(updated(_differing(change, fields), fields["type"], live)):
        payload = await session.mutate(
            _UPDATE, "metafieldDefinitionUpdate", definition=identifier | part
        )
    return done(change.address, payload["updatedDefinition"]["id"])


async def _delete(
    session: ShopifyWriter, change: Change[MetafieldDefinition]
) -> Outcome[MetafieldDefinition]:
    identifier = _identifier(change.address.key)
    try:
        await session.mutate(_DELETE, "metafieldDefinitionDelete", identifier=identifier)
    except UserErrors as refused:
        if not refused.has_code("NOT_FOUND"):
            raise
    return done(change.address, None)


def _differing(
    change: Change[MetafieldDefinition], fields: Mapping[str, Value]
) -> dict[str, Value]:
    """The fields that are to be written, of mappings the entries."""
    return {
        name: {entry: v for entry, v in value.items() if change.differs_in(f"{name}.{entry}")}
        if isinstance(value, dict)
        else value
        for name, value in fields.items()
        if change.differs_in(name)
    }


def _of_another_type(change: Change[MetafieldDefinition]) -> Outcome[MetafieldDefinition]:
    return failed(
        change.address,
        f"it is a {change.before_values['type']} on the platform, and Shopify never changes the"
        " type of a definition · state that type in desired/, or use another key",
        change.remote,
    )


def _identifier(key: Key) -> dict[str, Any]:
    namespace, _, name = key.removeprefix("product/").rpartition(".")
    return {"ownerType": "PRODUCT", "namespace": namespace, "key": name}
