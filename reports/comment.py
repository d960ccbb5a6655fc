"""A plan as Markdown for a pull request comment: always within the limit, always with true counts.

GitHub takes 65,536 characters. The head with the counts always fits; details are added while
there is room, the riskiest first, and what does not fit is counted, never left unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from reconciler.model.plan import Plan
from reports.markdown import FRAME, LIMIT, Block, link, section, shortened
from reports.markdown import code as code
from reports.thumbnails import thumbnails
from reports.view import Entry, FieldLine, PlanView, view

MOST_ADDRESSES: Final = 20
MOST_FIELDS: Final = 12
MOST_OBJECTIONS: Final = 20
MOST_WARNINGS: Final = 20


def comment(
    plan: Plan, limit: int = LIMIT, *, images: bool = True, files_at: str | None = None
) -> str:
    """The whole comment, at most `limit` characters. images: whether pictures of image changes
    are drawn, the public ones. files_at: the address below which the repository's files are found
    as the plan has them; without it those that are to be uploaded are told by their paths."""
    seen = view(plan)
    sections: list[Callable[[int], str]] = [
        partial(section, "Held: not carried out", list(_blocks(seen.held))),
        partial(section, "Changes", list(_blocks(seen.pending))),
    ]
    if images:
        sections.append(partial(thumbnails, (*seen.held, *seen.pending), files_at=files_at))
    text = "\n".join([*_head(seen), f"- plan {code(plan.digest[:12])}", "", ""])
    for left, drawn in zip(range(len(sections), 0, -1), sections, strict=True):
        text += drawn(limit - len(text) - (left - 1) * FRAME)
    return text


def _head(seen: PlanView) -> Iterator[str]:
    yield f"## Planogram: {seen.headline}"
    yield ""
    yield from alarms(seen.objections, MOST_OBJECTIONS, "objections")
    yield from (f"- {note}" for note in seen.notes)
    yield from alarms(seen.warnings, MOST_WARNINGS, "warnings")
    if seen.cost:
        yield f"- {seen.cost}"


def alarms(texts: Iterable[str], most: int, name: str) -> Iterator[str]:
    """At most so many texts, each at the length of a line or two, and how many more there are."""
    listed = list(texts)
    yield from (f"> ⚠️ {code(shortened(text))}" for text in listed[:most])
    if len(listed) > most:
        yield f"> ⚠️ … and {len(listed) - most:,} more {name}"
    if listed:
        yield ""


def _blocks(entries: Iterable[Entry]) -> Iterator[Block]:
    for entry in entries:
        yield Block("\n".join(_lines(entry)) + "\n", len(entry.addresses))


def _lines(entry: Entry) -> Iterator[str]:
    cause = f" · {entry.cause}"
    source = f" · {code(entry.place)}" if entry.place else ""
    if len(entry.addresses) == 1:
        where = linked(entry.addresses[0], entry.links[0])
        yield f"- {code(entry.symbol)} {where} · {entry.action}{cause}{source}"
    else:
        count = f"{len(entry.addresses):,} × {entry.kind}"
        yield f"- {code(entry.symbol)} {count} · {entry.action}{cause}{source}"
        yield f"  - {addresses(entry.addresses, entry.links)}"
    if entry.hold and entry.goes_with_all:
        yield f"  - **held, {entry.hold.reason}**: with all of {code(entry.target)}, see above"
    elif entry.hold:
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


def addresses(names: tuple[str, ...], links: tuple[str, ...]) -> str:
    """Several addresses with their links, the first ones shown and the others counted."""
    pairs = list(zip(names, links, strict=True))[:MOST_ADDRESSES]
    rest = len(names) - MOST_ADDRESSES
    return ", ".join(linked(*pair) for pair in pairs) + (f" and {rest:,} more" if rest > 0 else "")


def linked(name: str, url: str) -> str:
    """An address, and where it stands in the platform's admin."""
    into = link("admin", url)
    return f"{code(name)} {into}" if into else code(name)


def _field(field: FieldLine, entry: Entry) -> str:
    cause = f" · {field.cause}" if field.cause != entry.cause else ""
    if entry.action == "create":
        return f"{code(field.path)}: {code(field.after)}{cause}"
    if field.delta:
        return f"{code(field.path)}: {code(field.delta)}{cause}"
    return f"{code(field.path)}: {code(field.before)} → {code(field.after)}{cause}"
