"""The emulated shop looks at what the app was granted, at every root field."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from providers.shopify import PROVIDER
from providers.shopify.client import reading
from providers.shopify.sandbox import access
from providers.shopify.sandbox.documents import schema
from providers.shopify.scopes import SCOPES
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.provider import ALL
from tests.shopify.emulated import Emulated
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop

ANY = "gid://shopify/%s/1"
ERRORS = "userErrors { message }"
AREAS = (
    "products",
    "files",
    "content",
    "online_store_pages",
    "metaobjects",
    "publications",
    "online_store_navigation",
)
DEFINITION = '{ownerType: %s, namespace: "house", key: "fit"}'


def test_of_every_root_field_it_is_said() -> None:
    """Which scopes it takes, or that it takes none."""
    roots = {*schema().query_type.fields, *schema().mutation_type.fields}

    assert roots == access.KNOWN


@pytest.mark.parametrize(
    ("asked", "scopes"),
    [
        ("query { products(first: 1) { nodes { id } } }", ["read_products"]),
        ("query { productTags(first: 1) { nodes } }", ["read_products"]),
        ("query { productVariantsCount { count } }", ["read_products"]),
        ("query { files(first: 1) { nodes { id } } }", ["read_files"]),
        ("query { pagesCount { count } }", ["read_content", "read_online_store_pages"]),
        ("query { blogsCount { count } }", ["read_content"]),
        ("query { publications(first: 1) { nodes { id } } }", ["read_publications"]),
        ("query { urlRedirectsCount { count } }", ["read_online_store_navigation"]),
        (
            'query { metaobjectByHandle(handle: {type: "a", handle: "b"}) { id } }',
            ["read_metaobjects"],
        ),
        (f'query {{ node(id: "{ANY % "Metaobject"}") {{ id }} }}', ["read_metaobjects"]),
        (f'query {{ node(id: "{ANY % "Product"}") {{ id }} }}', ["read_products"]),
        (f'query {{ nodes(ids: ["{ANY % "MediaImage"}"]) {{ id }} }}',
         ["read_files", "read_products"]),
        ("query { metafieldDefinitions(ownerType: PRODUCT, first: 1) { nodes { id } } }",
         ["read_products"]),
        ("query { metafieldDefinitions(ownerType: ARTICLE, first: 1) { nodes { id } } }",
         ["read_content"]),
        (f"query {{ metafieldDefinition(identifier: {DEFINITION % 'COLLECTION'}) {{ id }} }}",
         ["read_products"]),
        (f'mutation {{ productDelete(input: {{id: "{ANY % "Product"}"}}) {{ {ERRORS} }} }}',
         ["write_products"]),
        (f'mutation {{ productReorderMedia(id: "{ANY % "Product"}", moves: []) {{ {ERRORS} }} }}',
         ["write_products"]),
        (f'mutation {{ tagsAdd(id: "{ANY % "Product"}", tags: ["a"]) {{ {ERRORS} }} }}',
         ["write_products"]),
        (f'mutation {{ tagsAdd(id: "{ANY % "Article"}", tags: ["a"]) {{ {ERRORS} }} }}',
         ["write_content"]),
        (f'mutation {{ pageDelete(id: "{ANY % "Page"}") {{ {ERRORS} }} }}',
         ["write_content", "write_online_store_pages"]),
        (f'mutation {{ fileDelete(fileIds: ["{ANY % "MediaImage"}"]) {{ {ERRORS} }} }}',
         ["write_files"]),
        (f'mutation {{ urlRedirectDelete(id: "{ANY % "UrlRedirect"}") {{ {ERRORS} }} }}',
         ["write_online_store_navigation"]),
        ("mutation { publishablePublishToCurrentChannel("
         f'id: "{ANY % "Product"}") {{ {ERRORS} }} }}', ["write_publications"]),
        ("mutation { metafieldsDelete(metafields: [{"
         f'ownerId: "{ANY % "Page"}", namespace: "house", key: "fit"}}]) {{ {ERRORS} }} }}',
         ["write_content", "write_online_store_pages"]),
        ("mutation { metafieldsSet(metafields: [{"
         f'ownerId: "{ANY % "ProductVariant"}", namespace: "house", key: "fit",'
         f' type: "page_reference", value: "{ANY % "Page"}"}}]) {{ {ERRORS} }} }}',
         ["write_products"]),
        (f"mutation {{ metafieldDefinitionDelete(identifier: {DEFINITION % 'PAGE'}) {{ {ERRORS} }}"
         " }", ["write_content", "write_online_store_pages"]),
        (f"mutation {{ metafieldDefinitionPin(identifier: {DEFINITION % 'PRODUCT'}) {{ {ERRORS} }}"
         " }", ["write_products"]),
    ],
)  # fmt: skip
def test_a_field_takes_its_scope(asked: str, scopes: list[str]) -> None:
    """Any one of these is enough, and all others together are not."""
    shop = Emulated()
    verb = scopes[0].split("_")[0]
    others = {f"{verb}_{area}" for area in AREAS}.difference(scopes)
    refused = _errors(shop, asked, *others)

    assert [error["extensions"]["code"] for error in refused] == ["ACCESS_DENIED"]
    assert f"`{scopes[0]}`" in refused[0]["message"]
    assert [_errors(shop, asked, scope) for scope in scopes] == [[] for _ in scopes]


def _errors(shop: Emulated, asked: str, *scopes: str) -> list[Any]:
    """The errors of an answer to an app that was granted these scopes."""
    shop.edit("app", "", accessScopes=list(scopes))
    return list(shop.ask(asked).get("errors", ()))


def test_a_metafield_takes_the_scope_of_what_it_stands_on() -> None:
    """Asked for by its id; and so does its definition."""
    shop = Emulated()
    found = shop.data(
        """{ metafieldDefinitions(first: 1, ownerType: PRODUCT) { nodes { id } }
          products(first: 250) { nodes { metafields(first: 1) { nodes { id } } } } }"""
    )
    metafields = [m for p in found["products"]["nodes"] for m in p["metafields"]["nodes"]]
    definition = found["metafieldDefinitions"]["nodes"][0]
    asked = (
        f'query {{ node(id: "{metafields[0]["id"]}") {{ id }} }}',
        f'query {{ metafieldDefinition(id: "{definition["id"]}") {{ id }} }}',
    )

    assert [len(_errors(shop, query, "read_content")) for query in asked] == [1, 1]
    assert [_errors(shop, query, "read_products") for query in asked] == [[], []]


@pytest.mark.parametrize("kind", [k.name for k in PROVIDER.kinds if k.name != "metaobject"])
def test_what_the_provider_asks_for_is_enough(tmp_path: Path, kind: str) -> None:
    """With the reading scopes of a kind, and no other, all of it is read."""
    made = Workshop(tmp_path, "shopify", "shop", {})
    everything = _read(made, kind)
    made.edit("app", "", accessScopes=[either[0] for either in SCOPES[kind].reading])

    assert _read(made, kind) == everything


def _read(made: Workshop, kind: str) -> list[Any]:
    (site,) = open_sites(open_workspace(made.desired, all_sandboxed=True))

    async def inside() -> list[Any]:
        async with reading(site.target, made._counted(site).wire()) as session:
            return [r async for r in PROVIDER.kind(kind).read(session, "shop", ALL)]

    return run_in_virtual_time(partial(inside))
