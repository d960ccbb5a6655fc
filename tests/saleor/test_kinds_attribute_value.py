"""Values: the key is kept by the reference, whatever becomes of names and slugs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from reconciler.model.change import Action, Cause
from tests.saleor.market import Market
from tests.saleor.shop import POLICY, shop, taxonomy

IDENTITIES = ["external_reference", "slug"]

both = pytest.mark.parametrize("identity", IDENTITIES)


def _told(values: list[dict[str, Any]]) -> list[tuple[str, str, str, str | None]]:
    return [(v["externalReference"], v["name"], v["slug"], v["translation"]) for v in values]


def test_the_label_is_the_name_by_default(tmp_path: Path) -> None:
    """The slug follows it, and the reference says which term it is."""
    at = shop(tmp_path)
    at.put(taxonomy("new_roles", "Roles", sales_sdr="Sales / SDR", hr="HR"))
    at.applied()

    assert sorted(_told(at.choices("new_roles"))) == [
        ("new_roles/hr", "HR", "hr", None),
        ("new_roles/sales_sdr", "Sales / SDR", "sales-sdr", None),
    ]


def test_the_slug_is_the_key_where_the_target_says_so(tmp_path: Path) -> None:
    """The name is the key then, and the label its translation."""
    at = shop(tmp_path, "slug")
    at.put(taxonomy("new_roles", "Roles", sales_sdr="Sales / SDR", hr="HR"))
    at.applied()

    assert sorted(_told(at.choices("new_roles"))) == [
        ("new_roles/hr", "hr", "hr", "HR"),
        ("new_roles/sales_sdr", "sales_sdr", "sales_sdr", "Sales / SDR"),
    ]


@both
def test_many_are_made_in_one_request(identity: str, tmp_path: Path) -> None:
    """Fifteen values with their labels; then nothing is left to do."""
    at = shop(tmp_path, identity)
    at.put(taxonomy("new_many", "Many", **{f"term_{n}": f"Term {n}" for n in range(15)}))
    estimated = at.plan().estimate.requests
    at.applied()

    assert len(at.choices("new_many")) == 15
    assert (len(at.writes), estimated) == (2, 2)  # the attribute, and all its values
    assert at.plan().is_empty


@both
def test_one_key_in_two_taxonomies_is_two_values(identity: str, tmp_path: Path) -> None:
    """References are unique over the whole server: the attribute stands before the key."""
    at = shop(tmp_path, identity)
    at.put(
        taxonomy("new_roles", "Roles", customer_support="Customer Support"),
        taxonomy("new_outcomes", "Outcomes", customer_support="Reduce support tickets"),
    )
    at.applied()

    for slug in ("new_roles", "new_outcomes"):
        assert [v["externalReference"] for v in at.choices(slug)] == [f"{slug}/customer_support"]
    assert at.plan().is_empty


@both
def test_a_label_is_changed_and_the_value_stays(identity: str, tmp_path: Path) -> None:
    """The same id, so that products keep it; one request."""
    at = shop(tmp_path, identity)
    at.put(taxonomy("new_roles", "Roles", hr="HR", ops="Operations"))
    at.applied()
    (before,) = [v for v in at.choices("new_roles") if v["externalReference"] == "new_roles/hr"]
    at.writes.clear()
    at.put(taxonomy("new_roles", "Roles", hr="Human Resources", ops="Operations"))
    at.applied()
    (after,) = [v for v in at.choices("new_roles") if v["externalReference"] == "new_roles/hr"]

    assert after["id"] == before["id"]
    assert "Human Resources" in (after["name"], after["translation"])
    assert after["slug"] == ("hr" if identity == "slug" else "human-resources")
    assert len(at.writes) == 1
    assert at.plan().is_empty


@both
@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY_AFTER_COMMIT, Fault.TIMEOUT_AFTER_COMMIT])
@pytest.mark.parametrize("after", [0, 1])
def test_a_lost_answer_doubles_nothing(
    identity: str, fault: Fault, after: int, tmp_path: Path
) -> None:
    """Eight attributes' values need more requests than one; whichever answer is lost, each value
    is there once, and ours."""
    at = shop(tmp_path, identity)
    at.put(*(taxonomy(f"new_{n}", f"Name {n}", a="A", b="B") for n in range(8)))
    at.inject(fault, matching="addValues", after=after)
    at.applied()

    assert at.faults_left() == 0
    for n in range(8):
        assert sorted(v["externalReference"] for v in at.choices(f"new_{n}")) == [
            f"new_{n}/a",
            f"new_{n}/b",
        ]
        assert at.entries()[("attribute_value", f"new_{n}/a")].origin == "created"
    assert at.plan().is_empty


@both
@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ({"name": "Somebody's name"}, "name"),
        ({"externalReference": None}, "external_reference"),
        ({"externalReference": "erp-77"}, "external_reference"),
        ({"externalReference": "new_roles/other"}, "external_reference"),
    ],
)
def test_each_field_drifts_and_is_put_back(
    identity: str, edit: dict[str, Any], path: str, tmp_path: Path
) -> None:
    """The value is known by its id where its reference was taken from it."""
    at = shop(tmp_path, identity)
    at.put(taxonomy("new_roles", "Roles", hr="HR", ops="Operations"))
    at.applied()
    before = _told(at.choices("new_roles"))
    at.edit("attributeValue", "new_roles/hr", **edit)
    (change,) = at.drift().changes
    at.applied()

    assert path in {f.path for f in change.fields}
    assert {f.cause for f in change.fields} == {Cause.DRIFT}
    assert _told(at.choices("new_roles")) == before
    assert at.plan().is_empty


def test_a_label_drifts_and_is_put_back(tmp_path: Path) -> None:
    """Where it is a translation: changed, or taken away."""
    at = shop(tmp_path, "slug")
    at.put(taxonomy("new_roles", "Roles", hr="HR"))
    at.applied()
    for label in ("Somebody's", None):
        at.edit("attributeValue", "new_roles/hr", translations={"EN": label})
        (change,) = at.drift().changes
        at.applied()

        assert [(f.path, f.before, f.after) for f in change.fields] == [("label", label, "HR")]
        assert _told(at.choices("new_roles")) == [("new_roles/hr", "hr", "hr", "HR")]


@both
def test_what_somebody_made_by_hand_is_adopted(identity: str, tmp_path: Path) -> None:
    """Known by its slug, dashes read as underscores; it keeps its id, so products keep it."""
    at = shop(tmp_path, identity)
    at.put(taxonomy("new_roles", "Roles"))
    at.applied()
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id, input: {name: "Sales SDR"})
      { attributeValue { id } errors { message } } }"""
    id_ = at.raw('{ attribute(slug: "new_roles") { id } }')["attribute"]["id"]
    value = at.raw(made, id=id_)["attributeValueCreate"]["attributeValue"]["id"]
    at.put(taxonomy("new_roles", "Roles", sales_sdr="Sales / SDR"))
    change = at.changes()["attribute_value/new_roles/sales_sdr"]
    at.applied()
    (after,) = at.choices("new_roles")

    assert change.action is Action.ADOPT
    assert (after["id"], after["externalReference"]) == (value, "new_roles/sales_sdr")
    assert at.plan().is_empty


