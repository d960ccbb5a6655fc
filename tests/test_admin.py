"""Links into the platforms' admins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.annotate import annotated
from reconciler.cli.composition import platform
from reconciler.model.address import Address, Key
from reconciler.model.change import Action, AnyChange, Cause, Change, FieldChange, Pictures
from reconciler.model.resource import Resource
from reconciler.provider import Target

ENDPOINTS = {
    "shopify": "https://house-of-altuzarra.myshopify.com",
    "saleor": "https://example.saleor.cloud/graphql/",
    "plytix": "https://pim.plytix.com",
}

LIVE = {
    "shopify": {
        ("product", "a-dress"): "gid://shopify/Product/11",
        ("collection", "new-in"): "gid://shopify/Collection/22",
        ("metafield_definition", "product/custom.look"): "gid://shopify/MetafieldDefinition/33",
        ("metafield", "product/a-dress/custom.look"): "gid://shopify/Metafield/44",
        ("collection", "odd"): "gid://shopify/Collection/22)](https://evil.example",
    },
    "saleor": {
        ("attribute", "roles"): "QXR0cmlidXRlOjE=",
        ("attribute_value", "roles/hr"): "QXR0cmlidXRlVmFsdWU6MQ==",
        ("product_attributes", "helpdesk"): "UHJvZHVjdDox",
        ("product", "helpdesk"): "UHJvZHVjdDox",
        ("product_media", "helpdesk/MAIN"): "UHJvZHVjdE1lZGlhOjE=",
        ("product_metadata", "helpdesk/custom"): "UHJvZHVjdDox",
        ("bundle", "helpdesk/parts"): "UHJvZHVjdDox",
        ("product_type", "offering"): "UHJvZHVjdFR5cGU6MQ==",
        ("collection", "agents"): "Q29sbGVjdGlvbjox",
        ("attribute", "odd"): "a/../b)](https://evil.example",
    },
    "plytix": {
        ("product", "AMZN-US-1/2"): "66f1",
        ("asset", "a.jpg"): "77f1",
    },
}

SHOP = "https://admin.shopify.com/store/house-of-altuzarra"
MARKET = "https://example.saleor.cloud/dashboard"
PAGES = {
    "product_page": "https://pim.example.com/products/{id}/view",
    "asset_page": "https://pim.example.com/assets/{id}",
}
PAGE_OF_66F1 = "https://pim.example.com/products/66f1/view"

LINKS: list[tuple[str, dict[str, str], str, Key, str | None]] = [
    ("shopify", {}, "collection", "new-in", f"{SHOP}/collections/22"),
    ("shopify", {}, "metafield", "product/a-dress/custom.look", f"{SHOP}/products/11"),
    ("shopify", {}, "metafield", "product/a-dress/custom.new", f"{SHOP}/products/11"),
    ("shopify", {}, "metafield", "product/gone/custom.look", None),
    ("shopify", {}, "collection", "not-there-yet", None),
    ("shopify", {}, "collection", "odd", None),
    (
        "shopify",
        {},
        "metafield_definition",
        "product/custom.look",
        f"{SHOP}/settings/custom_data/product/metafields/33",
    ),
    ("saleor", {}, "attribute", "roles", f"{MARKET}/attributes/QXR0cmlidXRlOjE%3D"),
    ("saleor", {}, "attribute_value", "roles/hr", f"{MARKET}/attributes/QXR0cmlidXRlOjE%3D"),
    ("saleor", {}, "attribute_value", "roles/new", f"{MARKET}/attributes/QXR0cmlidXRlOjE%3D"),
    ("saleor", {}, "product_attributes", "helpdesk", f"{MARKET}/products/UHJvZHVjdDox"),
    ("saleor", {}, "product_metadata", "helpdesk/custom", f"{MARKET}/products/UHJvZHVjdDox"),
    ("saleor", {}, "product_media", "helpdesk/MAIN", f"{MARKET}/products/UHJvZHVjdDox"),
    ("saleor", {}, "bundle", "helpdesk/parts", f"{MARKET}/products/UHJvZHVjdDox"),
    ("saleor", {}, "value_order", "roles", f"{MARKET}/attributes/QXR0cmlidXRlOjE%3D"),
    (
        "saleor",
        {},
        "attribute_assignment",
        "offering/roles",
        f"{MARKET}/product-types/UHJvZHVjdFR5cGU6MQ%3D%3D",
    ),
    ("saleor", {}, "collection", "agents", f"{MARKET}/collections/Q29sbGVjdGlvbjox"),
    (
        "saleor",
        {},
        "channel_listing",
        "collection/agents/partners",
        f"{MARKET}/collections/Q29sbGVjdGlvbjox",
    ),
    ("saleor", {}, "channel_listing", "product/gone/partners", None),
    ("saleor", {}, "attribute", "new", None),
    (
        "saleor",
        {},
        "attribute",
        "odd",
        f"{MARKET}/attributes/a%2F..%2Fb%29%5D%28https%3A%2F%2Fevil.example",
    ),
    (
        "saleor",
        {"dashboard": "https://admin.example.com/shop/"},
        "attribute",
        "roles",
        "https://admin.example.com/shop/attributes/QXR0cmlidXRlOjE%3D",
    ),
    ("plytix", {}, "asset", "a.jpg", None),
    ("plytix", {}, "gallery", "AMZN-US-1/2/amazon_images", None),
    ("plytix", PAGES, "asset", "a.jpg", "https://pim.example.com/assets/77f1"),
    ("plytix", PAGES, "gallery", "AMZN-US-1/2/amazon_images", PAGE_OF_66F1),
    ("plytix", PAGES, "bundle", "AMZN-US-1/2/parts", PAGE_OF_66F1),
    ("plytix", PAGES, "product_values", "AMZN-US-1/2/care", PAGE_OF_66F1),
    ("plytix", PAGES, "product_attributes", "AMZN-US-1/2", PAGE_OF_66F1),
    ("plytix", PAGES, "category", "AMZN-US-1/2", None),
]


def target(provider: str, settings: dict[str, str], **fields: Any) -> Target:
    model = platform(provider).settings.model_validate(settings)
    made = Target("t", provider, ENDPOINTS[provider], "staging", "T", model, 30, 4, None, False)
    return replace(made, **fields)


def linked(at: Target, kind: str, key: Key) -> str | None:
    """The link of a change of this resource."""
    rows = {Address("t", *names): remote for names, remote in LIVE[at.provider].items()}
    live = {address: Resource(address, None, remote) for address, remote in rows.items()}
    change: AnyChange = Change(Address("t", kind, key), Action.FORGET, Cause.INTENT, (), None, None)
    (found,) = annotated(platform(at.provider), at, [change], {}, live)
    return found.link


@pytest.mark.parametrize(("provider", "settings", "kind", "key", "link"), LINKS)
def test_a_change_leads_into_the_admin(
    provider: str, settings: dict[str, str], kind: str, key: Key, link: str | None
) -> None:
    """To what is live, or to what it belongs to; never to a guess, and no id breaks out of it."""
    assert linked(target(provider, settings), kind, key) == link


def test_a_sandbox_and_a_foreign_host_have_no_admin() -> None:
    """An emulated shop leads nowhere, and neither does a shop that is not under myshopify.com."""
    sandboxed = target("shopify", {}, sandbox=True)
    foreign = target("shopify", {}, endpoint="https://evil.example/a.myshopify.com")

    assert linked(sandboxed, "collection", "new-in") is None
    assert linked(foreign, "collection", "new-in") is None


def test_a_link_moves_no_digest() -> None:
    """A review is bound to what is written, not to what is shown beside it."""
    field = FieldChange("title", "a", "b", Cause.INTENT)
    change: AnyChange = Change(
        Address("t", "k", "x"), Action.UPDATE, Cause.INTENT, (field,), None, None
    )
    shown = replace(change, link="https://example.com/1", pictures=Pictures(("https://a.b/c",)))

    assert shown.digest == change.digest
