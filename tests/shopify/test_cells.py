"""Every cell of the table of intents, in its column for Shopify: planned, applied, drifted.

One row a promise. What came of it is asked of the shop by raw requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from providers.shopify.mapping import MAPPING
from reconciler.intent.base import Intent
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.mapping import Mapping as MappingIntent
from reconciler.intent.mapping import Registry
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.tags import Tags
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.change import Action, Cause
from tests.shopify import raw
from tests.workshop import Workshop, problems_of

DRESS, BAG = "arp-dress-black", "play-bag-tan"
LOOK, SWATCH = "S226_8301-000001_hero_image.jpg", "S226_8301-000001_swatch.jpg"


@dataclass(frozen=True)
class Cell:
    """intents: the kinds of intent that say it. documents: path → data, without the targets.
    address: of the resource that it comes to. shows: what raw requests tell of it, `expected`
    when it is applied. edit: what somebody does then. moves_too: what drifts along with it."""

    intents: tuple[type[Intent], ...]
    what: str
    documents: Mapping[str, Any]
    address: str
    shows: Callable[[Workshop], Any]
    expected: Any
    edit: tuple[str, str, Mapping[str, Any]]
    moves_too: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.intents[0].folder}: {self.what}"

    @property
    def files(self) -> dict[str, str]:
        return {
            path: json.dumps({"targets": ["shop"], **data}) for path, data in self.documents.items()
        }


def product(shop: Workshop, selection: str, handle: str = DRESS) -> Any:
    found = f"productByIdentifier(identifier: {{handle: $h}}) {selection}"
    return raw.ask(shop, f"query ($h: String!) {{ {found} }}", h=handle)["productByIdentifier"]


def collection(shop: Workshop, handle: str) -> Any:
    found = raw.collection(shop, handle)
    conditions = [c for s in found["sources"] for c in s["inclusion"]["conditions"]]
    return found["title"], [c["values"] for c in conditions]


def metafield(name: str, handle: str = DRESS) -> Callable[[Workshop], Any]:
    """The value, or what it refers to."""

    def shows(shop: Workshop) -> Any:
        found = raw.metafield(shop, handle, name)
        refers = found["reference"] or {}
        url = (refers.get("image") or {}).get("url", "")
        return refers.get("handle") or url.split("?")[0].rpartition("/")[2] or found["value"]

    return shows


def definition(shop: Workshop) -> Any:
    found = raw.definition(shop, "cells.fit")
    choices = [json.loads(v["value"]) for v in found["validations"] if v["name"] == "choices"]
    return found["name"], found["type"]["name"], *choices


def gallery(shop: Workshop) -> list[str]:
    media = product(shop, "{ media(first: 9) { nodes { ... on MediaImage { image { url } } } } }")
    urls = [node["image"]["url"] for node in media["media"]["nodes"]]
    return [url.split("?")[0].rpartition("/")[2] for url in urls]


def publications(sort: str, handle: str) -> Callable[[Workshop], Any]:
    def shows(shop: Workshop) -> Any:
        query = f"""query ($h: String!) {{ {sort}ByIdentifier(identifier: {{handle: $h}}) {{
          resourcePublicationsV2(first: 9, onlyPublished: false) {{
            nodes {{ publishDate publication {{ name }} }} }} }} }}"""
        rows = raw.ask(shop, query, h=handle)[f"{sort}ByIdentifier"]["resourcePublicationsV2"]
        return {row["publication"]["name"]: row["publishDate"][:10] for row in rows["nodes"]}

    return shows


def names_of(shows: Callable[[Workshop], Any]) -> Callable[[Workshop], Any]:
    return lambda shop: sorted(shows(shop))


def parts(shop: Workshop) -> Any:
    selection = "{ bundleComponents(first: 9) { nodes { quantity componentProduct { handle } } } }"
    nodes = product(shop, selection, "summer-set")["bundleComponents"]["nodes"]
    return {node["componentProduct"]["handle"]: node["quantity"] for node in nodes}


LINE = "single_line_text_field"
FIT = {"fit": {"type": LINE, "name": "Fit", "choices": ["Slim", "Wide"]}}
GUIDE = {"guide": {"type": "page_reference", "name": "Guide"}}
STYLE = "style_Harold_Sweater"
PER_STYLE: dict[str, Any] = {
    "styles": ["Harold_Sweater", "Minamoto_Dress"],
    "handle": "style-{slug}",
    "collection": {
        "title": "style_{style}",
        "rules": {"conditions": [{"tag": "style_{style}"}]},
    },
}
PICTURES = {"LOOK": {"file": LOOK}, "SWATCH": {"file": SWATCH}}
INTO = {"look": "cells.look_image", "swatch": "cells.swatch_image"}


def images(into: Mapping[str, Any], **product: Any) -> dict[str, Any]:
    return {"images/c.yaml": {"into": into, "products": {DRESS: {"images": PICTURES, **product}}}}


def fields(**parts: Any) -> dict[str, Any]:
    return {"metafields/c.yaml": {"namespace": "cells", **parts}}


CELLS = [
    Cell(
        (Collections,),
        "one per style, by the tag",
        {"collections/c.yaml": {"per_style": PER_STYLE}},
        "collection/style-minamoto-dress",
        lambda shop: collection(shop, "style-minamoto-dress"),
        ("style_Minamoto_Dress", [["style_Minamoto_Dress"]]),
        ("collection", "style-minamoto-dress", {"title": "Minamoto"}),
    ),
    Cell(
        (Collections,),
        "a single one, by rules",
        {
            "collections/c.yaml": {
                "collections": {
                    "gowns": {"title": "Gowns", "rules": {"conditions": [{"type": "Dresses"}]}}
                }
            }
        },
        "collection/gowns",
        lambda shop: collection(shop, "gowns"),
        ("Gowns", [["Dresses"]]),
        ("collection", "gowns", {"title": "Dresses"}),
    ),
    Cell(
        (Channels, Collections),
        "a style's collection, published where it is sold",
        {
            "collections/c.yaml": {"per_style": PER_STYLE},
            "channels/c.yaml": {
                "channels": {
                    name: {"collections": {"style-minamoto-dress": {"published": True}}}
                    for name in ("Online Store", "Point of Sale")
                }
            },
        },
        "publication_listing/collection/style-minamoto-dress/Point of Sale",
        names_of(publications("collection", "style-minamoto-dress")),
        ["Online Store", "Point of Sale"],
        ("publication", "collection/style-minamoto-dress/Point of Sale", {"deleted": True}),
    ),
    Cell(
        (Collections,),
        "one per style, published where it is sold",
        {
            "collections/c.yaml": {
                "per_style": {
                    **PER_STYLE,
                    "collection": {
                        **PER_STYLE["collection"],
                        "channels": ["Online Store", "Point of Sale"],
                    },
                }
            }
        },
        "publication_listing/collection/style-minamoto-dress/Online Store",
        names_of(publications("collection", "style-minamoto-dress")),
        ["Online Store", "Point of Sale"],
        ("publication", "collection/style-minamoto-dress/Online Store", {"deleted": True}),
    ),
    Cell(
        (Channels,),
        "a product, from a day on",
        {
            "channels/c.yaml": {
                "channels": {
                    "Online Store": {
                        "products": {DRESS: {"published": True, "since": "2027-02-01"}}
                    }
                }
            }
        },
        f"publication_listing/product/{DRESS}/Online Store",
        lambda shop: publications("product", DRESS)(shop)["Online Store"],
        "2027-02-01",
        ("publication", f"product/{DRESS}/Online Store", {"publishDate": "2026-11-01T00:00:00Z"}),
    ),
    Cell(
        (Metafields,),
        "a definition with choices",
        fields(definitions=FIT),
        "metafield_definition/product/cells.fit",
        definition,
        ("Fit", LINE, ["Slim", "Wide"]),
        ("metafieldDefinition", "product/cells.fit", {"name": "Cut"}),
    ),
    Cell(
        (Metafields,),
        "a value of a product",
        fields(definitions=FIT, values={DRESS: {"fit": "Slim"}}),
        f"metafield/product/{DRESS}/cells.fit",
        metafield("cells.fit"),
        "Slim",
        ("metafield", f"product/{DRESS}/cells.fit", {"value": "Wide"}),
    ),
    Cell(
        (Metafields,),
        "a size guide page for a type",
        fields(
            definitions=GUIDE,
            selectors=[{"products": {"type": "Dresses"}, "set": {"guide": "size-guide-dresses"}}],
        ),
        f"metafield/product/{DRESS}/cells.guide",
        metafield("cells.guide"),
        "size-guide-dresses",
        ("metafield", f"product/{DRESS}/cells.guide", {"page": "about"}),
    ),
    Cell(
        (Images,),
        "the look image, a reference to a file",
        images(INTO, look="LOOK"),
        f"metafield/product/{DRESS}/cells.look_image",
        metafield("cells.look_image"),
        LOOK,
        ("metafield", f"product/{DRESS}/cells.look_image", {"file": "home_banner.jpg"}),
    ),
    Cell(
        (Images,),
        "the swatch image, a reference to a file",
        images(INTO, swatch="SWATCH"),
        f"metafield/product/{DRESS}/cells.swatch_image",
        metafield("cells.swatch_image"),
        SWATCH,
        ("metafield", f"product/{DRESS}/cells.swatch_image", {"file": "home_banner.jpg"}),
    ),
    Cell(
        (Images,),
        "a product's own media",
        images({"media": True}),
        f"product_media/{DRESS}/{SWATCH}",
        gallery,
        [LOOK, SWATCH],
        ("product", DRESS, {"media": [LOOK]}),
        moves_too=(f"media_order/{DRESS}",),
    ),
    Cell(
        (Images,),
        "the picture that comes first",
        images({"media": True}, thumbnail="SWATCH"),
        f"media_order/{DRESS}",
        gallery,
        [SWATCH, LOOK],
        ("product", DRESS, {"media": [LOOK, SWATCH]}),
    ),
    Cell(
        (Bundles,),
        "a bundle and its components",
        {
            "bundles/c.yaml": {
                "bundles": {
                    "summer-set": {
                        "title": "Summer set",
                        "components": [DRESS, BAG],
                        "quantities": {BAG: 2},
                    }
                }
            }
        },
        "bundle/summer-set",
        parts,
        {DRESS: 1, BAG: 2},
        ("bundle", "summer-set", {"components": {DRESS: 1, BAG: 1}}),
    ),
    Cell(
        (Tags,),
        "tags of a product, among others",
        {"tags/c.yaml": {"tags": {BAG: ["sale"]}}},
        f"product_tags/{BAG}",
        lambda shop: product(shop, "{ tags }", BAG)["tags"],
        ["accessory", "S226", "sale"],
        ("product", BAG, {"tags": ["accessory", "S226"]}),
    ),
]

BADGES = {
    "taxonomies/badges.yaml": {
        "taxonomy": "badges",
        "label": "Badges",
        "input": "multiselect",
        "terms": {"new": {"label": "New"}, "hot": {"label": "Hot"}},
    }
}
OFFERED = {
    **BADGES,
    "registries/known.yaml": {"registry": "known", "ids": ["new", "hot"]},
    "mappings/m.yaml": {
        "mapping": "contract",
        "fields": {"badges": {"attribute": "badges", "registry": "known"}},
    },
    "offerings/o.yaml": {"offering": BAG, "mapping": "contract", "fields": {"badges": ["hot"]}},
}

CELLS += [
    Cell(
        (Taxonomy,),
        "a definition with the terms as choices",
        BADGES,
        "metafield_definition/product/custom.badges",
        lambda shop: raw.definition(shop, "custom.badges")["name"],
        "Badges",
        ("metafieldDefinition", "product/custom.badges", {"name": "Marks"}),
    ),
    Cell(
        (Offering, MappingIntent, Registry),
        "a metafield for a field",
        OFFERED,
        f"metafield/product/{BAG}/custom.badges",
        metafield("custom.badges", BAG),
        '["hot"]',
        ("metafield", f"product/{BAG}/custom.badges", {"value": '["new"]'}),
    ),
]

every_cell = pytest.mark.parametrize("cell", CELLS, ids=str)


def test_no_promise_is_without_a_row() -> None:
    """Every intent that Shopify honours stands in a row here."""
    told = {intent for cell in CELLS for intent in cell.intents}

    assert {intent.folder for intent in MAPPING} - {intent.folder for intent in told} == set()


@every_cell
def test_it_is_planned_applied_and_drifts(cell: Cell, tmp_path: Path) -> None:
    """The plan names it; the apply makes it so, and leaves nothing to do; what somebody does then
    is drift of just this, and is put right."""
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True})
    shop.write(cell.files)
    planned = {f"{c.address.kind}/{c.address.key}": c.action for c in shop.plan().changes}
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    first = cell.shows(shop)
    left = shop.plan().changes
    thing, key, values = cell.edit
    shop.edit(thing, key, **values)
    edited = cell.shows(shop)
    drifted = [(f"{c.address.kind}/{c.address.key}", c.cause) for c in shop.drift().changes]
    restored = shop.apply()

    assert planned[cell.address] in (Action.CREATE, Action.ADOPT)
    assert (first, left) == (cell.expected, ())
    assert edited != cell.expected
    assert dict(drifted) == dict.fromkeys((cell.address, *cell.moves_too), Cause.DRIFT)
    assert not problems_of(restored), problems_of(restored)
    assert cell.shows(shop) == cell.expected
