"""What it takes to give back what a run changed: pure.

The before-images become a desired state of their own, so that a rollback is planned, guarded,
reviewed and carried out like anything else. Only the fields that the run wrote are given back, and
only where they still are as it left them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from reconciler.before import Image
from reconciler.compare import KEY_PATH
from reconciler.journal import Row
from reconciler.ledger import Entry
from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange, LedgerAfter
from reconciler.model.plan import Hold
from reconciler.model.resource import Origin, Resource, State
from reconciler.model.spec import (
    Merge,
    Path,
    Value,
    alike,
    canonical_json,
    owned,
    restore,
    shape,
    stated,
)
from reconciler.provider import AnyProvider, OnDrop

NEW_ID: Final = "what was deleted comes back under another id"
STAYS: Final = "it stays on the platform; it is no longer managed"


@dataclass(frozen=True)
class Undoing:
    """What a rollback wants on one target. desired: where something is to stand. gone: what is
    not to stand any more. holds: what is left alone, and why. notes: what can not come back."""

    desired: Mapping[Address, Resource[Any]] = field(default_factory=dict)
    gone: frozenset[Address] = frozenset()
    holds: Mapping[Address, Hold] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def undoing(
    provider: AnyProvider,
    found: Iterable[Image],
    live: State,
    entries: Mapping[tuple[str, str], Entry],
) -> Undoing:
    """What is to be planned so that all this is as before the run, given what is live now."""
    desired: dict[Address, Resource[Any]] = {}
    gone: set[Address] = set()
    holds: dict[Address, Hold] = {}
    notes: list[str] = []
    made = {image.address for image in found if image.action is Action.CREATE}
    for image in found:
        image = replace(image, needs=tuple(n for n in _needs(provider, image) if n not in made))
        now = live.get(image.address)
        moved = _moved(provider, image, now, entries)
        if moved:
            holds[image.address] = moved
        wanted = _wanted(provider, image, now)
        if isinstance(wanted, str):
            notes.append(f"{image.address}: {moved.message if moved else wanted}")
        elif wanted is None:
            gone.add(image.address)
        else:
            desired[image.address] = wanted
        notes += [f"{image.address}: {note}" for note in _lost(image)]
    return Undoing(desired, frozenset(gone), holds, tuple(notes))


def with_ledger(change: AnyChange, image: Image, entry: Entry | None, spec_type: type) -> AnyChange:
    """The change, with what the ledger is to say of it afterwards, and what can not come back."""
    badge = change.irreversible if change.action is not Action.DELETE else None
    if change.action is Action.CREATE:
        badge = NEW_ID
    if change.action is Action.FORGET:
        badge = STAYS
    after = LedgerAfter(_row_before(image, entry, spec_type))
    return replace(change, irreversible=badge, leaves=after)


def restated(image: Image) -> Mapping[Path, Value] | None:
    """What git would have to say so that a plan takes this back: the fields as they were, None for
    a thing that was not there, and nothing for what git does not state any more."""
    match image.action:
        case Action.CREATE:
            return None
        case Action.UPDATE | Action.ADOPT:
            return {path: value for path, value in image.before.items() if path != KEY_PATH}
    return {}


def of_the_ledger(
    provider: AnyProvider, found: Iterable[Image], noted: Mapping[Address, Row | None]
) -> tuple[list[Resource[Any]], list[Address]]:
    """What the run did to the ledger alone, taken back: rows that return, and rows that go."""
    before = {i.address: i.applied for i in found if i.action is Action.FORGET} | dict(noted)
    rows = {a: _resource(a, row, provider.kind(a.kind).spec) for a, row in before.items() if row}
    return [r for r in rows.values() if r is not None], [a for a, row in before.items() if not row]


def _wanted(
    provider: AnyProvider, image: Image, now: Resource[Any] | None
) -> Resource[Any] | str | None:
    """The before-image as a resource; None: nothing is to stand there; words: it can not be."""
    kind = provider.kind(image.address.kind)
    if image.action is Action.FORGET:
        return "it was only forgotten; the ledger takes it up again"
    if image.action is Action.CREATE:
        nothing = getattr(kind, "nothing", None)
        return Resource(image.address, nothing(), needs=image.needs) if nothing else None
    is_gone = image.action is Action.DELETE or (now is None and _emptied(provider, image))
    row = _row_of_deleted(image) if is_gone else _row_now(kind.spec, image, now)
    spec = _restored(kind.spec, row) if row is not None else None
    if spec is None:
        return "its fields from before the run can not be read any more"
    return Resource(
        image.address,
        spec,
        needs=tuple(dict.fromkeys((*image.needs, *_in_words(provider, image, spec)))),
        follows=image.follows,
        intent=(image.applied or {}).get("intent"),
    )


def _in_words(provider: AnyProvider, image: Image, spec: Any) -> Iterable[Address]:
    refers_to = getattr(provider.kind(image.address.kind), "refers_to", None)
    return refers_to(image.address.target, spec) if refers_to else ()


def _emptied(provider: AnyProvider, image: Image) -> bool:
    """Whether the run took away what was there, since git wanted nothing: a value that is emptied
    does not exist any more."""
    can_be = hasattr(provider.kind(image.address.kind), "nothing")
    return can_be and bool(image.live) and all(v in (None, "", []) for v in image.after.values())


def _row_of_deleted(image: Image) -> Row:
    """What was there of the fields that were ours; what no platform gives back as it was last
    written."""
    ours, live = (image.applied or {}).get("spec") or {}, image.live or {}
    return {name: live.get(name, value) for name, value in ours.items()} if ours else live


def _needs(provider: AnyProvider, image: Image) -> tuple[Address, ...]:
    """What it needs beside what its fields point at: as the run knew it, else by its key."""
    stands_on = getattr(provider.kind(image.address.kind), "stands_on", None)
    if image.needs or stands_on is None:
        return image.needs
    kind, key = stands_on(image.address.key)
    return (Address(image.address.target, kind, key),)


def _row_now(spec_type: type, image: Image, now: Resource[Any] | None) -> Row | None:
    """What is there now, with the changed fields as they were before: what the run did not state
    is not ours to touch."""
    if now is None:
        return None
    names = image.names | image.states | frozenset(image.achieved or ())
    row: Row = {name: value for name, value in stated(now.spec).items() if name in names}
    keyed = {field.name for field in shape(spec_type) if field.keyed}
    for path, value in image.before.items():
        name, _, entry = path.partition(".")
        if path == KEY_PATH:
            continue
        if name in keyed and entry:
            row[name] = {**(row.get(name) or {}), entry: value}
        else:
            row[name] = value
    ours = (image.applied or {}).get("spec") or {}
    made_of = {part.name for part in shape(spec_type) if part.create_only}
    row |= {name: ours[name] for name in made_of & ours.keys()}
    for part in shape(spec_type):
        if part.merge is Merge.SEQUENCE and part.name in image.before:
            row[part.name] = _whole_order(image, part.name)
    for name in keyed:
        if along := _entries_that_went_along(image, now, name):
            row[name] = {**along, **(row.get(name) or {})}
    return row


def _whole_order(image: Image, name: str) -> Value:
    """A change of an order tells of what is on both sides only; what the run took away had a place
    in it too."""
    told, live = image.before[name], (image.live or {}).get(name)
    if not isinstance(told, list) or not isinstance(live, list):
        return told
    ours = {*told, *(((image.applied or {}).get("spec") or {}).get(name) or ())}
    return [entry for entry in live if entry in ours]


def _entries_that_went_along(image: Image, now: Resource[Any], name: str) -> Mapping[Path, Value]:
    """Ours, there before the run and not there now, though the run did not write them: a component
    that leaves a bundle takes its quantity with it."""
    ours = ((image.applied or {}).get("spec") or {}).get(name) or {}
    were, are = (image.live or {}).get(name) or {}, stated(now.spec).get(name) or {}
    return {entry: were[entry] for entry in ours if entry in were and entry not in are}


def _restored(spec_type: type, row: Row) -> Any | None:
    """An entry that was not there is null where the spec knows null, and else empty."""
    empties: tuple[Value, ...] = (None, [])
    for empty in empties:
        filled = {
            name: {e: empty if v is None else v for e, v in value.items()}
            if isinstance(value, dict)
            else value
            for name, value in row.items()
        }
        try:
            return restore(spec_type, filled)
        except ValidationError:
            continue
    return None


def _moved(
    provider: AnyProvider,
    image: Image,
    now: Resource[Any] | None,
    entries: Mapping[tuple[str, str], Entry],
) -> Hold | None:
    """Why an address is left alone: somebody, or a later run, wrote it since."""
    if image.action is Action.FORGET:
        return None
    if image.action is Action.DELETE:
        return _hold("somebody made it again") if now is not None else None
    if now is None:
        as_left = image.action is Action.CREATE or _emptied(provider, image)
        return None if as_left else _hold("somebody deleted it")
    entry = entries.get((image.address.kind, image.address.key))
    if _is_another(provider, image, now, entry):
        return _hold("another one stands under its key")
    paths = _paths_that_moved(provider, image, now)
    if paths:
        return _hold(", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else ""))
    is_new = image.applied is None or image.action is Action.CREATE
    if is_new and image.achieved is not None and entry and not _is_the_last_word(image, entry):
        return _hold("a later run wrote it too")
    return None


def _is_another(
    provider: AnyProvider, image: Image, now: Resource[Any], entry: Entry | None
) -> bool:
    """Where the thing itself is ours: neither the one that the run knew, nor the one that the
    ledger knows since, nor one that a write without an answer made instead."""
    if provider.kind(image.address.kind).on_drop is not OnDrop.DELETE:
        return False
    if not image.is_known and image.after.items() <= owned(now.spec).items():
        return False
    known = {image.remote, entry.remote if entry else None} - {None}
    return bool(known) and now.remote is not None and now.remote not in known


def _paths_that_moved(provider: AnyProvider, image: Image, now: Resource[Any]) -> list[Path]:
    spec_type = provider.kind(image.address.kind).spec
    shapes = {field.name: field for field in shape(spec_type)}
    spec = _restored(spec_type, image.achieved) if image.achieved is not None else None
    # What is not ours to keep is in no ledger's row; it was left as it was written.
    left = dict(image.after) | (owned(spec) if spec is not None else {})
    there = owned(now.spec)
    return [
        path
        for path in image.after
        if path != KEY_PATH
        and not shapes[path.split(".", 1)[0]].create_only
        and not _is_as_left(shapes[path.split(".", 1)[0]].merge, image, path, left, there)
    ]


def _is_as_left(
    merge: Merge, image: Image, path: Path, left: Mapping[Path, Value], there: Mapping[Path, Value]
) -> bool:
    """Of a write whose answer was lost, what was there before it is as left too."""
    told, now = left.get(path), there.get(path)
    if merge is Merge.CASELESS:
        there_now = {alike(entry) for entry in now or ()}
        return all(alike(entry) in there_now for entry in told or ())
    if merge is Merge.ENTRIES:
        return all(entry in (now or ()) for entry in told or ())
    fits = [told] if image.is_known else [told, image.before.get(path)]
    return canonical_json(now or None) in [canonical_json(value or None) for value in fits]


def _lost(image: Image) -> Iterator[str]:
    if KEY_PATH in image.after:
        yield f"its key was put right by the run ({image.before[KEY_PATH]}) and stays as it is"


def _hold(what: str) -> Hold:
    return Hold(
        "moved-since-run",
        f"changed since the run: {what}",
        "look at it, and write what it should be into git",
    )


def _row_before(image: Image, entry: Entry | None, spec_type: type) -> Resource[Any] | None:
    """What the ledger said before the run; of what later runs wrote too, only the run's part."""
    before = _applied(image, spec_type)
    if before is None or entry is None or _is_the_last_word(image, entry):
        return before
    spec = dict(entry.spec)
    old = (image.applied or {}).get("spec") or {}
    for name in image.names:
        spec.pop(name, None)
        if name in old:
            spec[name] = old[name]
    restored = _restored(spec_type, spec)
    return replace(before, spec=restored) if restored is not None else before


def _is_the_last_word(image: Image, entry: Entry) -> bool:
    """Whether the ledger says what this run made it say, the fields that it let go included."""
    return canonical_json(entry.spec) == canonical_json(image.achieved)


def _applied(image: Image, spec_type: type) -> Resource[Any] | None:
    return _resource(image.address, image.applied, spec_type)


def _resource(address: Address, row: Row | None, spec_type: type) -> Resource[Any] | None:
    """A ledger's row as the resource that it speaks of."""
    spec = _restored(spec_type, row["spec"]) if row else None
    if row is None or spec is None:
        return None
    return Resource(
        address, spec, remote=row["remote"], origin=Origin(row["origin"]), intent=row["intent"]
    )
