"""Notes on the lines that people wrote: what a change at this line would do, the riskiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.change import Action, AnyChange, Cause, FieldChange
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reports.github.api import GitHub, Row
from reports.view import clean, headline, said

BATCH: Final = 50
"""Annotations that one request may carry."""

MOST: Final = 200
MOST_FIELDS: Final = 8
SUMMARY_LIMIT: Final = 65_535

_SPOKEN_OF: Final = (Cause.CONFLICT, Cause.INTENT)
"""Drift is nobody's line; it is told in the comment."""

_RISK: Final = (Action.DELETE, Action.UPDATE, Action.ADOPT, Action.FORGET, Action.CREATE)


def notes(plan: Plan) -> list[Row]:
    """At most `MOST`: conflicts first, then by what they could destroy."""
    told = [c for c in plan.changes if c.source and c.cause in _SPOKEN_OF]
    told.sort(key=lambda c: (c.cause is not Cause.CONFLICT, _RISK.index(c.action), c.address))
    return [_annotation(change, plan) for change in told[:MOST]]


def problem_annotations(problems: Sequence[Problem]) -> list[Row]:
    return [
        {
            "path": problem.place.path,
            "start_line": problem.place.line,
            "end_line": problem.place.line,
            "annotation_level": "failure",
            "title": "Planogram: can not be planned",
            "message": clean(f"{problem.cause} · {problem.remedy}"),
        }
        for problem in problems[:MOST]
    ]


async def check(
    github: GitHub, head: str, title: str, summary: str, conclusion: str, notes: Sequence[Row]
) -> Row:
    """A check run on a commit with all its annotations, in as many requests as they need."""
    output: dict[str, Any] = {"title": title[:255], "summary": summary[:SUMMARY_LIMIT]}
    first, *rest = _batches(notes)
    made = await github.post(
        "check-runs",
        name="planogram plan",
        head_sha=head,
        status="completed",
        conclusion=conclusion,
        output={**output, "annotations": first},
    )
    for batch in rest:
        await github.patch(f"check-runs/{made['id']}", output={**output, "annotations": batch})
    return made


def conclusion(plan: Plan) -> str:
    """A plan is no failure; one with something held asks for a look."""
    return "neutral" if plan.held or plan.unattributed else "success"


def summary(plan: Plan) -> str:
    """What the check says above its annotations."""
    told = sum(1 for c in plan.changes if c.source and c.cause in _SPOKEN_OF)
    shown = f"; {MOST} of {told:,} changes are shown at their lines" if told > MOST else ""
    return f"{headline(plan)}{shown}"


def _batches(notes: Sequence[Row]) -> Iterator[list[Row]]:
    yield list(notes[:BATCH])
    for start in range(BATCH, len(notes), BATCH):
        yield list(notes[start : start + BATCH])


def _annotation(change: AnyChange, plan: Plan) -> Row:
    assert change.source is not None
    hold = plan.holds.get(change.address)
    risky = hold or change.cause is Cause.CONFLICT or change.action is Action.DELETE
    lines = [_field(change, field) for field in change.fields[:MOST_FIELDS]]
    if len(change.fields) > MOST_FIELDS:
        lines.append(f"… and {len(change.fields) - MOST_FIELDS} more fields")
    if hold:
        lines.insert(0, clean(f"held, {hold.reason}: {hold.message} · {hold.remedy}"))
    return {
        "path": change.source.path,
        "start_line": change.source.line,
        "end_line": change.source.line,
        "annotation_level": "warning" if risky else "notice",
        "title": clean(f"{change.action.value} {change.address}")[:255],
        "message": "\n".join(lines) or change.action.value,
    }


def _field(change: AnyChange, field: FieldChange) -> str:
    if change.action is Action.CREATE:
        return f"{clean(field.path)}: {said(field.after)}"
    return f"{clean(field.path)}: {said(field.before)} → {said(field.after)}"
