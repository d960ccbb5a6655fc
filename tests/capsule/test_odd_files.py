"""Files that a person or another program wrote otherwise: told with their place, or passed over."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import pytest

from reconciler.capsule import manifest, progress, reconciliation, seeding, standing, steps
from reconciler.capsule.folder import MANIFEST, Folder
from reconciler.capsule.ladder import LADDER
from reconciler.capsule.text import BrokenLog
from reconciler.capsule.working import Prerequisite, Work
from reconciler.intent.loader import load
from tests.capsule.example import RECORD, picture, record, seen, state, work
from tests.conftest import ROOT

HANDLE, CPI = str(RECORD["handle"]), str(RECORD["cpi"])
SWATCH = {"cpi": CPI, "role": "swatch", "file": "assets/swatches/a.png", "sha256": "0" * 64}
CAPSULE = b"targets: [shop]\ncapsule: S226\ninto: {look: a.look_image, swatch: a.swatch_image}\n"
TARGETS = b"shop:\n  provider: shopify\n  environment: staging\n  sandbox: true\n"
EXPORT = "Handle,Type,Tags,Image Src,Image Position\n"


def loaded(rows: bytes) -> list[str]:
    above = "desired/capsules/S226"
    files = {
        "desired/targets.yaml": TARGETS,
        f"{above}/capsule.yaml": CAPSULE,
        f"{above}/state/product_state_S226.json": json.dumps(state(RECORD)).encode(),
        f"{above}/{MANIFEST}": rows,
    }
    return [str(problem) for problem in load(files).problems]


def lines(*rows: Mapping[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def test_a_manifest_row_without_a_file_counts_for_nothing() -> None:
    """It says which product, and not which picture: promoting again writes a whole one."""
    partial = {"cpi": CPI, "role": "swatch"}

    assert loaded(lines(partial)) == []
    assert manifest.newest_swatches({1: SWATCH, 2: partial}) == {CPI: 1}


def test_a_swatch_that_is_not_there_is_told_at_its_line() -> None:
    """Blank lines count too."""
    (told,) = loaded(b"\n\n" + lines(SWATCH))

    assert told.startswith(f"desired/capsules/S226/{MANIFEST}:3")
    assert "is not there" in told


def test_a_manifest_that_is_no_text_is_told() -> None:
    (told,) = loaded(b"\xff\xfe")

    assert "is not UTF-8 text" in told


@pytest.mark.parametrize("missing", ["cpi", "handle", "reason"])
def test_a_row_of_a_queue_lacks_nothing(missing: str) -> None:
    """It would be asked of nobody, or be resolved by nothing."""
    row = {"cpi": CPI, "handle": HANDLE, "reason": "SWATCH_MISSING_LOCALLY"}
    del row[missing]
    done = work(RECORD, files={"outputs/actions_swatch_queue_S226.jsonl": lines(row)})

    with pytest.raises(BrokenLog, match=rf"S226\.jsonl:1  has no {missing} · "):
        reconciliation.reconcile(done, [seen()])


def test_a_result_without_a_field_is_told() -> None:
    done = work(RECORD, files={"outputs/write_results_S226.jsonl": b'{"cpi": "1-2"}\n'})

    with pytest.raises(BrokenLog, match=r":1  has no field · "):
        progress.progress(done, {HANDLE: progress.Result({"look_image": "WROTE"})}, "run")


def _judged(content: bytes) -> object:
    return seeding.preflights({"preflight_outputs/a.json": content})


def _exported(position: str) -> object:
    row = f"dress,RTW,cpi_1-2,https://x.example/a.jpg,{position}\n"
    return seeding.read("e.csv", (EXPORT + row).encode(), "S226")


MASTER = "handle,product_id,cpi,product_type,is_accessory,expected_count,status\n"


def _mastered(*rows: str) -> object:
    return seeding.read("m.csv", (MASTER + "\n".join(rows)).encode(), "S226")


ODD: list[tuple[Callable[[], object], str]] = [
    (
        lambda: _mastered("a,S-1,1-2,RTW,no,one,"),
        "m.csv:2  expected_count is 'one' · write a",
    ),
    (
        lambda: _mastered("a,S-1,1-2,RTW,maybe,,"),
        "m.csv:2  is_accessory is 'maybe' · write true",
    ),
    (lambda: _mastered("a,S-1,1-2,RTW,,,NOGO"), "m.csv:2  status is 'NOGO' · write GO or NO-GO"),
    (lambda: _mastered("a,S-1,12,RTW,,,"), "m.csv:2  cpi is '12' · write style-colour"),
    (
        lambda: _mastered("a,,1-2,RTW,,,", "b,S-2,1-3,RTW,,,", "c,S-3,1-4,RTW,,-1,"),
        "(?s)m.csv:2  product_id is empty.*m.csv:4  expected_count is '-1'",
    ),
    (lambda: _judged(b'[{"handle": "a"}]'), r"a\.json holds no judgements by handle \('status'\)"),
    (lambda: _exported("1.0"), r"e\.csv:2  the image position '1\.0' is no whole number"),
    (lambda: _exported("first"), r"the image position 'first' is no whole number"),
]


@pytest.mark.parametrize(("read", "told"), ODD)
def test_an_odd_source_is_told_and_not_guessed_at(read: Callable[[], object], told: str) -> None:
    with pytest.raises(Prerequisite, match=told):
        read()


def test_the_last_export_is_taken_and_no_other_table() -> None:
    """A swatch list in `inputs/` is no source of products."""
    names = ("products_export_1.csv", "products_export_2.csv", "swatch_list.csv")
    folder = Folder("S226", {f"inputs/{name}": b"" for name in names})

    assert folder.newest("inputs/products_export_*.csv") == "inputs/products_export_2.csv"
    assert folder.newest("inputs/*_masterfile.csv") is None


def executed(work: Callable[[], object]) -> int:
    """How many instructions Python executes: a measure of time that no busy machine disturbs."""
    instructions = 0

    def count(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        nonlocal instructions
        frame.f_trace_opcodes = True
        instructions += event == "opcode"
        return count

    tracing = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(tracing)
    return instructions


def swatches(count: int) -> dict[str, bytes]:
    return {f"assets/swatches/S226_1-{n}.png": picture(colour=n) for n in range(count)}


def _reconciled(done: Work, count: int) -> None:
    rows = [seen(cpi=f"1-{n}", handle=f"p-{n}") for n in range(count)]
    reconciliation.reconcile(done, rows)


def _progressed(done: Work, count: int) -> None:
    results = {f"p-{n}": progress.Result({"look_image": "WROTE"}) for n in range(count)}
    progress.progress(done, results, "run")


def _promoted(done: Work, count: int) -> None:
    steps.register_swatches(done)
    assert [told.verdict for told in steps.promote_swatches(done)] == ["ADOPT"] * count


def _told(done: Work, count: int) -> None:
    _reconciled(done, count)
    standing.standings(done, done.evidence())


@pytest.mark.parametrize("step", [_reconciled, _progressed, _promoted, _told])
def test_a_step_takes_time_that_grows_with_its_products(step: Callable[[Work, int], None]) -> None:
    """Each record is looked at by itself, and a log is read once: four times the products take
    about four times the work, and not sixteen times."""

    def taken(count: int) -> int:
        records = [
            record(handle=f"p-{n}", cpi=f"1-{n}", product_id=f"S226-1 {n}") for n in range(count)
        ]
        done = work(*records, files=swatches(count))
        return executed(lambda: step(done, count))

    taken(10)
    assert taken(80) < 5 * taken(20)


def test_the_ladder_is_documented_as_it_is() -> None:
    """Rung by rung, with its evidence."""
    page = (ROOT / "docs/capsules.md").read_text()
    told = re.findall(r"^\| ([A-Z_]+) \| (.+?) \|$", page, flags=re.MULTILINE)

    assert told == [(rung.stage.value, rung.evidence) for rung in LADDER]
