"""A plan as Markdown for a pull request comment: always within the limit, always with true counts.

GitHub takes 65,536 characters. The head with the counts always fits; details are added while
there is room, the riskiest first, and what does not fit is counted, never left unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.plan import Plan
from reports.view import Entry, FieldLine, view

LIMIT: Final = 60_000
"""Characters; GitHub's own limit is 65,536, and a header is put before it."""

MOST_ADDRESSES: Final = 20
MOST_FIELDS: Final = 12
MOST_OBJECTIONS: Final = 20


def comment(plan: Plan, limit: int = LIMIT) -> str:
    """The whole comment, at most `limit` characters."""
    seen = view(plan)
    head = [f"## Planogram: {seen.headline}", ""]
    head += [f"> ⚠️ {code(objection)}" for objection in seen.objections[:MOST_OBJECTIONS]]
    if len(seen.objections) > MOST_OBJECTIONS:
        head += [f"> ⚠️ … and {len(seen.objections) - MOST_OBJECTIONS:,} more objections"]
    head += [f"- {note}" for note in seen.notes] + ([f"- {seen.cost}"] if seen.cost else [])
    head += [f"- plan {code(plan.digest[:12])}", ""]
    sections = [("Held: not carried out", seen.held), ("Changes", seen.pending)]
    text = "\n".join(head)
    for title, entries in sections:
        text += _section(title, entries, limit - len(text))
    return text


def code(text: str) -> str:
    """Text as a code span, in which Markdown, HTML and @mentions mean nothing."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _section(title: str, entries: tuple[Entry, ...], room: int) -> str:
    if not entries:
        return ""
    total = sum(len(entry.addresses) for entry in entries)
    opened = "<details open>" if total <= 10 else "<details>"
    begin = f"{opened}<summary>{title}: {total:,}</summary>\n\n"
    end = "\n</details>\n"
    kept, told = _fitting(entries, room - len(begin) - len(end) - 120)
    rest = total - told
    tail = f"\n… and {rest:,} more, not shown here: the plan file has them all\n" if rest else ""
    return begin + kept + tail + end


def _fitting(entries: Iterable[Entry], room: int) -> tuple[str, int]:
    text, told = "", 0
    for entry in entries:
        block = "\n".join(_lines(entry)) + "\n"
        if len(text) + len(block) > room:
            continue
        text += block
        told += len(entry.addresses)
    return text, told


def _lines(entry: Entry) -> Iterator[str]:
    cause = f" · {entry.cause}"
    source = f" · {code(entry.sources[0])}" if entry.sources[0] else ""
    if len(entry.addresses) == 1:
        yield f"- {code(entry.symbol)} {code(entry.addresses[0])} · {entry.action}{cause}{source}"
    else:
        count = f"{len(entry.addresses):,} × {entry.kind}"
        yield f"- {code(entry.symbol)} {count} · {entry.action}{cause}"
        yield f"  - {_addresses(entry.addresses)}"
    if entry.hold:
        yield f"  - **held, {entry.hold.reason}**: {code(entry.hold.message)}"
        yield f"    {code(entry.hold.remedy)}"
    if entry.effect:
        yield f"  - {code(entry.effect)}"
    if entry.irreversible:
        yield f"  - **can not be taken back**: {code(entry.irreversible)}"
    for field in entry.fields[:MOST_FIELDS]:
        yield f"  - {_field(field, entry)}"
    if len(entry.fields) > MOST_FIELDS:
        yield f"  - … and {len(entry.fields) - MOST_FIELDS} more fields"


def _addresses(addresses: tuple[str, ...]) -> str:
    shown = ", ".join(code(address) for address in addresses[:MOST_ADDRESSES])
    rest = len(addresses) - MOST_ADDRESSES
    return shown + (f" and {rest:,} more" if rest > 0 else "")


def _field(field: FieldLine, entry: Entry) -> str:
    cause = f" · {field.cause}" if field.cause != entry.cause else ""
    if entry.action == "create":
        return f"{code(field.path)}: {code(field.after)}{cause}"
    if field.delta:
        return f"{code(field.path)}: {code(field.delta)}{cause}"
    return f"{code(field.path)}: {code(field.before)} → {code(field.after)}{cause}"
