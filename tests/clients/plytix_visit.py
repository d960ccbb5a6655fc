"""What a user of `plytix-pim-client` does, by itself: run by the Python of .venv/clients, against
the account that the environment names. Tells what it saw as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from plytix_pim_client import PlytixSync
from plytix_pim_client.dtos.filters import OperatorEnum, SearchFilter
from plytix_pim_client.dtos.pagination import Pagination
from plytix_pim_client.dtos.products.attribute import ProductAttributeTypeClass
from plytix_pim_client.exceptions import ConflictError, UnprocessableEntityError

URL = "https://m.media-amazon.com/images/I/61visitoR0L.jpg"


def refused(kind: type[Exception], call: Any, *arguments: Any) -> str:
    try:
        call(*arguments)
    except kind as error:
        return str(error)
    return "nothing was refused"


def visit(plytix: PlytixSync) -> dict[str, Any]:
    """Products, attributes, assets, links, categories and relations, made and looked at."""
    seen: dict[str, Any] = {}
    products, assets = plytix.products, plytix.assets
    attribute = products.attributes.create_attribute(
        "Fit", ProductAttributeTypeClass.DROPDOWN, options=["Slim", "Wide"]
    )
    seen["attribute"] = asdict(attribute)
    seen["renamed"] = products.attributes.update_attribute(attribute.id, "How it fits").name
    seen["attribute read"] = products.attributes.get_attribute(attribute.id).label

    product = products.create_product("VISIT-1", "A visitor's shoe")
    other = products.create_product("VISIT-2")
    seen["product"] = [product.sku, product.label, product.status]
    updated = products.update_product(product.id, {"attributes": {"fit": "Wide"}})
    seen["value"] = updated.attributes["fit"]
    seen["no option"] = refused(
        UnprocessableEntityError,
        products.update_product,
        product.id,
        {"attributes": {"fit": "Round"}},
    )
    found = products.search_products(
        [[SearchFilter(field="sku", operator=OperatorEnum.EQUALS, value="visit-1")]],
        ["label", "attributes.fit"],
        [],
        Pagination(sort_by_attribute="sku"),
    )
    seen["found"] = [(row.sku, row.attributes) for row in found]

    asset = assets.create_asset_by_url(URL, "visitor.jpg")
    seen["asset"] = [asset.filename, asset.extension, asset.n_products]
    seen["again"] = refused(ConflictError, assets.create_asset_by_url, URL, "visitor.jpg")
    seen["asset id"] = asset.id
    seen["linked"] = [
        products.assets.link_asset_to_product(product.id, asset.id, label)
        for label in ("amazon_images", "thumbnail")
    ]
    held = products.get_product(product.id)
    seen["held"] = [one["filename"] for one in held.attributes["amazon_images"]]
    seen["assets"] = [one.filename for one in products.assets.get_product_assets(product.id)]
    seen["unlinked"] = products.assets.unlink_asset_from_product(product.id, asset.id)
    seen["unlinked twice"] = products.assets.unlink_asset_from_product(product.id, asset.id)

    category = products.categories.create_product_category("Visitors")
    seen["category"] = [category.name, category.path]
    seen["in category"] = products.categories.link_product_to_category(product.id, category.id)

    relationship = products.relationships.create_product_relationship("Visits")
    related = products.relationships.link_product_to_relationship(
        product.id, relationship.id, [{"product_id": other.id, "quantity": 2}]
    )
    seen["related"] = [
        (one.product_id == other.id, one.quantity) for one in related.related_products
    ]
    seen["unrelated"] = products.relationships.unlink_product_from_relationship(
        product.id, relationship.id, [other.id]
    )
    seen["gone"] = [
        products.delete_product(product.id),
        assets.delete_asset(asset.id),
        products.attributes.delete_attribute(attribute.id),
        products.get_product(product.id),
    ]
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(visit(PlytixSync()), default=str))
