"""Saleor: orders, assignments, metadata, bundles, media, collections and listings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import httpx

from tests.contract.case import Case, Files
from tests.contract.saleor import PRODUCT, STRANGER, ask

HEAD: Final = "targets: [market]\n"
MATURITY: Final = "gsv_maturity"
PARTS: Final = "contract_parts"
AGENT, SOLD = "customer-support-agent", "code-review-agent"
PICTURES: Final = "https://img.example/contract"


def ordered(*terms: str) -> Files:
    lines = "".join(f"  {term}: {{label: {term.capitalize()}}}\n" for term in terms)
    text = f"{HEAD}taxonomy: {MATURITY}\nlabel: Maturity\ninput: dropdown\nordered: true\n"
    return {"taxonomies/maturity.yaml": f"{text}terms:\n{lines}"}


def order(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{attribute(slug: "{MATURITY}") {{choices(first: 100) {{edges {{node {{
        name externalReference }}}}}}}}}}"""
    nodes = [edge["node"] for edge in ask(client, query)["attribute"]["choices"]["edges"]]
    return {"terms": [(n["externalReference"] or n["name"]).rpartition("/")[2] for n in nodes]}


def contract(product_types: str) -> Files:
    return {
        "taxonomies/contract.yaml": f"{HEAD}taxonomy: gsv_contract\nlabel: Contract\n"
        "input: multiselect\nterms: {one: {label: One}}\n",
        "mappings/contract.yaml": f"{HEAD}mapping: contract\nproduct_types: [{product_types}]\n"
        "fields: {contract: {attribute: gsv_contract}}\n",
    }


