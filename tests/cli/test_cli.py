"""The command line: exit codes, one JSON object, words for people, nothing else."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from reconciler import cli
from reconciler.ledger import Ledger
from reconciler.repository import repository_of
from tests.conftest import ROOT
from tests.toy import resource as toy_resource

REAL = """\
shop:
  provider: shopify
  endpoint: http://127.0.0.1:9
  environment: production
  credentials: SHOP
"""


def planogram(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command as somebody runs it who has no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "reconciler.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | (environment or {}),
    )


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The living example, in a folder of its own."""
    shutil.copytree(ROOT / "desired", tmp_path / "desired")
    return tmp_path


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A workspace with one real target, in a git repository."""
    (tmp_path / "desired").mkdir()
    (tmp_path / "desired" / "targets.yaml").write_text(REAL)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_the_example_is_valid(example: Path) -> None:
    """Offline, without a credential."""
    told = planogram(example, "validate")

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Valid: 3 targets")


def test_plan_prints_exactly_one_json_object(example: Path) -> None:
    """With the documented fields and nothing beside it on stdout."""
    told = planogram(example, "plan", "--json")
    plan = json.loads(told.stdout)

    assert told.returncode == 0, told.stderr
    assert {"digest", "counts", "changes", "held", "violations", "estimate"} <= set(plan)
    assert plan["counts"]["changes"] == len(plan["changes"]) > 20
    assert plan["held"] == []


def test_plan_of_the_example_takes_less_than_four_seconds(example: Path) -> None:
    """CPU seconds of the whole process, three sandboxes included: the better one of two, since
    what else runs on the machine counts too."""
    planogram(example, "plan", "--json")

    assert min(_cpu_seconds_of_a_plan(example) for _ in range(2)) < 4


def _cpu_seconds_of_a_plan(example: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    planogram(example, "plan", "--json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_main_job_by_its_commands(example: Path) -> None:
    """Plan, review, apply, plan again, edit, drift: with the exit codes of the README."""
    first = planogram(example, "plan", "--out", "plan.json", "--markdown", "plan.md", "--exit-code")
    bare = planogram(example, "plan", "--markdown", "bare.md", "--no-images")
    apply = ("apply", "--reviewed", "plan.json", "--markdown", "outcome.md")
    applied = planogram(example, *apply)
    again = planogram(example, "plan", "--json", "--exit-code")
    calm = planogram(example, "drift")
    edit = ("collection", "style-harold-sweater", "title=Harold (sale!)")
    planogram(example, "sandbox", "edit", "shop", *edit)
    drift = planogram(example, "drift", "--json")
    only = planogram(example, "plan", "--exit-code")

    assert (first.returncode, applied.returncode) == (10, 0), applied.stdout + applied.stderr
    told = (example / "plan.md").read_text()
    assert told.startswith("## Planogram: ")
    assert "<img src=" in told
    assert bare.returncode == 0
    assert "<img src=" not in (example / "bare.md").read_text()
    assert "; took " in (example / "outcome.md").read_text()
    assert again.returncode == 0
    assert json.loads(again.stdout)["changes"] == json.loads(again.stdout)["held"] == []
    assert (calm.returncode, drift.returncode, only.returncode) == (0, 11, 11)
    (change,) = json.loads(drift.stdout)["changes"]
    assert change["address"] == "shop/collection/style-harold-sweater"
    assert change["cause"] == "drift"


def test_an_apply_of_which_all_is_held_says_what_and_why(example: Path) -> None:
    """Live moved since the review and nothing else was reviewed: exit code 4, and its remedy."""
    styles = example / "desired" / "collections" / "shop-styles.yaml"
    planogram(example, "apply", "--yes", "--target", "shop")
    styles.write_text(styles.read_text().replace("title: Arp Dress", "title: Arp"))
    planogram(example, "plan", "--target", "shop", "--out", "plan.json")
    planogram(example, "sandbox", "edit", "shop", "collection", "style-arp-dress", "title=Sale")
    applied = planogram(example, "apply", "--target", "shop", "--reviewed", "plan.json")

    assert applied.returncode == 4, applied.stderr
    assert "held shop/collection/style-arp-dress: conflict: title moved" in applied.stdout
    assert applied.stdout.endswith("Apply: 1 held\n")


def test_the_demo_touches_no_ref(example: Path) -> None:
    """It works in a folder of its own, and leaves the user's repository as it is."""
    subprocess.run(["git", "init", "-q", str(example)], check=True)
    told = planogram(example, "demo")
    refs = subprocess.run(["git", "for-each-ref"], cwd=example, capture_output=True, text=True)
    files = sorted(path.name for path in example.iterdir())

    assert told.returncode == 0, told.stdout + told.stderr
    assert refs.stdout == ""
    assert files == [".git", "desired"]


