"""The tests of the seed's own plan (§8), each by the name that it has there, and its flags.

Carried out through the command line, as the seed's users would, on the living example.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from providers.kit.sandbox import Sandbox
from reconciler.cli.app import app
from reconciler.cli.composition import open_sandbox, open_workspace
from tests.saleor import market

ROOT = Path(__file__).parents[2]
PRODUCT = "customer-support-agent"
KEYS = [
    "created_attribute_values",
    "updated_products",
    "missing_products",
    "missing_taxonomies",
    "errors",
    "warnings",
]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The living example's marketplace, alone."""
    shutil.copytree(ROOT / "desired", tmp_path / "desired")
    return tmp_path


def run(desk: Path, *arguments: str, code: int | None = 0) -> dict[str, Any]:
    """The report of one command."""
    file = desk / "report.json"
    command, *options = arguments
    given = [command, "--target", "market", "--desired", str(desk / "desired"), *options]
    result = CliRunner().invoke(app, [*given, "--report", str(file)])
    if code is not None:
        assert result.exit_code == code, result.output
    report: dict[str, Any] = json.loads(file.read_text())
    return report


def edit(desk: Path, file: str, old: str, new: str) -> None:
    path = desk / "desired" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def sandbox(desk: Path) -> Sandbox:
    """The same shop, to be looked at by raw requests."""
    return open_sandbox(open_workspace(desk / "desired", all_sandboxed=True), "market")


def metadata(desk: Path) -> dict[str, str]:
    query = f'{{ product(slug: "{PRODUCT}") {{ metadata {{ key value }} }} }}'
    rows = market.raw(sandbox(desk), query)["product"]["metadata"]
    return {row["key"]: row["value"] for row in rows}


def test_mapping_table_produces_correct_saleor_payloads(desk: Path) -> None:
    """Nine metadata keys and twelve attributes, each as the contract says."""
    run(desk, "apply", "--yes")

    assert metadata(desk) == {
        "cp_offering_id": "cust-support-agent-001",
        "credits_estimate_min": "3",
        "credits_estimate_max": "8",
        "credits_estimate_label": "~3-8/message",
        "outcome_tagline": "Answers tickets before they are queued",
        "primary_outcome": "customer_support",
        "primary_role": "customer_support",
        "card_image_url": "https://cms.agents.example/media/images"
        "/customer-support-agent.fill-400x300.png",
    }
    carried = market.carried(sandbox(desk), PRODUCT)
    assert carried["gsv_roles"] == ["customer_support"]
    assert sorted(carried["gsv_badges"]) == ["featured", "verified"]


def test_unknown_capability_key_triggers_strict_failure(desk: Path) -> None:
    """A capability that no registry knows stops everything, at its place, strict or not."""
    edit(desk, "registries/capabilities.yaml", "  - chat_ui\n", "")
    report = run(desk, "plan", "--strict", code=3)
    (error,) = report["errors"]

    assert error.startswith("desired/taxonomies/capabilities.yaml:")
    assert "the registry capabilities does not know chat_ui" in error


@pytest.mark.parametrize(
    ("least", "most", "unit", "label"),
    [
        ("15", "15", "run", "~15/run"),
        ("3", "8", "message", "~3-8/message"),
        ("0.5", "2", "run", "~0.5-2/run"),
        ("3", "null", "run", "~3/run"),
        ("3", "8", "null", "~3-8"),
        ("null", "null", "run", None),
    ],
)
def test_credit_estimate_label_derivation_works(
    desk: Path, least: str, most: str, unit: str, label: str | None
) -> None:
    """With its unit, of one amount or of two."""
    file = f"offerings/{PRODUCT}.yaml"
    edit(desk, file, "credits_estimate_min: 3", f"credits_estimate_min: {least}")
    edit(desk, file, "credits_estimate_max: 8", f"credits_estimate_max: {most}")
    edit(desk, file, "credits_unit: message", f"credits_unit: {unit}")
    report = run(desk, "plan", "--only-slugs", PRODUCT)
    (row,) = report["updated_products"]

    assert row["after"].get("entries.credits_estimate_label") == label


