"""Which part of what git states is meant: kinds by their layer, and offerings by name or number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reconciler.intent.base import Intents
from reconciler.intent.offering import Offering
from reconciler.model.address import Address, Key
from reconciler.model.errors import Usage
from reconciler.model.resource import State
from reconciler.provider import AnyProvider, Layer, layer_of


@dataclass(frozen=True, slots=True)
class Selection:
    """layers: what is meant of them alone; empty: all. slugs: these offerings only. first: so
    many offerings only, in the order in which they are desired. Offerings that are chosen stand
    alone, with what must be made for them, unless layers are chosen beside them."""

    layers: frozenset[Layer] = frozenset()
    slugs: frozenset[Key] = frozenset()
    first: int | None = None

    @property
    def is_all(self) -> bool:
        return not self.layers and not self._chooses_offerings

    @property
    def _chooses_offerings(self) -> bool:
        return bool(self.slugs) or self.first is not None

    def part(
        self, provider: AnyProvider, target: str, intents: Intents, desired: State, applied: State
    ) -> frozenset[Address] | None:
        """The addresses that are meant; None for all. Raises `Usage` for an offering that git
        does not state for this target."""
        if self.is_all:
            return None
        known = {*desired, *applied}
        part = {a for a in known if layer_of(provider.kind(a.kind)) in self.layers}
        if not self._chooses_offerings:
            return frozenset(part)
        chosen = {intent.path for intent in self._offerings(target, intents)}
        ours = {a for a, r in desired.items() if r.source and r.source.path in chosen}
        return frozenset({a for a in part if layer_of(provider.kind(a.kind)) != "products"} | ours)

    def may_make(self, provider: AnyProvider, address: Address) -> bool:
        """Whether what is needed may be made along with what is meant."""
        return not self.layers or layer_of(provider.kind(address.kind)) in self.layers

    def _offerings(self, target: str, intents: Intents) -> Iterator[Offering]:
        stated = [o for o in intents.for_target(target).of(Offering) if self._names(o)]
        missing = sorted(self.slugs - {offering.offering for offering in stated})
        if missing:
            raise Usage(f"there is no offering {missing[0]} for {target}")
        return islice(stated, self.first)

    def _names(self, offering: Offering) -> bool:
        return not self.slugs or offering.offering in self.slugs


EVERYTHING = Selection()
