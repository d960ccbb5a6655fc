"""Three-way comparison, field by field. Pure: what git says, what is live, what we last wrote.

| applied | desired | live | result                                          | cause            |
|:-------:|:-------:|:----:|-------------------------------------------------|------------------|
|    –    |    ✓    |  –   | create                                          | intent           |
|    ✓    |    ✓    |  –   | create                                          | drift            |
|    –    |    ✓    |  =   | recorded                                        |                  |
|    –    |    ✓    |  ≠   | adopt, with the differing fields                | intent           |
|    ✓    |    ✓    |  ✓   | by field, see `_cause`                          |                  |
|    ✓    |    –    |  ✓   | delete or forget                                | intent, catalog  |
|    ✓    |    –    |  –   | nothing; the ledger row goes                    |                  |
|    –    |    –    |  ✓   | nothing: never declared, nobody's business      |                  |

A desired resource that states only emptiness is equal to one that is not there. A live one that
stands under another declared key is that key's. Where the thing itself is ours (its kind deletes),
another thing under its key is a stranger: it is adopted, not updated, and never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange, Cause, Change, FieldChange
from reconciler.model.resource import NO_VALUES, Origin, Resource, State
from reconciler.model.spec import (
    FieldShape,
    Merge,
    Path,
    Value,
    alike,
    canonical_json,
    owned,
    shape,
)
from reconciler.provider import OnDrop

_NEW_ID: Final = "made again, it would have another id"

KEY_PATH: Final = "(key)"
"""The path under which a resource's own key is said to differ: key drift."""

_BY_WEIGHT: Final = (
    Cause.CONFLICT,
    Cause.INTENT,
    Cause.CATALOG,
    Cause.UNATTRIBUTED,
    Cause.DRIFT,
)
"""A change of several causes is named after the first of these."""


class Dropping(Protocol):
    """What the comparison must know of a kind."""

    @property
    def on_drop(self) -> OnDrop: ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """changes: by address. recorded: equal to live and to be written into the ledger at the next
    apply, without a change. gone: in the ledger, but neither declared nor live."""

    changes: tuple[AnyChange, ...]
    recorded: tuple[Resource[Any], ...]
    gone: tuple[Address, ...]


def compare(
    desired: State,
    live: State,
    applied: State,
    kinds: Mapping[str, Dropping],
    *,
    attributed: bool = True,
    prune_adopted: bool = False,
) -> Comparison:
    """What each declared or once applied resource needs.

    attributed: False where there is no ledger to ask; every cause is then `unattributed`.
    """
    changes: list[AnyChange] = []
    recorded: list[Resource[Any]] = []
    gone: list[Address] = []
    dropped_some = any(address not in desired for address in applied)
    intents = frozenset(r.intent for r in desired.values() if dropped_some and r.intent)
    for address in sorted({*desired, *applied}):
        wanted, ours = desired.get(address), applied.get(address)
        on_drop = kinds[address.kind].on_drop
        found = _own(live.get(address), desired)
        if ours and found and on_drop is OnDrop.DELETE and _is_a_stranger(found, ours):
            ours = None
        if wanted is None:
            dropped = _dropped(ours, found, on_drop, prune_adopted, intents) if ours else None
            changes += [dropped] if dropped else []
            gone += [] if dropped else [address]
            continue
        change = _change(wanted, found, ours, attributed)
        if change:
            changes.append(change)
        elif attributed and _is_news(wanted, found, ours):
            recorded.append(_recorded(wanted, found, ours))
    return Comparison(tuple(changes), tuple(recorded), tuple(gone))


def unknown(found: Resource[Any]) -> AnyChange:
    """The deletion of something live that git never stated, in the midst of what it states."""
    fields = tuple(
        FieldChange(path, value, None, Cause.INTENT)
        for path, value in sorted(owned(found.spec).items())
    )
    return Change(
        found.address, Action.DELETE, Cause.INTENT, fields, found, None, irreversible=_NEW_ID
    )


def differences(
    wanted: Resource[Any], found: Resource[Any], ours: Resource[Any] | None = None
) -> tuple[FieldChange, ...]:
    """The owned fields in which a live resource is not as desired, each with its cause."""
    if type(wanted.spec) is not type(found.spec):
        raise TypeError(f"{wanted.address} is read as {type(found.spec).__name__}")
    fields = _comparable(wanted, found, ours)
    after = {path: values.desired for path, values in fields.items()}
    before = {path: values.live for path, values in fields.items()}
    if canonical_json(after) == canonical_json(before):
        return _key_drift(wanted, found)
    from deepdiff import DeepDiff  # Only here: it is slow to import, and rarely needed.

    # Threshold 0: with its default deepdiff reports a whole mapping when few keys agree.
    delta = DeepDiff(before, after, threshold_to_diff_deeper=0, view="tree", verbose_level=0)
    paths = {item.path(output_format="list")[0] for items in delta.values() for item in items}
    return _key_drift(wanted, found) + tuple(
        FieldChange(path, before[path], after[path], _cause(fields[path], wanted))
        for path in sorted(paths)
    )


