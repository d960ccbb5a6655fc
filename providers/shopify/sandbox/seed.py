"""The example shop: a fashion house after a season's products were uploaded.

`seed.json` holds it, in the API's own names; things refer to one another by handle and name.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.planting import metafield, plant, product_called
from providers.shopify.sandbox.publications import publish_everything
from providers.shopify.sandbox.shop import Shop

SHOP_NUMBER: Final = 71_000_000_001


def open_shop(shop: Shop, name: str, domain: str) -> None:
    """The shop itself, without anything in it."""
    shop.keep(
        "shop",
        {
            "__typename": "Shop",
            "id": gid("Shop", SHOP_NUMBER),
            "name": name,
            "myshopifyDomain": domain,
            "url": f"https://{domain}",
        },
    )


def plant_example(shop: Shop) -> None:
    content = _example()
    open_shop(shop, content["shop"]["name"], content["shop"]["myshopifyDomain"])
    for product in content["products"]:
        plant(shop, "Product", product)
    for page in content["pages"]:
        plant(shop, "Page", page)
    for file in content["files"]:
        plant(shop, file["type"], {name: file[name] for name in ("name", "alt")})
    for metaobject in content["metaobjects"]:
        plant(shop, "Metaobject", metaobject)
    for definition in content["definitions"]:
        plant(shop, "MetafieldDefinition", definition)
    for fields in content["metafields"]:
        value = {name: text for name, text in fields.items() if name != "product"}
        metafield(shop, product_called(shop, fields["product"]), value)
    for collection in content["collections"]:
        handles = collection.get("products", ())
        chosen = [product_called(shop, handle)["id"] for handle in handles]
        plant(shop, "Collection", {**collection, "products": chosen})
    for publication in content["publications"]:
        publish_everything(shop, plant(shop, "Publication", publication))


@cache
def _example() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        files(__package__).joinpath("seed.json").read_text(encoding="utf-8")
    )
    return content
