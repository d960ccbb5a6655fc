"""What a spec is: the owned fields of one resource, each declaring how it is merged.

A spec is a frozen dataclass made with `@spec`. Every field is `Owned[...] = UNSTATED`: what
is not stated is not managed. A field's nature stands in its annotation:

    assets: Owned[Annotated[tuple[Annotated[str, Ref("asset")], ...], Merge.SET]] = UNSTATED

- `Ref("kind")` on a string: it is the key of another resource of the same target. In a
  mapping, `Ref("kind", within_entry=True)` reads the key as `<entry>/<string>`.
- `Merge` on a tuple: what "equal" means and how much of it is ours. Tuples are ORDERED by default.
- `CREATE_ONLY`: stated when a resource is created, and never given back by the platform.
- `RENAME_ONLY`: likewise, when git gives it another key; the creation of a thing does not tell it.
- A `Mapping` field is owned entry by entry: its entries are compared under `field.entry`.

Values are JSON: None, bool, int, float, str, tuples and mappings of these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import (
    Annotated,
    Any,
    Final,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import pydantic.dataclasses
from pydantic import ConfigDict, TypeAdapter

from reconciler.model.address import Address

T = TypeVar("T")
S = TypeVar("S")


class Unstated(Enum):
    UNSTATED = "unstated"

    def __repr__(self) -> str:
        return "UNSTATED"


UNSTATED: Final = Unstated.UNSTATED
Owned = Union[T, Unstated]  # noqa: UP007 - a generic alias needs Union on Python 3.11

Value = Any
"""A JSON value: None, bool, int, float, str, list, dict."""

Path = str
"""`field`, or `field.entry` within a mapping field."""


class Merge(Enum):
    """How much of a list is ours, and whether its order counts."""

    ORDERED = "ordered"
    """Wholly ours, order counts."""
    SET = "set"
    """Wholly ours, order does not count."""
    ENTRIES = "entries"
    """Only the entries that git states, or stated before; the others are left alone."""
    CASELESS = "caseless"
    """As ENTRIES, and two that differ in their case alone are one: a platform that keeps what it
    has had first would never show the other."""
    SEQUENCE = "sequence"
    """Only the order of the entries that git states, among themselves."""


@dataclass(frozen=True, slots=True)
class Ref:
    """This string is the key of a resource of that kind, on the same target. spares: what points
    at one that could not be made is carried out all the same, as far as it goes without it."""

    kind: str
    within_entry: bool = False
    spares: bool = False


class Lifecycle(Enum):
    CREATE_ONLY = "create only"
    RENAME_ONLY = "rename only"


CREATE_ONLY: Final = Lifecycle.CREATE_ONLY
RENAME_ONLY: Final = Lifecycle.RENAME_ONLY


@dataclass_transform(frozen_default=True, kw_only_default=True)
def spec(cls: type[S]) -> type[S]:
    """Make a spec of a class: frozen, slotted, keyword-only, strictly typed."""
    config = ConfigDict(strict=True, extra="forbid", defer_build=True)
    make = pydantic.dataclasses.dataclass(frozen=True, slots=True, kw_only=True, config=config)
    return cast("type[S]", make(cls))


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a field's annotation says. create_only: no platform gives it back; rename_only: and
    it says nothing of a creation either."""

    name: str
    merge: Merge
    keyed: bool
    create_only: bool
    rename_only: bool
    entry_ref: Ref | None
    value_ref: Ref | None

    @property
    def spares(self) -> bool:
        return self.value_ref is not None and self.value_ref.spares


_SHAPES: dict[type, tuple[FieldShape, ...]] = {}
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def shape(spec_type: type) -> tuple[FieldShape, ...]:
    """The fields of a spec type, in the order of their declaration."""
    if spec_type not in _SHAPES:
        hints = get_type_hints(spec_type, include_extras=True)
        _SHAPES[spec_type] = tuple(
            _field_shape(field.name, hints[field.name]) for field in fields(spec_type)
        )
    return _SHAPES[spec_type]


def stated(value: object) -> dict[str, Value]:
    """The stated fields as JSON, mappings whole: what a ledger row keeps."""
    return {
        field.name: plain(getattr(value, field.name))
        for field in shape(type(value))
        if getattr(value, field.name) is not UNSTATED
    }


def owned(value: object) -> dict[Path, Value]:
    """The stated fields by path, in canonical form: two equal specs own equal dictionaries."""
    result: dict[Path, Value] = {}
    for field in shape(type(value)):
        content = getattr(value, field.name)
        if content is UNSTATED:
            continue
        if field.keyed:
            for entry, inner in sorted((content or {}).items()):
                result[f"{field.name}.{entry}"] = _canonical(inner, field.merge)
        else:
            result[field.name] = _canonical(content, field.merge)
    return result


