"""`promote` between two sandboxes of one platform: what is written, proved, told and refused."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from providers.shopify.kinds.collection import Collection
from reconciler import promoting, workflow
from reconciler.adopt import Ground
from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.compile import compile_for
from reconciler.intent.collection import Collections
from reconciler.intent.loader import files_under
from reconciler.model.address import Address
from reconciler.model.errors import Usage
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource
from reconciler.planner import Wishes
from reconciler.promoting import Promoted
from reconciler.promotion import Promotion, Wanted, promoted
from reconciler.provider import Compilation, Mapped
from tests.adopt.desk import changed_lines
from tests.conftest import ROOT
from tests.virtual_time import run_in_virtual_time

STYLES = """\
# The styles of the season.
targets: [staging]   # production follows in spring

per_style:
  styles: [Zoe_Coat, Medina_Sweater]
  handle: style-{slug}
  collection:
    title: style_{style}
    rules: {conditions: [{tag: "style_{style}"}]}
"""
DRESSES = """\
targets:
  - staging
collections:
  dresses: {title: Dresses, rules: {conditions: [{type: Dresses}]}}
"""
BOTH = """\
targets: [staging, production]
collections:
  knits: {title: Knits, rules: {conditions: [{tag: knit}]}}
"""
OWN = """\
targets: [production]
collections:
  dresses: {title: All dresses, rules: {conditions: [{type: Dresses}]}}
  outlet: {title: Outlet, rules: {conditions: [{tag: outlet}]}}
"""


class Desk:
    """Two targets of one platform, and a folder of documents that speak to them."""

    def __init__(self, folder: Path, provider: str, **settings: Any) -> None:
        self.desired = folder / "desired"
        entry = {"provider": provider, "sandbox": True, "policy": {"adopt": True}}
        targets = {
            "staging": entry | {"environment": "staging"},
            "production": entry | {"environment": "production", "settings": settings},
        }
        self.write(**{"targets.yaml": json.dumps(targets)})

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.desired / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def read(self, name: str) -> str:
        return (self.desired / name).read_bytes().decode()

    def promote(
        self, kinds: list[str] | None = None, only: list[str] | None = None, *, dry: bool = False
    ) -> Promoted:
        wanted = Wanted(
            frozenset(kinds) if kinds else None,
            frozenset(map(Address.parse, only)) if only else None,
        )
        sites = open_sites(open_workspace(self.desired, all_sandboxed=False), ["staging"])
        sites += open_sites(open_workspace(self.desired, all_sandboxed=False), ["production"])
        run = partial(promoting.promote, *sites, files_under(self.desired), wanted)
        found = run_in_virtual_time(run)
        if not dry:
            write(self.desired, found.promotion.files)
        return found

    def plan(self, target: str) -> Plan:
        workspace = open_workspace(self.desired, all_sandboxed=False)
        sites = open_sites(workspace, [target])
        return run_in_virtual_time(
            partial(workflow.plan, sites, workspace.desired.intents, Wishes())
        )

    def apply(self) -> None:
        workspace = open_workspace(self.desired, all_sandboxed=False)
        run_in_virtual_time(
            partial(
                workflow.apply,
                open_sites(workspace),
                workspace.desired.intents,
                Wishes(),
                "run-1",
                "now",
            )
        )

    def edit(self, target: str, thing: str, key: str, **fields: Any) -> None:
        workspace = open_workspace(self.desired, all_sandboxed=False)
        open_sandbox(workspace, target).admin_edit(thing, key, fields)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, "shopify")
    made.write(**{"collections/both.yaml": BOTH, "collections/styles.yaml": STYLES})
    return made


def planned(plan: Plan) -> list[str]:
    return [f"{change.action.value} {change.address}" for change in plan.changes]


def causes(found: Promoted) -> dict[str, list[str]]:
    return {
        path: [str(problem) for problem in problems]
        for path, problems in found.promotion.problems.items()
    }


def test_what_only_the_source_has_is_stated_for_the_destination(desk: Desk) -> None:
    """Exactly the one line moves, with its comment kept; the destination's plan shows exactly
    what was missing, and the source's plan nothing."""
    desk.apply()
    before = files_under(desk.desired)
    found = desk.promote()
    line = "targets: [staging, production]   # production follows in spring"

    assert changed_lines(before, files_under(desk.desired)) == {
        "desired/collections/styles.yaml": [
            "-targets: [staging]   # production follows in spring",
            f"+{line}",
        ]
    }
    assert planned(desk.plan("production")) == [
        "create production/collection/style-medina-sweater",
        "create production/collection/style-zoe-coat",
    ]
    assert desk.plan("staging").is_empty
    assert desk.plan("staging").recorded == ()
    assert causes(found) == {}
    (added,) = found.promotion.added
    assert str(added.place) == "desired/collections/styles.yaml:2:20"


