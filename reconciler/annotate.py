"""What helps people to look at a change: where it stands in the admin, and what it looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from reconciler.model.address import Address, Key
from reconciler.model.change import AnyChange, Pictures
from reconciler.model.public import is_public
from reconciler.model.resource import Resource, State
from reconciler.provider import AnyProvider, Lookup, Target


def annotated(
    provider: AnyProvider,
    target: Target,
    changes: Iterable[AnyChange],
    desired: State,
    live: State,
) -> tuple[AnyChange, ...]:
    """The changes with their links and pictures. Asks the platform nothing. A sandbox has no
    admin; of pictures only the public ones are told."""
    at = _lookup(target.name, desired, live)
    return tuple(
        replace(
            change,
            link=None if target.sandbox else provider.admin(target, change.address, at),
            pictures=_pictures(provider, change, at),
        )
        for change in changes
    )


def _lookup(target: str, desired: State, live: State) -> Lookup:
    def at(kind: str, key: Key) -> Resource[Any] | None:
        address = Address(target, kind, key)
        return live.get(address) or desired.get(address)

    return at


def _pictures(provider: AnyProvider, change: AnyChange, at: Lookup) -> Pictures | None:
    look = getattr(provider.kind(change.address.kind), "pictures", None)
    seen: Pictures | None = look(change, at) if look else None
    if seen is None:
        return None
    files = tuple(_in_repository(change, path) for path in seen.files)
    public = Pictures(_public(seen.before), _public(seen.after), files)
    return public if public.before or public.after or files else None


def _in_repository(change: AnyChange, path: str) -> str:
    """A path below the folder of desired state, as the paths of documents begin."""
    folder = PurePosixPath(change.source.path).parts[:1] if change.source else ()
    return str(PurePosixPath(*folder, path))


def _public(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(url for url in dict.fromkeys(urls) if is_public(url))
