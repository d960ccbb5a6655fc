"""The loop as a team lives it: this project's own workflow files, carried out from their YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports.github.sticky import facts_of
from tests.github import branches, events
from tests.github.emulated import GitHub
from tests.github.runner import Runner
from tests.github.shop import STYLES, Catalog, catalog, slack, styles
from tests.sources.site import served

pytestmark = pytest.mark.long

extended = pytest.mark.extended
"""Further turns of the loop, which `make test` leaves to `make test-extended`."""


@pytest.fixture
def team(github: GitHub, runner: Runner, tmp_path: Path) -> Iterator[Catalog]:
    """A repository with targets and workflows, nothing applied yet."""
    with catalog(github, runner, tmp_path) as made:
        made.begin()
        yield made


@pytest.mark.parametrize(
    "method",
    ["squash", pytest.param("merge", marks=extended), pytest.param("rebase", marks=extended)],
)
def test_a_pull_request_from_its_opening_to_its_outcome(team: Catalog, method: str) -> None:
    """Opened: a comment, notes at the lines. Pushed again: the same comment, another digest.
    Merged: applied once, the ledger moved, the outcome told, the commit marked."""
    number = team.open({STYLES: styles("Karina_Skirt")})
    first = team.plan(number)
    opened = team.comment(number, "plan")
    team.github.commit("topic", {STYLES: styles("Karina_Skirt", "Minamoto_Dress")}, "one more")
    second = team.plan(number, "synchronize")
    renewed = team.comment(number, "plan")
    notes = [note for check in team.github.check_runs.values() for note in check.annotations]
    push = team.merge(number, method)
    applied = team.apply(push)

    assert (first.conclusion, second.conclusion) == ("success", "success"), first.log
    assert "1 to create" in opened
    assert "2 to create" in renewed
    assert facts_of(opened, "plan")["digest"] != facts_of(renewed, "plan")["digest"]  # type: ignore[index]
    assert "Earlier: 1" in renewed
    assert {(n["path"], n["start_line"]) for n in notes} == {(STYLES, 3)}
    assert applied.conclusion == "success", applied.log
    assert team.titles() == {
        "style-karina-skirt": "style_Karina_Skirt",
        "style-minamoto-dress": "style_Minamoto_Dress",
    }
    assert set(team.ledger()) == set(team.titles())
    assert team.complete() == push.after
    assert "2 done" in team.comment(number, "outcome")
    assert {s.state for s in team.github.statuses if s.context == "planogram/apply"} == {"success"}
    assert applied.approvals == ["planogram-apply"]


@pytest.fixture
def settled(team: Catalog) -> Catalog:
    """Two styles are applied, and everything is carried out."""
    team.merged({STYLES: styles("Karina_Skirt", "Minamoto_Dress")})
    return team


def issue(team: Catalog, name: str) -> Any:
    """Our one issue of that name, if there is one."""
    found = [i for i in team.github.issues.values() if not i.pull and facts_of(i.body, name)]
    assert len(found) <= 1
    return found[0] if found else None


def mutations(team: Catalog) -> int:
    return len(team.writes)


def test_what_somebody_edits_after_the_review_is_held(settled: Catalog) -> None:
    """The edit stays; the outcome says what moved; the issue says how to go on, and is closed when
    a new plan of the same is merged."""
    number = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}")})
    settled.plan(number)
    settled.edit("style-karina-skirt", title="SALE")
    with slack(settled) as posted:
        applied = settled.apply(settled.merge(number))
    ahead = issue(settled, "ahead")

    assert applied.conclusion == "failure"
    assert settled.titles() == {
        "style-karina-skirt": "SALE",
        "style-minamoto-dress": "Minamoto_Dress",
    }
    assert "conflict: title moved in git and on the platform" in settled.comment(number, "outcome")
    assert [message["text"] for message in posted] == ["Planogram applied to shop: 1 done, 1 held"]
    assert (ahead.state, ahead.title) == ("open", "Planogram: main is ahead of shop")
    assert "git revert --no-edit -m 1" in ahead.body

    again = settled.open(
        {STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}!")}, "again"
    )
    settled.plan(again)
    assert "conflict" in settled.comment(again, "plan")


@extended
def test_two_pull_requests_are_applied_once_each(settled: Catalog) -> None:
    """Both merged before the first apply begins: it carries out both, the second finds nothing
    left, and each pull request is told of its own."""
    one = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}")}, "one")
    settled.plan(one)
    other = settled.open({"desired/collections/other.yaml": OTHER}, "two")
    settled.plan(other)
    pushes = [settled.merge(one, "squash"), settled.merge(other, "rebase")]
    first = settled.apply(pushes[0])
    written = mutations(settled)
    second = settled.apply(pushes[1])

    assert (first.conclusion, second.conclusion) == ("success", "success"), first.log
    assert mutations(settled) == written
    assert settled.titles()["style-arp"] == "Arp"
    assert settled.titles()["style-karina-skirt"] == "Karina_Skirt"
    assert "2 done" in settled.comment(one, "outcome")
    assert "1 done" in settled.comment(other, "outcome")
    assert settled.complete() == pushes[1].after


OTHER = """targets: [shop]
collections:
  style-arp: {title: Arp, rules: {conditions: [{tag: style_Arp_Dress}]}}