def test_the_report_says_where_each_resource_is(desk: Desk) -> None:
    """Per kind: on the source alone, alike, differing by field, on the destination alone."""
    desk.write(**{"collections/dresses.yaml": DRESSES, "collections/own.yaml": OWN})
    (contrast,) = desk.promote(dry=True).desired

    assert contrast.kind == "collection"
    assert contrast.only_source == ("style-medina-sweater", "style-zoe-coat")
    assert contrast.alike == ("knits",)
    assert contrast.only_destination == ("outlet",)
    assert {
        key: [(gap.path, gap.source, gap.destination) for gap in gaps]
        for key, gaps in contrast.differing.items()
    } == {"dresses": [("title", "Dresses", "All dresses")]}


def test_the_report_says_how_the_shops_differ(desk: Desk) -> None:
    """Live values of what git states for both, in the fields that it states."""
    desk.apply()
    desk.edit("production", "collection", "knits", title="Knits SALE", descriptionHtml="Theirs")
    (contrast,) = desk.promote().live
    (gap,) = contrast.differing["knits"]

    assert (gap.path, gap.source, gap.destination) == ("title", "Knits", "Knits SALE")
    assert contrast.only_source == ("style-medina-sweater", "style-zoe-coat")


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """It says the same, and no byte moves."""
    before = files_under(desk.desired)
    dry = desk.promote(dry=True)
    untouched = files_under(desk.desired)
    real = desk.promote()

    assert untouched == before
    assert dry == real


def test_a_second_promotion_finds_nothing(desk: Desk) -> None:
    """What was promoted is stated for both."""
    desk.promote()
    again = desk.promote()

    assert (dict(again.promotion.files), again.promotion.added) == ({}, ())


def test_what_collides_is_a_problem_and_the_rest_goes_on(desk: Desk) -> None:
    """A document of which the destination has a part of its own: told with both places."""
    both = DRESSES + "  skirts: {title: Skirts, rules: {conditions: [{type: Skirts}]}}\n"
    desk.write(**{"collections/dresses.yaml": both, "collections/own.yaml": OWN})
    found = desk.promote()
    (told,) = causes(found)["desired/collections/dresses.yaml"]

    assert list(found.promotion.files) == ["desired/collections/styles.yaml"]
    assert "production/collection/dresses is said a second time" in told
    assert "desired/collections/own.yaml" in told
    assert "desired/collections/dresses.yaml" in told
    assert desk.read("collections/dresses.yaml") == both


def test_what_the_destination_states_by_itself_is_not_promoted(desk: Desk) -> None:
    """All of the document is stated there, otherwise: a difference, and no problem."""
    desk.write(**{"collections/dresses.yaml": DRESSES, "collections/own.yaml": OWN})
    found = desk.promote()

    assert "desired/collections/dresses.yaml" not in found.promotion.files
    assert causes(found) == {}


SHAPES = [
    ("targets: [staging]\n", "targets: [staging, production]\n"),
    ("targets: [ 'staging' ]  # one\n", None),
    ("targets:\n  - staging  # one\n  # last\n", None),
    ("targets:\r\n- staging\r\n", None),
    ("targets: &all [staging]\n", None),
]


@pytest.mark.parametrize(("head", "wanted"), SHAPES)
def test_however_targets_are_written_nothing_else_moves(
    desk: Desk, head: str, wanted: str | None
) -> None:
    """In braces or lines, quoted, commented, anchored, with other line ends: the rest stays byte
    by byte, and both targets are read from it."""
    end = "\r\n" if "\r\n" in head else "\n"
    body = DRESSES.split("\n", 2)[2].replace("\n", end)
    desk.write(**{"collections/dresses.yaml": head + body})
    desk.promote(only=["staging/collection/dresses"])
    text = desk.read("collections/dresses.yaml")
    document = open_workspace(desk.desired, all_sandboxed=True).desired.intents.for_target(
        "production"
    )

    assert text.endswith(body)
    assert wanted is None or text.startswith(wanted)
    assert "desired/collections/dresses.yaml" in {d.path for d in document}
    for line in head.splitlines():
        assert line.split("#")[-1].strip(" []'") in text


