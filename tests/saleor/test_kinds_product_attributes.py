"""What products carry: exactly the stated sets, through the input that the real type takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.saleor.kinds.product_attributes import ProductAttributes
from reconciler.model.change import Action, Cause
from reconciler.provider import ALL
from tests.saleor.market import Market
from tests.saleor.shop import Shop, mapping, offering, shop, taxonomy

PRODUCT = "meeting-scheduler"
ROLES = taxonomy("gsv_roles", "Roles", hr="HR", marketing="Marketing", operations="Operations")
CATEGORY = taxonomy("gsv_category", "Category", "dropdown", agent="Agents", app="Apps")
VERIFIED = taxonomy("gsv_verified", "Verified", "boolean")
BASE = (ROLES, CATEGORY, VERIFIED, mapping("gsv_roles", "gsv_category", "gsv_verified"))


@pytest.fixture
def at(tmp_path: Path) -> Shop:
    """The taxonomies are there; in this identity a value's slug is its key."""
    made = shop(tmp_path, "slug")
    made.put(*BASE)
    made.applied()
    made.writes.clear()
    return made


def stated(roles: str = "[hr]", category: str = "agent", verified: str = "true") -> dict[str, str]:
    return offering(PRODUCT, gsv_roles=roles, gsv_category=category, gsv_verified=verified)


def inputs(at: Shop) -> list[Any]:
    """What was sent for the products: the `attributes` of each input."""
    bodies = [json.loads(text)["variables"] for text in at.writes if "productUpdate" in text]
    return [v["attributes"] for body in bodies for k, v in body.items() if k.startswith("input")]


def ours(at: Shop, product: str = PRODUCT) -> dict[str, list[str]]:
    found = at.carried(product)
    return {slug: sorted(found[slug]) for slug in ("gsv_roles", "gsv_category", "gsv_verified")}


def flags(at: Shop) -> list[bool]:
    query = """{ product(slug: "meeting-scheduler") { attribute(slug: "gsv_verified") {
      values { boolean } } } }"""
    return [v["boolean"] for v in at.raw(query)["product"]["attribute"]["values"]]


def test_exactly_the_stated_sets_are_carried(at: Shop) -> None:
    """Raw, after each of three states; the last one empties everything."""
    for roles, category, verified, flag in (
        ("[hr, marketing]", "agent", "true", [True]),
        ("[operations]", "app", "false", [False]),
        ("[]", "null", "null", []),
    ):
        at.put(stated(roles, category, verified))
        at.applied()
        terms = [term for term in roles.strip("[]").split(", ") if term]

        assert ours(at)["gsv_roles"] == terms
        assert ours(at)["gsv_category"] == ([category] if category != "null" else [])
        assert flags(at) == flag
        assert at.plan().is_empty


def test_only_what_differs_is_sent(at: Shop) -> None:
    """One attribute moved: one entry, by ids alone, since a text would become a new choice."""
    at.put(stated())
    at.applied()
    at.writes.clear()
    at.put(stated(roles="[hr, operations]"))
    at.applied()
    ((entry,),) = inputs(at)

    assert set(entry) == {"id", "multiselect"}
    assert all(set(choice) == {"id"} for choice in entry["multiselect"])
    assert len(at.writes) == 1


def test_what_is_not_stated_is_left_alone(at: Shop) -> None:
    """The product's other attributes, and the other products."""
    before = at.carried(PRODUCT), at.carried("credit-pack-100")
    at.put(offering(PRODUCT, gsv_roles="[operations]"))
    at.applied()
    after = at.carried(PRODUCT), at.carried("credit-pack-100")

    assert after[0].pop("gsv_roles") == ["operations"]
    before[0].pop("gsv_roles")
    assert after == before


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ({"gsv_roles": ["operations", "hr"]}, "choices.gsv_roles"),
        ({"gsv_roles": []}, "choices.gsv_roles"),
        ({"gsv_category": ["app"]}, "choices.gsv_category"),
        ({"gsv_category": []}, "choices.gsv_category"),
        ({"gsv_verified": False}, "booleans.gsv_verified"),
        ({"gsv_verified": None}, "booleans.gsv_verified"),
    ],
)
def test_each_entry_drifts_and_is_put_back(edit: dict[str, Any], path: str, at: Shop) -> None:
    """Told as drift of just this entry."""
    at.put(stated())
    at.applied()
    before = ours(at)
    at.edit("product", PRODUCT, attributes=edit)
    (change,) = at.drift().changes
    at.applied()

    assert [(f.path, f.cause) for f in change.fields] == [(path, Cause.DRIFT)]
    assert ours(at) == before
    assert at.plan().is_empty


