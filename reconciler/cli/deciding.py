"""`capsule lock`, `unlock`, `rollback`, `status` and `doctor`: what people decide of products, and
what they look at before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from reconciler.capsule import standing, steps
from reconciler.capsule.authorisation import ACTIONS
from reconciler.capsule.state import ProductState, Stage
from reconciler.cli import options, speech
from reconciler.cli.desk import Cpis, Desk, Name, desk
from reconciler.cli.revisions import committed_capsule
from reconciler.model.errors import Usage
from reconciler.model.wording import nearest
from reports.view import clean


def decisions(group: typer.Typer) -> None:
    """Put the commands into the group."""
    group.command()(lock)
    group.command()(unlock)
    group.command("rollback")(roll_back)
    group.command()(status)
    group.command()(doctor)


def lock(
    name: Name,
    cpis: Cpis = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for the record.")] = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Freeze products: they are read, and nothing of them is written.

    Example: planogram capsule lock S226 --cpis 3004-416689 --reason "legal hold"
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        opened.tell("lock", steps.lock(opened.work, locked=True, reason=reason))


def unlock(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Let locked products go. It counts once it was merged by itself.

    Example: planogram capsule unlock S226 --cpis 3004-416689
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        opened.tell("unlock", steps.lock(opened.work, locked=False))


def roll_back(
    name: Name,
    cpis: Cpis = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STAGE", help="The rung to go back to.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let them go up again.")] = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Take products back to an earlier stage, unlocked; they go no higher until that is lifted.

    The shop stays as it is.

    Example: planogram capsule rollback S226 --cpis 3004-416689 --to MEDIA_ATTACHED
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        if (to is None) != lift:
            raise Usage("say either --to STAGE or --lift")
        if to is not None and to not in list(Stage):
            raise Usage(f"--to {to}: {nearest(to, [stage.value for stage in Stage])}")
        told = steps.roll_back(opened.work, Stage(to) if to else None)
        opened.tell("rollback", told)


def _named(cpis: list[str] | None) -> list[str]:
    named = options.listed(cpis)
    if not named:
        raise typer.BadParameter("name the products", param_hint="--cpis")
    return list(named)


def status(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Say where each product stands.

    Example: planogram capsule status S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        found = standing.standings(opened.work, opened.work.evidence(opened.enriched))
        _show(opened, found, [], as_json, in_full=False)
        raise typer.Exit


def doctor(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Say what stands between each product and its next stage, and what is wrong with the files.

    Exits 1 when a rule of the state does not hold or a file is not what it has to be.

    Example: planogram capsule doctor S226 --cpis 3004-416689
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        committed = _committed(opened)
        told = (str(problem) for problem in opened.workspace.desired.problems)
        wrong = [*standing.ailments(opened.work, committed), *told]
        found = standing.standings(opened.work, opened.work.evidence(opened.enriched))
        _show(opened, found, wrong, as_json, in_full=True)
        raise typer.Exit(1 if wrong else 0)


def _committed(opened: Desk) -> ProductState | None:
    found = committed_capsule(opened.workspace, opened.document.capsule)
    return found.state if found else None


def _show(
    opened: Desk,
    found: Sequence[standing.Standing],
    wrong: Sequence[str],
    as_json: bool,
    *,
    in_full: bool,
) -> None:
    if as_json:
        data: dict[str, Any] = {
            "capsule": opened.document.capsule,
            "products": [one.data() for one in found],
            "stages": dict(Counter(one.product.promotion.stage.value for one in found)),
        }
        speech.print_json({**data, "problems": list(wrong)} if in_full else data)
        return
    console = speech.stdout()
    for one in found:
        console.print(Text(clean(_line(one)), "bold" if in_full else ""), soft_wrap=True)
        for line in _lines(one) if in_full else ():
            console.print(Text(clean(f"  {line}")), soft_wrap=True)
    for text in wrong:
        speech.warn(clean(text))
    counts = Counter(one.product.promotion.stage for one in found)
    told = ", ".join(f"{counts[stage]} {stage}" for stage in Stage if counts[stage])
    console.print(Text(told or "no product", "bold"))


def _line(one: standing.Standing) -> str:
    product = one.product
    marks = [
        *(["locked"] if product.promotion.locked else []),
        *([] if product.import_.eligible else ["not eligible"]),
        *([] if product.is_go else ["NO-GO"]),
        *(["accessory"] if product.is_accessory else []),
    ]
    return (
        f"{product.cpi}  {product.handle}  {product.promotion.stage}  {', '.join(marks)}".rstrip()
    )


def _lines(one: standing.Standing) -> Iterator[str]:
    if one.next is not None:
        yield f"{one.next}: {one.lacking}"
    told: dict[str, list[str]] = {}
    for action in ACTIONS:
        if refusal := one.refusals.get(action):
            text = f"{refusal.code}: {refusal.message} · {refusal.remedy}"
            told.setdefault(text, []).append(action)
    yield from (f"no {', '.join(actions)}: {text}" for text, actions in told.items())
    yield from (f"asked: {reason}" for reason in one.asked)
    yield from (f"answered, and not written yet: {reason}" for reason in one.answered)