def test_dry_run_produces_report_without_writes(desk: Path) -> None:
    """The plan is the dry run: all keys of the report, before and after, and nothing moved."""
    before = metadata(desk), market.carried(sandbox(desk), PRODUCT)
    report = run(desk, "plan")
    row = next(row for row in report["updated_products"] if row["product"] == PRODUCT)

    assert list(report) == KEYS
    assert row["before"]["entries.cp_offering_id"] is None
    assert row["after"]["entries.cp_offering_id"] == "cust-support-agent-001"
    assert len(report["updated_products"]) == 10
    assert (metadata(desk), market.carried(sandbox(desk), PRODUCT)) == before


def test_create_missing_creates_new_attribute_values(desk: Path) -> None:
    """Values, and nothing else; a second run finds nothing to make."""
    report = run(desk, "apply", "--yes", "--create-missing", code=None)
    made = {f"{v['attribute']}/{v['key']}": v["label"] for v in report["created_attribute_values"]}

    assert made["gsv_languages_supported/ja"] == "Japanese"
    assert report["updated_products"] == []
    references = [v["externalReference"] for v in choices(desk, "gsv_languages_supported")]
    again = run(desk, "plan", "--create-missing", code=None)
    assert "gsv_languages_supported/ja" in references
    assert again["created_attribute_values"] == []
    assert again["missing_taxonomies"] == ["market/attribute/gsv_modalities"]


def choices(desk: Path, attribute: str) -> list[dict[str, Any]]:
    return market.choices(sandbox(desk), attribute)


def test_sync_products_updates_product_attributes_and_metadata(desk: Path) -> None:
    """Products, and nothing else: what they would need is told as missing, not made."""
    report = run(desk, "apply", "--yes", "--sync-products", code=None)
    products = {row["product"] for row in report["updated_products"]}

    assert PRODUCT in products
    assert report["created_attribute_values"] == []
    assert metadata(desk)["cp_offering_id"] == "cust-support-agent-001"


def test_an_offering_without_its_control_plane_id_is_an_error(desk: Path) -> None:
    """At the offering's fields, with what to do."""
    edit(desk, f"offerings/{PRODUCT}.yaml", "  cp_offering_id: cust-support-agent-001\n", "")
    (error,) = run(desk, "plan", code=3)["errors"]

    assert error.startswith(f"desired/offerings/{PRODUCT}.yaml:")
    assert "cp_offering_id is not said, and every offering needs it" in error


def test_limit_counts_offerings_as_they_are_desired(desk: Path) -> None:
    """The first two files."""
    report = run(desk, "plan", "--limit", "2")
    products = {row["product"] for row in report["updated_products"]}

    assert products == {"code-review-agent", "customer-support-agent"}


def test_only_slugs_narrows_to_these_offerings(desk: Path) -> None:
    """One that is not there is an error of usage."""
    report = run(desk, "plan", "--only-slugs", f"{PRODUCT},slack-helpdesk")
    wrong = CliRunner().invoke(
        app, ["plan", "--desired", str(desk / "desired"), "--only-slugs", "nobody"]
    )

    assert {row["product"] for row in report["updated_products"]} == {PRODUCT, "slack-helpdesk"}
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    ("policy", "options", "held"),
    [
        ("values", [], {"attribute", "attribute_assignment"}),
        ("attributes", [], set()),
        ("none", [], {"attribute", "attribute_assignment", "attribute_value"}),
        ("none", ["--create", "attributes"], set()),
        ("none", ["--create-missing", "--sync-attributes"], {"attribute", "attribute_assignment"}),
        ("attributes", ["--strict", "--create", "attributes"], set()),
        (None, ["--strict"], {"attribute", "attribute_assignment", "attribute_value"}),
    ],
)
def test_what_is_missing_is_made_as_policy_and_options_say(
    desk: Path, policy: str | None, options: list[str], held: set[str]
) -> None:
    """What may not be made is among the missing taxonomies."""
    says = "create: attributes" if policy is None else f"create: {policy}"
    edit(desk, "targets.yaml", "create: attributes", says)
    if policy is None:
        edit(desk, "targets.yaml", ", create: attributes", "")
    report = run(desk, "plan", *options, code=None)

    kinds = {address.split("/")[1] for address in report["missing_taxonomies"]}
    assert kinds & {"attribute", "attribute_assignment", "attribute_value"} == held