def test_the_real_type_says_how_it_is_written(at: Shop) -> None:
    """Somebody made the attribute anew as another type: the wrong input would empty it without a
    word, so nothing is sent, and nothing is lost."""
    at.put(stated(roles="[hr]"))
    at.applied()
    at.edit("attribute", "gsv_verified", inputType="PLAIN_TEXT")
    at.writes.clear()
    at.put(stated(roles="[hr, operations]"))
    failures = at.failures()

    assert failures[f"product_attributes/{PRODUCT}"] == (
        "failed: the attribute gsv_verified is a PLAIN_TEXT, which takes no flag"
    )
    assert inputs(at) == []
    assert ours(at)["gsv_roles"] == ["hr"]


def test_a_multiselect_that_is_a_dropdown_takes_one(at: Shop) -> None:
    """One term is written the dropdown's way; two are told and not written."""
    at.edit("attribute", "gsv_roles", inputType="DROPDOWN")
    at.put(offering(PRODUCT, gsv_roles="[operations]"))
    failures = at.failures()
    one = at.carried(PRODUCT)["gsv_roles"]
    at.put(offering(PRODUCT, gsv_roles="[operations, hr]"))
    more = at.failures()

    assert set(failures) == {"attribute/gsv_roles"}
    assert one == ["operations"]
    assert more[f"product_attributes/{PRODUCT}"] == (
        "failed: the attribute gsv_roles takes one term, not 2"
    )


def test_an_attribute_that_the_type_has_not_is_told_with_a_remedy(at: Shop) -> None:
    """It can not be carried before somebody assigns it; the other products are written."""
    at.put(taxonomy("new_colour", "Colour", "dropdown", red="Red"))
    at.put(mapping("gsv_roles", "gsv_category", "gsv_verified", "new_colour"))
    at.put(offering(PRODUCT, new_colour="red"), offering("slack-helpdesk", gsv_roles="[hr]"))
    failures = at.failures()

    assert failures == {
        f"product_attributes/{PRODUCT}": "failed: the attribute new_colour is not assigned to the"
        " product's type · name the type in the mapping's product_types, or assign it in the"
        " dashboard"
    }
    assert at.carried("slack-helpdesk")["gsv_roles"] == ["hr"]


def test_a_product_that_is_not_there_is_held(at: Shop) -> None:
    """Products are not made here."""
    at.put(offering("no-such-product", gsv_roles="[hr]"))
    (hold,) = at.plan().holds.values()

    assert hold.reason == "dangling"
    assert "market/product/no-such-product, which does not exist" in hold.message


def test_a_renamed_product_is_told_and_not_renamed_back(at: Shop) -> None:
    """Its slug is its address in the shop, and nobody said that it is ours."""
    at.put(stated())
    at.applied()
    at.edit("product", PRODUCT, slug="calendar-agent")
    at.writes.clear()
    (failure,) = at.failures().values()

    assert f"market/product/{PRODUCT}, which does not exist" in failure
    assert "or correct the key" in failure
    assert at.writes == []