"""


@extended
def test_the_later_of_two_plans_wins(settled: Catalog) -> None:
    """Merged one after the other and applied together: the later title, written once."""
    for word in ("first", "second"):
        number = settled.open(
            {STYLES: styles("Karina_Skirt", "Minamoto_Dress", title=word + " {style}")}, word
        )
        settled.plan(number)
        push = settled.merge(number)
    before = mutations(settled)
    applied = settled.apply(push)

    assert applied.conclusion == "success", applied.log
    assert settled.titles()["style-karina-skirt"] == "second Karina_Skirt"
    assert mutations(settled) - before == 2


@extended
def test_a_direct_push_is_planned_and_not_applied(settled: Catalog) -> None:
    """No pull request, no review: nothing is written, an issue says so, and its plan can be
    applied by naming the run."""
    before = mutations(settled)
    settled.github.commit("main", {STYLES: styles("Karina_Skirt", title="{style}")}, "by the way")
    pushed = settled.github.bare.tip("main")
    run = settled.runner.run("apply.yml", events.pushed(settled.github, "main", settled.complete()))
    ahead = issue(settled, "ahead")

    assert run.conclusion == "failure"
    assert mutations(settled) == before
    assert "by the way" in ahead.body
    assert "came by no pull request" in ahead.body
    assert "shop/collection/style-karina-skirt` moved and stands in no plan" in ahead.body

    number = str(next(reversed(settled.github.runs)))
    allow = "prune=shop/collection/style-minamoto-dress"
    applied = settled.dispatch("apply.yml", run_id=number, target="", allow=allow, only="")

    assert applied.conclusion == "success", applied.log
    assert settled.titles() == {"style-karina-skirt": "Karina_Skirt"}
    assert settled.complete() == pushed
    assert issue(settled, "ahead").state == "closed"


@extended
def test_a_direct_push_of_a_selector_is_not_taken_as_carried_out(settled: Catalog) -> None:
    """Which products it is about no file says: the branch is ahead until somebody reviews it."""
    path = "desired/metafields/shop.yaml"

    def selected(fabric: str) -> str:
        return (
            "targets: [shop]\nnamespace: fabrics\n"
            "definitions: {fabric: {type: single_line_text_field, name: Fabric}}\n"
            f"selectors: [{{products: {{type: Dresses}}, set: {{fabric: {fabric}}}}}]\n"
        )

    settled.merged({path: selected("Silk")}, "selector")
    complete, before = settled.complete(), mutations(settled)
    settled.github.commit("main", {path: selected("Wool")}, "by the way")
    run = settled.runner.run("apply.yml", events.pushed(settled.github, "main", complete))

    assert run.conclusion == "failure", run.log
    assert mutations(settled) == before
    assert settled.complete() == complete
    assert "moved what selectors give" in issue(settled, "ahead").body


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(trouble, marks=extended)
        for trouble in ("empty", "missing", "expired", "of another commit")
    ],
)
def test_without_a_plan_to_go_by_nothing_is_applied(settled: Catalog, trouble: str) -> None:
    """The run fails and says which pull request lacks what; never "0 of 0 applied"."""
    number = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}")})
    if trouble != "missing":
        settled.plan(number)
    if trouble == "expired":
        settled.github.pass_time(timedelta(days=91))
    if trouble == "empty":
        settled.replace_plan(lambda plan: plan | {"changes": [], "held": [], "settled": []})
    if trouble == "of another commit":
        settled.replace_plan(lambda plan: plan | {"commits": {"head": "f" * 40, "base": None}})
    before = mutations(settled)
    applied = settled.apply(settled.merge(number))
    words = {
        "missing": "no run of plan.yml has planned its last commit",
        "expired": "has expired",
        "empty": "stands in no reviewed plan",
        "of another commit": "its plan was made of ffffffffffff",
    }

    assert applied.conclusion == "failure"
    assert words[trouble] in applied.log
    assert mutations(settled) == before
    assert issue(settled, "ahead").state == "open"
    assert {
        s.state for s in settled.github.statuses if s.sha == settled.github.bare.tip("main")
    } == {"failure"}


@extended
def test_a_forged_plan_lets_nothing_through_that_apply_does_not_plan(settled: Catalog) -> None:
    """The artifact's author adds a row that deletes a collection: nobody plans that, so nobody
    does it."""
    number = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}")})
    settled.plan(number)
    row = {"address": "shop/collection/all-dresses", "digest": "0" * 64, "action": "delete"}
    settled.replace_plan(lambda plan: plan | {"changes": [*plan["changes"], row]})
    before = mutations(settled)
    settled.apply(settled.merge(number))

    assert mutations(settled) - before == 2
    assert settled.titles()["style-karina-skirt"] == "Karina_Skirt"


@extended
def test_a_pull_request_gains_nothing_by_loosening_or_pointing_elsewhere(
    settled: Catalog,
) -> None:
    """It allows deletions, points the shop at a port where nobody listens, and drops a style: the
    deletion is held, in the plan and after the merge, and the shop is asked where it was."""
    loosened = settled.targets(policy={"prune": True}, endpoint="http://127.0.0.1:9")
    files = {STYLES: styles("Karina_Skirt"), "desired/targets.yaml": loosened}
    number = settled.open(files)
    planned = settled.plan(number)
    before = mutations(settled)
    applied = settled.apply(settled.merge(number))

    assert planned.conclusion == "success", planned.log
    assert "held, prune" in settled.comment(number, "plan")
    assert "the entry of shop in targets.yaml moved" in settled.comment(number, "plan")
    assert applied.conclusion == "failure"
    assert mutations(settled) == before
    assert "style-minamoto-dress" in settled.titles()


HOSTILE = "@team `x` </details> $(touch {0}) \x1b[31m =HYPERLINK(1) <!-- --> '\"; touch {0}; #"


@extended
def test_hostile_names_do_nothing(team: Catalog, tmp_path: Path) -> None:
    """Branch, pull request's title, commit, style and a product's title: shown at most, never
    obeyed, and nobody is mentioned."""
    trap = tmp_path / "trap"
    words = HOSTILE.format(trap)
    team.sandbox.admin_edit("product", "arp-dress-black", {"title": words})
    style = "Karina_Skirt"
    title = "{style} @team </details> $(touch " + str(trap) + ") <!-- -->"
    number = team.open(
        {STYLES: styles(style, title=title)},
        "to/$(touch${IFS}trap);`id`",
        message=words,
        title=words,
    )
    planned = team.plan(number)
    applied = team.apply(team.merge(number, "squash"))
    told = [c.body for c in team.github.comments_of(number)]

    assert (planned.conclusion, applied.conclusion) == ("success", "success"), applied.log
    assert not trap.exists()
    for text in told:
        bare = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
        assert "@team" not in bare
        assert bare.count("<details") == bare.count("</details>")
        assert "\x1b" not in text


@extended
def test_a_fork_gets_the_files_words_and_no_secret(settled: Catalog) -> None:
    """Its plan is of its files alone: a summary, errors at their lines, no comment, no shop."""
    fork = settled.github.fork("stranger")
    branches.commit(fork, "topic", {STYLES: styles("Karina_Skirt", "Arp_Dress")}, "more", "main")
    number = settled.github.open_pull("stranger:topic", author="stranger").number
    before = len(settled.requests)
    good = settled.plan(number)
    branches.commit(fork, "topic", {STYLES: "targets: [shp]\n"}, "worse", "main")
    bad = settled.plan(number, "synchronize")

    assert good.conclusion == "success", good.log
    assert "shop/collection/style-arp-dress" in good.summary
    assert bad.conclusion == "failure"
    assert any("there is no target called shp" in a.message for a in bad.annotations)
    assert settled.github.comments_of(number) == []
    assert len(settled.requests) == before
    assert good.approvals == []


@extended
def test_a_picture_to_upload_is_shown_from_the_planned_commit(settled: Catalog) -> None:
    """It lies in the repository and not yet in the shop."""
    looks = (
        "targets: [shop]\ninto: {media: true}\n"
        "products: {medina-sweater-oat: {images: {A: {path: images/look.gif}}}}\n"
    )
    files = {"desired/images/look.gif": "GIF89a", "desired/images/looks.yaml": looks}
    number = settled.open(files)
    planned = settled.plan(number)
    head = settled.github.bare.commit("topic").sha

    assert planned.conclusion == "success", planned.log
    shown = f'src="{settled.github.html_url}/raw/{head}/desired/images/look.gif"'
    assert shown in settled.comment(number, "plan")


@extended
def test_a_comment_that_copies_our_header_is_left_alone(settled: Catalog) -> None:
    """Anybody may write it; ours is the one that our token wrote."""
    number = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}")})
    settled.plan(number)
    copied = settled.comment(number, "plan")
    theirs = settled.github.write_comment(number, copied, "mallory")
    settled.github.commit("topic", {STYLES: styles("Karina_Skirt", title="{style}")}, "less")
    settled.plan(number, "synchronize")
    ours = [c for c in settled.github.comments_of(number) if c.id != theirs.id]

    assert theirs.body == copied
    assert len(ours) == 1
    assert ours[0].body != copied
    assert "held, prune" in ours[0].body


@extended
def test_a_pull_request_about_something_else_is_not_commented_on(settled: Catalog) -> None:
    """Nothing in desired/ moves; and merged, no target is behind."""
    number = settled.open({"README.md": "hello\n"})
    planned = settled.plan(number)
    applied = settled.apply(settled.merge(number))

    assert planned.conclusion == "success"
    assert settled.github.comments_of(number) == []
    assert applied.conclusion == "success"
    assert applied.approvals == []


@extended
def test_what_can_not_be_planned_is_told_at_its_line(settled: Catalog) -> None:
    """A mistake in the YAML: the comment, and a failure noted at the line."""
    number = settled.open({STYLES: styles("Karina_Skirt").replace("per_style", "per_stile")})
    planned = settled.plan(number)
    notes = [note for check in settled.github.check_runs.values() for note in check.annotations]

    assert planned.conclusion == "failure"
    assert "unknown field per_stile · did you mean per_style?" in settled.comment(number, "plan")
    assert notes[-1]["annotation_level"] == "failure"
    assert (notes[-1]["path"], notes[-1]["start_line"]) == (STYLES, 2)


@extended
def test_adopting_in_a_workflow_opens_one_pull_request(settled: Catalog) -> None:
    """An admin's edit comes back as a pull request of one line, renewed when it moves again."""
    settled.edit("style-karina-skirt", title="Karina, by hand")
    settled.github.actions_may_open_pulls = True
    first = settled.dispatch("adopt.yml", addresses="", target="")
    settled.edit("style-karina-skirt", title="Karina, once more")
    second = settled.dispatch("adopt.yml", addresses="", target="")
    pulls = [i for i in settled.github.issues.values() if i.pull and i.state == "open"]
    text = settled.github.bare.git("show", f"planogram/adopt:{STYLES}")

    assert (first.conclusion, second.conclusion) == ("success", "success"), second.log
    assert len(pulls) == 1
    assert "Karina, once more" in text
    assert "overrides" in text
    assert "starts no workflows" in (pulls[0].body or "")


