"""`history`: what runs saw and did, as a picture and as files for a warehouse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from reconciler import trend
from reconciler.cli import options, speech
from reconciler.cli.composition import open_ledgers, open_workspace
from reconciler.cli.recording import days_ago, known
from reconciler.history import Row, Seen
from reconciler.model.errors import Usage
from reconciler.stalled import LOOKBACK_DAYS, days_between
from reports.export import Format, export

MOST_RUNS: Final = 10
MOST_STANDING: Final = 10

Lookback = Annotated[
    int, typer.Option("--lookback-days", min=1, metavar="N", help="How many days back.")
]
OneTarget = Annotated[
    str | None, typer.Option("--target", metavar="NAME", help="Only this target.")
]

history = typer.Typer(
    name="history",
    help="What runs saw and did, kept in git.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@history.command("export")
def export_(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")],
    form: Annotated[Format, typer.Option("--format", help="Of the file.")] = Format.CSV,
    lookback_days: Lookback = 14,
    target: OneTarget = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write the history as flat rows, ready for a warehouse's COPY: see docs/history.md.

    The file is there when it is whole. Parquet needs pip install 'planogram[parquet]'.

    Example: planogram history export --lookback-days 14 --format parquet --out history.parquet
    """
    with speech.told_plainly(as_json=as_json):
        if not out.parent.is_dir():
            raise Usage(f"--out {out}: there is no folder {out.parent} · make it first")
        rows = _read(desired, days_ago(lookback_days), target, sandbox=sandbox)
        count = export(rows, form, out)
        if as_json:
            speech.print_json({"rows": count, "format": form.value, "out": str(out)})
        else:
            speech.stdout().print(f"{count:,} rows written to {out}", markup=False, soft_wrap=True)


@history.command("show")
def show(
    lookback_days: Lookback = 14,
    target: OneTarget = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it to a file, too.")
    ] = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Show how much drifted, was held and waited day by day, and what has stood the longest.

    Example: planogram history show --lookback-days 30 --svg drift.svg
    """
    with speech.told_plainly(as_json=as_json):
        rows = _read(desired, days_ago(max(lookback_days, LOOKBACK_DAYS)), target, sandbox=sandbox)
        told = _told(rows, lookback_days)
        from reports.trend import print_trend, trend_svg

        if svg is not None:
            svg.write_text(trend_svg(told), encoding="utf-8")
        if as_json:
            speech.print_json(told)
        else:
            print_trend(speech.stdout(), told)


def _read(desired: Path, since: str, target: str | None, *, sandbox: bool) -> list[Row]:
    workspace = open_workspace(desired, all_sandboxed=sandbox)
    return known(open_ledgers(workspace, [target] if target else ()), since, target)


def _told(rows: list[Row], lookback_days: int) -> dict[str, Any]:
    """Ages look further back than the picture."""
    now = options.now()
    first, last = (now - timedelta(days=lookback_days - 1)).date(), now.date()
    return {
        "days": [
            {
                "day": day.day,
                "targets": day.targets,
                **{seen.value: day.count(seen) for seen in Seen},
            }
            for day in trend.days(rows, first.isoformat(), last.isoformat())
        ],
        "runs": trend.latest(rows, MOST_RUNS),
        "longest": [
            {
                "address": one.last["address"],
                "since": one.since,
                "days": days_between(one.since, now.isoformat()),
                "link": one.last["link"],
                "url": one.url,
            }
            for one in trend.longest(rows, MOST_STANDING)
        ],
    }
