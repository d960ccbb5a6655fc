"""What changes of collections do to their products: who enters, who leaves, and how far to be
trusted.

Before anything is foretold, the rules that a collection has now are evaluated, and must give just
the products that it has now (the replay). Where they do not, where a condition is unknown, or
where what the vendor leaves open would make a difference, nothing is foretold and the reason told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any, Final

from providers.shopify.client import ShopifyReader
from providers.shopify.preview import products
from providers.shopify.preview.meeting import INTERPRETATIONS, OPEN, Interpretation, Unfit, finds
from providers.shopify.preview.products import Product
from providers.shopify.preview.rules import (
    Looked,
    Rules,
    chosen_in,
    collections_of,
    live_rules,
    looked_at,
    rules_after,
    searches,
    strange,
)
from providers.shopify.sources import Wish
from reconciler.concurrent import side_by_side
from reconciler.model.address import Key
from reconciler.model.change import Effect, Membership

_NAMED: Final = 5
"""Products that a text names, of those that enter and of those that leave."""

Row = Mapping[str, Any]
NOTHING: Final = Looked()


class Unforeseen(Exception):
    """Nothing can be foretold; says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A collection whose rules are to change: as it is (None: it is to be made), and what our
    sources shall say."""

    handle: Key
    row: Row | None
    wish: Wish

    @property
    def live_handle(self) -> Key | None:
        return self.row["handle"] if self.row else None


async def foretold(session: ShopifyReader, asked: Sequence[Asked]) -> dict[Key, Effect]:
    """What each change does, by the collection's handle."""
    before = {a.handle: live_rules(a.row) if a.row else () for a in asked}
    after = {a.handle: rules_after(a.row, a.wish) for a in asked}
    looked = looked_at([*before.values(), *after.values()])
    seen = await _looked(session, asked, [*before.values(), *after.values()], looked)
    foresight = _Foresight(seen, before, after)
    return {a.handle: foresight.effect(a.handle) for a in asked}


@dataclass(frozen=True, slots=True)
class _Seen:
    """products: all that were read, by handle. live: the products of every collection that was
    looked at; None where there is no such collection."""

    products: Mapping[Key, Product]
    live: Mapping[Key, frozenset[Key] | None]


async def _looked(
    session: ShopifyReader, asked: Sequence[Asked], every: Sequence[Rules], looked: Looked
) -> _Seen:
    """Products are asked for what the rules look at where rules may find them, or where they belong
    to a collection that is to change; of others the handle is enough."""
    changed = {a.handle: a.live_handle for a in asked}
    referred = {handle for rules in every for handle in collections_of(rules)} - set(changed)
    there = {**changed, **{handle: handle for handle in sorted(referred)}}
    members = await side_by_side(partial(_members, session, handle) for handle in there.values())
    live = dict(zip(there, members, strict=True))
    known = {product.handle: product for product in await _candidates(session, every, looked)}
    wanted = {handle for found in live.values() for handle in found or ()}
    wanted |= {handle for rules in every for handle in chosen_in(rules)}
    for product in await products.called(session, wanted - known.keys(), looked):
        known[product.handle] = product
    return _Seen(known, live)


async def _members(session: ShopifyReader, handle: Key | None) -> frozenset[Key] | None:
    return await products.members_of(session, handle) if handle is not None else None


async def _candidates(
    session: ShopifyReader, every: Sequence[Rules], looked: Looked
) -> list[Product]:
    """Every product that a condition may find: by search where all of them can be searched for."""
    wanted = {search for rules in every for search in searches(rules)}
    asked: Iterable[str | None] = [None] if None in wanted else sorted(s for s in wanted if s)
    pages = await side_by_side(partial(products.found, session, s, looked) for s in asked)
    return [product for page in pages for product in page]


