"""`planogram adopt`: what is said, what is written, and the exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from reconciler.cli.app import app
from reconciler.ledger import Ledger
from reconciler.model.errors import LedgerUnavailable
from tests.workshop import Workshop, problems_of

SHELVES = """\
targets: [shop]
collections:
  a-shelf:
    title: First   # for the window
    rules: {conditions: [{tag: S226}]}
  b-shelf:
    title: Second
    sort: title
    rules: {conditions: [{tag: S226}]}
"""
A, B = "shop/collection/a-shelf", "shop/collection/b-shelf"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("applied")
    shop = Workshop(folder, "shopify", "shop")
    shop.write({"collections/shop.yaml": SHELVES})
    assert not problems_of(shop.apply())
    return folder


@pytest.fixture
def shop(applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Two collections that were applied, in a folder of the test's own, in which it works."""
    folder = tmp_path / "work"
    shutil.copytree(applied, folder)
    monkeypatch.chdir(folder)
    return Workshop(folder, "shopify", "shop")


def planogram(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def document(shop: Workshop) -> str:
    return (shop.desired / "collections/shop.yaml").read_text()


def test_it_says_what_was_written_where(shop: Workshop) -> None:
    """File and line, old and new; the file has it, and the comment is there."""
    shop.edit("collection", "a-shelf", title="Last [chance]")
    told = planogram("adopt", A)

    assert told.exit_code == 0, told.stderr
    assert told.stdout == (
        'desired/collections/shop.yaml:4  collections.a-shelf.title: "First" → "Last [chance]"'
        f"  ({A})\nAdopt: 1 written back, in 1 file\n"
    )
    assert "    title: Last [chance]   # for the window\n" in document(shop)
    assert planogram("plan", "--exit-code").exit_code == 0


def test_a_dry_run_writes_nothing(shop: Workshop) -> None:
    """The same is said, and no byte moves."""
    shop.edit("collection", "a-shelf", title="Another")
    told = planogram("adopt", "--all", "--dry-run")

    assert told.exit_code == 0
    assert told.stdout.endswith("Adopt: 1 would be written back, in 1 file\n")
    assert document(shop) == SHELVES


def test_a_part_that_can_not_be_written_back_is_told(shop: Workshop) -> None:
    """5 where another part could be, 1 where nothing could; with place, cause and remedy."""
    unknown = {"unknown": {"relation": "IS_RARE", "matchType": "ANY", "values": ["yes"]}}
    rules = {"matchType": "ALL", "conditions": [unknown]}
    sources = [{"title": "Planogram", "inclusion": rules}]
    shop.edit("collection", "b-shelf", title="Second!", sources=sources)
    alone = planogram("adopt", "--all")
    shop.edit("collection", "a-shelf", title="First!")
    both = planogram("adopt", "--all", "--json")
    found = json.loads(both.stdout)

    assert (alone.exit_code, both.exit_code) == (1, 5)
    assert f"! {B}  desired/collections/shop.yaml:6:3  the live collection" in alone.stdout
    assert [row["address"] for row in found["written"]] == [A]
    assert [(row["address"], row["line"]) for row in found["problems"]] == [(B, 6)]
    assert "apply, to put back" in found["problems"][0]["remedy"]
    assert document(shop) == SHELVES.replace("title: First ", "title: First! ")


def test_nothing_to_adopt_is_no_failure(shop: Workshop) -> None:
    """Nothing moved anywhere, or not there."""
    everywhere = planogram("adopt", "--all")
    here = planogram("adopt", A)

    assert (everywhere.exit_code, here.exit_code) == (0, 0)
    assert everywhere.stdout == "Adopt: nothing to adopt\n"
    assert here.stdout == f"{A} is as git says: nothing to adopt\nAdopt: nothing to adopt\n"


REFUSALS = [
    ((), "say either which addresses"),
    ((A, "--all"), "say either which addresses"),
    (("shop/collection",), "is not an address"),
    (("shop/collection/nowhere",), "neither declared nor managed"),
    (("market/collection/a-shelf",), "there is no target market"),
    ((A, "--target", "market"), "is on none of the targets"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSALS)
def test_what_does_not_fit_together_is_refused(
    shop: Workshop, arguments: tuple[str, ...], words: str
) -> None:
    """2, and nothing was looked at."""
    told = planogram("adopt", *arguments)

    assert told.exit_code == 2, told.stdout + told.stderr
    assert words in told.stderr


def test_what_only_git_moved_is_not_adopted(shop: Workshop) -> None:
    """Named, it is an error that says so; among all, it is left to the apply."""
    shop.write({"collections/shop.yaml": SHELVES.replace("First", "Git")})
    named = planogram("adopt", A)
    everything = planogram("adopt", "--all")

    assert named.exit_code == 2
    assert "git is ahead" in named.stderr
    assert everything.stdout == "Adopt: nothing to adopt\n"


def test_a_file_that_is_not_valid_is_not_touched(shop: Workshop) -> None:
    """3, as for a plan."""
    shop.write({"collections/shop.yaml": SHELVES.replace("title: First", "titel: First")})

    assert planogram("adopt", "--all").exit_code == 3


def test_without_a_ledger_it_says_what_it_took(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell who moved: what is filled live is taken, and the report warns."""

    def unreachable(*_: object) -> None:
        raise LedgerUnavailable("origin does not answer")

    monkeypatch.setattr(Ledger, "fetch", unreachable)
    shop.write({"collections/shop.yaml": SHELVES.replace("First", "Git")})
    told = planogram("adopt", "--all")

    assert told.exit_code == 0
    assert "the ledger of shop could not be fetched" in told.stdout
    assert document(shop) == SHELVES