def assignment(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{productTypes(first: 100, filter: {slugs: ["offering"]}) {edges {node {
        productAttributes {slug} variantAttributes {slug}}}}}"""
    node = ask(client, query)["productTypes"]["edges"][0]["node"]
    for on in ("product", "variant"):
        if any(a["slug"] == "gsv_contract" for a in node[f"{on}Attributes"]):
            return {"on": on}
    return None


def described(tagline: str, least: str) -> Files:
    return {
        "mappings/contract.yaml": f"{HEAD}mapping: contract\nfields:\n"
        "  tagline: {metadata: outcome_tagline}\n"
        "  least: {metadata: credits_estimate_min, type: number}\n",
        "offerings/one.yaml": f"{HEAD}offering: {PRODUCT}\nmapping: contract\n"
        f"fields: {{tagline: {tagline}, least: {least}}}\n",
    }


def metadata(client: httpx.Client) -> Mapping[str, Any] | None:
    found = ask(client, f'{{product(slug: "{PRODUCT}") {{metadata {{key value}}}}}}')["product"]
    return {f"entries.{entry['key']}": entry["value"] for entry in found["metadata"]}


def custom(guide: str, washable: str) -> Files:
    return {
        "metafields/contract.yaml": f"{HEAD}namespace: custom\nvalues:\n"
        f"  {PRODUCT}: {{size_guide: {guide}, washable: {washable}}}\n",
    }


def bundle(*components: str) -> Files:
    return {
        "bundles/contract.yaml": f"{HEAD}into: {{attribute: {PARTS}, label: Parts,"
        f" product_types: [offering]}}\nbundles:\n  {PRODUCT}:\n"
        f"    components: [{', '.join(components)}]\n"
    }


def components(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{product(slug: "{PRODUCT}") {{attributes {{
        attribute {{slug}} values {{reference}} }}}}}}"""
    rows = ask(client, query)["product"]["attributes"]
    ids = [v["reference"] for r in rows if r["attribute"]["slug"] == PARTS for v in r["values"]]
    slugs = [ask(client, f'{{product(id: "{id_}") {{slug}}}}')["product"]["slug"] for id_ in ids]
    return {"components": slugs}


def pictures(thumbnail: str | None, product: str = PRODUCT, **files: str) -> Files:
    first = f"    thumbnail: {thumbnail}\n" if thumbnail else ""
    lines = "".join(
        f'      {variant}: {{url: "{PICTURES}/{file}"}}\n' for variant, file in files.items()
    )
    return {
        "images/contract.yaml": f"{HEAD}into: {{media: true}}\nproducts:\n  {product}:\n"
        f"{first}    images:\n{lines}"
    }


def media(client: httpx.Client, slug: str = PRODUCT) -> list[Mapping[str, str]]:
    query = f'{{product(slug: "{slug}") {{media {{metadata {{key value}}}}}}}}'
    found = ask(client, query)["product"]["media"]
    return [{entry["key"]: entry["value"] for entry in row["metadata"]} for row in found]


def main_picture(client: httpx.Client) -> Mapping[str, Any] | None:
    rows = [row for row in media(client) if row.get("planogram.variant") == "MAIN"]
    if not rows:
        return None
    (row,) = rows
    return {"source": row["planogram.source"]}


def first_picture(client: httpx.Client, slug: str = AGENT) -> Mapping[str, Any] | None:
    first = next((row.get("planogram.variant") for row in media(client, slug)), None)
    return first and {"variant": first}


def collection(title: str, description: str, term: str) -> Files:
    return {
        "collections/contract.yaml": f"{HEAD}collections:\n  contract-agents:\n"
        f'    title: {title}\n    description: "{description}"\n'
        f"    rules: {{conditions: [{{term: gsv_category/{term}}}]}}\n"
    }


def assortment(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{collections(first: 1, filter: {slugs: ["contract-agents"]}) {edges {node {
        name description products(first: 100) {edges {node {slug}}} }}}}"""
    edges = ask(client, query)["collections"]["edges"]
    if not edges:
        return None
    node = edges[0]["node"]
    return {
        "name": node["name"],
        "description": _paragraphs(node["description"]),
        "products": sorted(edge["node"]["slug"] for edge in node["products"]["edges"]),
    }


def _paragraphs(document: str | None) -> str | None:
    import json

    blocks = json.loads(document or "{}").get("blocks") or []
    return "".join(f"<p>{block['data']['text']}</p>" for block in blocks) or None


def listing(sort: str, slug: str, fields: str) -> Files:
    return {
        "channels/contract.yaml": f"{HEAD}channels:\n  partners:\n    {sort}:\n"
        f"      {slug}: {{{fields}}}\n",
    }


def product_listing(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{product(slug: "{SOLD}") {{channelListings {{channel {{slug}} isPublished
        publishedAt visibleInListings availableForPurchaseAt}} }}}}"""
    return _listing(ask(client, query)["product"])


def collection_listing(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{collections(first: 1, filter: {slugs: ["contract-agents"]}) {edges {node {
        channelListings {channel {slug} isPublished publishedAt} }}}}"""
    edges = ask(client, query)["collections"]["edges"]
    return _listing(edges[0]["node"]) if edges else None


def _listing(owner: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rows = [row for row in owner["channelListings"] if row["channel"]["slug"] == "partners"]
    if not rows:
        return None
    (row,) = rows
    fields = {"published": row["isPublished"], "published_at": _second(row["publishedAt"])}
    if "visibleInListings" in row:
        since = _second(row["availableForPurchaseAt"])
        fields |= {"visible": row["visibleInListings"], "purchasable": since is not None}
        fields["purchasable_at"] = since
    return fields


def _second(moment: str | None) -> str | None:
    return moment and f"{moment[:19]}Z"


AGENTS: Final = collection("Agents", "<p>All agents.</p>", "agent")

CASES: Final = [
    Case(
        provider="saleor",
        target="market",
        kind="value_order",
        key=MATURITY,
        states=(
            ordered("stable", "beta", "enterprise"),
            ordered("enterprise", "beta", "stable"),
            ordered("stable", "newest", "enterprise", "beta"),
        ),
        without={
            name: text.replace("ordered: true\n", "")
            for name, text in ordered("stable", "newest", "enterprise", "beta").items()
        },
        raw=order,
        drifts={"terms": ("attribute", MATURITY, {"order": ["enterprise"]})},
        stranger=STRANGER,
        exists_before=True,
        settings={"identity": "slug"},
    ),
    Case(
        provider="saleor",
        target="market",
        kind="attribute_assignment",
        key="offering/gsv_contract",
        states=(contract("offering"),),
        without=contract("creditpack"),
        raw=assignment,
        drifts={
            "on": (
                "productType",
                "offering",
                {"variantAttributes": ["gsv_contract"]},
            )
        },
        immutable=frozenset({"on"}),
        stranger=STRANGER,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="product_metadata",
        key=PRODUCT,
        states=(described("Book meetings", "3"), described("null", "4.5")),
        without={name: text for name, text in described("x", "3").items() if "mappings" in name},
        raw=metadata,
        drifts={
            "entries.outcome_tagline": (
                "product",
                PRODUCT,
                {"metadata": {"outcome_tagline": "Somebody's words"}},
            ),
            "entries.credits_estimate_min": (
                "product",
                PRODUCT,
                {"metadata": {"credits_estimate_min": None}},
            ),
        },
        stranger=STRANGER,
        exists_before=True,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="product_metadata",
        key=f"{PRODUCT}/custom",
        states=(custom("dresses", "true"), custom("coats", "null")),
        without={"metafields/contract.yaml": f"{HEAD}namespace: custom\nvalues: {{}}\n"},
        raw=metadata,
        drifts={
            "entries.custom.size_guide": (
                "product",
                PRODUCT,
                {"metadata": {"custom.size_guide": "Somebody's"}},
            ),
            "entries.custom.washable": (
                "product",
                PRODUCT,
                {"metadata": {"custom.washable": "false"}},
            ),
        },
        stranger=STRANGER,
        exists_before=True,
        variant="metafields",
    ),
    Case(
        provider="saleor",
        target="market",
        kind="bundle",
        key=f"{PRODUCT}/{PARTS}",
        states=(bundle(AGENT, SOLD), bundle(SOLD, AGENT, "slack-helpdesk"), bundle()),
        without={
            name: text[: text.index("bundles:")] + f"bundles:\n  {SOLD}: {{components: []}}\n"
            for name, text in bundle().items()
        },
        raw=components,
        drifts={"components": ("product", PRODUCT, {"attributes": {PARTS: ["slack-helpdesk"]}})},
        stranger=STRANGER,
        exists_before=True,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="product_media",
        key=f"{PRODUCT}/MAIN",
        states=(pictures(None, MAIN="a.png"), pictures(None, MAIN="b.png", PT01="c.png")),
        without=pictures(None, PT01="c.png"),
        raw=main_picture,
        drifts={
            "source": (
                "product",
                PRODUCT,
                {"media": [{"at": 0, "metadata": {"planogram.source": f"{PICTURES}/z.png"}}]},
            )
        },
        stranger=STRANGER,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="thumbnail",
        key=AGENT,
        states=(
            pictures("MAIN", AGENT, MAIN="a.png", PT01="b.png", PT02="c.png"),
            pictures("PT02", AGENT, MAIN="a.png", PT01="b.png", PT02="c.png"),
        ),
        without=pictures(None, AGENT, MAIN="a.png", PT01="b.png", PT02="c.png"),
        raw=first_picture,
        drifts={"variant": ("product", AGENT, {"media": [{"at": n} for n in (3, 0, 1, 2, 4)]})},
        stranger=STRANGER,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="thumbnail",
        key=PRODUCT,
        states=(
            pictures("PT01", MAIN="a.png", PT01="b.png"),
            pictures("MAIN", MAIN="a.png", PT01="b.png"),
        ),
        without=pictures(None, MAIN="a.png", PT01="b.png"),
        raw=partial(first_picture, slug=PRODUCT),
        drifts={"variant": ("product", PRODUCT, {"media": [{"at": 1}, {"at": 0}]})},
        stranger=STRANGER,
        variant="alone",
    ),
    Case(
        provider="saleor",
        target="market",
        kind="collection",
        key="contract-agents",
        states=(AGENTS, collection("Apps", "<p>Apps &amp; <b>more</b></p>", "app")),
        without={"collections/contract.yaml": f"{HEAD}collections: {{}}\n"},
        raw=assortment,
        drifts={
            "name": ("collection", "contract-agents", {"name": "Somebody's"}),
            "description": (
                "collection",
                "contract-agents",
                {"description": {"blocks": [{"type": "paragraph", "data": {"text": "Other"}}]}},
            ),
            "products": ("collection", "contract-agents", {"products": [AGENT, "slack-helpdesk"]}),
        },
        stranger=STRANGER,
    ),
    Case(
        provider="saleor",
        target="market",
        kind="channel_listing",
        key=f"product/{SOLD}/partners",
        states=(
            listing("products", SOLD, 'published: true, since: "2026-12-01", visible: true'),
            listing("products", SOLD, 'published: true, since: "2026-12-02", visible: false'),
            listing(
                "products",
                SOLD,
                'published: false, since: "2026-12-24T18:00Z", visible: false,'
                ' purchasable_since: "2027-01-01"',
            ),
        ),
        without={"channels/contract.yaml": f"{HEAD}channels: {{partners: {{}}}}\n"},
        raw=product_listing,
        drifts={
            name: ("channelListing", f"product/{SOLD}/partners", {field: value})
            for name, field, value in (
                ("published", "isPublished", False),
                ("published_at", "publishedAt", "2026-11-01T00:00:00+00:00"),
                ("visible", "visibleInListings", False),
            )
        },
        stranger=STRANGER,
        variant="product",
    ),
    Case(
        provider="saleor",
        target="market",
        kind="channel_listing",
        key=f"product/{SOLD}/partners",
        states=(
            listing("products", SOLD, 'purchasable_since: "2027-01-01"'),
            listing("products", SOLD, 'purchasable_since: "2027-03-03"'),
        ),
        without={"channels/contract.yaml": f"{HEAD}channels: {{partners: {{}}}}\n"},
        raw=product_listing,
        drifts={
            "purchasable_at": (
                "channelListing",
                f"product/{SOLD}/partners",
                {"availableForPurchaseAt": "2027-02-02T00:00:00+00:00"},
            ),
            "purchasable": (
                "channelListing",
                f"product/{SOLD}/partners",
                {"availableForPurchaseAt": None},
            ),
        },
        stranger=STRANGER,
        variant="purchase",
    ),
    Case(
        provider="saleor",
        target="market",
        kind="channel_listing",
        key="collection/contract-agents/partners",
        states=(
            {
                **AGENTS,
                **listing("collections", "contract-agents", 'published: true, since: "2026-11-11"'),
            },
            {
                **AGENTS,
                **listing("collections", "contract-agents", 'published: true, since: "2026-12-01"'),
            },
            {**AGENTS, **listing("collections", "contract-agents", "published: false")},
        ),
        without={**AGENTS, "channels/contract.yaml": f"{HEAD}channels: {{partners: {{}}}}\n"},
        raw=collection_listing,
        drifts={
            "published": (
                "channelListing",
                "collection/contract-agents/partners",
                {"isPublished": False},
            ),
        },
        stranger=STRANGER,
        variant="collection",
    ),
]
