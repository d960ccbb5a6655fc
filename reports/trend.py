"""The history as a picture: bars by day, for a terminal and as an SVG file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.data import Json
from reports.drift import told_moment
from reports.view import clean

Told = Mapping[str, Any]

WIDTH: Final = 110
LONGEST_BAR: Final = 40
SHORTEST_BAR: Final = 8
_BESIDE_A_BAR: Final = 46
"""Characters of the day and the counts."""

_COLOURS: Final = {"drifted": "red", "held": "yellow", "pending": "blue"}
_MARKS: Final = {"drifted": "█", "held": "▓", "pending": "░"}
"""They are told apart without colours, too."""

# Rich's own form fetches its font from the web, which a picture in a repository shall not.
_SVG: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})"
       clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def print_trend(console: Console, told: Told) -> None:
    """told: `days`, `runs` and `longest`, as `history show --json` says them."""
    console.print(_picture(told, console.width))


def trend_svg(told: Told) -> str:
    """The same as an SVG that needs nothing from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(_picture(told, WIDTH))
    return console.export_svg(title="Planogram", code_format=_SVG)


def _picture(told: Told, width: int) -> RenderableType:
    longest = max(SHORTEST_BAR, min(LONGEST_BAR, width - _BESIDE_A_BAR))
    parts: list[RenderableType] = [_legend(), _bars(told["days"], longest), Text("")]
    parts += [Text("Latest runs", "bold"), _runs(told["runs"]), Text("")]
    parts += [Text("Standing the longest", "bold"), _longest(told["longest"])]
    return Group(*parts)


def _legend() -> Text:
    text = Text("By day, the last look: ")
    for name, colour in _COLOURS.items():
        text.append(f"{_MARKS[name]} ", colour).append(f"{name}  ")
    return text


def _bars(days: Sequence[Json], longest: int) -> Table:
    table = Table.grid(padding=(0, 1))
    most = max((sum(day[name] for name in _COLOURS) for day in days), default=0)
    for day in days:
        table.add_row(Text(day["day"], "dim"), _bar(day, most, longest), _counts(day))
    return table


def _bar(day: Json, most: int, longest: int) -> Text:
    """Each part that is not nothing is seen."""
    text = Text()
    for name, colour in _COLOURS.items():
        length = -(-day[name] * longest // most) if most else 0
        text.append(_MARKS[name] * length, colour)
    return text


def _counts(day: Json) -> Text:
    if not day["targets"]:
        return Text("nobody looked", "dim")
    told = ", ".join(f"{day[name]:,} {name}" for name in _COLOURS if day[name])
    return Text(told or "calm", "" if told else "green")


def _runs(runs: Iterable[Json]) -> RenderableType:
    return _lines(
        f"{told_moment(run['at'])}  {run['sort']}  {run['target']}  {_told(run['counts'])}"
        + (f"  {run['url']}" if run["url"] else "")
        for run in runs
    )


def _longest(rows: Iterable[Json]) -> RenderableType:
    return _lines(f"{row['days']:,} days  {row['address']}  since {row['since']}" for row in rows)


def _lines(texts: Iterable[str]) -> RenderableType:
    lines = [Text(clean(text), overflow="fold") for text in texts]
    return Group(*lines) if lines else Text("none", "dim")


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing to do"