@extended
def test_a_run_is_taken_back_by_a_pull_request(settled: Catalog) -> None:
    """Rollback writes what stood before into desired/; planned, merged and applied, the shop is
    as before the run."""
    number = settled.open({STYLES: styles("Karina_Skirt", "Minamoto_Dress", title="{style}!")})
    settled.plan(number)
    settled.apply(settled.merge(number))
    run = facts_of(settled.comment(number, "outcome"), "outcome")["shop"]  # type: ignore[index]
    assert settled.titles()["style-karina-skirt"] == "Karina_Skirt!"

    settled.github.actions_may_open_pulls = True
    proposed = settled.dispatch("rollback.yml", run=run, target="shop")
    assert proposed.conclusion == "success", proposed.log
    (pull,) = [i for i in settled.github.issues.values() if i.pull and i.state == "open"]
    assert settled.plan(pull.number).conclusion == "success"
    applied = settled.apply(settled.merge(pull.number))

    assert applied.conclusion == "success", applied.log
    assert settled.titles() == {
        "style-karina-skirt": "style_Karina_Skirt",
        "style-minamoto-dress": "style_Minamoto_Dress",
    }


@extended
def test_sources_come_as_a_pull_request(settled: Catalog) -> None:
    """A committed export is imported by the nightly workflow; the same export again is no news."""
    settled.github.actions_may_open_pulls = True
    csv = "Handle,Title,Type,Tags,Image Src,Image Position\nx-dress,X,Dresses,style_X_Dress,,\n"
    sources = "- {source: shopify-csv, file: exports/products.csv, target: shop, images: false}\n"
    files = {"exports/products.csv": csv, "desired/sources.yaml": sources}
    settled.github.commit("main", files, "sources")
    first = settled.dispatch("import.yml")
    assert first.conclusion == "success", first.log
    (pull,) = [i for i in settled.github.issues.values() if i.pull and i.state == "open"]
    settled.merge(pull.number)
    again = settled.dispatch("import.yml")

    assert "X_Dress" in settled.github.bare.git("grep", "X_Dress", "main", "--", "desired")
    assert again.conclusion == "success"
    assert again.job("propose").conclusion == "skipped"


