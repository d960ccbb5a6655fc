"""What the shop has and desired/ leaves unsaid: types of products that no selector names, and
styles that no list of styles has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from providers.kit.graphql import Query
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.search import tags
from reconciler.intent.base import Intents
from reconciler.intent.metafields import Metafields
from reconciler.intent.styling import has_templates, unlisted

_TYPES: Final = Query(
    f"""query ProductTypes($after: String) {{
      productTypes(first: {PAGE}, after: $after) {{
        nodes
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=10,
)


async def notices(session: ShopifyReader, intents: Intents) -> Sequence[str]:
    return [*await _types(session, intents), *await _styles(session, intents)]


async def _styles(session: ShopifyReader, intents: Intents) -> Sequence[str]:
    """One warning a style that products are tagged with. Asked for only where there is a template
    for collections of styles."""
    if not has_templates(intents):
        return ()
    return [
        f"products are tagged {one.tag}, and {one.source} has no style {one.style}"
        " · add it, or run planogram import styles"
        for one in unlisted(intents, await tags(session))
    ]


async def _types(session: ShopifyReader, intents: Intents) -> Sequence[str]:
    """One warning a key and document. Asked for only where a document wants every type."""
    asking = [document for document in intents.of(Metafields) if document.every_type]
    if not asking:
        return ()
    types = [str(type_) async for type_ in session.pages(_TYPES, "productTypes")]
    return [text for document in asking for text in _unnamed(document, types)]


def _unnamed(document: Metafields, types: Sequence[str]) -> Iterator[str]:
    """Types are compared as Shopify compares them: whatever the case."""
    for key in document.every_type:
        named = {
            selected.products.type.casefold()
            for selected in document.selectors
            if key in selected.set and selected.products.type is not None
        }
        left = sorted({type_ for type_ in types if type_ and type_.casefold() not in named})
        if left:
            yield (
                f"no selector of {document.path} sets {document.namespace}.{key} for products of"
                f" type {', '.join(left)} · add one, with null for none"
            )
