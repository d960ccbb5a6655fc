"""Lists, read whole: by slug or id in hundreds, pages followed, nested pages too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from providers.kit.graphql import Query
from providers.saleor.client import SaleorReader
from reconciler.provider import Distrusted

T = TypeVar("T")

PAGE: Final = 100
"""The most that a page may hold, and the most names that one question asks for."""

Node = dict[str, Any]
Where = dict[str, Any]

PAGE_INFO: Final = "pageInfo { hasNextPage endCursor }"

ATTRIBUTES = Query(f"""query Attributes($where: AttributeWhereInput, $after: String) {{
  attributes(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{ id slug name type inputType }} }}
    {PAGE_INFO}
  }}
}}""")

_CHOICE = "id slug name externalReference translation(languageCode: $language) { name }"

CHOICES = Query(f"""query Choices(
  $where: AttributeWhereInput, $choices: AttributeValueWhereInput, $language: LanguageCodeEnum!
  $after: String
) {{
  attributes(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{
      id slug name
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
      id slug
      attributes {{
        attribute {{ id slug inputType }}
        values {{ id slug boolean externalReference }}
      }}
    }} }}
    {PAGE_INFO}
  }}
}}""")


PRODUCT_IDS = Query(f"""query ProductIds($where: ProductWhereInput, $after: String) {{
  products(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{ id slug }} }}
    {PAGE_INFO}
  }}
}}""")


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
    session: SaleorReader, query: Query, field: str, where: Iterable[Where], **variables: Any
) -> list[Node]:
    """Every node of a connection, for each condition."""
    nodes: list[Node] = []
    for condition in where:
        nodes += await _pages(session, query, field, condition, variables)
    return nodes


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
    session: SaleorReader, query: Query, field: str, where: Where, variables: dict[str, Any]
) -> list[Node]:
    nodes: list[Node] = []
    after: str | None = None
    while True:
        data = await session.query(query, where=where, after=after, **variables)
        page = data[field]
        nodes += [edge["node"] for edge in page["edges"]]
        after = _next(page, after)
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
        after = _next(page, after)
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


def _next(page: Node, before: str | None) -> str | None:
    """The cursor of the next page, None after the last one."""
    info = page["pageInfo"]
    if not info["hasNextPage"]:
        return None
    if info["endCursor"] in (None, before):
        raise Distrusted("a page that is not the last has no way on")
    return str(info["endCursor"])