def states_only_emptiness(spec: Any) -> bool:
    """Whether git says of a resource only that there be nothing."""
    return all(value is None or value == [] for value in owned(spec).values())


def _own(found: Resource[Any] | None, desired: State) -> Resource[Any] | None:
    """What was found by its remote under another key is left to that key, where git declares it."""
    if found is None or found.live_key is None:
        return found
    elsewhere = found.address._replace(key=found.live_key)
    return None if elsewhere != found.address and elsewhere in desired else found


def _is_a_stranger(found: Resource[Any], ours: Resource[Any]) -> bool:
    return None not in (found.remote, ours.remote) and found.remote != ours.remote


@dataclass(frozen=True, slots=True)
class _Values:
    """One field in the three states. `intent` is the digest of the intent that the applied value
    was the work of. `maybe` is what a write without an answer was to write."""

    desired: Value
    live: Value
    applied: Value
    was_applied: bool
    intent: str | None
    maybe: Value = None


def _change(
    wanted: Resource[Any],
    found: Resource[Any] | None,
    ours: Resource[Any] | None,
    attributed: bool,
) -> AnyChange | None:
    if found is None:
        if states_only_emptiness(wanted.spec):
            return None
        was_there = ours is not None and ours.remote is not None and bool(owned(ours.spec))
        cause = Cause.DRIFT if was_there else Cause.INTENT
        return _created(wanted, cause if attributed else Cause.UNATTRIBUTED, ours)
    fields = differences(wanted, found, ours)
    if not fields:
        return None
    if not attributed:
        fields = tuple(replace(field, cause=Cause.UNATTRIBUTED) for field in fields)
    action = Action.ADOPT if ours is None and attributed else Action.UPDATE
    return Change(wanted.address, action, _heaviest(fields), fields, found, wanted, ours)


def _created(wanted: Resource[Any], cause: Cause, ours: Resource[Any] | None) -> AnyChange:
    of_a_rename = {field.name for field in shape(type(wanted.spec)) if field.rename_only}
    fields = tuple(
        FieldChange(path, None, value, cause)
        for path, value in sorted(owned(wanted.spec).items())
        if path not in of_a_rename
    )
    return Change(wanted.address, Action.CREATE, cause, fields, None, wanted, ours)


def _dropped(
    ours: Resource[Any],
    found: Resource[Any] | None,
    on_drop: OnDrop,
    prune_adopted: bool,
    intents: frozenset[str],
) -> AnyChange | None:
    """The cause is catalog when the intent that once made the resource still stands."""
    if found is None:
        return None
    is_ours = ours.origin is not Origin.ADOPTED or prune_adopted
    action = Action.DELETE if on_drop is OnDrop.DELETE and is_ours else Action.FORGET
    cause = Cause.CATALOG if ours.intent in intents else Cause.INTENT
    before = owned(found.spec)
    fields = tuple(
        FieldChange(path, before.get(path), None, cause) for path in sorted(owned(ours.spec))
    )
    badge = _NEW_ID if action is Action.DELETE else None
    return Change(ours.address, action, cause, fields, found, None, ours, irreversible=badge)


def _comparable(
    wanted: Resource[Any], found: Resource[Any], ours: Resource[Any] | None
) -> dict[Path, _Values]:
    after, before = owned(wanted.spec), owned(found.spec)
    shapes = {field.name: field for field in shape(type(wanted.spec))}
    return {
        path: _values(shapes[path.split(".", 1)[0]], path, value, before.get(path), ours)
        for path, value in after.items()
        if not shapes[path.split(".", 1)[0]].create_only
    }


def _values(
    field: FieldShape, path: Path, desired: Value, live: Value, ours: Resource[Any] | None
) -> _Values:
    values = _as_written(path, desired, live, ours)
    if field.merge is Merge.ENTRIES:
        return _of_entries(values)
    if field.merge is Merge.CASELESS:
        return _of_entries(_in_our_words(values))
    return _of_sequence(values) if field.merge is Merge.SEQUENCE else values


