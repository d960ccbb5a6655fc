"""Every GraphQL document that the provider sends is one that Shopify would take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse

from providers.kit.graphql import Reading
from providers.shopify import PROVIDER, bulk_writing, inspection, uploading
from providers.shopify import metafields as metafields_read
from providers.shopify.bulk import CANCEL, RUN_QUERY
from providers.shopify.client import Settings, reading
from providers.shopify.identified import Wish, document
from providers.shopify.kinds import metafield_definition, publication_listing, variant
from providers.shopify.transcript import transcribe
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.provider import ALL
from tests.shopify.documents import (
    bundles,
    channels,
    collection,
    collections,
    gallery,
    line,
    metafields,
)
from tests.vendor import document_problems, vendor_schema
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop, problems_of

CHOSEN = ["arp-dress-black", "arp-dress-ivory", "arp-dress-forest", "play-bag-tan",
          "harold-sweater-camel", "harold-sweater-navy", "harold-sweater-grey", "gift-card",
          "karina-skirt-plaid", "karina-skirt-black", "fenice-skirt-black"]  # fmt: skip

STYLES = {
    "styles": ["Harold_Sweater"],
    "handle": "style-{slug}",
    "collection": {
        "title": "style_{style}",
        "rules": {
            "conditions": [
                {"tag": "style_{style}"},
                {"price": "9999 USD", "relation": "less_than"},
            ]
        },
    },
}

STATES: tuple[Mapping[str, str | None], ...] = (
    metafields(
        definitions={
            "fit": line(choices=["Slim", "Wide"]),
            "guide": {"type": "page_reference", "name": "Guide"},
            "picture": {"type": "file_reference", "name": "Picture"},
            "pair": {"type": "list.variant_reference", "name": "Pair"},
            "designer": {"type": "metaobject_reference", "name": "Designer"},
        },
        values={
            "gift-card": {"fit": "Slim", "guide": "about", "picture": "home_banner.jpg"},
            "play-bag-tan": {"pair": ["gift-card/Default Title"], "designer": "designer/vera"},
        },
        selectors=[{"products": {"tag": "accessory"}, "set": {"guide": "about"}}],
        every_type=["guide"],
    )
    | collections(
        collections={
            "new-in": collection(image={"file": "home_banner.jpg"}, seo={"title": "New"}),
            "old": collection("Old", products=CHOSEN),
        },
        per_style=STYLES,
    )
    | bundles(components=["gift-card", "watermill-belt"])
    | gallery("A belt", "home_banner.jpg")
    | channels(Online_Store={"collections": {"old": {"published": True, "since": "2026-12-01"}}}),
    metafields(
        definitions={
            "fit": line("Cut", choices=["Wide", "Slim"]),
            "pair": {"type": "list.variant_reference", "name": "Pair"},
            "designer": {"type": "metaobject_reference", "name": "Designer"},
        },
        values={"gift-card": {"fit": None}},
    )
    | bundles(components=["gift-card", "play-bag-tan"], title="Another set")
    | {"tags/shop.yaml": json.dumps({"targets": ["shop"], "tags": {"gift-card": ["gift"]}})}
    | gallery("Another", "home_banner.jpg", "S226_8301-000001_swatch.jpg", thumbnail="LOOK")
    | channels(Online_Store={"products": {"gift-card": {"published": False}}})
    | collections(
        collections={
            "new-in": collection("In", rules={"match": "any", "conditions": [{"type": "Bags"}]})
        }
    ),
    {
        **metafields(),
        **dict.fromkeys(
            f"{name}/shop.yaml" for name in ("collections", "channels", "tags", "bundles")
        ),
    },
)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """All documents of a life that uses every operation: created, changed, renamed, dropped, and
    everything of every kind read."""
    documents: set[str] = set()
    patch = pytest.MonkeyPatch()
    patch.setattr(httpx.AsyncClient, "send", _noting(documents, httpx.AsyncClient.send))
    shop = Workshop(
        tmp_path_factory.mktemp("shop"), "shopify", "shop", {"adopt": True, "prune": True}
    )
    for state in STATES:
        shop.write(state)
        shop.apply(["in_use=shop/metafield_definition/product/altuzarra.fit",
                    "in_use=shop/metafield_definition/product/altuzarra.guide"])  # fmt: skip
        if state is STATES[0]:
            shop.edit("collection", "new-in", handle="fresh")
            shop.edit("product", "gift-card", handle="voucher")
            assert shop.plan().changes
            shop.edit("product", "voucher", handle="gift-card")
    _read_everything(shop.desired)
    patch.undo()
    return frozenset(documents)


def _noting(documents: set[str], send: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> Any:
        if "graphql" in request.url.path:
            content = json.loads(request.content)
            in_bulk = {v for v in content["variables"].values() if _is_document(v)}
            documents.update({content["query"]} | in_bulk)
        return await send(client, request, **options)

    return noted


def _is_document(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith(("{", "query ", "mutation "))


def _read_everything(desired: Path) -> None:
    """By pages, and in bulk."""
    (site,) = open_sites(open_workspace(desired, all_sandboxed=True))

    async def read() -> None:
        for least in (None, 1):
            async with reading(site.target, site.wire()) as session:
                session.settings = Settings(bulk_from=least)
                for kind in PROVIDER.kinds:
                    found = [r async for r in kind.read(session, "shop", ALL)]
                    assert found or kind.name in ("variant", "metaobject"), kind.name
        async with reading(site.target, site.wire()) as session:
            assert (await transcribe(session, site.target)).documents

    run_in_virtual_time(partial(read))


def test_each_is_valid_by_the_vendors_schema(sent: frozenset[str]) -> None:
    """Nothing is sent that the real API would refuse for its form."""
    schema = vendor_schema("shopify")

    assert {text: document_problems(schema, text) for text in sent} == {text: [] for text in sent}


def test_all_of_them_were_looked_at(sent: frozenset[str]) -> None:
    """Every document that is written down in the provider was among those sent."""
    names = {d.name.value for text in sent for d in parse(text).definitions if d.name}  # type: ignore[union-attr]
    provider = Path(__file__).parents[2] / "providers" / "shopify"
    code = "".join(
        p.read_text()
        for p in [
            *provider.glob("*.py"),
            *provider.glob("kinds/*.py"),
            *provider.glob("transcript/*.py"),
        ]
    )
    written = set(re.findall(r"\b(?:query|mutation|fragment) ([A-Z]\w+)[ (]", code))

    rare = {
        "MoreMetafields",
        "MorePublications",
        "MoreMedia",
        "MoreTitles",
        "MoreCategories",
        "CancelBulkOperation",
        "StageVariables",
        "RunBulkMutation",
        "LatestBulkMutations",
        "FileNamed",
        "DeleteFailedFiles",
    }

    assert written - names == rare
    for text in _more():
        assert document_problems(vendor_schema("shopify"), text) == []


def _more() -> tuple[str, ...]:
    """Sent only for products with more than forty metafields or 250 variants, definitions with more
    than a hundred categories, and what is listed in more than fifty publications; for a bulk
    operation that takes an hour, and very many values; for files whose name is taken or that can
    not be processed; and, of a capsule's inspection, which is no part of the life above, also for
    products with more than fifty media."""
    inspected = document(inspection._PRODUCT, [Wish({"handle": "a"}), Wish({"handle": "b"})])
    rare = (
        metafields_read._MORE,
        publication_listing._MORE,
        variant._MORE,
        metafield_definition._MORE,
        CANCEL,
        *(bulk_writing._STAGE, bulk_writing._RUN, bulk_writing._LATEST),
        uploading._NAMED,
        uploading._DELETE,
        inspection._MORE,
        inspected,
    )
    return tuple(query.text for query in rare)


def test_what_begins_a_reading_writes_nothing() -> None:
    """Of all mutations only those that run and end bulk queries pass for readings."""
    provider = Path(__file__).parents[2] / "providers"
    written = [p for p in provider.rglob("*.py") if "Reading(" in p.read_text()]

    assert {p.name for p in written} == {"bulk.py"}
    assert {RUN_QUERY.field, CANCEL.field} == {"bulkOperationRunQuery", "bulkOperationCancel"}
    with pytest.raises(ValueError, match="something else than bulkOperationRunQuery"):
        Reading("mutation { productDelete(input: {}) { shop { id } } }", "bulkOperationRunQuery")


def test_product_set_is_not_used() -> None:
    """Its lists are the whole truth: what it is not told it deletes."""
    provider = Path(__file__).parents[2] / "providers" / "shopify"
    code = [p for p in provider.rglob("*.py") if "sandbox" not in p.parts]

    assert [p.name for p in code if "productSet(" in p.read_text()] == []


def test_nothing_went_wrong(tmp_path: Path) -> None:
    """The life above is one that works."""
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True, "prune": True})
    shop.write(STATES[0])

    assert not problems_of(shop.apply())
