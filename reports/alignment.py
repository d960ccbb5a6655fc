"""What a run aligned, as JSON and in a few lines: which values were made, which products moved.

Its keys are those of the one-time synchronisation that this replaces, so that what reads them
goes on: `created_attribute_values`, `updated_products`, `missing_products`, `missing_taxonomies`,
`errors`, `warnings`. Of a plan it tells what would be; of an apply, what was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.model.spec import owned
from reports.view import clean

Json = dict[str, Any]
Outcomes = Mapping[Address, AnyOutcome]

VALUES: Final = "attribute_value"
TAXONOMIES: Final = frozenset({"attribute", VALUES, "attribute_assignment"})
OF_PRODUCTS: Final = frozenset({"product_attributes", "product_metadata"})

_UNFIT: Final = "dangling"
_CREATE: Final = "create"


def plan_alignment(plan: Plan) -> Json:
    """What would be aligned."""
    return _alignment(plan, plan.pending, _objections(plan), plan.warnings)


def applied_alignment(plan: Plan, outcomes: Outcomes, warnings: Iterable[str]) -> Json:
    """What was aligned: a change that failed is among the errors, and nowhere else."""
    done = [c for c in plan.changes if c.address in outcomes and _is_done(outcomes[c.address])]
    broken = [
        f"{address}: {outcome.message or outcome.status.value}"
        for address, outcome in outcomes.items()
        if not outcome.status.is_fine and outcome.status is not Status.HELD
    ]
    said = (*plan.warnings, *warnings)
    return _alignment(plan, done, [*_objections(plan), *broken], said)


def refused_alignment(problems: Iterable[Problem]) -> Json:
    """Nothing could be planned: the desired state is not valid."""
    return {**_nothing(), "errors": [clean(str(problem)) for problem in problems]}


def summary(alignment: Json) -> str:
    """One line."""
    counts = {name.replace("_", " "): len(rows) for name, rows in alignment.items()}
    return " · ".join(f"{count} {name}" for name, count in counts.items())


def _nothing() -> Json:
    return {
        "created_attribute_values": [],
        "updated_products": [],
        "missing_products": [],
        "missing_taxonomies": [],
        "errors": [],
        "warnings": [],
    }


def _alignment(
    plan: Plan, changes: Iterable[AnyChange], errors: Iterable[str], warnings: Iterable[str]
) -> Json:
    changes = list(changes)
    missing = _missing(plan)
    return {
        **_nothing(),
        "created_attribute_values": [_value(change) for change in changes if _is_made(change)],
        "updated_products": _products(changes),
        "missing_products": [str(a) for a in missing if a.kind == "product"],
        "missing_taxonomies": [str(a) for a in missing if a.kind in TAXONOMIES],
        "errors": [clean(text) for text in errors],
        "warnings": [clean(text) for text in dict.fromkeys(warnings)],
    }


def _is_done(outcome: AnyOutcome) -> bool:
    return outcome.status is Status.DONE


def _is_made(change: AnyChange) -> bool:
    return change.address.kind == VALUES and change.action is Action.CREATE


def _value(change: AnyChange) -> Json:
    """The label is the name, unless it is kept as a translation."""
    assert change.after is not None
    said = owned(change.after.spec)
    attribute, _, key = change.address.key.partition("/")
    label = said.get("label") or said.get("name")
    return {"target": change.address.target, "attribute": attribute, "key": key, "label": label}


def _products(changes: Iterable[AnyChange]) -> list[Json]:
    """One entry a product, its attributes and its metadata together."""
    products: dict[tuple[str, str], Json] = {}
    for change in changes:
        if change.address.kind in OF_PRODUCTS:
            slug = change.address.key.partition("/")[0]
            row = products.setdefault(
                (change.address.target, slug),
                {"target": change.address.target, "product": slug, "before": {}, "after": {}},
            )
            for field in change.fields:
                row["before"][field.path] = field.before
                row["after"][field.path] = field.after
    return list(products.values())


def _missing(plan: Plan) -> list[Address]:
    """What is referred to and is not there, and what is missing and may not be made."""
    found = {address for violation in plan.violations for address in violation.missing}
    held = (v.address for v in plan.violations if v.guard == _CREATE and v.address in plan.holds)
    return sorted(found | {address for address in held if address})


def _objections(plan: Plan) -> list[str]:
    """Why what is held is held; what is missing is told by itself."""
    return [
        f"{address}: {hold.message} · {hold.remedy}"
        for address, hold in plan.holds.items()
        if hold.reason not in (_UNFIT, _CREATE, "needs")
    ]
