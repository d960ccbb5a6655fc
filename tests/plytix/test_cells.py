"""Each cell of Plytix in the table of intents: planned, applied, and drifted, from the document to
the platform and back. (What each kind promises in all its states is told by the contract.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.change import Cause
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.outcome import Status
from tests.adopt.desk import adopt, refusals
from tests.plytix import mapped
from tests.workshop import Workshop, problems_of

POLICY = {"adopt": True, "prune": True, "create": "attributes"}
RULES = {"type": "item_classification", "tags": "color"}
SHOE, OTHER = "MCA0032-M-13", "MCA0032-W-07.5"
AMAZON = "AMZN-US-B09KMV7Q2D"


@dataclass(frozen=True)
class Cell:
    """An intent, the resources that it comes to, and somebody's edit of one of them."""

    name: str
    files: Mapping[str, str]
    resources: tuple[str, ...]
    edit: tuple[str, str, Mapping[str, Any]]
    drifted: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def yaml(folder: str, text: str) -> dict[str, str]:
    return {f"{folder}/one.yaml": f"targets: [pim]\n{text}"}


COLOR = yaml(
    "taxonomies",
    "taxonomy: color\nlabel: Color\ninput: dropdown\n"
    "terms: {black: {label: Black}, navy: {label: Navy}}\n",
)

CELLS = [
    Cell(
        "taxonomies",
        yaml(
            "taxonomies",
            "taxonomy: fit\nlabel: Fit\ninput: dropdown\nterms: {slim: {label: Slim}}\n",
        ),
        ("attribute/fit", "options/fit"),
        ("attribute", "fit", {"options": []}),
        "options/fit",
    ),
    Cell(
        "offerings",
        COLOR
        | yaml(
            "mappings",
            "mapping: shoe\nfields:\n  color: {attribute: color}\n  weight: {metadata: weight, "
            "type: number}\n",
        )
        | yaml(
            "offerings", f"offering: {SHOE}\nmapping: shoe\nfields: {{color: navy, weight: 2}}\n"
        ),
        ("attribute/weight", f"product_attributes/{SHOE}"),
        ("product", SHOE, {"attributes.color": "Brown"}),
        f"product_attributes/{SHOE}",
    ),
    Cell(
        "collections by list",
        yaml("collections", f"collections: {{a: {{title: A, products: [{SHOE}]}}}}\n"),
        ("category/A",),
        ("category", "A", {"products": [OTHER]}),
        "category/A",
    ),
    Cell(
        "collections by term",
        COLOR
        | yaml(
            "collections",
            "collections: {n: {title: Navy, rules: {conditions: [{term: color/navy}]}}}\n",
        ),
        ("category/Navy",),
        ("category", "Navy", {"products": []}),
        "category/Navy",
    ),
    Cell(
        "collections by type and tag",
        yaml(
            "collections",
            "collections: {n: {title: N, rules: {match: any, conditions: [{tag: Navy}, "
            "{type: VARIATION_PARENT}]}}}\n",
        ),
        ("category/N",),
        ("category", "N", {"mark_as_deleted": True}),
        "category/N",
        RULES,
    ),
    Cell(
        "collections per style",
        yaml(
            "collections",
            "per_style:\n  styles: [Navy, Black]\n  handle: 'style-{slug}'\n  collection:\n"
            "    title: 'Style {style}'\n    rules: {conditions: [{tag: '{style}'}]}\n",
        ),
        ("category/Style Black", "category/Style Navy"),
        ("category", "Style Navy", {"products": [SHOE]}),
        "category/Style Navy",
        RULES,
    ),
    Cell(
        "metafields",
        yaml(
            "metafields",
            "namespace: care\ndefinitions:\n  wash: {type: single_line_text_field, name: Wash, "
            f"choices: [Cold, Warm]}}\nvalues: {{{SHOE}: {{wash: Cold}}}}\n",
        ),
        ("attribute/care_wash", "options/care_wash", f"product_values/{SHOE}/care"),
        ("product", SHOE, {"attributes.care_wash": "Warm"}),
        f"product_values/{SHOE}/care",
    ),
    Cell(
        "metafields by selector",
        yaml(
            "metafields",
            "namespace: care\ndefinitions: {wash: {type: single_line_text_field, name: Wash}}\n"
            "selectors: [{products: {tag: Black}, set: {wash: Cold}}]\n",
        ),
        ("attribute/care_wash", f"product_values/{SHOE}/care"),
        ("product", SHOE, {"attributes.care_wash": None}),
        f"product_values/{SHOE}/care",
        RULES,
    ),
    Cell(
        "images",
        yaml(
            "images",
            f"into: {{gallery: amazon_images}}\nproducts:\n  {AMAZON}:\n    images:\n"
            "      MAIN: {url: 'https://m.media-amazon.com/images/I/61ceLL0000L.jpg'}\n",
        ),
        ("asset/61ceLL0000L.jpg", f"gallery/{AMAZON}/amazon_images"),
        ("product", AMAZON, {"thumbnail": None}),
        f"gallery/{AMAZON}/amazon_images",
    ),
    Cell(
        "bundles",
        yaml(
            "bundles",
            "into: {attribute: goes_with, label: Goes with}\n"
            f"bundles: {{MCA0032: {{components: [{SHOE}]}}}}\n",
        ),
        ("relationship/goes_with", "bundle/MCA0032/goes_with"),
        ("relationship", "MCA0032/goes_with", {"products": []}),
        "bundle/MCA0032/goes_with",
    ),
]


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_cell(cell: Cell, tmp_path: Path) -> None:
    """The plan names its resources and holds nothing; applied, a plan is empty; somebody's edit is
    drift, and is put back."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY, cell.settings)
    shop.write(cell.files)
    plan = shop.plan()
    applied = shop.apply()

    planned = {f"{c.address.kind}/{c.address.key}" for c in plan.changes}
    assert planned >= set(cell.resources)
    assert dict(plan.holds) == {}
    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty

    thing, key, fields = cell.edit
    shop.edit(thing, key, **fields)
    moved = shop.drift().changes

    assert [f"{c.address.kind}/{c.address.key}" for c in moved] == [cell.drifted]
    assert {c.cause for c in moved} == {Cause.DRIFT}
    assert not problems_of(shop.apply())
    assert shop.plan().is_empty


CARE = (
    "namespace: care\ndefinitions:\n  wash: {type: single_line_text_field, name: Wash}\n"
    "  iron: {type: multi_line_text_field, name: Iron}\n"
)


def test_an_empty_text_is_no_value(tmp_path: Path) -> None:
    """Plytix keeps nothing of it: what was there goes, and a plan after it is empty."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    shop.write(yaml("metafields", f"{CARE}values: {{{SHOE}: {{wash: Cold, iron: Low}}}}\n"))
    assert not problems_of(shop.apply())
    shop.write(yaml("metafields", f"{CARE}values: {{{SHOE}: {{wash: '', iron: Low}}}}\n"))
    applied = shop.apply()

    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty


