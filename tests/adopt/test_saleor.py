"""Saleor: terms, what products carry, and what belongs together."""

from __future__ import annotations

from pathlib import Path

from reconciler.intent.loader import files_under
from tests.adopt.desk import adopt, changed_lines, refusals
from tests.saleor.shop import Shop, mapping, offering, taxonomy

PRODUCT = "meeting-scheduler"


def shop_with(folder: Path, identity: str = "slug") -> Shop:
    shop = Shop(
        folder,
        "saleor",
        "market",
        {"adopt": True, "prune": True},
        {"identity": identity},
    )
    shop.put(
        taxonomy("gsv_roles", "Roles", hr="HR", marketing="Marketing", operations="Operations"),
        taxonomy("gsv_maturity", "Maturity", "dropdown", beta="Beta", stable="Stable"),
        mapping("gsv_roles", "gsv_maturity"),
        offering(PRODUCT, gsv_roles="[hr, marketing]", gsv_maturity="stable"),
    )
    shop.applied()
    return shop


def test_the_label_is_adopted_in_either_identity(tmp_path: Path) -> None:
    """As a translation of the name, or as the name itself: it is the term's label in git."""
    for identity, edit in (
        ("slug", {"translations": {"EN": "People"}}),
        ("external_reference", {"name": "People"}),
    ):
        shop = shop_with(tmp_path / identity, identity)
        shop.edit("attributeValue", "gsv_roles/hr", **edit)
        before = files_under(shop.desired)
        found = adopt(shop.desired)

        assert refusals(found) == {}
        assert changed_lines(before, files_under(shop.desired)) == {
            "desired/taxonomies/gsv_roles.yaml": [
                '-  hr: {label: "HR"}',
                '+  hr: {label: "People"}',
            ]
        }
        assert shop.plan().is_empty


def test_a_label_that_is_gone_can_not_be_adopted(tmp_path: Path) -> None:
    """A term must have one."""
    shop = shop_with(tmp_path)
    shop.edit("attributeValue", "gsv_roles/hr", translations={"EN": None})
    (told,) = refusals(adopt(shop.desired)).values()

    assert "has no label any more" in told


def test_a_value_that_is_no_term_is_told(tmp_path: Path) -> None:
    """The product carries something that git knows no word for."""
    shop = shop_with(tmp_path)
    edit = {"gsv_roles": ["finance"]}
    shop.edit("product", PRODUCT, attributes=edit)
    (told,) = refusals(adopt(shop.desired)).values()

    assert "no term of gsv_roles" in told


def test_an_input_type_that_does_not_fit_what_is_stated_is_told(tmp_path: Path) -> None:
    """Live is a dropdown now, and an offering of git has a list there: the taxonomy stays."""
    shop = shop_with(tmp_path)
    shop.edit("attribute", "gsv_roles", inputType="DROPDOWN")
    before = files_under(shop.desired)
    told = refusals(adopt(shop.desired))

    assert "gsv_roles is a list, and gsv_roles is a dropdown" in told["market/attribute/gsv_roles"]
    assert changed_lines(before, files_under(shop.desired)) == {}


def test_json_and_files_of_what_only_git_moved(tmp_path: Path) -> None:
    """Nothing moved live, so nothing is written, whatever git has in mind."""
    shop = shop_with(tmp_path)
    shop.put(offering(PRODUCT, gsv_roles="[operations]", gsv_maturity="beta"))
    found = adopt(shop.desired)

    assert found.is_needless
