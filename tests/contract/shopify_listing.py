"""Shopify: tags of products; publications of products and of collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import httpx

from tests.contract.case import Case, Edit
from tests.contract.shopify import HANDLE, ask

HEAD: Final = "targets: [shop]\n"
STORE, COUNTER = "Online Store", "Point of Sale"


def published(sort: str, handle: str, channel: str, said: str) -> dict[str, str]:
    return {
        "channels/contract.yaml": f"{HEAD}channels:\n  {channel}:\n    {sort}s:\n"
        f"      {handle}: {{{said}}}\n"
    }


SHELF: Final = {
    "collections/contract.yaml": f"{HEAD}collections:\n  contract-shelf:\n    title: First\n"
    "    rules: {conditions: [{tag: S226}]}\n"
}


def listing(sort: str, handle: str, channel: str, client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{{sort}ByIdentifier(identifier: {{handle: "{handle}"}}) {{
        resourcePublicationsV2(first: 20, onlyPublished: false) {{nodes {{
            publishDate publication {{name supportsFuturePublishing}} }} }} }} }}"""
    found = ask(client, query)[f"{sort}ByIdentifier"]
    rows = found["resourcePublicationsV2"]["nodes"] if found else []
    for row in rows:
        if row["publication"]["name"] == channel:
            can_be_set = row["publication"]["supportsFuturePublishing"]
            return {"published": True, "published_at": row["publishDate"] if can_be_set else None}
    return None


def listed(sort: str, handle: str, channel: str) -> Callable[[httpx.Client], Any]:
    return partial(listing, sort, handle, channel)


def publication_edit(key: str, **fields: Any) -> Edit:
    return "publication", key, fields


IN_STORE: Final = f"product/{HANDLE}/{STORE}"
SHELF_IN_STORE: Final = f"collection/contract-shelf/{STORE}"
SINCE, LATER = 'since: "2026-10-01"', 'since: "2027-03-01T08:00Z"'


def tagged(*tags: str) -> dict[str, str]:
    return {"tags/contract.yaml": f"{HEAD}tags: {{{HANDLE}: [{', '.join(tags)}]}}\n"}


OURS: Final = ("Drop 2", "campaign", "season")
"""Tags that the states below state; the others are somebody's."""


def tags(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f'{{productByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{tags}}}}'
    found = ask(client, query)["productByIdentifier"]["tags"]
    return {"tags": sorted(tag for tag in found if tag in OURS)}


def bundle(title: str, components: str, quantities: str) -> dict[str, str]:
    return {
        "bundles/contract.yaml": f"{HEAD}bundles:\n  contract-set:\n    title: {title}\n"
        f"    components: [{components}]\n    quantities: {{{quantities}}}\n"
    }


BUNDLES: Final = (
    bundle("Summer set", "gift-card, watermill-belt", "gift-card: 2"),
    bundle("Winter set", "play-bag-tan, gift-card", "gift-card: 3"),
)


def bundled(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{productByIdentifier(identifier: {handle: "contract-set"}) {title
        bundleComponents(first: 30) {nodes {quantity componentProduct {handle}}} }}"""
    found = ask(client, query)["productByIdentifier"]
    if found is None:
        return None
    parts = {
        n["componentProduct"]["handle"]: n["quantity"] for n in found["bundleComponents"]["nodes"]
    }
    more = sorted(f"{number} × {handle}" for handle, number in parts.items() if number != 1)
    return {"title": found["title"], "components": sorted(parts), "quantities": more}


def bundle_edit(**components: int) -> Edit:
    return "bundle", "contract-set", {
        "components": {handle.replace("_", "-"): n for handle, n in components.items()}
    }  # fmt: skip


CASES: Final = [
    Case(
        provider="shopify",
        target="shop",
        kind="bundle",
        key="contract-set",
        states=BUNDLES,
        without={"collections/other.yaml": HEAD},
        raw=bundled,
        drifts={
            "title": ("product", "contract-set", {"title": "Renamed"}),
            "components": bundle_edit(gift_card=2, watermill_belt=1, play_bag_black=1),
            "quantities": bundle_edit(gift_card=5, watermill_belt=1),
        },
        stranger=("product", "gift-card", {"title": "Another name"}),
    ),
    Case(
        provider="shopify",
        target="shop",
        kind="product_tags",
        key=HANDLE,
        states=(tagged("Drop 2", "campaign"), tagged("Drop 2", "season"), tagged("season")),
        without={"collections/other.yaml": HEAD},
        raw=tags,
        drifts={"tags": ("product", HANDLE, {"tags": ["S226", "campaign", "by hand"]})},
        stranger=("product", HANDLE, {"tags": ["Drop 2", "campaign", "by hand"]}),
        exists_before=True,
    ),
    Case(
        provider="shopify",
        target="shop",
        kind="publication_listing",
        key=IN_STORE,
        states=(
            published("product", HANDLE, STORE, 'published: true, since: "2026-10-01"'),
            published("product", HANDLE, STORE, 'published: true, since: "2027-03-01T08:00Z"'),
            published("product", HANDLE, STORE, "published: false"),
            published("product", HANDLE, STORE, 'published: true, since: "2026-11-02"'),
        ),
        without={"collections/other.yaml": HEAD},
        raw=listed("product", HANDLE, STORE),
        drifts={
            "published": publication_edit(IN_STORE, deleted=True),
            "published_at": publication_edit(IN_STORE, publishDate="2026-10-05T00:00:00Z"),
        },
        stranger=publication_edit(f"product/{HANDLE}/{COUNTER}", deleted=True),
        exists_before=True,
    ),
    Case(
        provider="shopify",
        target="shop",
        kind="publication_listing",
        key=SHELF_IN_STORE,
        states=(
            SHELF | published("collection", "contract-shelf", STORE, f"published: true, {SINCE}"),
            published("collection", "contract-shelf", STORE, f"published: true, {LATER}"),
            published("collection", "contract-shelf", STORE, "published: false"),
        ),
        without=SHELF,
        raw=listed("collection", "contract-shelf", STORE),
        drifts={
            "published_at": publication_edit(SHELF_IN_STORE, publishDate="2026-10-05T00:00:00Z"),
            "published": publication_edit(SHELF_IN_STORE, deleted=True),
        },
        stranger=publication_edit(f"collection/style-arp-dress/{COUNTER}", deleted=True),
        variant="collection",
    ),
]  # fmt: skip