def test_a_whole_number_may_be_written_as_a_text(tmp_path: Path) -> None:
    """As other platforms have it; Plytix keeps numbers."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    months = "namespace: care\ndefinitions: {months: {type: number_integer, name: Months}}\n"
    shop.write(yaml("metafields", f"{months}values: {{{SHOE}: {{months: '24'}}}}\n"))
    applied = shop.apply()

    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty


def test_selectors_that_disagree_about_a_product_are_told(tmp_path: Path) -> None:
    """None of them wins, unless the value is said by name."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY, RULES)
    selectors = (
        "selectors:\n  - {products: {tag: Black}, set: {wash: Cold}}\n"
        "  - {products: {type: BASE_PRODUCT}, set: {wash: Hot}}\n"
    )
    shop.edit("product", SHOE, **{"attributes.color": "Black"})
    shop.edit("product", SHOE, **{"attributes.item_classification": "BASE_PRODUCT"})
    shop.write(yaml("metafields", CARE + selectors))

    with pytest.raises(InvalidDesiredState) as raised:
        shop.plan()
    assert [problem.cause for problem in raised.value.problems] == [
        f"{SHOE} is found by an earlier selector too, which sets wash to 'Cold'"
    ]
    shop.write(yaml("metafields", f"{CARE}{selectors}values: {{{SHOE}: {{wash: Never}}}}\n"))

    assert not problems_of(shop.apply())
    assert shop.plan().is_empty


def test_what_has_no_quantity_is_once_in_a_bundle(tmp_path: Path) -> None:
    """Taken out of git, a quantity is one again; somebody's other quantity is drift, and can be
    adopted."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    head = "into: {attribute: goes_with, label: Goes with}\nbundles:\n"
    twice = f"  MCA0032:\n    components: [{SHOE}, {OTHER}]\n    quantities: {{{SHOE}: 2}}\n"
    once = f"  MCA0032:\n    components: [{SHOE}, {OTHER}]\n"
    for said in (twice, once):
        shop.write(yaml("bundles", head + said))
        applied = shop.apply()
        assert not problems_of(applied), problems_of(applied)
        assert shop.plan().is_empty

    shop.edit("relationship", "MCA0032/goes_with", quantities={SHOE: 1, OTHER: 3})
    (change,) = shop.drift().changes

    assert [(f.path, f.before, f.after) for f in change.fields] == [(f"quantities.{OTHER}", 3, 1)]
    assert refusals(adopt(shop.desired, str(change.address))) == {}
    assert (shop.desired / "bundles" / "one.yaml").read_text() == (
        f"targets: [pim]\n{head}{once}    quantities:\n      {OTHER}: 3\n"
    )
    assert shop.plan().is_empty


def test_that_an_order_can_not_be_set_is_said(tmp_path: Path) -> None:
    """Of an image that comes between others, in the plan; not of one that comes last."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    host = "https://m.media-amazon.com/images/I"

    def images(**slots: str) -> dict[str, str]:
        lines = "".join(f"      {s}: {{url: '{host}/{n}.jpg'}}\n" for s, n in slots.items())
        head = f"into: {{gallery: amazon_images}}\nproducts:\n  {AMAZON}:\n    images:\n"
        return yaml("images", head + lines)

    def said() -> list[str]:
        return [c.effect.text for c in shop.plan().changes if c.effect]

    shop.write(images(MAIN="one", PT02="three"))
    first = said()
    shop.apply()
    shop.write(images(MAIN="one", PT02="three", SWATCH="four"))
    last = said()
    shop.write(images(MAIN="one", PT01="two", PT02="three"))
    (between,) = said()

    assert (first, last) == ([], [])
    assert "order can not be set" in between


