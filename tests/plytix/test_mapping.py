"""What an images document comes to on Plytix, and what it can not come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.plytix import PROVIDER
from providers.plytix.client import Settings
from providers.plytix.kinds.asset import Asset
from providers.plytix.kinds.gallery import Gallery
from reconciler.compile import Compiled, compile_for
from reconciler.intent.loader import load
from reconciler.model.spec import UNSTATED
from tests.plytix.account import TARGET

AMAZON = "https://m.media-amazon.com/images/I/"
SKU = "AMZN-US-B07X8Z63ZL"
OTHER = "AMZN-US-B07X8YQ1LM"

HEAD = "targets: [pim]\ninto:\n  gallery: amazon_images\nproducts:\n"
TARGETS = b"pim:\n  provider: plytix\n  environment: staging\n  sandbox: true\n"


def _compiled(*documents: str) -> Compiled:
    files = {
        f"desired/images/{number}.yaml": text.encode() for number, text in enumerate(documents)
    }
    desired = load({"desired/targets.yaml": TARGETS, **files})
    assert desired.problems == ()
    return compile_for(TARGET, PROVIDER, desired.intents, None)


def _product(sku: str, **urls: str) -> str:
    lines = [f"      {slot}: {{url: '{url}'}}" for slot, url in urls.items()]
    return f"  {sku}:\n    images:\n" + "\n".join(lines) + "\n"


def _specs(compiled: Compiled) -> dict[str, Any]:
    assert compiled.problems == ()
    return {f"{a.kind}/{a.key}": resource.spec for a, resource in compiled.resources.items()}


def test_images_become_assets_and_a_gallery() -> None:
    """In the order of their slots, MAIN being the thumbnail; product and attribute must be there
    first."""
    compiled = _compiled(
        HEAD + _product(SKU, SWATCH=AMAZON + "s.jpg", PT01=AMAZON + "p.jpg", MAIN=AMAZON + "m.jpg")
    )
    gallery = compiled.resources[next(a for a in compiled.resources if a.kind == "gallery")]

    assert _specs(compiled) == {
        f"gallery/{SKU}/amazon_images": Gallery(
            assets=("m.jpg", "p.jpg", "s.jpg"), thumbnail="m.jpg"
        ),
        "asset/m.jpg": Asset(url=AMAZON + "m.jpg", filename="amazon_01_MAIN_m.jpg"),
        "asset/p.jpg": Asset(url=AMAZON + "p.jpg", filename="amazon_02_PT01_p.jpg"),
        "asset/s.jpg": Asset(url=AMAZON + "s.jpg", filename="amazon_10_SWATCH_s.jpg"),
    }
    assert [str(need) for need in gallery.needs] == [
        f"pim/product/{SKU}",
        "pim/attribute/amazon_images",
    ]
    assert str(gallery.source) == "desired/images/0.yaml:5:3"


def test_a_shared_image_is_one_asset_in_its_best_slot() -> None:
    """Across products and documents, whichever comes first."""
    compiled = _compiled(
        HEAD + _product(SKU, PT02=AMAZON + "x.jpg", PT05=AMAZON + "x.jpg"),
        HEAD + _product(OTHER, MAIN=AMAZON + "x.jpg"),
    )
    specs = _specs(compiled)
    (asset,) = (r for a, r in compiled.resources.items() if a.kind == "asset")

    assert specs["asset/x.jpg"] == Asset(url=AMAZON + "x.jpg", filename="amazon_01_MAIN_x.jpg")
    assert specs[f"gallery/{SKU}/amazon_images"] == Gallery(assets=("x.jpg",))
    assert str(asset.source).startswith("desired/images/1.yaml:")


def test_the_thumbnail_may_be_another_or_nobodys() -> None:
    """Another one by name; without MAIN it is not ours."""
    specs = _specs(
        _compiled(
            HEAD
            + _product(SKU, MAIN=AMAZON + "m.jpg", PT01=AMAZON + "p.jpg")
            + "    thumbnail: PT01\n"
            + _product(OTHER, PT01=AMAZON + "p.jpg")
        )
    )

    assert specs[f"gallery/{SKU}/amazon_images"].thumbnail == "p.jpg"
    assert specs[f"gallery/{OTHER}/amazon_images"].thumbnail is UNSTATED


GOOD = _product(SKU, MAIN=AMAZON + "m.jpg")


@pytest.mark.parametrize(
    ("document", "place", "cause"),
    [
        (
            "targets: [pim]\ninto: {}\nproducts:\n" + GOOD,
            "0.yaml:2",
            "Plytix keeps images in a media gallery, and none is named",
        ),
        (
            "targets: [pim]\ninto: {gallery: Amazon Images}\nproducts:\n" + GOOD,
            "0.yaml:2",
            "Amazon Images is no label of a MediaGallery attribute",
        ),
        (
            "targets: [pim]\ninto: {gallery: g, swatch: a.b}\nproducts:\n" + GOOD,
            "0.yaml:2",
            "Plytix has no home for a swatch image beside the gallery",
        ),
        (
            HEAD + GOOD + "    look: MAIN\n",
            "0.yaml:8",
            "Plytix has no home for a look image beside the gallery",
        ),
        (
            HEAD + _product("MCA0032-M-13", MAIN=AMAZON + "m.jpg"),
            "0.yaml:5",
            "MCA0032-M-13 is no Amazon product, and images of canonical products are not touched",
        ),
        (
            HEAD + _product(SKU, LIFESTYLE=AMAZON + "m.jpg"),
            "0.yaml:7",
            "LIFESTYLE is no slot of an Amazon image, so its file name would have no position",
        ),
        (
            HEAD + f"  {SKU}:\n    images:\n      MAIN: {{file: m.jpg}}\n",
            "0.yaml:7",
            "Plytix takes images by URL only, and this one has none",
        ),
        (
            HEAD + _product(SKU, MAIN="http://192.168.0.9/m.jpg"),
            "0.yaml:7",
            "192.168.0.9 is no public host, and Plytix fetches the image itself",
        ),
        (
            HEAD + _product(SKU, MAIN=AMAZON + "m.jpg", PT01="https://cdn.example.com/m.jpg"),
            "0.yaml:8",
            f"https://cdn.example.com/m.jpg and {AMAZON}m.jpg (desired/images/0.yaml:7:14)"
            " are both called m.jpg",
        ),
    ],
)
def test_what_can_not_be_honoured_is_a_problem_at_its_place(
    document: str, place: str, cause: str
) -> None:
    """With a remedy, and only once."""
    (problem,) = _compiled(document).problems

    assert problem.cause == cause
    assert str(problem.place).startswith(f"desired/images/{place}:")
    assert problem.remedy


def test_every_problem_of_a_document_is_told() -> None:
    """One bad product hides no other."""
    compiled = _compiled(
        HEAD
        + _product("MCA0032", MAIN="http://localhost/m.jpg")
        + _product(SKU, BACK=AMAZON + "b.jpg")
    )

    assert len(compiled.problems) == 3


def test_channels_have_no_home() -> None:
    """They are told by the core, at the target's own place."""
    document = b"targets: [pim]\nchannels: {web: {products: {one: {visible: true}}}}\n"
    desired = load({"desired/targets.yaml": TARGETS, "desired/channels/web.yaml": document})
    assert desired.problems == ()
    (problem,) = compile_for(TARGET, PROVIDER, desired.intents, None).problems

    assert problem.cause == ("plytix does not honour channels, and pim is a plytix target")


