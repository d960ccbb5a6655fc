"""`freeze` and `unfreeze`: nothing is written to a target for a while."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from reconciler import freeze as freezes
from reconciler.cli import options, speech
from reconciler.cli.composition import open_ledgers, open_workspace
from reconciler.freeze import Freeze, NotFrozen
from reconciler.ledger import Ledger
from reconciler.model.errors import Usage
from reconciler.repository import repository_of

Names = Annotated[
    list[str] | None, typer.Argument(metavar="TARGET...", help="Targets; none means all.")
]

_SPAN: Final = re.compile(r"(\d+)([hd])")
_MOMENT: Final = "%Y-%m-%dT%H:%MZ"


def freeze(
    targets: Names = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who meet it.")] = "",
    until: Annotated[
        str | None,
        typer.Option(
            "--until", help="4h, 2d, 2026-11-30 or 2026-11-30T18:00Z; else until it is lifted."
        ),
    ] = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Let nothing be written to targets for a while; plans go on and show what is held.

    The order stands in git, under refs/planogram/frozen, for everybody at once. An apply that is
    at work is not stopped by it.

    Example: planogram freeze shop --reason "prices look wrong" --until 4h
    """
    with speech.told_plainly(as_json=as_json):
        if not reason:
            raise Usage('--reason is missing · say why, like --reason "prices look wrong"')
        now = options.now()
        end = until and _end(until, now)
        order = Freeze(reason, end, _user(desired), now.strftime(_MOMENT))
        ledgers = _ledgers(desired, targets, sandbox=sandbox)
        for ledger in ledgers:
            freezes.freeze(ledger.repository, ledger.target, order)
        _tell({ledger.target: str(order) for ledger in ledgers}, "is frozen", as_json=as_json)


def unfreeze(
    targets: Names = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Lift a freeze; without targets, every freeze there is.

    What was held since is carried out by the next apply that is told to.

    Example: planogram unfreeze shop
    """
    with speech.told_plainly(as_json=as_json):
        lifted: dict[str, str] = {}
        refused: list[str] = []
        for ledger in _ledgers(desired, targets, sandbox=sandbox):
            try:
                order = freezes.unfreeze(ledger.repository, ledger.target)
                lifted[ledger.target] = str(order)
            except NotFrozen as error:
                refused += [str(error)] if targets else []
        if refused and not lifted:
            raise NotFrozen("; ".join(refused))
        _tell(lifted, "was frozen", as_json=as_json)
        for text in refused:
            speech.warn(text)
        raise typer.Exit(1 if refused else 0)


def _ledgers(desired: Path, names: list[str] | None, *, sandbox: bool) -> list[Ledger]:
    return open_ledgers(open_workspace(desired, all_sandboxed=sandbox), names or ())


def _user(desired: Path) -> str | None:
    """Who says so, as git knows them here."""
    repository = repository_of(desired)
    return repository.user if repository else None


def _end(text: str, now: datetime) -> str:
    """The end as freezes are compared: `2026-11-30T18:00Z`."""
    span = _SPAN.fullmatch(text)
    if span:
        count = int(span[1])
        try:
            length = timedelta(hours=count) if span[2] == "h" else timedelta(days=count)
            return (now + length).strftime(_MOMENT)
        except OverflowError as error:
            raise Usage(f"--until {text} is beyond all time · leave it out instead") from error
    for form in ("%Y-%m-%d", _MOMENT):
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if moment <= now:
            raise Usage(f"--until {text} is over already · name a time to come")
        return moment.strftime(_MOMENT)
    raise Usage(f"--until {text} is no time · write 4h, 2d, 2026-11-30 or 2026-11-30T18:00Z")


def _tell(told: dict[str, str], words: str, *, as_json: bool) -> None:
    if as_json:
        speech.print_json({"targets": told})
        return
    if not told:
        speech.stdout().print("nothing is frozen")
    for target, order in told.items():
        speech.stdout().print(f"{target} {words} {order}", markup=False, soft_wrap=True)