def test_a_gallery_that_the_account_does_not_have_holds_its_own_only(tmp_path: Path) -> None:
    """Its label is told with each product, and the images that it alone would show are not
    uploaded; galleries elsewhere are made, with theirs. So it is when the attribute goes later:
    nothing fails, and what is in it is held."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    host, other = "https://m.media-amazon.com/images/I", "AMZN-US-B0BXT4N8JS"

    def images(label: str, sku: str, name: str) -> dict[str, str]:
        text = (
            f"targets: [pim]\ninto: {{gallery: {label}}}\nproducts:\n  {sku}:\n    images:\n"
            f"      MAIN: {{url: '{host}/{name}.jpg'}}\n"
        )
        return {f"images/{label}.yaml": text}

    shop.write(images("amazon_images", AMAZON, "one") | images("no_such_images", other, "two"))
    plan = shop.plan()
    applied = shop.apply()

    held = {address.key: hold.message for address, hold in plan.holds.items()}
    assert held == {
        f"{other}/no_such_images": f"pim/gallery/{other}/no_such_images refers to"
        " pim/attribute/no_such_images, which does not exist",
        "two.jpg": f"only pim/gallery/{other}/no_such_images would show pim/asset/two.jpg, and"
        " can not",
    }
    assert {hold.reason for hold in plan.holds.values()} == {"dangling"}
    done = {a.key for a, outcome in applied.outcomes.items() if outcome.status is Status.DONE}
    assert done == {"one.jpg", f"{AMAZON}/amazon_images"}

    shop.write({"images/no_such_images.yaml": None})
    shop.apply()
    with shop.sandbox().store.transaction() as store:
        attributes = store.all("attribute").items()
        gone = next(id_ for id_, one in attributes if one["label"] == "amazon_images")
        store.delete("attribute", gone)

    assert {a.key for a in shop.plan().holds} == {f"{AMAZON}/amazon_images"}


def test_an_image_is_uploaded_for_a_product_that_is_there(tmp_path: Path) -> None:
    """Not for one that is gone; when it is made, its images follow."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    host, gone = "https://m.media-amazon.com/images/I", "AMZN-US-GONE"

    def product(sku: str, *names: str) -> str:
        slots = zip(("MAIN", "PT01"), names, strict=False)
        lines = "".join(f"      {slot}: {{url: '{host}/{name}.jpg'}}\n" for slot, name in slots)
        return f"  {sku}:\n    images:\n{lines}"

    head = "into: {gallery: amazon_images}\nproducts:\n"
    said = product(AMAZON, "shared") + product(gone, "shared", "alone")
    shop.write(yaml("images", head + said))
    first = shop.apply().outcomes
    mapped.stock(shop.sandbox(), [gone])
    second = shop.apply().outcomes

    assert {a.key: o.status for a, o in first.items()} == {
        "shared.jpg": Status.DONE,
        f"{AMAZON}/amazon_images": Status.DONE,
        "alone.jpg": Status.HELD,
        f"{gone}/amazon_images": Status.HELD,
    }
    assert {o.status for o in second.values()} == {Status.DONE}
    assert shop.plan().is_empty


def test_options_that_products_have_by_now_are_not_rolled_back_unasked(tmp_path: Path) -> None:
    """The plan says how many products would lose them; without leave they stay, with it they go."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    head = "taxonomy: color\nlabel: Color\ninput: dropdown\n"
    black, olive = "black: {label: Black}", "olive: {label: Olive}"
    shop.write(yaml("taxonomies", f"{head}terms: {{{black}}}\n"))
    shop.apply()
    shop.write(yaml("taxonomies", f"{head}terms: {{{black}, {olive}}}\n"))
    shop.apply()
    made = shop.last_run
    for sku in (SHOE, OTHER):
        shop.edit("product", sku, **{"attributes.color": "Olive"})

    plan = shop.plan_rollback(made)
    (change,) = plan.changes
    held = plan.holds[change.address]
    refused = shop.rollback(made)

    assert change.effect is not None
    assert change.effect.in_use == 2
    assert (held.reason, change.effect.text) == (
        "in_use",
        "2 products have Olive, and would lose it",
    )
    assert change.effect.text in held.message
    assert refused.outcomes[change.address].status is not Status.DONE
    assert "Olive" in _options(shop)

    assert not problems_of(shop.rollback(made, ["in_use=pim/options/color"]))
    assert "Olive" not in _options(shop)


def _options(shop: Workshop) -> list[str]:
    with shop.sandbox().store.transaction() as store:
        (color,) = (one for one in store.all("attribute").values() if one["label"] == "color")
        return list(color["options"])
