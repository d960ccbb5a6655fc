"""The issue that stands while a branch is ahead of a shop: what waits, the ways on and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from reports.comment import code
from reports.github.sticky import Sticky
from reports.markdown import shortened
from reports.view import clean

AHEAD: Final = "ahead"
MOST: Final = 40
ROOM: Final = 50_000
"""Characters for the body, shared by the targets; the header names each once more."""
ROOM_TO_SAY_SO: Final = 200

Told = Mapping[str, Any]


def ahead(told: Sequence[Told], run_url: str, branch: str) -> tuple[str, Sticky]:
    """The issue's title and text. told: what became of each target, as `github apply` writes it."""
    behind = [row for row in told if not row["is_complete"]]
    names = ", ".join(sorted(row["target"] for row in behind))
    if not behind:
        body = f"Everything that was reviewed is carried out: [run]({run_url}).\n"
        return "Planogram: applied", Sticky(AHEAD, "applied", body)
    title = f"Planogram: {branch} is ahead of {names}"
    room = ROOM // len(behind)
    sections = "\n".join("\n".join(_section(row, branch, room)) for row in behind)
    head = f"What was merged is not all carried out. [The run]({run_url}) has the details."
    body = f"{head}\n\n{sections}"[:ROOM]
    facts = {"behind": {row["target"]: row["run_url"] for row in behind}}
    return title[:250], Sticky(AHEAD, clean(title), body, facts)


def _section(row: Told, branch: str, room: int) -> Iterator[str]:
    ways = ["", "**To go on**\n", *_ways_on(row), *_ways_back(row, branch), ""]
    yield f"### {code(row['target'])}\n"
    yield from _fitting(_waiting(row), room - len("\n".join(ways)))
    yield from ways


def _waiting(row: Told) -> Iterator[str]:
    problems = row.get("problems", ())[:MOST]
    yield from (f"- {code(shortened(clean(str(problem))))}" for problem in problems)
    yield from _not_fine(row)
    yield from _unreviewed(row)


def _fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    """As many lines as there is room for; that there are more is said."""
    for line in lines:
        room -= len(line) + 1
        if room < ROOM_TO_SAY_SO:
            yield "- … and more: see the run"
            return
        yield line


def _not_fine(row: Told) -> Iterator[str]:
    outcomes = (row.get("outcome") or {}).get("outcomes", ())
    bad = [o for o in outcomes if o["status"] not in ("done", "converged")]
    for outcome in bad[:MOST]:
        message = f": {code(shortened(clean(outcome['message'])))}" if outcome["message"] else ""
        yield f"- {outcome['status']} {code(clean(outcome['address']))}{message}"
    if len(bad) > MOST:
        yield f"- … and {len(bad) - MOST:,} more"


def _unreviewed(row: Told) -> Iterator[str]:
    addresses = row.get("unreviewed", ())
    for commit in row.get("pushed", ())[:MOST]:
        told = f"{code(commit['sha'][:12])} {code(clean(commit['subject']))}"
        yield f"- {told} by {code(clean(commit['author']))} came by no pull request"
    for address in addresses[:MOST]:
        yield f"- {code(clean(address))} moved and stands in no plan that was reviewed"
    if len(addresses) > MOST:
        yield f"- … and {len(addresses) - MOST:,} more"


def _ways_on(row: Told) -> Iterator[str]:
    run = str(row["run_url"]).rsplit("/", 1)[-1]
    yield "- What failed by chance: run the `apply` workflow again; it goes on where it stopped."
    if row.get("unreviewed"):
        yield (
            f"- What nobody reviewed: its plan is an artifact of [this run]({row['run_url']})."
            f" Read it, then run `apply` with `run_id` {code(run)}."
        )
    yield (
        "- What is held: `adopt` the live values, or run `apply` with the `run_id` of a plan that"
        " shows it and the `allow` entry that the hold names."
    )
    if any("plan" in str(problem) for problem in row.get("problems", ())):
        yield (
            "- What has no plan to go by: run the `drift` workflow, read its plan, and run `apply`"
            " with that run's id."
        )


def _ways_back(row: Told, branch: str) -> Iterator[str]:
    """The commands that take back what was merged and is not carried out."""
    pulls = [pull for pull in row.get("pulls", ()) if not pull["is_fine"]]
    pushed = [{"commits": [{"sha": c["sha"], "parents": 1}]} for c in row.get("pushed", ())]
    steps = [step for pull in reversed([*pulls, *pushed]) for step in _reverts(pull)]
    if not steps:
        return
    yield "\n**Or take it back**, by a pull request of its own:\n"
    yield "```sh"
    yield f"git fetch origin && git switch -c planogram/revert origin/{branch}"
    yield from steps
    yield "git push origin planogram/revert"
    yield "```"


def _reverts(pull: Told) -> Iterator[str]:
    for commit in reversed(pull["commits"]):
        mainline = " -m 1" if commit["parents"] > 1 else ""
        yield f"git revert --no-edit{mainline} {commit['sha']}"
