"""Lists, read whole: by slug or id in hundreds, pages followed, nested pages too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from providers.kit.graphql import Query
from providers.saleor.client import SaleorReader
from providers.saleor.shelf import By, Node, Read, Shelf
from reconciler.concurrent import side_by_side
from reconciler.model.address import Key, Remote
from reconciler.provider import Distrusted

T = TypeVar("T")

PAGE: Final = 100
"""The most that a page may hold, and the most names that one question asks for."""

Where = dict[str, Any]

PAGE_INFO: Final = "pageInfo { hasNextPage endCursor }"

_CHOICE = "id slug name externalReference translation(languageCode: $language) { name }"

CHOICES = Query(f"""query Choices(
  $where: AttributeWhereInput, $choices: AttributeValueWhereInput, $language: LanguageCodeEnum!
  $after: String
) {{
  attributes(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{
      id slug name type inputType entityType
      choices(where: $choices, first: {PAGE}) {{ edges {{ node {{ {_CHOICE} }} }} {PAGE_INFO} }}
    }} }}
    {PAGE_INFO}
  }}
}}""")

MORE_CHOICES = Query(f"""query MoreChoices(
  $id: ID!, $choices: AttributeValueWhereInput, $language: LanguageCodeEnum!, $after: String
) {{
  attribute(id: $id) {{
    choices(where: $choices, first: {PAGE}, after: $after) {{
      edges {{ node {{ {_CHOICE} }} }} {PAGE_INFO}
    }}
  }}
}}""")

PRODUCTS = Query(f"""query Products($where: ProductWhereInput, $after: String) {{
  products(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{
      id slug externalReference productType {{ slug name }}
      metadata {{ key value }}
      attributes {{
        attribute {{ id slug inputType }}
        values {{ id slug name boolean externalReference reference }}
      }}
      channelListings {{
        channel {{ slug }}
        isPublished publishedAt visibleInListings availableForPurchaseAt
      }}
      media {{ id url(size: 0) alt sortOrder metadata {{ key value }} }}
    }} }}
    {PAGE_INFO}
  }}
}}""")
"""All that any kind wants to know of a product: kinds that are read side by side ask once."""


def by_slug(slugs: Iterable[str]) -> Iterator[Where]:
    for part in in_hundreds(sorted(set(slugs))):
        yield {"slug": {"oneOf": list(part)}}


def by_id(ids: Iterable[str]) -> Iterator[Where]:
    for part in in_hundreds(sorted(set(ids))):
        yield {"ids": list(part)}


def in_hundreds(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return in_parts(items, PAGE)


def in_parts(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """As they come, at most so many at a time."""
    return (items[start : start + most] for start in range(0, len(items), most))


async def listed(
    session: SaleorReader,
    query: Query,
    field: str,
    where: Iterable[Where | str | None],
    condition: str = "where",
    **variables: Any,
) -> list[Node]:
    """Every node of a connection, for each condition; conditions are asked side by side.
    condition: the name of the argument that takes it."""
    pages = await side_by_side(
        partial(_pages, session, query, field, {**variables, condition: given}) for given in where
    )
    return [node for nodes in pages for node in nodes]


async def looked_up(
    shelf: Shelf, read: Read, wanted: Mapping[Key, Remote | None]
) -> list[tuple[Key, Node]]:
    """The wanted nodes under the slugs that they were wanted by: found by slug, else by id."""
    by_key = await shelf.at("slug", wanted, read)
    moved = {remote: key for key, remote in wanted.items() if key not in by_key and remote}
    again = await shelf.at("id", moved, read)
    return [(key, by_key[key]) for key in wanted if key in by_key] + [
        (moved[remote], node) for remote, node in again.items()
    ]


def condition_on(by: By, names: Iterable[str]) -> Iterator[Where]:
    return by_slug(names) if by == "slug" else by_id(names)


async def attributes(session: SaleorReader, slugs: Iterable[str]) -> list[Node]:
    """The attributes that are there, with all their values."""
    found = await session.attributes.at("slug", slugs, reading_attributes(session))
    return list(found.values())


def reading_attributes(session: SaleorReader) -> Read:
    async def read(by: By, names: list[str]) -> list[Node]:
        return await attributes_with_choices(session, condition_on(by, names))

    return read


async def attributes_with_choices(
    session: SaleorReader, where: Iterable[Where], choices: Where | None = None
) -> list[Node]:
    """Attributes, `choices` of each being the list of its values, all of them."""
    language = session.settings.language
    found = await listed(session, CHOICES, "attributes", where, choices=choices, language=language)
    return [
        {**node, "choices": [choice async for choice in _choices(session, node, choices)]}
        for node in found
    ]


async def _pages(
    session: SaleorReader, query: Query, field: str, variables: Mapping[str, Any]
) -> list[Node]:
    nodes: list[Node] = []
    after: str | None = None
    while True:
        data = await session.query(query, after=after, **variables)
        page = data[field]
        nodes += [edge["node"] for edge in page["edges"]]
        after = following(page, after)
        if after is None:
            return nodes


async def _choices(
    session: SaleorReader, attribute: Node, choices: Where | None
) -> AsyncIterator[Node]:
    page = attribute["choices"]
    after: str | None = None
    while True:
        for edge in page["edges"]:
            yield edge["node"]
        after = following(page, after)
        if after is None:
            return
        data = await session.query(
            MORE_CHOICES,
            id=attribute["id"],
            choices=choices,
            language=session.settings.language,
            after=after,
        )
        if data["attribute"] is None:
            raise Distrusted(f"the attribute {attribute['slug']} vanished while it was read")
        page = data["attribute"]["choices"]


def following(page: Node, before: str | None) -> str | None:
    """The cursor of the next page, None after the last one."""
    info = page["pageInfo"]
    if not info["hasNextPage"]:
        return None
    if info["endCursor"] in (None, before):
        raise Distrusted("a page that is not the last has no way on")
    return str(info["endCursor"])