def test_what_somebody_made_is_not_overwritten_without_leave(tmp_path: Path) -> None:
    """The strictest policy holds the adoption that would take a name away."""
    at = shop(tmp_path, adopt=False)
    at.put(taxonomy("gsv_roles", "Roles", finance="Money"))

    assert {a.key: h.reason for a, h in at.plan().holds.items()} == {"gsv_roles/finance": "adopt"}


def test_a_name_that_is_there_is_refused_and_stops_no_other(tmp_path: Path) -> None:
    """A second value of the name would stand in every filter: it is told, in the vendor's words,
    and the others of the same request are made."""
    at = shop(tmp_path)
    at.put(taxonomy("new_roles", "Roles"))
    at.applied()
    id_ = at.raw('{ attribute(slug: "new_roles") { id } }')["attribute"]["id"]
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id, input: {name: "Taken"})
      { errors { message } } }"""
    at.raw(made, id=id_)
    at.put(
        taxonomy("new_roles", "Roles", one="One", other="Taken", two="Two"),
        taxonomy("new_more", "More", three="Three"),
    )
    failures = at.failures()

    assert failures == {
        "attribute_value/new_roles/other": "failed: addValues:"
        " Value Taken already exists within this attribute. (ALREADY_EXISTS)"
    }
    assert sorted(v["name"] for v in at.choices("new_roles")) == ["One", "Taken", "Two"]
    assert len(at.choices("new_more")) == 1


def test_a_stray_that_reads_like_a_term_is_not_taken_for_it(tmp_path: Path) -> None:
    """`customer-support`, made by hand, beside ours of the same key: ours is the one."""
    at = shop(tmp_path)
    at.put(taxonomy("new_outcomes", "Outcomes", customer_support="Reduce support tickets"))
    at.applied()
    id_ = at.raw('{ attribute(slug: "new_outcomes") { id } }')["attribute"]["id"]
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id,
      input: {name: "Customer support"}) { errors { message } } }"""
    at.raw(made, id=id_)

    assert at.plan().is_empty


