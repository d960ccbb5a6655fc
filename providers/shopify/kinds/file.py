"""Files of the shop, looked up by name because metafields refer to them.

A file's name is the last segment of its address. Two files may bear one name; the older is
then the one that is meant.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.parts import parts_of
from providers.shopify.search import any_of
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

_TOGETHER: Final = 50

_FILES: Final = Query(
    f"""query Files($search: String, $after: String) {{
      files(first: {PAGE}, after: $after, query: $search, sortKey: ID) {{
        nodes {{
          id
          ... on MediaImage {{ image {{ url }} }}
          ... on GenericFile {{ url }}
        }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=30,
)


class FileKind(Lookup):
    name = "file"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """Keys are file names, in the case that the shop has them in."""
        seen: set[Key] = set()
        searches = [None] if wanted is ALL else _searches(wanted)
        for query in searches:
            async for file in session.pages(_FILES, "files", search=query):
                name = file_name(file)
                if name is not None and name not in seen and (wanted is ALL or name in wanted):
                    seen.add(name)
                    yield Resource(
                        Address(target, "file", name),
                        Existing(),
                        file["id"],
                        shows=shown(file),
                    )


def file_name(file: Mapping[str, Any]) -> Key | None:
    """None while the shop has not processed the file, or for a sort of file without address."""
    url = (file.get("image") or file).get("url")
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1]) if url else None


def shown(file: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """An image's address by its file name; other sorts of files show nothing."""
    name, url = file_name(file), (file.get("image") or {}).get("url")
    return ((name, url),) if name and url else ()


def _searches(wanted: Wanted) -> list[str]:
    assert wanted is not ALL
    return [any_of("filename", part) for part in parts_of(wanted, _TOGETHER)]