@extended
def test_a_wagtail_site_comes_as_a_pull_request(settled: Catalog, tmp_path: Path) -> None:
    """With the site's token in its job alone; what vanished is told, and stays."""
    settled.github.actions_may_open_pulls = True
    folder = tmp_path / "wagtail"
    folder.mkdir()
    with served(folder) as site:
        settled.runner.secrets = {"CMS_TOKEN": site.tokens["reader"]}
        sources = (
            f"- source: wagtail\n  url: {site.url}/api/v3/\n  credentials: CMS\n  target: shop\n"
            "  taxonomies:\n    role: {snippets: catalog.Role}\n"
        )
        settled.github.commit("main", {"desired/sources.yaml": sources}, "sources")
        first = settled.dispatch("import.yml")
        assert first.conclusion == "success", first.log
        (pull,) = [i for i in settled.github.issues.values() if i.pull and i.state == "open"]
        settled.merge(pull.number)
        site.unpublish(site.snippet("Role", "hr"))
        again = settled.dispatch("import.yml")

    assert "sales_sdr" in settled.github.bare.git("show", "main:desired/taxonomies/role.yaml")
    assert "3 terms" in pull.body
    assert again.job("propose").conclusion == "skipped"
    assert site.tokens["reader"] not in first.log


@extended
def test_files_that_can_not_be_read_on_main_are_told(settled: Catalog) -> None:
    """Two good pull requests may clash: the issue says so, and the commit is marked."""
    complete = settled.complete()
    settled.github.commit("main", {STYLES: "targets: [shp]\n"}, "a bad push")
    run = settled.runner.run("apply.yml", events.pushed(settled.github, "main", complete))
    ahead = issue(settled, "ahead")

    assert run.conclusion == "failure"
    assert ahead.state == "open"
    assert "which targets there are could not be read" in ahead.body
    assert settled.complete() == complete
    tip = settled.github.bare.tip("main")
    assert {s.state for s in settled.github.statuses if s.sha == tip} == {"failure"}