@pytest.mark.parametrize("only", [True, False])
def test_only_what_is_asked_for_is_promoted(desk: Desk, only: bool) -> None:
    """By address or by kind; a document goes whole, and what goes with it is told."""
    desk.write(
        **{
            "collections/dresses.yaml": DRESSES,
            "metafields/fit.yaml": (
                "targets: [staging]\nnamespace: contract\ndefinitions:\n"
                "  fit: {type: single_line_text_field, name: Fit}\n"
            ),
        }
    )
    asked = "staging/collection/style-zoe-coat"
    found = desk.promote(only=[asked]) if only else desk.promote(kinds=["metafield_definition"])
    (added,) = found.promotion.added

    assert [str(address) for address in added.addresses] == (
        [
            "production/collection/style-medina-sweater",
            "production/collection/style-zoe-coat",
        ]
        if only
        else ["production/metafield_definition/product/contract.fit"]
    )


def test_what_it_needs_and_is_not_there_is_said(desk: Desk) -> None:
    """A value of a product that the destination does not have."""
    desk.write(
        **{
            "metafields/fit.yaml": (
                "targets: [staging]\nnamespace: contract\ndefinitions:\n"
                "  fit: {type: single_line_text_field, name: Fit}\n"
                "values:\n  not-there: {fit: Loose}\n"
            )
        }
    )
    missing = [(str(a), str(needed)) for a, needed in desk.promote().missing]

    assert missing == [
        ("production/metafield/product/not-there/contract.fit", "production/product/not-there")
    ]


def test_an_address_that_git_does_not_state_is_an_error(desk: Desk) -> None:
    """With the name and the target."""
    with pytest.raises(Usage) as error:
        desk.promote(only=["staging/collection/nowhere"])

    assert "git states nothing of this name for staging" in str(error.value)


def test_what_git_states_there_already_is_idle(desk: Desk) -> None:
    """Asked for by name, it is told and nothing is written for it."""
    found = desk.promote(only=["staging/collection/knits"])

    assert [str(address) for address in found.promotion.idle] == ["staging/collection/knits"]
    assert not found.promotion.files


# Saleor: two settings, and documents that rest on one another

ROLES = """\
targets: [staging]
taxonomy: gsv_roles_x
label: Roles
input: multiselect
terms:
  support: {label: Customer Support}
"""


def test_other_settings_make_a_difference_that_is_told(tmp_path: Path) -> None:
    """One document, stated for both: by slug a value's name is its key, else its label."""
    desk = Desk(tmp_path, "saleor", identity="slug")
    desk.write(**{"taxonomies/roles.yaml": ROLES.replace("[staging]", "[staging, production]")})
    by_kind = {contrast.kind: contrast for contrast in desk.promote().desired}
    gaps = by_kind["attribute_value"].differing["gsv_roles_x/support"]

    assert by_kind["attribute"].alike == ("gsv_roles_x",)
    assert ("name", "Customer Support", "support") in [
        (gap.path, gap.source, gap.destination) for gap in gaps
    ]


def test_what_does_not_compile_for_the_destination_is_a_problem(tmp_path: Path) -> None:
    """Its settings do not take a key; told at the key's line, and the document stays."""
    desk = Desk(tmp_path, "saleor", identity="slug")
    unfit = ROLES + "  agents_: {label: Agents}\n"
    desk.write(**{"taxonomies/roles.yaml": unfit})
    found = desk.promote()
    (told,) = causes(found)["desired/taxonomies/roles.yaml"]

    assert told.startswith("desired/taxonomies/roles.yaml:7:")
    assert " · " in told
    assert desk.read("taxonomies/roles.yaml") == unfit


def test_documents_that_rest_on_one_another_go_together(tmp_path: Path) -> None:
    """The living example's offerings need the mapping, and that the taxonomies: asked for one
    offering, these go with it, and no other offering does."""
    desk = Desk(tmp_path, "saleor", identity="slug")
    for folder in ("taxonomies", "registries", "mappings", "offerings"):
        shutil.copytree(ROOT / "desired" / folder, desk.desired / folder)
    for path in desk.desired.rglob("*.yaml"):
        if path.name != "targets.yaml":
            path.write_text(path.read_text().replace("[market]", "[staging]"))
    asked = next(a for a in _stated(desk, "staging") if a.kind == "product_attributes")
    found = desk.promote(only=[str(asked)])

    assert Counter(path.split("/")[1] for path in found.promotion.files) == {
        "taxonomies": 12,
        "registries": 1,
        "mappings": 1,
        "offerings": 1,
    }
    assert causes(found) == {}
    whole = desk.promote()
    assert causes(whole) == {}
    assert {a.kind + a.key for a in _stated(desk, "production")} == {
        a.kind + a.key for a in _stated(desk, "staging")
    }


