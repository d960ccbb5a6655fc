"""Many things by their identifiers in one request: exact, and never behind a search's index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.kit.graphql import GraphQLError, Query
from providers.shopify.client import ShopifyReader, is_too_much
from providers.shopify.parts import parts_of
from reconciler.model.address import Key


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing: its identifier and, where the selection says `$keys`, what stands for that."""

    identifier: Mapping[str, Any]
    keys: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A root field that takes an `identifier`. `selection` may use `$keys`; `cost` is what one
    thing costs, in points; `fragments` are what the selection spreads."""

    name: str
    input_type: str
    selection: str
    fragments: str = ""
    cost: float = 2


async def identified(
    session: ShopifyReader, field: Field, wishes: Sequence[Wish]
) -> list[dict[str, Any] | None]:
    """One answer a wish, in order; None where there is nothing. One request, or where that is
    refused for its cost, several."""
    variables: dict[str, Any] = {f"i{n}": dict(wish.identifier) for n, wish in enumerate(wishes)}
    variables |= {f"k{n}": list(w.keys) for n, w in enumerate(wishes) if w.keys is not None}
    try:
        data = await session.query(document(field, wishes), **variables)
    except GraphQLError as error:
        if not is_too_much(error) or len(wishes) == 1:
            raise
        middle = len(wishes) // 2
        first = await identified(session, field, wishes[:middle])
        return first + await identified(session, field, wishes[middle:])
    return [data[f"r{n}"] for n in range(len(wishes))]


async def by_handle(
    session: ShopifyReader, field: Field, handles: Iterable[Key], together: int
) -> AsyncIterator[tuple[Key, dict[str, Any]]]:
    """What stands under each handle, so many in a request; what is not there is left out."""
    for part in parts_of(handles, together):
        found = await identified(session, field, [Wish({"handle": handle}) for handle in part])
        for handle, row in zip(part, found, strict=True):
            if row is not None:
                yield handle, row


def document(field: Field, wishes: Sequence[Wish]) -> Query:
    declared = [f"$i{n}: {field.input_type}!" for n in range(len(wishes))]
    declared += [f"$k{n}: [String!]" for n, wish in enumerate(wishes) if wish.keys is not None]
    rows = "\n".join(
        f"r{n}: {field.name}(identifier: $i{n}) {{ {field.selection.replace('$keys', f'$k{n}')} }}"
        for n in range(len(wishes))
    )
    text = f"query Identified({', '.join(declared)}) {{\n{rows}\n}}\n{field.fragments}"
    return Query(text, cost=field.cost * len(wishes))
