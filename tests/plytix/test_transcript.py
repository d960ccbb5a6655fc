"""`import live` of an account: what it has becomes intents; a plan after it has nothing to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from ruamel.yaml import YAML

from providers.kit.sandbox import Sandbox
from providers.plytix.sandbox import attributes, categories, relationships
from reconciler.cli.app import app
from reconciler.cli.composition import open_sandbox, open_workspace
from tests.plytix.account import PLENTY
from tests.plytix.mapped import stock

yaml = YAML(typ="safe")
PRODUCT = "MCA0032-M-13"
ATTRIBUTES = [
    ("Sizes", "MultiSelectAttribute", ["EU 42", "EU 43", "42"]),
    ("Vegan", "BooleanAttribute", []),
    ("Weight", "DecimalAttribute", []),
    ("Story", "HtmlAttribute", []),
]


class Desk:
    """A repository that says nothing of its account yet."""

    def __init__(self, folder: Path) -> None:
        self.desired = folder / "desired"
        self.desired.mkdir()
        entry = {"provider": "plytix", "environment": "staging", "sandbox": True}
        (self.desired / "targets.yaml").write_text(json.dumps({"pim": entry}))
        self.sandbox().admin_edit("account", "", {"rate_limit": PLENTY})

    def sandbox(self) -> Sandbox:
        return open_sandbox(open_workspace(self.desired, all_sandboxed=True), "pim")

    def run(self, *arguments: str, code: int = 0) -> Any:
        given = [*arguments, "--target", "pim", "--desired", str(self.desired), "--json"]
        result = typer.testing.CliRunner().invoke(app, given)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def files(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.desired)): path.read_text()
            for path in sorted(self.desired.rglob("*.yaml"))
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With more than the example has: values of each type, categories, relations."""
    desk = Desk(tmp_path)
    with desk.sandbox().store.transaction() as store:
        for name, type_class, options in ATTRIBUTES:
            body = {"name": name, "type_class": type_class, "options": options}
            attributes.created(store, body)
        root = categories.created(store, None, {"name": "Sneakers"})
        categories.created(store, root["id"], {"name": "Canvas"})
        relationships.created(store, {"name": "Goes with"})
    values = {"sizes": ["EU 43", "EU 42"], "vegan": True, "weight": 0.5, "story": "<p>Once.</p>"}
    fields = {f"attributes.{label}": value for label, value in values.items()}
    desk.sandbox().admin_edit("product", PRODUCT, fields)
    desk.sandbox().admin_edit("category", "Sneakers", {"products": [PRODUCT, "MCA0032"]})
    related = {"quantities": {PRODUCT: 2}}
    desk.sandbox().admin_edit("relationship", "MCA0032/goes_with", related)
    return desk


def nothing_to_do(plan: Any) -> bool:
    """Nothing held back either, and nothing to warn of."""
    return [plan[told] for told in ("changes", "held", "violations", "gone", "warnings")] == [
        []
    ] * 5


def test_an_account_is_written_down_and_its_plan_is_empty(desk: Desk) -> None:
    """Options as taxonomies, values as offerings, galleries as images, categories as collections,
    relations as bundles; valid, nothing to do after it, and a second import changes no byte."""
    told = desk.run("import", "live")
    plan = desk.run("plan")
    before = desk.files()
    again = desk.run("import", "live")

    assert set(told["written"]) == {
        "taxonomies",
        "mappings",
        "offerings",
        "images",
        "collections",
        "bundles",
    }
    assert nothing_to_do(plan)
    assert (again["files"], desk.files()) == ([], before)


def test_what_is_written_says_what_is_there(desk: Desk) -> None:
    """Read as people would."""
    desk.run("import", "live")
    files = desk.files()

    assert "eu_43" in files["taxonomies/sizes.yaml"]
    offering = files[f"offerings/{PRODUCT}.yaml"]
    assert "weight: 0.5" in offering
    assert "vegan: true" in offering
    assert "Once." in offering
    assert "title: Sneakers" in files["collections/pim.yaml"]
    assert "Goes with" in files["bundles/goes_with.yaml"]
    assert "AMZN-US-B07X8Z63ZL" in files["images/pim-amazon-images.yaml"]