TAXONOMY = (
    "targets: [pim]\ntaxonomy: color\nlabel: Color\ninput: dropdown\n"
    "terms: {black: {label: Black}, navy: {label: Navy}, sea: {label: Deep sea}}\n"
)


def _problems_of(folder: str, text: str) -> list[str]:
    files = {
        f"desired/{folder}/one.yaml": f"targets: [pim]\n{text}".encode(),
        "desired/taxonomies/color.yaml": TAXONOMY.encode(),
    }
    desired = load({"desired/targets.yaml": TARGETS, **files})
    assert desired.problems == ()
    return [p.cause for p in compile_for(TARGET, PROVIDER, desired.intents, None).problems]


@pytest.mark.parametrize(
    ("folder", "text", "cause"),
    [
        (
            "collections",
            "collections: {a: {title: A, sort: title, products: []}}",
            "a category of Plytix has no sort",
        ),
        (
            "collections",
            "collections: {a: {title: A, rules: {conditions: [{type: Shoe}]}}}",
            "Plytix's products have no type",
        ),
        (
            "collections",
            "collections: {a: {title: A, rules: {conditions: [{vendor: X}]}}}",
            "vendor is can not be asked on Plytix",
        ),
        (
            "collections",
            "collections: {a: {title: A, rules: {conditions: [{term: color/red}]}}}",
            "the taxonomy color has no term red",
        ),
        (
            "collections",
            "collections: {a: {title: A, rules: {conditions: [{term: color/sea}]}}}",
            "the option 'Deep sea' does not read like sea, so no search finds it by that",
        ),
        (
            "collections",
            "collections: {a: {title: A, products: []}, b: {title: A, products: []}}",
            "pim/category/A is said a second time, after desired/collections/one.yaml:2:15",
        ),
        (
            "bundles",
            "into: {attribute: Goes-With}\nbundles: {A: {components: [B]}}",
            "Goes-With can be no attribute of Plytix, whose labels are derived from names",
        ),
        (
            "bundles",
            "into: {attribute: x}\nbundles: {A: {components: [A]}}",
            "A can not be a part of itself",
        ),
        (
            "bundles",
            "into: {attribute: x}\nbundles: {A: {components: [B, B]}}",
            "a component stands there twice",
        ),
        (
            "metafields",
            "namespace: care\ndefinitions: {page: {type: page_reference, name: Page}}",
            "page_reference has no home in an attribute of Plytix",
        ),
        (
            "metafields",
            "namespace: care\nvalues: {A: {list: [a, b]}}",
            "an attribute of Plytix holds one value, and this is a list or a mapping",
        ),
        (
            "mappings",
            "mapping: shoe\nproduct_types: [shoes]\nfields: {color: {attribute: color}}",
            "which families of products have an attribute is not managed on Plytix",
        ),
        (
            "taxonomies",
            "taxonomy: size\nlabel: Size\ninput: dropdown\n"
            "terms: {s: {label: S}, small: {label: S}}",
            "another term of size has the label of s",
        ),
    ],
)  # fmt: skip
def test_what_has_no_home_is_told(folder: str, text: str, cause: str) -> None:
    """With its cause, at its place."""
    assert cause in _problems_of(folder, text)