def restore(spec_type: type[S], row: Mapping[str, Value]) -> S:
    """A spec read back from JSON, through the spec's own normalisation.

    Raises `pydantic.ValidationError` where the row does not fit the spec any more.
    """
    if spec_type not in _ADAPTERS:
        _ADAPTERS[spec_type] = TypeAdapter(spec_type)
    restored: S = _ADAPTERS[spec_type].validate_json(json.dumps(row))
    return restored


def references(value: object, target: str, *, spared: bool | None = None) -> Iterator[Address]:
    """The addresses that a spec's stated fields point at; of those alone that are spared, or not.
    An empty entry points at nothing: it says that there be none, of something that may not be
    there at all."""
    for field in shape(type(value)):
        content = getattr(value, field.name)
        if content is UNSTATED or content is None:
            continue
        if spared is not None and field.spares is not spared:
            continue
        if not field.keyed:
            yield from _pointed_at(content, field.value_ref, "", target)
            continue
        for entry, inner in content.items():
            if inner not in (None, ()):
                yield from _pointed_at(entry, field.entry_ref, "", target)
                yield from _pointed_at(inner, field.value_ref, entry, target)


def plain(value: Any) -> Value:
    """JSON's own types: tuples and sets become lists, mappings become dictionaries."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value


def canonical_json(value: Value) -> str:
    """One text for one meaning: sorted keys, no spaces, unescaped unicode."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Value) -> str:
    """sha256 of the canonical JSON, in hex."""
    content = canonical_json(value).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def alike(entry: Value) -> Value:
    """What two entries have in common that differ in their case alone."""
    return entry.casefold() if isinstance(entry, str) else entry


def _canonical(value: Any, merge: Merge) -> Value:
    content = plain(value)
    if isinstance(content, list) and merge in (Merge.SET, Merge.ENTRIES, Merge.CASELESS):
        unique = {canonical_json(entry): entry for entry in content}
        return [unique[text] for text in sorted(unique)]
    return content


def _field_shape(name: str, hint: Any) -> FieldShape:
    marks = list(_marks(hint))
    mapping = next((part for part in _parts(hint) if _is_mapping(part)), None)
    entry_hint, value_hint = get_args(mapping) if mapping else (None, hint)
    return FieldShape(
        name=name,
        merge=next((mark for mark in marks if isinstance(mark, Merge)), Merge.ORDERED),
        keyed=mapping is not None,
        create_only=CREATE_ONLY in marks or RENAME_ONLY in marks,
        rename_only=RENAME_ONLY in marks,
        entry_ref=next((mark for mark in _marks(entry_hint) if isinstance(mark, Ref)), None),
        value_ref=next((mark for mark in _marks(value_hint) if isinstance(mark, Ref)), None),
    )


def _marks(hint: Any) -> Iterator[object]:
    for part in _parts(hint):
        yield from getattr(part, "__metadata__", ())


def _parts(hint: Any) -> Iterator[Any]:
    """A type hint and all that it is made of, outermost first."""
    yield hint
    inner = (hint.__origin__,) if get_origin(hint) is Annotated else get_args(hint)
    for part in inner:
        yield from _parts(part)


def _is_mapping(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _pointed_at(value: Any, ref: Ref | None, entry: str, target: str) -> Iterator[Address]:
    if ref is None or value is None:
        return
    for key in (value,) if isinstance(value, str) else value:
        yield Address(target, ref.kind, f"{entry}/{key}" if ref.within_entry else key)


def stated_alike(value: object, pattern: object) -> dict[str, Value]:
    """`stated(value)`, cut down to the fields and entries that `pattern` states: what a platform
    achieved of what was asked. Create-only fields, which no platform gives back, are taken as
    asked."""
    have, asked = stated(value), stated(pattern)
    result: dict[str, Value] = {}
    for field in shape(type(pattern)):
        if field.name not in asked:
            continue
        if field.create_only:
            result[field.name] = asked[field.name]
        elif field.keyed and asked[field.name] is not None:
            result[field.name] = _entries_alike(have.get(field.name) or {}, asked[field.name])
        elif field.merge is Merge.CASELESS:
            there = {alike(entry) for entry in have.get(field.name) or ()}
            mine = asked[field.name] or ()
            result[field.name] = [entry for entry in mine if alike(entry) in there]
        elif field.merge in (Merge.ENTRIES, Merge.SEQUENCE):
            mine = asked[field.name] or ()
            result[field.name] = [entry for entry in have.get(field.name) or () if entry in mine]
        else:
            result[field.name] = have.get(field.name)
    return result


def _entries_alike(have: Mapping[str, Value], asked: Mapping[str, Value]) -> dict[str, Value]:
    """The asked entries as they are; one that is not there is kept only where nothing was asked
    to be there."""
    return {
        entry: have.get(entry) for entry, value in asked.items() if entry in have or value is None
    }
