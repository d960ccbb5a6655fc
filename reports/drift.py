"""A look for drift as Markdown: the one issue that is used again, and what `drift` says beside.

The first line is the heartbeat. The counts always fit and are true; what is not shown is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from reconciler.model.watch import REMIND_AFTER_DAYS, Watched
from reports.comment import linked
from reports.data import Json
from reports.markdown import FRAME, LIMIT, Block, code, link, section, shortened
from reports.view import clean, said
from reports.watch import DriftReport, Group, Told, counted, watch_data

MOST_TARGETS: Final = 60
MOST_FIELDS: Final = 12
MOST_MEMBERS: Final = 20
MOST_WARNINGS: Final = 20
_ARTIFACT: Final = "the run's artifacts have them all"


def drift_title(report: DriftReport) -> str:
    """The issue's title, of at most 250 characters."""
    return shortened(f"Planogram: {clean(report.headline)}", 250)


def drift_issue(report: DriftReport, limit: int = LIMIT) -> str:
    """The issue's text, at most `limit` characters; of a calm report the form to close it with."""
    text = "\n".join([*_head(report), "", ""])
    drawn = [
        partial(section, "Drifted", list(_groups(report.groups)), elsewhere=_ARTIFACT),
        partial(section, "Stalled", list(_stalled(report.stalled)), elsewhere=_ARTIFACT),
        partial(section, "Tolerated", list(_tolerated(report.tolerated)), elsewhere=_ARTIFACT),
    ]
    for draw, kept in zip(drawn, (limit // 4, limit // 12, 0), strict=True):
        text += draw(room=limit - len(text) - kept)
    return text


def standing_sections(found: Watched, room: int) -> str:
    """How long everything has stood, and what is let be, in at most so many characters."""
    told = watch_data(found)
    text = "\n\n"
    stalled = list(_stalled(row for row in told["stalled"] if row["days"]))
    text += section("Stalled", stalled, room - len(text) - FRAME)
    return text + section("Tolerated", list(_tolerated(told["tolerated"])), room - len(text))


def heartbeat(report: DriftReport) -> str:
    """`2026-11-26 03:12 UTC; 3 targets, 4,812 resources`."""
    count = len(report.looked)
    targets = f"{count} target{'s' if count != 1 else ''}"
    return f"{told_moment(report.at)}; {targets}, {report.resources:,} resources"


def told_moment(at: str) -> str:
    """`2026-11-26T03:12:00Z` for people."""
    return f"{clean(at)[:16].replace('T', ' ')} UTC"


def told_age(days: int) -> str:
    return f"{days:,} day{'s' if days != 1 else ''}"


def _head(report: DriftReport) -> Iterator[str]:
    into = link("run", report.url or "")
    yield f"Last looked at {heartbeat(report)}" + (f"; {into}" if into else "")
    yield ""
    yield from _missing(report)
    if report.is_calm:
        yield "Everything that is managed is as git says, or is tolerated."
        yield ""
    if report.looked:
        yield from _table(report)
    yield from _warnings(report)
    if not report.is_calm:
        yield from ("", *_ways(report))


def _missing(report: DriftReport) -> Iterator[str]:
    for target, why in sorted(report.missing.items())[:MOST_TARGETS]:
        yield f"> ⚠️ {code(clean(target))} was **not looked at**: {code(shortened(clean(why)))}"
    if len(report.missing) > MOST_TARGETS:
        yield f"> ⚠️ … and {len(report.missing) - MOST_TARGETS:,} more were not looked at"
    if report.missing:
        yield ""


def _table(report: DriftReport) -> Iterator[str]:
    yield "| target | drifted | held | pending | tolerated | resources |"
    yield "|---|--:|--:|--:|--:|--:|"
    for target in list(report.looked)[:MOST_TARGETS]:
        counts = counted(report, target)
        told = [counts[name] for name in ("drifted", "held", "pending", "tolerated")]
        cells = [f"{n:,}" for n in (*told, int(report.looked[target]["resources"]))]
        yield f"| {code(clean(target))} | {' | '.join(cells)} |"
    if len(report.looked) > MOST_TARGETS:
        yield f"| … and {len(report.looked) - MOST_TARGETS:,} more | | | | | |"


def _warnings(report: DriftReport) -> Iterator[str]:
    """What is to be known of targets: that git is behind a source, above all."""
    told = [text for target in report.looked.values() for text in target["warnings"]]
    listed = list(dict.fromkeys(map(str, told)))
    if listed:
        yield ""
    yield from (f"- {code(shortened(clean(text)))}" for text in listed[:MOST_WARNINGS])
    if len(listed) > MOST_WARNINGS:
        yield f"- … and {len(listed) - MOST_WARNINGS:,} more"


def _ways(report: DriftReport) -> Iterator[str]:
    if report.groups:
        run = (report.url or "").rstrip("/").rsplit("/", 1)[-1]
        named = f" {code(clean(run))}" if run else " of the run above"
        yield (
            f"- **Restore** what git says: run the `apply` workflow with `run_id`{named}, and with"
            " `only` for a part of it."
        )
        yield "- **Adopt** what is live: run the `adopt` workflow; it opens a pull request."
        yield "- **Let it be** for a while: an entry in `desired/tolerances.yaml`."
    if report.due:
        yield (
            f"- {len(report.due):,} changes have waited for {REMIND_AFTER_DAYS} days or more: see"
            " *Stalled*."
        )


def _groups(groups: Iterable[Group]) -> Iterator[Block]:
    for group in groups:
        yield Block("\n".join(_group(group)) + "\n", len(group.members))


def _group(group: Group) -> Iterator[str]:
    count = f" × {len(group.members):,}" if len(group.members) > 1 else ""
    where = f" in {len(group.targets)} targets" if len(group.targets) > 1 else ""
    yield f"- {code(clean(group.kind))}{count}{where} · {ages(group)}"
    yield from (f"  - {line}" for line in _transition(group))
    yield from (f"  - {_member(member)}" for member in group.members[:MOST_MEMBERS])
    if len(group.members) > MOST_MEMBERS:
        yield f"  - … and {len(group.members) - MOST_MEMBERS:,} more"


def ages(group: Group) -> str:
    """`for 3 days`, `for 1–9 days`."""
    if group.newest == group.oldest:
        return f"for {told_age(group.oldest)}"
    return f"for {group.newest:,}–{told_age(group.oldest)}"


def _transition(group: Group) -> Iterator[str]:
    if group.action == "create":
        yield "it is gone"
        return
    for field in group.fields[:MOST_FIELDS]:
        moved = " · git moved it, too" if field["cause"] == "conflict" else ""
        yield f"{code(clean(field['path']))}: {_values(field)}{moved}"
    if len(group.fields) > MOST_FIELDS:
        yield f"… and {len(group.fields) - MOST_FIELDS:,} more fields"


def _values(field: Told) -> str:
    return f"live {code(said(field['before']))} → git {code(said(field['after']))}"


def _member(row: Told) -> str:
    parts = [linked(clean(row["address"]), row["link"] or ""), _since(row, row["seen_by"])]
    parts += [f"**held**: {code(clean(row['held']))}"] if row["held"] else []
    parts += [f"**failing**: {code(shortened(clean(row['failed'])))}"] if row["failed"] else []
    parts += [f"**{code(clean(row['expired']))}**"] if row["expired"] else []
    return " · ".join(parts)


def _since(row: Told, url: Any) -> str:
    first = link("first seen", str(url or ""))
    reminder = "⏰ " if row["days"] >= REMIND_AFTER_DAYS else ""
    return f"{reminder}{told_age(int(row['days']))}" + (f", {first}" if first else "")


def _stalled(rows: Iterable[Json] | Iterable[Told]) -> Iterator[Block]:
    for row in rows:
        where = linked(clean(row["address"]), row["link"] or "")
        reason = f": {code(shortened(clean(row['reason'])))}" if row["reason"] else ""
        yield Block(f"- {_since(row, row['url'])} · {code(clean(row['why']))}{reason} · {where}\n")


def _tolerated(rows: Iterable[Json] | Iterable[Told]) -> Iterator[Block]:
    for row in rows:
        where = linked(clean(row["address"]), row["link"] or "")
        why = code(shortened(clean(row["reason"])))
        until, place = code(clean(row["until"])), code(clean(row["place"]))
        yield Block(f"- {where} · until {until} · {why} · {place}\n")
