"""Every file of the living example with one drifted value each: adopt changes exactly its lines."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from reconciler import workflow
from reconciler.adopting import Adoption
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.intent.loader import files_under
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from tests.adopt.desk import adopt, changed_lines, plan
from tests.conftest import ROOT
from tests.virtual_time import run_in_virtual_time
from tests.workshop import problems_of

DESIRED: Final = ROOT / "desired"


@dataclass(frozen=True)
class Drift:
    """What somebody does in the admin, and what becomes of the file: lines out (-) and in (+)."""

    target: str
    thing: str
    key: str
    fields: Mapping[str, Any]
    lines: list[str]


def label(attribute: str, term: str, new: str, *lines: str) -> Drift:
    edit = {"translations": {"EN": new}}
    return Drift("market", "attributeValue", f"{attribute}/{term}", edit, list(lines))


def name(attribute: str, new: str, *lines: str) -> Drift:
    return Drift("market", "attribute", attribute, {"name": new}, list(lines))


def carries(product: str, attribute: str, value: Any, *lines: str) -> Drift:
    return Drift("market", "product", product, {"attributes": {attribute: value}}, list(lines))


DRIFTS: Final[Mapping[str, Drift]] = {
    "collections/shop-styles.yaml": Drift(
        "shop",
        "collection",
        "style-harold-sweater",
        {"title": "HAROLD — last chance!"},
        ["+  overrides:", "+    Harold_Sweater:", "+      title: HAROLD — last chance!"],
    ),
    "collections/shop-types.yaml": Drift(
        "shop",
        "collection",
        "all-skirts",
        {"sortOrder": "ALPHA_ASC"},
        ["-    sort: newest", "+    sort: title"],
    ),
    "images/pim-amazon.yaml": Drift(
        "pim",
        "product",
        "AMZN-US-B07X91C4RW",
        {"thumbnail": "amazon_03_PT02_71Z4mYw2RnL.jpg"},
        ["+    thumbnail: PT02"],
    ),
    "images/shop-s226.yaml": Drift(
        "shop",
        "metafield",
        "product/arp-dress-forest/altuzarra.look_image",
        {"file": "S226_8301-000330_hero_image.jpg"},
        [
            "-      LOOK: {file: S226_8301-000330_editorial.jpg}",
            "+      LOOK: {file: S226_8301-000330_hero_image.jpg}",
        ],
    ),
    "metafields/shop-altuzarra.yaml": Drift(
        "shop",
        "metafield",
        "product/arp-dress-black/altuzarra.fabric",
        {"value": "Wool"},
        ["-    fabric: Silk", "+    fabric: Wool"],
    ),
    "offerings/code-review-agent.yaml": carries(
        "code-review-agent",
        "gsv_integrations_required",
        ["jira", "webhook"],
        "-  integrations: [github, jira]",
        "+  integrations: [webhook, jira]",
    ),
    "offerings/customer-support-agent.yaml": carries(
        "customer-support-agent",
        "gsv_languages_supported",
        ["en", "fr", "de"],
        "-  languages: [en, fr, de, es]",
        "+  languages: [en, fr, de]",
    ),
    "offerings/data-extraction-pipeline.yaml": carries(
        "data-extraction-pipeline",
        "gsv_trial_available",
        True,
        "-  trial_available: false",
        "+  trial_available: true",
    ),
    "offerings/email-automation.yaml": carries(
        "email-automation",
        "gsv_trial_available",
        False,
        "-  trial_available: null",
        "+  trial_available: false",
    ),
    "offerings/hr-onboarding-assistant.yaml": carries(
        "hr-onboarding-assistant",
        "gsv_maturity",
        ["beta"],
        "-  maturity: stable",
        "+  maturity: beta",
    ),
    "offerings/knowledge-base-assistant.yaml": carries(
        "knowledge-base-assistant",
        "gsv_maturity",
        [],
        "-  maturity: stable",
        "+  maturity: null",
    ),
    "offerings/meeting-scheduler.yaml": carries(
        "meeting-scheduler",
        "gsv_roles",
        ["sales_sdr", "operations", "hr"],
        "-  roles: [sales_sdr, operations]",
        "+  roles: [sales_sdr, operations, hr]",
    ),
    "offerings/monitoring-alerting.yaml": carries(
        "monitoring-alerting",
        "gsv_badges",
        [],
        "-  badges: [trending]",
        "+  badges: []",
    ),
    "offerings/sales-outreach-agent.yaml": carries(
        "sales-outreach-agent",
        "gsv_verified",
        None,
        "-  verified: true",
        "+  verified: null",
    ),
    "offerings/slack-helpdesk.yaml": carries(
        "slack-helpdesk",
        "gsv_badges",
        ["new"],
        "-  badges: []",
        "+  badges: [new]",
    ),
    "taxonomies/badges.yaml": label(
        "gsv_badges",
        "new",
        "Brand new",
        "-  new: {label: New}",
        "+  new: {label: Brand new}",
    ),
    "taxonomies/capabilities.yaml": label(
        "gsv_capabilities",
        "guardrails_policy",
        "Guardrails, policies",
        '-  guardrails_policy: {label: "Guardrails & Policies"}',
        '+  guardrails_policy: {label: "Guardrails, policies"}',
    ),
    "taxonomies/category.yaml": name(
        "gsv_category", "Kind: what it is", "-label: Category", '+label: "Kind: what it is"'
    ),
    "taxonomies/deployment_modes.yaml": label(
        "gsv_deployment_modes_supported",
        "on_prem",
        "Yes",
        "-  on_prem: {label: On-Premise}",
        '+  on_prem: {label: "Yes"}',
    ),
    "taxonomies/integrations.yaml": label(
        "gsv_integrations_required",
        "email",
        'Email ("SMTP")',
        '-  email: {label: "Email (SMTP/IMAP)"}',
        '+  email: {label: "Email (\\"SMTP\\")"}',
    ),
    "taxonomies/languages.yaml": label(
        "gsv_languages_supported",
        "fr",
        "Français",
        "-  fr: {label: French}",
        "+  fr: {label: Français}",
    ),
    "taxonomies/maturity.yaml": label(
        "gsv_maturity",
        "beta",
        "000001",
        "-  beta: {label: Beta}",
        '+  beta: {label: "000001"}',
    ),
    "taxonomies/modalities.yaml": name(
        "gsv_modalities", "In # out", "-label: Modalities", '+label: "In # out"'
    ),
    "taxonomies/outcomes.yaml": label(
        "gsv_value_stream",
        "hr_ops",
        "Streamline HR",
        "-  hr_ops: {label: Streamline HR ops}",
        "+  hr_ops: {label: Streamline HR}",
    ),
    "taxonomies/roles.yaml": label(
        "gsv_roles",
        "sales_sdr",
        "Sales",
        '-  sales_sdr: {label: "Sales / SDR"}',
        '+  sales_sdr: {label: "Sales"}',
    ),
    "taxonomies/trial_available.yaml": name(
        "gsv_trial_available", "null", "-label: Trial available", '+label: "null"'
    ),
    "taxonomies/verified.yaml": name(
        "gsv_verified", "Checked by us", "-label: Verified", "+label: Checked by us"
    ),
}

NOTHING_CAN_DRIFT: Final[Mapping[str, str]] = {
    "registries/capabilities.yaml": "it is nothing on a platform",
    "targets.yaml": "says which shops there are, and nothing of what is in them",
    "capsules/S226/capsule.yaml": "says what a capsule is; its state has the values",
    "mappings/offering.yaml": "says where fields go; the content of fields stands in offerings/",
}


@dataclass(frozen=True)
class Story:
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    found: Adoption
    later: Plan


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, applied to its sandboxes."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(DESIRED, folder / "desired")
    workspace = open_workspace(folder / "desired", all_sandboxed=True)
    sites, intents = open_sites(workspace), workspace.desired.intents
    run = partial(workflow.apply, sites, intents, Wishes(), "first", "now")
    assert not problems_of(run_in_virtual_time(run))
    return folder


def story_of(folder: Path, drifts: Mapping[str, Drift], *addresses: str) -> Story:
    desired = folder / "desired"
    workspace = open_workspace(desired, all_sandboxed=True)
    for drift in drifts.values():
        open_sandbox(workspace, drift.target).admin_edit(drift.thing, drift.key, drift.fields)
    before = files_under(desired)
    found = adopt(desired, *addresses)
    return Story(before, files_under(desired), found, plan(desired))


@pytest.fixture(scope="module")
def story(applied: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """In every file that can, one value drifts; then all is adopted at once."""
    folder = tmp_path_factory.mktemp("story") / "work"
    shutil.copytree(applied, folder)
    return story_of(folder, DRIFTS)


def test_no_file_is_left_out() -> None:
    """Each file of desired/ has a value that drifts here, or a reason why none can."""
    files = {str(path.relative_to(DESIRED)) for path in DESIRED.rglob("*.yaml")}

    assert {*DRIFTS, *NOTHING_CAN_DRIFT} == files
    assert not {*DRIFTS} & {*NOTHING_CAN_DRIFT}


def test_all_of_it_could_be_written_back(story: Story) -> None:
    """One resource a file, no problem, and nothing else that git would state otherwise."""
    assert dict(story.found.written.problems) == {}
    assert len(story.found.written.addresses) == len(DRIFTS)
    assert story.found.written.also == ()


@pytest.mark.parametrize("file", DRIFTS)
def test_exactly_the_lines_of_the_value_change(story: Story, file: str) -> None:
    """By line diff: the lines of the drifted value, and every other byte is as it was."""
    changed = changed_lines(story.before, story.after)

    assert changed[f"desired/{file}"] == DRIFTS[file].lines


@pytest.mark.parametrize("file", NOTHING_CAN_DRIFT)
def test_a_file_in_which_nothing_drifts_is_not_touched(story: Story, file: str) -> None:
    """Byte by byte."""
    assert story.after[f"desired/{file}"] == story.before[f"desired/{file}"]


def test_then_nothing_is_left_to_do(story: Story) -> None:
    """The plan is empty; the ledger learns at the next apply what is true now."""
    assert [str(change.address) for change in story.later.changes] == []
    assert len(story.later.recorded) == len(DRIFTS)


def test_what_was_written_is_told_by_line(story: Story) -> None:
    """File, line, old and new, so that a review can begin there."""
    (rewrite,) = [r for r in story.found.written.rewrites if r.place.path.endswith("roles.yaml")]
    line = story.after[rewrite.place.path].decode().splitlines()[rewrite.place.line - 1]

    assert (rewrite.before, rewrite.after) == ("Sales / SDR", "Sales")
    assert line == '  sales_sdr: {label: "Sales"}'


@pytest.mark.parametrize(
    ("file", "address"),
    [
        (
            "metafields/shop-altuzarra.yaml",
            "shop/metafield/product/arp-dress-black/altuzarra.fabric",
        ),
        ("images/pim-amazon.yaml", "pim/gallery/AMZN-US-B07X91C4RW/amazon_images"),
        ("taxonomies/roles.yaml", "market/attribute_value/gsv_roles/sales_sdr"),
    ],
)
def test_what_is_not_named_stays(applied: Path, tmp_path: Path, file: str, address: str) -> None:
    """Something drifts in every file; what is named is adopted, all else stays drift."""
    folder = tmp_path / "work"
    shutil.copytree(applied, folder)
    story = story_of(folder, DRIFTS, address)
    changed = changed_lines(story.before, story.after)

    assert changed == {f"desired/{file}": DRIFTS[file].lines}
    assert address not in {str(change.address) for change in story.later.changes}
    assert len(story.later.changes) == len(DRIFTS) - 1
