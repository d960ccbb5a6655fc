"""Attributes: made with their slugs, found again under others, never turned into another type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.saleor import PROVIDER
from providers.saleor.kinds.attribute import Attribute
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause, Change
from reconciler.model.resource import Resource
from reconciler.provider import ALL
from tests.saleor.market import Market
from tests.saleor.shop import Shop, shop, taxonomy

ONE = """query($slug: String) { attribute(slug: $slug) {
  id name slug inputType type externalReference } }"""


def _one(at: Shop, slug: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = at.raw(ONE, slug=slug)["attribute"]
    return found and {key: value for key, value in found.items() if key != "id"}


def test_they_are_made_with_slug_type_and_reference(tmp_path: Path) -> None:
    """Raw: as git says; five of them in two requests."""
    at = shop(tmp_path)
    at.put(*(taxonomy(f"new_{n}", f"Name {n}") for n in range(4)))
    at.put(taxonomy("new_flag", "A flag", "boolean"))
    at.applied()

    assert _one(at, "new_flag") == {
        "name": "A flag",
        "slug": "new_flag",
        "inputType": "BOOLEAN",
        "type": "PRODUCT_TYPE",
        "externalReference": "new_flag",
    }
    assert _one(at, "new_3") is not None
    assert len(at.writes) == 2
    assert at.plan().is_empty


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY_AFTER_COMMIT, Fault.TIMEOUT_AFTER_COMMIT])
def test_a_lost_answer_doubles_nothing(fault: Fault, tmp_path: Path) -> None:
    """What was made is found, and is ours."""
    at = shop(tmp_path)
    at.put(taxonomy("new_one", "One"), taxonomy("new_two", "Two"))
    at.inject(fault, matching="attributeCreate")
    at.applied()
    found = at.raw("{ attributes(first: 100) { edges { node { slug } } } }")["attributes"]["edges"]

    assert at.faults_left() == 0
    assert sorted(e["node"]["slug"] for e in found if "new" in e["node"]["slug"]) == [
        "new_one",
        "new_two",
    ]
    assert at.entries()[("attribute", "new_one")].origin == "created"
    assert at.plan().is_empty


def test_a_renamed_slug_is_put_back(tmp_path: Path) -> None:
    """It is found by its id, told as key drift, with its values still known as they were."""
    at = shop(tmp_path)
    at.put(taxonomy("new_one", "One", a="A", b="B"))
    at.applied()
    at.edit("attribute", "new_one", slug="somebodys")
    changes = at.changes()
    at.applied()

    assert set(changes) == {"attribute/new_one"}
    assert changes["attribute/new_one"].cause is Cause.DRIFT
    assert changes["attribute/new_one"].renamed_from == "somebodys"
    assert _one(at, "somebodys") is None
    assert [v["externalReference"] for v in at.choices("new_one")] == ["new_one/a", "new_one/b"]
    assert at.plan().is_empty


def test_an_input_type_is_never_changed(tmp_path: Path) -> None:
    """The plan says that it can not be done; the apply does nothing to it, and all the rest."""
    at = shop(tmp_path)
    at.put(taxonomy("new_one", "One", "dropdown"), taxonomy("new_two", "Two"))
    at.applied()
    at.put(taxonomy("new_one", "One, renamed"), taxonomy("new_two", "Two, renamed"))
    effect = at.changes()["attribute/new_one"].effect
    failures = at.failures()
    remedy = (
        "Saleor can not turn the input type dropdown into multiselect"
        " · state input: dropdown, or give the taxonomy a new key"
    )

    assert effect is not None
    assert effect.text == remedy
    assert failures == {"attribute/new_one": f"failed: {remedy}"}
    assert (_one(at, "new_one") or {})["name"] == "One"
    assert (_one(at, "new_two") or {})["name"] == "Two, renamed"


def test_values_are_not_made_on_an_attribute_that_takes_none(tmp_path: Path) -> None:
    """A flag of the same name is there: its values are refused, in the vendor's words."""
    at = shop(tmp_path)
    at.put(taxonomy("gsv_trial_available", "Trial", a="A"))
    failures = at.failures()

    assert set(failures) == {
        "attribute/gsv_trial_available",
        "attribute_value/gsv_trial_available/a",
    }
    assert (
        "Values cannot be used with input type boolean."
        in (failures["attribute_value/gsv_trial_available/a"])
    )