def test_skus_that_read_alike_get_files_of_their_own(desk: Desk) -> None:
    """Whatever stands in an SKU; and on a disk that tells no case."""
    skus = ["A/B", "A_B", "a b", "A_B-2"]
    stock(desk.sandbox(), skus)
    for sku in skus:
        desk.sandbox().admin_edit("product", sku, {"attributes.weight": 2})
    desk.run("import", "live")
    plan = desk.run("plan")
    offerings = [name for name in desk.files() if name.startswith("offerings/")]
    said = [yaml.load(text)["offering"] for text in desk.files().values() if "offering:" in text]

    assert set(said) >= set(skus)
    assert len({name.casefold() for name in offerings}) == len(offerings) == len(said)
    assert nothing_to_do(plan)


def test_what_comes_to_the_account_later_is_written_beside_it(desk: Desk) -> None:
    """A second import tells the new product in the words of the mapping that git has by now."""
    desk.run("import", "live")
    stock(desk.sandbox(), ["NEW"])
    desk.sandbox().admin_edit("product", "NEW", {"attributes.weight": 2, "attributes.vegan": True})
    told = desk.run("import", "live")

    assert [name for name in told["files"] if "NEW" in name] == ["offerings/NEW.yaml"]
    assert nothing_to_do(desk.run("plan"))


def test_a_label_that_is_no_key_in_git_is_told(desk: Desk) -> None:
    """Of whatever type; neither the attribute nor a value of it is written down."""
    with desk.sandbox().store.transaction() as store:
        for name, type_class in (("2nd Colour", "DropdownAttribute"), ("3D Model", "UrlAttribute")):
            body = {"name": name, "type_class": type_class, "options": []}
            attributes.created(store, body)
    told = desk.run("import", "live")["left_out"]

    for label in ("2nd_colour", "3d_model"):
        text = f"attribute {label}: a key in git begins with a letter · manage it in Plytix"
        assert text in told
        assert not any(label in text for text in desk.files().values())


def test_what_no_intent_can_say_is_told(desk: Desk) -> None:
    """An option that leaves no key, a category below another, galleries of canonical products,
    images whose names tell no slot, and attributes of one image: this and nothing else. What git
    has terms of by now is told once."""
    told = desk.run("import", "live")["left_out"]
    nameless = [
        f"gallery AMZN-US-{gallery}_images: the name of {name} tells no slot, or is not that of"
        " the file"
        for gallery, name in (
            ("B07X91C4RW/amazon", "lifestyle_beach_2019.jpg"),
            ("B07X91C4RW/lifestyle", "lifestyle_beach_2019.jpg"),
            ("B07XB2D9KJ/amazon", "41nAvYsw0cL.jpg"),
            ("B0CNQ7R3TF/amazon", "brand_logo.png"),
        )
    ]

    assert told == [
        "attribute sizes: no key can be made of 42 · write a term by hand",
        *nameless,
        "attribute size_chart: a single image is not managed",
        "2 galleries of products that are not Amazon's are not managed",
        "1 category stands below others · only those at the root can be said",
    ]
    assert desk.run("import", "live")["left_out"] == told[1:]


def test_a_category_that_reads_like_one_of_git_takes_nothing_from_it(desk: Desk) -> None:
    """Whichever comes first in the alphabet: what git has keeps its handle."""
    desk.run("import", "live")
    with desk.sandbox().store.transaction() as store:
        categories.created(store, None, {"name": "SNEAKERS"})
    desk.sandbox().admin_edit("category", "SNEAKERS", {"products": ["MCA0032"]})
    desk.run("import", "live")
    titles = [
        one["title"]
        for name, text in desk.files().items()
        if name.startswith("collections/")
        for one in yaml.load(text)["collections"].values()
    ]

    assert sorted(titles) == ["SNEAKERS", "Sneakers"]
    assert nothing_to_do(desk.run("plan"))