def test_a_product_that_is_not_there_is_reported(desk: Path) -> None:
    """By whichever way it was named; the others are planned."""
    edit(desk, f"offerings/{PRODUCT}.yaml", f"offering: {PRODUCT}", "offering: nobody")
    edit(
        desk,
        "offerings/slack-helpdesk.yaml",
        "mapping: offering",
        "product: {external_reference: no-such-thing}\nmapping: offering",
    )
    report = run(desk, "plan", code=None)

    assert report["missing_products"] == [
        "market/product/external_reference:no-such-thing",
        "market/product/nobody",
    ]
    assert len(report["updated_products"]) == 8


def test_a_product_is_found_by_its_id_or_its_reference(desk: Path) -> None:
    """The same product as by its slug; twice the same is told at both places."""
    found = market.raw(
        sandbox(desk), f'{{ product(slug: "{PRODUCT}") {{ id externalReference }} }}'
    )["product"]
    edit(
        desk,
        f"offerings/{PRODUCT}.yaml",
        f"offering: {PRODUCT}",
        f"offering: one\nproduct: {{id: {found['id']}}}",
    )
    edit(
        desk,
        "offerings/slack-helpdesk.yaml",
        "offering: slack-helpdesk",
        f"offering: two\nproduct: {{external_reference: {found['externalReference']}}}",
    )
    errors = run(desk, "plan", code=3)["errors"]
    (desk / "desired" / "offerings" / "slack-helpdesk.yaml").unlink()
    report = run(desk, "plan", "--only-slugs", "one")

    assert [e for e in errors if f"product_metadata/{PRODUCT} is said a second time" in e]
    assert [row["product"] for row in report["updated_products"]] == [PRODUCT]


def test_values_that_no_taxonomy_knows_are_told(desk: Path) -> None:
    """A warning names them; `ignore` is silent."""
    told = run(desk, "plan")["warnings"]
    edit(desk, "targets.yaml", "create: attributes", "create: attributes, unknown_values: ignore")

    assert "market: gsv_badges has values that no taxonomy knows: summer_sale" in told
    assert run(desk, "plan")["warnings"] == []


def test_values_that_no_taxonomy_knows_are_pruned_unless_they_are_in_use(desk: Path) -> None:
    """The guards say how many products carry each; what is let through is gone, and stays so."""
    says = "create: attributes, unknown_values: prune, prune: true"
    edit(desk, "targets.yaml", "create: attributes", says)
    badges = market.raw(sandbox(desk), '{ attribute(slug: "gsv_badges") { id } }')
    market.raw(
        sandbox(desk),
        "mutation Make($id: ID!) { attributeValueCreate(attribute: $id,"
        ' input: {name: "nobody_has_me"}) { errors { message } } }',
        id=badges["attribute"]["id"],
    )
    errors = run(desk, "plan")["errors"]
    run(desk, "apply", "--yes", code=None)
    slugs = [value["slug"] for value in choices(desk, "gsv_badges")]

    assert any("gsv_badges/summer_sale: 1 product would lose it" in e for e in errors)
    assert "nobody_has_me" not in slugs
    assert "summer-sale" in slugs


def test_a_unit_that_is_no_text_is_told(desk: Path) -> None:
    """Rather than left out of the label."""
    edit(desk, f"offerings/{PRODUCT}.yaml", "credits_unit: message", "credits_unit: 3")
    (error,) = run(desk, "plan", code=3)["errors"]

    assert "credits_estimate_label has a unit that is a number" in error


def test_a_type_that_is_not_there_empties_no_collection(desk: Path) -> None:
    """The plan fails, and says which types there are."""
    (desk / "desired" / "collections" / "market.yaml").write_text(
        "targets: [market]\ncollections:\n  all:\n    title: All\n"
        "    rules: {conditions: [{type: Offring}]}\n"
    )
    given = ["plan", "--target", "market", "--desired", str(desk / "desired")]
    result = CliRunner().invoke(app, given)

    assert result.exit_code == 1
    assert "there is no product type Offring · did you mean offering?" in result.output
