"""A plan and its outcomes in the terminal, coloured where the terminal wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reconciler.model.watch import REMIND_AFTER_DAYS, Stalled, Watched
from reports.view import Entry, FieldLine, clean, outcome_headline, outcome_line, view
from reports.watch import lapsed_text

_COLOURS: Final[Mapping[str, str]] = {
    "create": "green",
    "update": "yellow",
    "delete": "red",
    "adopt": "cyan",
    "forget": "dim",
}
_STATUS_COLOURS: Final[Mapping[Status, str]] = {
    Status.DONE: "green",
    Status.CONVERGED: "green",
    Status.HELD: "yellow",
    Status.SKIPPED: "yellow",
    Status.ALTERED: "red",
    Status.FAILED: "red",
}
MOST_ADDRESSES: Final = 5
MOST_STALLED: Final = 20


def print_plan(console: Console, plan: Plan) -> None:
    """Everything that is planned and held, the objections, and the counts last."""
    seen = view(plan)
    for entry in (*seen.pending, *seen.held):
        _print_entry(console, entry)
    for objection in seen.objections:
        console.print(Text(f"! {objection}", "red"), soft_wrap=True)
    for note in (*seen.notes, *seen.warnings):
        console.print(Text(note, "dim"), soft_wrap=True)
    if seen.cost:
        console.print(Text(seen.cost, "dim"))
    console.print(Text(f"Plan: {seen.headline}", "bold"), soft_wrap=True)


def print_watched(console: Console, found: Watched) -> None:
    """The drift, with what is let be, and how long everything has stood."""
    print_plan(console, found.moved)
    for change, tolerance in found.tolerated:
        text = f"tolerated until {tolerance.until}: {change.address} ({tolerance.reason})"
        console.print(Text(clean(text), "dim"), soft_wrap=True)
    for address, tolerance in found.lapsed.items():
        text = f"{address}: {lapsed_text(tolerance, found.now)}"
        console.print(Text(clean(text), "yellow"), soft_wrap=True)
    _print_stalled(console, [one for one in found.stalled if one.days])


def _print_stalled(console: Console, stalled: Sequence[Stalled]) -> None:
    """What has stood for a day or more."""
    for one in stalled[:MOST_STALLED]:
        console.print(Text(_stalled(one), "yellow" if one.is_due else "dim"), soft_wrap=True)
    if len(stalled) > MOST_STALLED:
        console.print(Text(f"… and {len(stalled) - MOST_STALLED:,} more that stand", "dim"))
    if stalled:
        due = sum(one.is_due for one in stalled)
        told = f"{len(stalled):,} for a day or more, {due:,} for {REMIND_AFTER_DAYS} or more"
        console.print(Text(f"Stalled: {told}", "bold"), soft_wrap=True)


def _stalled(one: Stalled) -> str:
    reason = f", {one.reason}" if one.reason else ""
    days = f"{one.days:,} day{'s' if one.days != 1 else ''}"
    return clean(f"stands {days}: {one.change.address}  {one.why.value}{reason}")


def print_outcomes(
    console: Console,
    outcomes: Iterable[AnyOutcome],
    warnings: Iterable[str],
    cost: str = "",
    *,
    title: str = "Apply",
) -> None:
    """What did not go well, once for many that met the same, and the counts last. cost: see
    `view.told_outcome`. title: what was done."""
    listed = list(outcomes)
    for status, line in _bad(listed):
        console.print(Text(line, _STATUS_COLOURS[status]), soft_wrap=True)
    for warning in warnings:
        console.print(Text(f"! {warning}", "red"), soft_wrap=True)
    if cost:
        console.print(Text(cost, "dim"), soft_wrap=True)
    console.print(Text(f"{title}: {outcome_headline(listed)}", "bold"), soft_wrap=True)


def _bad(outcomes: Iterable[AnyOutcome]) -> Iterator[tuple[Status, str]]:
    """A line each, or one for more than are shown by their addresses."""
    groups: dict[tuple[Status, str | None], list[AnyOutcome]] = {}
    for outcome in outcomes:
        if not outcome.status.is_fine:
            groups.setdefault((outcome.status, outcome.message), []).append(outcome)
    for (status, message), alike in groups.items():
        if len(alike) > MOST_ADDRESSES:
            subject = _counted([str(outcome.address) for outcome in alike])
            why = f": {message}" if message else ""
            yield status, clean(f"{status.value} {subject}{why}")
        else:
            yield from ((status, outcome_line(outcome)) for outcome in alike)


def _print_entry(console: Console, entry: Entry) -> None:
    line = Text(f"{entry.symbol} ", _COLOURS[entry.action])
    line.append(_subject(entry))
    line.append(f"  {entry.action}, {entry.cause}", "dim")
    if entry.place:
        line.append(f"  {entry.place}", "dim")
    console.print(line, soft_wrap=True)
    for field in entry.fields:
        change = _change(field, entry)
        suffix = f"  ({field.cause})" if field.cause != entry.cause else ""
        console.print(Text(f"    {field.path}: {change}{suffix}"), soft_wrap=True)
    if entry.effect:
        console.print(Text(f"    {entry.effect}", "magenta"), soft_wrap=True)
    if entry.irreversible:
        console.print(
            Text(f"    can not be taken back: {entry.irreversible}", "red"), soft_wrap=True
        )
    if entry.hold:
        why = f"{entry.hold.message} · {entry.hold.remedy}"
        if entry.goes_with_all:
            why = f"with all of {entry.target}, see below"
        console.print(Text(f"    held, {entry.hold.reason}: {why}", "yellow"), soft_wrap=True)
        for link in filter(None, entry.links[:MOST_ADDRESSES]):
            console.print(Text(f"    {clean(link)}", "dim"), soft_wrap=True)


def _change(field: FieldLine, entry: Entry) -> str:
    if entry.action == "create":
        return field.after
    return field.delta or f"{field.before} → {field.after}"


def _subject(entry: Entry) -> str:
    if len(entry.addresses) == 1:
        return entry.addresses[0]
    return _counted(entry.addresses)


def _counted(addresses: Sequence[str]) -> str:
    shown, rest = ", ".join(addresses[:MOST_ADDRESSES]), len(addresses) - MOST_ADDRESSES
    return f"{len(addresses)} × {shown}" + (f" and {rest} more" if rest > 0 else "")