@dataclass
class _Foresight:
    """Works out collections in the order in which they need one another."""

    seen: _Seen
    before: Mapping[Key, Rules]
    after: Mapping[Key, Rules]
    known: dict[Key, Membership | str] = field(default_factory=dict)

    def effect(self, handle: Key) -> Effect:
        found = self._foreseen(handle)
        if isinstance(found, str):
            count = len(self.seen.live[handle] or ())
            return Effect(f"{_counted(count)} now; not predicted: {found}")
        return Effect(_told(found), members=found)

    def _foreseen(self, handle: Key) -> Membership | str:
        if handle not in self.known:
            self.known[handle] = "it takes in its own products"
            try:
                self.known[handle] = self._membership(handle)
            except (Unforeseen, Unfit) as reason:
                self.known[handle] = str(reason)
        return self.known[handle]

    def _membership(self, handle: Key) -> Membership:
        before, after = self.before[handle], self.after[handle]
        unknown = [*strange(before), *strange(after)]
        if unknown:
            raise Unforeseen(f"{unknown[0]} can not be evaluated")
        live = self.seen.live[handle] or frozenset()
        readings, replayed = self._replayed(before, live)
        members = {name: self._members_after(name) for name in collections_of(after)}
        found = {reading: self._found(after, members, reading) for reading in readings}
        then, *others = set(found.values())
        if others:
            raise Unforeseen(_open_question(found))
        return Membership(
            before=len(live),
            after=len(then),
            entering=tuple(sorted(then - live)),
            leaving=tuple(sorted(live - then)),
            replayed=replayed,
        )

    def _replayed(self, rules: Rules, live: frozenset[Key]) -> tuple[Sequence[Interpretation], int]:
        """The readings under which the rules give just what is there, and how many products they
        were tried on."""
        if not rules and not live:
            return INTERPRETATIONS, 0
        members = {name: self._members_now(name) for name in collections_of(rules)}
        found = {reading: self._found(rules, members, reading) for reading in INTERPRETATIONS}
        fits = [reading for reading, those in found.items() if those == live]
        if not fits:
            those = min(found.values(), key=lambda f: len(f ^ live))
            of = len(those | live)
            raise Unforeseen(
                f"the rules that it has now do not explain its products"
                f" (replay {of - len(those ^ live)}/{of}: {_listed(sorted(those ^ live))})"
            )
        return fits, len(live)

    def _found(
        self, rules: Rules, members: Mapping[Key, frozenset[Key]], reading: Interpretation
    ) -> frozenset[Key]:
        return frozenset(
            handle
            for handle, product in self.seen.products.items()
            if finds(rules, product, members, reading)
        )

    def _members_now(self, handle: Key) -> frozenset[Key]:
        return self.seen.live.get(handle) or frozenset()

    def _members_after(self, handle: Key) -> frozenset[Key]:
        """The products of a collection that is referred to, when all is done."""
        live = self.seen.live[handle]
        if handle not in self.after:
            if live is None:
                raise Unforeseen(f"there is no collection {handle}")
            return live
        found = self._foreseen(handle)
        if isinstance(found, str):
            raise Unforeseen(f"{handle}, which decides with, is not predicted")
        return ((live or frozenset()) | set(found.entering)) - set(found.leaving)


def _open_question(found: Mapping[Interpretation, frozenset[Key]]) -> str:
    """The questions whose answers alone bring in other products; where only several of them
    together do, all."""
    pairs = [(one, other) for one, other in combinations(found, 2) if found[one] != found[other]]
    partings = [{name for name in OPEN if getattr(a, name) != getattr(b, name)} for a, b in pairs]
    alone = {name for parting in partings if len(parting) == 1 for name in parting}
    words = [text for name, text in OPEN.items() if name in (alone or OPEN)]
    said = "makes a difference, and is" if len(words) == 1 else "make a difference, and are"
    return f"{' and '.join(words)} {said} not known"


def _told(found: Membership) -> str:
    moves = [
        f"{len(names):,} {verb}: {_listed(names)}"
        for verb, names in (("enter", found.entering), ("leave", found.leaving))
        if names
    ]
    counts = f"{found.before:,} → {_counted(found.after)}"
    replay = f"replay {found.replayed:,}/{found.replayed:,}" if found.replayed else "new"
    return "; ".join([f"{counts} ({replay})", *(moves or ["none enters or leaves"])])


def _counted(count: int) -> str:
    return f"{count:,} product{'s' if count != 1 else ''}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