def test_a_refused_product_stops_no_other(at: Shop) -> None:
    """A value that vanished between plan and write: the vendor's words for that one product."""
    at.put(stated(), offering("slack-helpdesk", gsv_roles="[marketing]"))
    at.applied()
    at.edit("attribute", "gsv_category", valueRequired=True)
    at.put(stated(category="null"), offering("slack-helpdesk", gsv_roles="[operations]"))
    failures = at.failures()

    assert failures == {
        f"product_attributes/{PRODUCT}": "failed: attributes:"
        " Attribute expects a value but none were given. (REQUIRED)"
    }
    assert at.carried("slack-helpdesk")["gsv_roles"] == ["operations"]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_disturbed_write_ends_like_an_undisturbed_one(fault: Fault, at: Shop) -> None:
    """Lost before or after: the stated sets, once."""
    at.put(stated("[operations, hr]"))
    at.inject(fault, matching="productUpdate")
    at.applied()

    assert at.faults_left() == 0
    assert ours(at)["gsv_roles"] == ["hr", "operations"]
    assert at.plan().is_empty


def test_four_products_are_one_request(at: Shop) -> None:
    """Ten products: three requests, as the plan says."""
    products = at.raw("""{ products(first: 100) { edges { node { slug attributes {
      attribute { slug } } } } } }""")["products"]["edges"]
    slugs = [
        edge["node"]["slug"]
        for edge in products
        if any(a["attribute"]["slug"] == "gsv_roles" for a in edge["node"]["attributes"])
    ][:10]
    at.put(*(offering(slug, gsv_roles="[]") for slug in slugs))
    estimated = at.plan().estimate.requests
    at.applied()

    assert len(slugs) == 10
    assert (len(at.writes), estimated) == (3, 3)


def test_a_dropped_offering_is_forgotten(at: Shop) -> None:
    """The product keeps what it carries."""
    at.put(stated(), offering("slack-helpdesk", gsv_roles="[hr]"))
    at.applied()
    before = at.carried(PRODUCT)
    at.write({f"offerings/{PRODUCT}.yaml": None})
    (change,) = at.plan().changes
    at.applied()

    assert change.action is Action.FORGET
    assert at.carried(PRODUCT) == before
    assert at.plan().is_empty


def test_terms_are_told_by_reference_else_by_slug(tmp_path: Path) -> None:
    """Two values that read alike are told apart, so that none hides behind the other."""
    at = shop(tmp_path)
    at.put(taxonomy("gsv_roles", "Roles", sales_sdr="Sales / SDR", hr="HR"))
    at.applied()
    id_ = at.raw('{ attribute(slug: "gsv_roles") { id } }')["attribute"]["id"]
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id, input: {name: "Sales SDR"})
      { attributeValue { slug } errors { message } } }"""
    stray = at.raw(made, id=id_)["attributeValueCreate"]["attributeValue"]["slug"]
    own = next(
        v["slug"]
        for v in at.choices("gsv_roles")
        if v["externalReference"] == "gsv_roles/sales_sdr"
    )
    at.edit("product", PRODUCT, attributes={"gsv_roles": [own, stray]})
    (resource,) = Market(at.sandbox()).read("product_attributes", [PRODUCT]).values()

    assert resource.spec.choices["gsv_roles"][0] == "sales_sdr"
    assert len(set(resource.spec.choices["gsv_roles"])) == 2


def test_a_product_without_a_value_is_there() -> None:
    """Its entries are empty, so that stating something fills them."""
    market = Market()
    empty = {"gsv_category": [], "gsv_roles": [], "gsv_verified": None}
    market.edit("product", PRODUCT, attributes=empty)
    (resource,) = market.read("product_attributes", [PRODUCT]).values()
    spec: ProductAttributes = resource.spec

    assert spec.choices["gsv_roles"] == spec.choices["gsv_category"] == ()  # type: ignore[index]
    assert spec.booleans["gsv_verified"] is None  # type: ignore[index]


def test_products_are_looked_up_and_never_written() -> None:
    """By slug, and by id where the slug moved; all of them where all are wanted."""
    market = Market()
    (found,) = market.read("product", [PRODUCT]).values()
    market.edit("product", PRODUCT, slug="calendar-agent")
    (moved,) = market.read("product", {PRODUCT: found.remote}).values()
    everything = market.read("product", ALL)

    assert (moved.remote, moved.live_key) == (found.remote, "calendar-agent")
    assert "calendar-agent" in {address.key for address in everything}
    assert market.read("product", ["no-such-product"]) == {}
    assert market.door.mutations == []