def test_words_for_people_have_no_control_characters(example: Path) -> None:
    """Where stdout is no terminal, nothing is coloured; NO_COLOR wins over a forced one."""
    plain = planogram(example, "plan")
    forced = planogram(example, "plan", environment={"NO_COLOR": "1", "FORCE_COLOR": "1"})

    assert "\x1b[3" not in plain.stdout + plain.stderr
    assert "\x1b[3" not in forced.stdout


REFUSALS = [
    (("plan", "--target", "shp"), 2, "did you mean shop?"),
    (("plan", "--only", "shop/collection"), 2, "is not an address"),
    (("plan", "--only", "shop/collection/nowhere"), 2, "neither declared nor managed"),
    (("plan", "--allow", "dangling=shop"), 2, "write GUARD=ADDRESS"),
    (("plan", "--desired", "nowhere"), 2, "there is no folder nowhere"),
    (("apply",), 4, "no terminal to ask"),
    (("apply", "--reviewed", "nowhere.json"), 4, "there is no reviewed plan"),
    (("sandbox", "fault", "shop", "418"), 2, "there is no fault 418"),
    (("sandbox", "edit", "shop", "collection", "nowhere", "title=x"), 2, "nowhere"),
    (("sandbox", "reset", "shp"), 2, "did you mean shop?"),
    (("sandbox", "serve", "shop", "--port", "99999"), 2, "less than or equal to 65535"),
    (("plan", "--out", "nowhere/plan.json"), 2, "there is no folder nowhere · make it first"),
    (("freeze", "--reason", "x", "--until", "99999999999d"), 2, "is beyond all time"),
    (("drift", "--markdown", "desired"), 2, "desired is a folder"),
    (("apply", "--yes", "--markdown", "nowhere/o.md"), 2, "there is no folder nowhere"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSALS)
def test_refusals_say_why(example: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    """Exit code and remedy; never a traceback."""
    told = planogram(example, *arguments)

    assert told.returncode == code, told.stderr
    assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_bad_files_are_told_as_data_too(example: Path) -> None:
    """--json prints one object also when it fails."""
    (example / "desired" / "taxonomies" / "bad.yaml").write_text("targets: [market]\n")
    told = planogram(example, "plan", "--json")
    error = json.loads(told.stdout)

    assert told.returncode == 3
    assert error["exit_code"] == 3
    assert error["error"]["problems"][0]["path"] == "desired/taxonomies/bad.yaml"


BAD_TARGETS = [
    (REAL.replace("  endpoint: http://127.0.0.1:9\n", ""), "has no endpoint"),
    (REAL.replace("  credentials: SHOP\n", ""), "names no credentials"),
    (REAL.replace("shopify", "shopfy"), "did you mean shopify?"),
    (REAL + "  settings: {api_versoin: x}\n", "did you mean api_version?"),
]


@pytest.mark.parametrize(("content", "words"), BAD_TARGETS)
def test_bad_targets_are_explained(real: Path, content: str, words: str) -> None:
    """With the line of the target, exit 3."""
    (real / "desired" / "targets.yaml").write_text(content)
    told = planogram(real, "plan")

    assert told.returncode == 3
    assert words in told.stderr


def test_missing_credentials_are_named(real: Path) -> None:
    """The variable that has to be set, and never a value."""
    told = planogram(real, "plan")

    assert told.returncode == 3
    assert "set SHOP_ADMIN_TOKEN, or SHOP_CLIENT_ID and SHOP_CLIENT_SECRET" in told.stderr


def test_yes_serves_sandboxes_only(real: Path) -> None:
    """Nobody applies to a real shop without a review by a flag."""
    told = planogram(real, "apply", "--yes", environment={"SHOP_ADMIN_TOKEN": "secret-token"})

    assert told.returncode == 2
    assert "--yes serves sandboxes only" in told.stderr
    assert "secret-token" not in told.stdout + told.stderr


def test_a_target_that_was_taken_out_is_missed(real: Path) -> None:
    """It has a ledger and stands in no file: say retired first."""
    found = repository_of(real)
    assert found is not None
    left = Ledger(found, "gone").load()
    left.record(toy_resource("shelf", "a", title="A"))
    left.commit("an apply of the past")
    told = planogram(real, "plan", environment={"SHOP_ADMIN_TOKEN": "x"})

    assert told.returncode == 3
    assert "the target gone was removed" in told.stderr


def test_a_served_sandbox_answers_and_stops(example: Path) -> None:
    """Its first line is its address, on loopback."""
    command = [sys.executable, "-m", "reconciler.cli", "sandbox", "serve", "market"]
    with subprocess.Popen(command, cwd=example, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = httpx.post(f"{address}/graphql/", json={"query": "{shop{name}}"})
        process.terminate()

    assert address.startswith("http://127.0.0.1:")
    assert answer.status_code == 200


def test_the_served_sandbox_is_a_real_target(example: Path) -> None:
    """The same commands over HTTP, with credentials from the environment, against a sandbox in
    another process; the ledger stands in the repository's own refs."""
    workspace = example / "clone"
    shutil.copytree(example / "desired", workspace / "desired")
    shutil.rmtree(workspace / "desired" / "capsules")
    subprocess.run(["git", "init", "-q", str(workspace)], check=True)
    command = [sys.executable, "-m", "reconciler.cli", "sandbox", "serve", "pim"]
    with subprocess.Popen(command, cwd=example, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        (workspace / "desired" / "targets.yaml").write_text(_real_pim(address))
        for path in (workspace / "desired").rglob("*.yaml"):
            if path.name != "targets.yaml" and "targets: [pim]" not in path.read_text():
                path.unlink()
        keys = {"PIM_API_KEY": "sandbox", "PIM_API_PASSWORD": "sandbox"}
        plan = planogram(workspace, "plan", "--out", "plan.json", environment=keys)
        applied = planogram(workspace, "apply", "--reviewed", "plan.json", environment=keys)
        again = planogram(workspace, "plan", "--json", environment=keys)
        process.terminate()
    refs = subprocess.run(["git", "for-each-ref"], cwd=workspace, capture_output=True, text=True)

    assert (plan.returncode, applied.returncode) == (0, 0), plan.stderr + applied.stdout
    assert json.loads(again.stdout)["changes"] == []
    assert "refs/planogram/applied/pim" in refs.stdout


def _real_pim(address: str) -> str:
    return f"""\
pim:
  provider: plytix
  environment: staging
  credentials: PIM
  endpoint: {address}
  settings: {{auth_endpoint: "{address}"}}
  policy: {{adopt: true}}
"""


def test_a_stop_while_the_program_starts_is_told_by_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Starting takes a second of imports, in which people press Ctrl-C: no traceback."""

    class Stopped:
        def __getattr__(self, _: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "reconciler.cli.app", Stopped())
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 130
