"""What became of an apply, as Markdown for a pull request comment: what did not go well first.

Within the limit at any size, with true counts; what does not fit is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.address import Address
from reconciler.model.change import AnyChange
from reconciler.model.cost import NOTHING, Cost
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reports.comment import MOST_WARNINGS, addresses, alarms
from reports.markdown import FRAME, LIMIT, Block, code, section, shortened
from reports.view import clean, outcome_headline, told_outcome

_RISK: Final = (Status.FAILED, Status.ALTERED, Status.HELD, Status.SKIPPED)
_FINE: Final = (Status.DONE, Status.CONVERGED)
_RUN: Final = "the run's own output has them all"

LONGEST_MESSAGE: Final = 2_000


def outcome_comment(
    plan: Plan,
    outcomes: Iterable[AnyOutcome],
    warnings: Iterable[str] = (),
    actual: Cost = NOTHING,
    limit: int = LIMIT,
) -> str:
    """The whole comment, at most `limit` characters. plan: the one that was carried out, which
    predicted what it would cost. actual: what it did cost."""
    listed = list(outcomes)
    changes = {change.address: change for change in plan.changes}
    text = "\n".join(_head(plan, listed, [clean(w) for w in warnings], actual))
    bad = [block for status in _RISK for block in _groups(listed, status, changes)]
    text += section("Did not go well", bad, limit - len(text) - FRAME, elsewhere=_RUN)
    fine = [block for status in _FINE for block in _groups(listed, status, changes)]
    return text + section("Went well", fine, limit - len(text), elsewhere=_RUN)


def _head(
    plan: Plan, outcomes: list[AnyOutcome], warnings: list[str], actual: Cost
) -> Iterator[str]:
    yield f"## Planogram applied: {outcome_headline(outcomes)}"
    yield ""
    yield from alarms(warnings, MOST_WARNINGS, "warnings")
    cost = told_outcome(plan, actual)
    if cost:
        yield f"- {cost}"
    if plan.recorded:
        yield f"- {len(plan.recorded):,} equal already; recorded in the ledger"
    yield f"- plan {code(plan.digest[:12])}"
    yield from ("", "")


def _groups(
    outcomes: Iterable[AnyOutcome], status: Status, changes: dict[Address, AnyChange]
) -> Iterator[Block]:
    """Those of one status, with what went alike said once: the same action and message."""
    alike: dict[tuple[str, str], list[AnyOutcome]] = {}
    for outcome in outcomes:
        if outcome.status is status:
            change = changes.get(outcome.address)
            key = change.action.value if change else "", outcome.message or ""
            alike.setdefault(key, []).append(outcome)
    for (action, message), group in alike.items():
        yield Block("\n".join(_lines(status, action, message, group, changes)) + "\n", len(group))


def _lines(
    status: Status,
    action: str,
    message: str,
    group: list[AnyOutcome],
    changes: dict[Address, AnyChange],
) -> Iterator[str]:
    """The remedy, which a message has after its dot, stands on a line of its own."""
    names = tuple(clean(str(outcome.address)) for outcome in group)
    links = tuple(_link(changes.get(outcome.address)) for outcome in group)
    count = f"{len(group):,} × " if len(group) > 1 else ""
    yield f"- **{status.value}**{f' {action}' if action else ''} · {count}{addresses(names, links)}"
    reason, _, remedy = shortened(clean(message), LONGEST_MESSAGE).partition(" · ")
    yield from (f"  - {code(text)}" for text in (reason, remedy) if text)


def _link(change: AnyChange | None) -> str:
    return (change.link or "") if change else ""
