"""Components of a bundle as Shopify takes them: with what is chosen of each one's options.

What somebody chose for a component that stays, stays chosen; a new one is offered as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader
from providers.shopify.identified import Field, Wish, identified
from reconciler.model.address import Remote
from reconciler.provider import PlatformError

_OPTIONS: Final = Field(
    "productByIdentifier",
    "ProductIdentifierInput",
    "id title options { id name optionValues { name } }",
    cost=3,
)

_CHOSEN: Final = Query(
    """query Chosen($id: ID!) {
      product(id: $id) {
        bundleComponents(first: 30) {
          nodes {
            componentProduct { id }
            optionSelections {
              componentOption { id name }
              parentOption { name }
              values { value selectionStatus }
            }
          }
        }
      }
    }""",
    cost=40,
)

Selection = dict[str, Any]


async def components_input(
    session: ShopifyReader, bundle: Remote | None, quantities: Mapping[Remote, int]
) -> list[dict[str, Any]]:
    """quantities: by the products' ids. bundle: the one that there is already.

    Raises `PlatformError` for a component that is not there.
    """
    chosen = await _chosen(session, bundle) if bundle else {}
    new = [id_ for id_ in quantities if id_ not in chosen]
    selections = chosen | (await _offered_whole(session, new) if new else {})
    return [
        {"productId": id_, "quantity": number, "optionSelections": selections[id_]}
        for id_, number in quantities.items()
    ]


async def _chosen(session: ShopifyReader, bundle: Remote) -> dict[Remote, list[Selection]]:
    product = (await session.query(_CHOSEN, id=bundle))["product"]
    nodes = product["bundleComponents"]["nodes"] if product else ()
    return {
        node["componentProduct"]["id"]: list(map(_kept, node["optionSelections"])) for node in nodes
    }


def _kept(selection: Mapping[str, Any]) -> Selection:
    option = selection["componentOption"]
    return {
        "componentOptionId": option["id"],
        "name": (selection["parentOption"] or option)["name"],
        "values": [v["value"] for v in selection["values"] if v["selectionStatus"] == "SELECTED"],
    }


async def _offered_whole(
    session: ShopifyReader, ids: Sequence[Remote]
) -> dict[Remote, list[Selection]]:
    products = await identified(session, _OPTIONS, [Wish({"id": id_}) for id_ in ids])
    there = [product for product in products if product is not None]
    if len(there) < len(ids):
        raise PlatformError("a component is not there any more · plan again")
    names = Counter(option["name"] for product in there for option in product["options"])
    return {p["id"]: [_whole(p, option, names) for option in p["options"]] for p in there}


def _whole(
    product: Mapping[str, Any], option: Mapping[str, Any], names: Mapping[str, int]
) -> Selection:
    """Options of one name are told apart by their products' titles."""
    name = option["name"]
    return {
        "componentOptionId": option["id"],
        "name": name if names[name] == 1 else f"{product['title']}: {name}",
        "values": [value["name"] for value in option["optionValues"]],
    }