def test_the_value_that_we_know_comes_before_one_that_only_reads_like_the_term(
    tmp_path: Path,
) -> None:
    """Ours lost its reference and its name, and somebody made another under the key: ours is put
    right by its id, so products keep it, and the other stays."""
    at = shop(tmp_path, "slug")
    at.put(taxonomy("new_roles", "Roles", hr="HR"))
    at.applied()
    (before,) = at.choices("new_roles")
    at.edit("attributeValue", "new_roles/hr", name="People", externalReference=None)
    id_ = at.raw('{ attribute(slug: "new_roles") { id } }')["attribute"]["id"]
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id, input: {name: "HR"})
      { attributeValue { id } errors { message } } }"""
    stray = at.raw(made, id=id_)["attributeValueCreate"]["attributeValue"]["id"]
    at.apply()
    after = {value["id"]: value for value in at.choices("new_roles")}

    assert set(after) == {before["id"], stray}
    assert after[before["id"]]["externalReference"] == "new_roles/hr"
    assert after[before["id"]]["name"] == "hr"
    assert after[stray]["externalReference"] is None


def test_a_slug_that_is_taken_is_told_and_mended_when_it_is_free(tmp_path: Path) -> None:
    """The platform numbers it; the apply says so, and the next one writes the name again."""
    at = shop(tmp_path, "slug")
    at.put(taxonomy("new_roles", "Roles"))
    at.applied()
    id_ = at.raw('{ attribute(slug: "new_roles") { id } }')["attribute"]["id"]
    made = """mutation($id: ID!) { attributeValueCreate(attribute: $id,
      input: {name: "HR!", externalReference: "erp/1"}) { errors { message } } }"""
    at.raw(made, id=id_)
    at.edit("attributeValue", "new_roles/hr", externalReference="new_roles/other")
    at.put(taxonomy("new_roles", "Roles", hr="HR"))
    failures = at.failures()
    at.edit("attributeValue", "new_roles/hr", name="Something else")
    at.applied()

    assert failures == {
        "attribute_value/new_roles/hr": 'altered: the platform stored "hr-2" as slug,'
        ' where "hr" was written'
    }
    assert sorted(at.slugs("new_roles")) == ["hr", "something-else"]


def test_a_deletion_counts_the_products_that_carry_it(tmp_path: Path) -> None:
    """It is held while somebody uses it; one that nobody carries goes."""
    at = shop(tmp_path, prune_adopted=True)
    at.put(taxonomy("gsv_roles", "Roles", hr="HR", operations="Operations", new_one="New"))
    at.applied()
    at.put(taxonomy("gsv_roles", "Roles", operations="Operations"))
    carriers = at.carriers("gsv_roles", "hr")
    changes = at.changes()
    held = {a.key for a, hold in at.plan().holds.items() if hold.reason == "in_use"}
    at.apply()
    left = {v["externalReference"] for v in at.choices("gsv_roles")}

    assert carriers > 0
    assert changes["attribute_value/gsv_roles/hr"].effect.in_use == carriers  # type: ignore[union-attr]
    assert held == {"gsv_roles/hr"}
    assert "gsv_roles/hr" in left
    assert "gsv_roles/new_one" not in left


def test_one_that_is_gone_already_is_deleted(tmp_path: Path) -> None:
    """The answer was lost: asked again, it is not there, which is what was wanted."""
    at = shop(tmp_path)
    at.put(taxonomy("new_roles", "Roles", hr="HR", ops="Operations"))
    at.applied()
    at.put(taxonomy("new_roles", "Roles", ops="Operations"))
    at.inject(Fault.BAD_GATEWAY_AFTER_COMMIT, matching="attributeValueDelete")
    at.applied()

    assert at.faults_left() == 0
    assert at.slugs("new_roles") == ["operations"]
    assert ("attribute_value", "new_roles/hr") not in at.entries()


@both
def test_more_than_a_page_holds(identity: str, tmp_path: Path) -> None:
    """250 values: made a hundred at a time, read page by page, and then nothing is left."""
    at = shop(tmp_path, identity)
    at.put(taxonomy("new_many", "Many", **{f"term_{n:03}": f"Term {n:03}" for n in range(250)}))
    at.applied()
    references = [f"new_many/term_{n:03}" for n in range(250)]

    assert len(at.writes) == 1 + 3
    assert len(Market(at.sandbox()).read("attribute_value", references)) == 250
    assert at.plan().is_empty


def test_the_language_of_the_labels_is_the_targets(tmp_path: Path) -> None:
    """Translations into another language are left alone."""
    at = shop(tmp_path, "slug")
    entry = json.loads((at.desired / "targets.yaml").read_text())
    entry["market"]["settings"] = {"identity": "slug", "language": "DE"}
    at.write({"targets.yaml": json.dumps(entry)})
    at.put(taxonomy("new_roles", "Roles", hr="Personal"))
    at.applied()
    at.edit("attributeValue", "new_roles/hr", translations={"EN": "HR"})
    query = """{ attribute(slug: "new_roles") { choices(first: 9) { edges { node {
      de: translation(languageCode: DE) { name } en: translation(languageCode: EN) { name }
    } } } } }"""
    (edge,) = at.raw(query)["attribute"]["choices"]["edges"]

    assert edge["node"] == {"de": {"name": "Personal"}, "en": {"name": "HR"}}
    assert at.plan().is_empty


def test_strangers_are_left_alone(tmp_path: Path) -> None:
    """Every value that git does not state is as it was, to the last field."""
    at = shop(tmp_path)
    assert POLICY["prune"]
    stated = {"gsv_roles/hr", "gsv_roles/finance"}

    def strangers() -> list[Any]:
        values = at.choices("gsv_roles") + at.choices("gsv_badges")
        return [v for v in values if f"gsv_roles/{v['name'].lower()}" not in stated]

    before = strangers()
    at.put(taxonomy("gsv_roles", "Roles", hr="HR", finance="Finance"))
    at.applied()

    assert strangers() == before