CARE = "namespace: care\nvalues: {A: {wash_care: cold}}\n"

ONE_LABEL = [
    (
        "two keys of a document",
        {"metafields/a.yaml": "namespace: care\nvalues: {A: {wash-care: hot, wash_care: warm}}\n"},
        "metafields/a.yaml:3:30  care.wash_care comes to the attribute care_wash_care, which is"
        " written by care.wash-care · give one of the two another name",
    ),
    (
        "two namespaces",
        {
            "metafields/a.yaml": CARE,
            "metafields/b.yaml": "namespace: care_wash\nselectors:\n"
            "  - {products: {type: Shoe}, set: {care: hot}}\n",
        },
        "metafields/b.yaml:4:36  care_wash.care comes to the attribute care_wash_care, which is"
        " written by care.wash_care · give one of the two another name",
    ),
    (
        "a field of offerings",
        {
            "mappings/shoe.yaml": "mapping: shoe\nfields: {wash: {metadata: care.wash-care}}\n",
            "metafields/a.yaml": CARE,
        },
        "metafields/a.yaml:3:14  care.wash_care comes to the attribute care_wash_care, which is"
        " written by field wash of the mapping shoe · give one of the two another name",
    ),
    (
        "two fields of a mapping",
        {
            "mappings/shoe.yaml": "mapping: shoe\nfields:\n  months: {metadata: care.months}\n"
            "  term: {metadata: care_months}\n"
        },
        "mappings/shoe.yaml:5:3  pim/attribute/care_months is said a second time, after"
        " desired/mappings/shoe.yaml:4:3 · keep one of the two",
    ),
]


@pytest.mark.parametrize(("_name", "files", "told"), ONE_LABEL, ids=[row[0] for row in ONE_LABEL])
def test_an_attribute_has_one_writer(_name: str, files: dict[str, str], told: str) -> None:
    """What two keys of git come to is told at the second of them: none of the two would ever be
    done."""
    assert _told(files) == [f"desired/{told}"]


def test_documents_may_speak_of_one_key() -> None:
    """A definition in one, values of other products in others: that is one writer."""
    files = {
        "metafields/a.yaml": CARE,
        "metafields/b.yaml": "namespace: care\nvalues: {B: {wash_care: hot}}\n",
        "metafields/c.yaml": "namespace: care\ndefinitions:\n"
        "  wash_care: {type: single_line_text_field, name: Washing}\n",
    }

    assert _told(files) == []


def _told(files: dict[str, str]) -> list[str]:
    said = {f"desired/{name}": f"targets: [pim]\n{text}".encode() for name, text in files.items()}
    desired = load({"desired/targets.yaml": TARGETS, **said})
    assert desired.problems == ()
    rules = replace(TARGET, settings=Settings(type="kind"))
    return [str(p) for p in compile_for(rules, PROVIDER, desired.intents, None).problems]