def _as_written(path: Path, desired: Value, live: Value, ours: Resource[Any] | None) -> _Values:
    """What we last wrote is what a write without an answer wrote, where live shows that it was
    carried out; of which intent it was the work is then not known. A list that is to be empty is
    as good as none."""
    live = [] if live is None and desired == [] else live
    if ours is None:
        return _Values(desired, live, None, False, None)
    if path in ours.maybe and ours.maybe[path] == live:
        return _Values(desired, live, live, True, None)
    last = owned(ours.spec)
    return _Values(
        desired, live, last.get(path), path in last, ours.intent, maybe=ours.maybe.get(path)
    )


def _of_entries(values: _Values) -> _Values:
    """Of entries only ours count: those that git states, and those that we wrote. One that git
    states and somebody else has put there already is taken in as ours."""
    values = values if values.maybe is None else _as_far_as_it_came(values)
    wanted, mine = values.desired or [], values.applied or []
    there = [entry for entry in values.live or () if entry in wanted or entry in mine]
    taken_in = [entry for entry in there if entry not in mine]
    return replace(values, desired=wanted, live=there, applied=_in_order([*mine, *taken_in]))


def _as_far_as_it_came(values: _Values) -> _Values:
    """After a write without an answer: what it was to bring and is there, is ours, and what it was
    to take away and is not there, is not any more."""
    last, live = values.applied or [], values.live or []
    left = [entry for entry in last if entry in values.maybe or entry in live]
    came = [entry for entry in values.maybe if entry in live and entry not in last]
    if left == last and not came:
        return values
    return replace(values, applied=_in_order([*left, *came]), was_applied=True, intent=None)


def _in_our_words(values: _Values) -> _Values:
    """What is live, or was written once, as git writes it; else as we wrote it."""
    said = (values.maybe, values.applied, values.desired)
    ours = {alike(entry): entry for side in said for entry in side or ()}
    live, applied, maybe = (
        None if side is None else _in_order([ours.get(alike(e), e) for e in side])
        for side in (values.live, values.applied, values.maybe)
    )
    return replace(values, live=live, applied=applied, maybe=maybe)


def _of_sequence(values: _Values) -> _Values:
    """Of an order only the entries that git states count, in all three states. Where what we
    last wrote still stands in its order, entries that came since have not moved it; likewise what
    a write without an answer was to write."""
    wanted = values.desired or []
    if values.maybe and [e for e in values.live or () if e in values.maybe] == values.maybe:
        values = replace(values, applied=values.live, was_applied=True, intent=None)
    live, applied = (
        [entry for entry in side or () if entry in wanted] for side in (values.live, values.applied)
    )
    stands = [entry for entry in live if entry in applied] == applied
    return replace(values, live=live, applied=live if stands else applied)


def _in_order(entries: list[Value]) -> list[Value]:
    return sorted(entries, key=canonical_json)


def _cause(values: _Values, wanted: Resource[Any]) -> Cause:
    """live = applied: git moved (or only the catalog did). desired = applied: the platform
    moved. All three differ: both did. A field that was never applied is git's move."""
    if not values.was_applied or values.live == values.applied:
        same_intent = values.was_applied and values.intent == wanted.intent
        return Cause.CATALOG if same_intent and wanted.intent else Cause.INTENT
    return Cause.DRIFT if values.desired == values.applied else Cause.CONFLICT


def _key_drift(wanted: Resource[Any], found: Resource[Any]) -> tuple[FieldChange, ...]:
    if found.live_key is None or found.live_key == wanted.address.key:
        return ()
    cause = Cause.INTENT if found.live_key == wanted.formerly else Cause.DRIFT
    return (FieldChange(KEY_PATH, found.live_key, wanted.address.key, cause),)


def _heaviest(fields: Iterable[FieldChange]) -> Cause:
    return min((field.cause for field in fields), key=_BY_WEIGHT.index)


def _is_news(
    wanted: Resource[Any], found: Resource[Any] | None, ours: Resource[Any] | None
) -> bool:
    """Whether the ledger does not yet say what is true: live and desired agree."""
    if ours is None:
        return True
    remote = found.remote if found else None
    return bool(ours.maybe) or (owned(ours.spec), ours.remote, ours.intent) != (
        owned(wanted.spec),
        remote,
        wanted.intent,
    )


def _recorded(
    wanted: Resource[Any], found: Resource[Any] | None, ours: Resource[Any] | None
) -> Resource[Any]:
    origin = ours.origin if ours and ours.origin else Origin.ADOPTED
    return replace(wanted, remote=found.remote if found else None, origin=origin, maybe=NO_VALUES)
