"""Shopify's search: how a value is written in it, and the questions that are put to it.

A search fails open (what it does not understand it leaves out), and its index is a moment behind
the shop. So a product that is found counts only where its own type or tags fit the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import PAGE, ShopifyReader
from reconciler.concurrent import side_by_side
from reconciler.model.address import Key
from reconciler.model.question import Answers, Question

_PRODUCTS: Final = Query(
    f"""query Products($search: String!, $after: String) {{
      products(first: {PAGE}, after: $after, query: $search, sortKey: ID) {{
        nodes {{ handle productType tags }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)

_TAGS: Final = Query(
    f"""query Tags($after: String) {{
      productTags(first: {PAGE}, after: $after) {{
        nodes
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)

_FIELDS: Final = {"type": "product_type", "tag": "tag"}


def term(field: str, value: str) -> str:
    """`field:"value"`, whatever the value holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field}:"{escaped}"'


def any_of(field: str, values: Iterable[str]) -> str:
    return " OR ".join(term(field, value) for value in values)


async def answer(session: ShopifyReader, questions: Sequence[Question]) -> Answers:
    """The handles of the products that each question finds, in the order of their ids."""
    found = await side_by_side(partial(_found, session, question) for question in questions)
    return dict(zip(questions, found, strict=True))


async def _found(session: ShopifyReader, question: Question) -> tuple[Key, ...]:
    query = term(_FIELDS[question.by], question.value)
    handles: list[Key] = []
    async for product in session.pages(_PRODUCTS, "products", search=query):
        if _fits(product, question):
            handles.append(product["handle"])
    return tuple(handles)


def _fits(product: dict[str, Any], question: Question) -> bool:
    """As Shopify compares: whatever the case."""
    held = [product["productType"]] if question.by == "type" else product["tags"]
    return question.value.casefold() in (text.casefold() for text in held)


async def tags(session: ShopifyReader) -> list[str]:
    """Every tag that some product bears, in one spelling each."""
    return [str(tag) async for tag in session.pages(_TAGS, "productTags")]
