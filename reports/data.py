"""Plans and outcomes as JSON: the plan file (version 1), and what `--json` prints.

A plan holds `digest`, `counts`, `changes` (what would be carried out, in order), `held`,
`violations`, `estimate`, `scope`, `commits`, `recorded`, `gone`, `settled`, `accounts`,
`unattributed`, `warnings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from reconciler.model.change import AnyChange, FieldChange
from reconciler.model.cost import NOTHING, Cost
from reconciler.model.outcome import AnyOutcome
from reconciler.model.plan import Estimate, Hold, Plan
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

VERSION: Final = 1

Json = dict[str, Any]


def plan_data(plan: Plan) -> Json:
    return {
        "version": VERSION,
        "digest": plan.digest,
        "counts": plan.counts(),
        "changes": [change_data(change) for change in plan.pending],
        "held": [
            change_data(change) | {"hold": _hold(plan.holds[change.address])}
            for change in plan.held
        ],
        "violations": [
            {
                "guard": violation.guard,
                "subject": violation.subject,
                "message": violation.message,
                "remedy": violation.remedy,
            }
            for violation in plan.violations
        ],
        "estimate": _estimate(plan.estimate),
        "scope": {
            "planned": plan.scope.planned,
            "total": plan.scope.total,
            "narrowed": plan.scope.narrowed,
            "beside": plan.scope.beside,
        },
        "commits": {"head": plan.commits.head, "base": plan.commits.base},
        "recorded": [str(resource.address) for resource in plan.recorded],
        "gone": [str(address) for address in plan.gone],
        "settled": [str(address) for address in plan.settled],
        "accounts": dict(plan.accounts),
        "unattributed": list(plan.unattributed),
        "warnings": list(plan.warnings),
    }


def _members(change: AnyChange) -> Json:
    """Only of what has members, and where it is known which."""
    found = change.effect.members if change.effect else None
    if found is None:
        return {}
    return {
        "members": {
            "before": found.before,
            "after": found.after,
            "entering": list(found.entering),
            "leaving": list(found.leaving),
            "replayed": found.replayed,
        }
    }


def change_data(change: AnyChange) -> Json:
    source = change.source
    return {
        "address": str(change.address),
        "action": change.action.value,
        "cause": change.cause.value,
        "digest": change.digest,
        "remote": change.remote,
        "fields": [_field(field) for field in change.fields],
        "effect": change.effect.text if change.effect else None,
        **_members(change),
        "irreversible": change.irreversible,
        "source": _source(source) if source else None,
        "link": change.link,
        "pictures": {
            "before": list(change.pictures.before),
            "after": list(change.pictures.after),
            **({"files": list(change.pictures.files)} if change.pictures.files else {}),
        }
        if change.pictures
        else None,
    }


def _source(source: Source) -> Json:
    written = source.written
    return {
        "path": source.path,
        "line": source.line,
        "author": written.author if written else None,
        "commit": written.commit if written else None,
    }


def outcomes_data(
    plan: Plan,
    outcomes: Iterable[AnyOutcome],
    warnings: Iterable[str],
    actual: Cost = NOTHING,
) -> Json:
    listed = list(outcomes)
    counts = Counter(outcome.status.value for outcome in listed)
    return {
        "version": VERSION,
        "plan": plan.digest,
        "counts": dict(sorted(counts.items())),
        "recorded": len(plan.recorded),
        "outcomes": [
            {
                "address": str(outcome.address),
                "status": outcome.status.value,
                "remote": outcome.remote,
                "message": outcome.message,
            }
            for outcome in listed
        ],
        "warnings": list(warnings),
        "estimate": _estimate(plan.estimate),
        "actual": _cost(actual),
    }


def problems_data(problems: Iterable[Problem]) -> list[Json]:
    return [
        {
            "path": problem.place.path,
            "line": problem.place.line,
            "column": problem.place.column,
            "cause": problem.cause,
            "remedy": problem.remedy,
        }
        for problem in problems
    ]


def _field(field: FieldChange) -> Json:
    return {
        "path": field.path,
        "before": field.before,
        "after": field.after,
        "cause": field.cause.value,
    }


def _estimate(estimate: Estimate) -> Json:
    return {
        "requests": estimate.requests,
        "points": estimate.points,
        "low": _cost(estimate.range.low),
        "high": _cost(estimate.range.high),
    }


def _cost(cost: Cost) -> Json:
    return {
        "requests": cost.requests,
        "points": cost.points,
        "seconds": round(cost.seconds, 1),
    }


def _hold(hold: Hold) -> Json:
    told = {"reason": hold.reason, "message": hold.message, "remedy": hold.remedy}
    return told | ({"code": hold.code} if hold.code else {})
