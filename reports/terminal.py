"""A plan and its outcomes in the terminal, coloured where the terminal wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.text import Text

from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reports.view import Entry, FieldLine, clean, outcome_headline, outcome_line, view

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


def print_outcomes(
    console: Console,
    outcomes: Iterable[AnyOutcome],
    warnings: Iterable[str],
    cost: str = "",
    *,
    title: str = "Apply",
) -> None:
    """What did not go well, one line each, and the counts last. cost: see `view.told_outcome`.
    title: what was done."""
    listed = list(outcomes)
    for outcome in listed:
        if not outcome.status.is_fine:
            colour = _STATUS_COLOURS[outcome.status]
            console.print(Text(outcome_line(outcome), colour), soft_wrap=True)
    for warning in warnings:
        console.print(Text(f"! {warning}", "red"), soft_wrap=True)
    if cost:
        console.print(Text(cost, "dim"), soft_wrap=True)
    console.print(Text(f"{title}: {outcome_headline(listed)}", "bold"), soft_wrap=True)


def _print_entry(console: Console, entry: Entry) -> None:
    line = Text(f"{entry.symbol} ", _COLOURS[entry.action])
    line.append(_subject(entry))
    line.append(f"  {entry.action}, {entry.cause}", "dim")
    if len(entry.addresses) == 1 and entry.sources[0]:
        line.append(f"  {entry.sources[0]}", "dim")
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
        held = f"    held, {entry.hold.reason}: {entry.hold.message} · {entry.hold.remedy}"
        console.print(Text(held, "yellow"), soft_wrap=True)
        for link in filter(None, entry.links[:MOST_ADDRESSES]):
            console.print(Text(f"    {clean(link)}", "dim"), soft_wrap=True)


def _change(field: FieldLine, entry: Entry) -> str:
    if entry.action == "create":
        return field.after
    return field.delta or f"{field.before} → {field.after}"


def _subject(entry: Entry) -> str:
    if len(entry.addresses) == 1:
        return entry.addresses[0]
    shown = ", ".join(entry.addresses[:MOST_ADDRESSES])
    rest = len(entry.addresses) - MOST_ADDRESSES
    return f"{len(entry.addresses)} × {shown}" + (f" and {rest} more" if rest > 0 else "")