def test_a_refused_one_stops_no_other(tmp_path: Path) -> None:
    """The reference of another attribute is taken: that one fails, in the vendor's words."""
    at = shop(tmp_path)
    at.edit("attribute", "gsv_maturity", externalReference="new_one")
    at.put(taxonomy("new_one", "One"), taxonomy("new_two", "Two"))
    failures = at.failures()

    assert failures == {
        "attribute/new_one": "failed: externalReference:"
        " Attribute with this External reference already exists. (UNIQUE)"
    }
    assert _one(at, "new_two") is not None


def test_a_deletion_counts_the_products_that_carry_it(tmp_path: Path) -> None:
    """Values of a multiselect, and a flag whichever way it stands; it is held for that."""
    at = shop(tmp_path, prune_adopted=True)
    adopted = ["gsv_roles", "gsv_trial_available"]
    at.put(taxonomy("gsv_roles", "Roles"), taxonomy("gsv_trial_available", "Trial", "boolean"))
    at.put(taxonomy("new_one", "One"))
    at.applied()
    at.write({f"taxonomies/{slug}.yaml": None for slug in (*adopted, "new_one")})
    at.put(taxonomy("other", "Other"))
    carriers = {slug: at.carriers(slug) for slug in (*adopted, "new_one")}
    effects = {key: c.effect for key, c in at.changes().items() if c.action is Action.DELETE}
    held = {address.key for address, hold in at.plan().holds.items() if hold.reason == "in_use"}

    assert {key.split("/")[1]: (e and e.in_use) for key, e in effects.items()} == carriers
    assert carriers["gsv_roles"] > carriers["new_one"] == 0
    assert held == set(adopted)


def test_another_owners_attribute_is_not_taken_for_ours() -> None:
    """A page's attribute under the slug is told with its owner, so that it never looks equal."""
    market = Market()
    market.edit("attribute", "gsv_maturity", type="PAGE_TYPE")
    (resource,) = market.read("attribute", ["gsv_maturity"]).values()

    assert resource.spec == Attribute(name="Maturity", input="page_type dropdown")


def test_everything_is_read_page_by_page() -> None:
    """More than a page holds, and more names than a question takes."""
    market = Market()
    from providers.saleor.sandbox.planting import plant
    from providers.saleor.sandbox.world import World

    with market.sandbox.store.transaction() as store:
        names = [f"many_{n:03}" for n in range(150)]
        plant(World(store), {"attributes": [{"name": n, "slug": n} for n in names]})
    everything = market.read("attribute", ALL)
    before = len(market.door.sent)
    named = market.read("attribute", names)

    assert {a.key for a in everything} > set(names)
    assert {a.key for a in named} == set(names)
    assert len(market.door.sent) - before == 3  # who, and twice a hundred names


def test_batches_are_pure_and_few() -> None:
    """Forty-one changes: three batches, the requests being counted by fours."""
    addresses = [Address("market", "attribute", f"a_{n}") for n in range(41)]
    changes: list[Change[Any]] = [
        Change(a, Action.CREATE, Cause.INTENT, (), None, Resource(a, Attribute(name="A")))
        for a in addresses
    ]
    batches = list(PROVIDER.kind("attribute").batches(changes))

    assert [(len(b.changes), b.requests) for b in batches] == [(20, 5), (20, 5), (1, 1)]
    assert [c.address for b in batches for c in b.changes] == addresses