def _stated(desk: Desk, target: str) -> list[Address]:
    workspace = open_workspace(desk.desired, all_sandboxed=True)
    (site,) = open_sites(workspace, [target])
    found = compile_for(site.target, site.provider, workspace.desired.intents, {})
    return sorted(found.resources)


def crowded(intent: Collections, compilation: Compilation) -> Mapped:
    """A mapping of which titles tell how many documents speak to the target."""
    count = len(list(compilation.intents.of(Collections)))
    for handle in intent.collections:
        address = Address(compilation.target.name, "collection", handle)
        spec = Collection(title=f"one of {count}")
        yield Resource(address, spec, source=intent.at("collections", handle))


def crowded_promotion(desk: Desk, wanted: Wanted) -> Promotion:
    """Promoted on a platform on which one document moves what another one means."""
    sites = open_sites(open_workspace(desk.desired, all_sandboxed=True))
    here, there = (
        Ground(site.target, replace(site.provider, mapping={Collections: crowded}), {})
        for site in sorted(sites, key=lambda site: site.name, reverse=True)
    )
    return promoted(files_under(desk.desired), here, there, wanted)


def test_what_git_states_there_already_is_nobodys_to_change(tmp_path: Path) -> None:
    """It would mean something else: refused, with the place of what would move."""
    desk = Desk(tmp_path, "shopify")
    desk.write(**{"collections/a.yaml": DRESSES, "collections/both.yaml": BOTH})
    found = crowded_promotion(desk, Wanted())
    ((path, (problem,)),) = found.problems.items()

    assert path == "desired/collections/a.yaml"
    assert str(problem).startswith("desired/collections/both.yaml:3:3  production/collection/knits")
    assert found.files == {}


def test_what_the_wanted_takes_its_meaning_from_goes_with_it(tmp_path: Path) -> None:
    """Without the other document it would compile, and mean something else."""
    desk = Desk(tmp_path, "shopify")
    own = DRESSES.replace("dresses:", "coats:")
    desk.write(**{"collections/a.yaml": DRESSES, "collections/b.yaml": own})
    only = frozenset({Address("staging", "collection", "dresses")})

    assert list(crowded_promotion(desk, Wanted(only=only)).files) == [
        "desired/collections/a.yaml",
        "desired/collections/b.yaml",
    ]


def test_of_what_was_not_asked_for_no_problem_is_told(desk: Desk) -> None:
    """Another document that collides too is not this promotion's business."""
    skirts = "  skirts: {title: Skirts, rules: {conditions: [{type: Skirts}]}}\n"
    coats = DRESSES.replace("dresses:", "outlet:") + skirts.replace("skirts:", "coats:")
    desk.write(
        **{
            "collections/coats.yaml": coats,
            "collections/dresses.yaml": DRESSES + skirts,
            "collections/own.yaml": OWN,
        }
    )
    found = desk.promote(only=["staging/collection/skirts"])

    assert list(causes(found)) == ["desired/collections/dresses.yaml"]
    assert not found.promotion.files


def test_a_mapping_that_the_destination_has_of_its_own_is_missed_by_nobody(tmp_path: Path) -> None:
    """The offering rests on the destination's own mapping then: it is promoted, and no problem."""
    mapping = "targets: [{}]\nmapping: offering\nfields: {{roles: {{attribute: gsv_roles_x}}}}\n"
    desk = Desk(tmp_path, "saleor")
    desk.write(
        **{
            "taxonomies/roles.yaml": ROLES.replace("[staging]", "[staging, production]"),
            "mappings/a.yaml": mapping.format("staging"),
            "mappings/b.yaml": mapping.format("production"),
            "offerings/agent.yaml": (
                "targets: [staging]\nmapping: offering\noffering: code-review-agent\n"
                "fields: {roles: [support]}\n"
            ),
        }
    )
    found = desk.promote()

    assert list(found.promotion.files) == ["desired/offerings/agent.yaml"]
    assert causes(found) == {}
