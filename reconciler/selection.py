"""Which part of what git states is meant: kinds by their layer, and offerings by name or number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from reconciler.intent.base import Intents
from reconciler.intent.capsule import Capsule
from reconciler.intent.offering import Offering
from reconciler.model.address import Address, Key
from reconciler.model.errors import Usage
from reconciler.model.resource import State
from reconciler.provider import AnyProvider, Layer, layer_of
from reconciler.withholding import concerning


@dataclass(frozen=True, slots=True)
class Selection:
    """layers: what is meant of them alone; empty: all. slugs: these offerings only. first: so
    many offerings only, in the order in which they are desired. Offerings that are chosen stand
    alone, with what must be made for them, unless layers are chosen beside them. capsule: only
    what is about this capsule's products; cpis: of them these; empty: all."""

    layers: frozenset[Layer] = frozenset()
    slugs: frozenset[Key] = frozenset()
    first: int | None = None
    capsule: str | None = None
    cpis: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        return not self.layers and not self._chooses_offerings and self.capsule is None

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
        if self.capsule is not None:
            of_capsule = self._of_capsule(provider, target, intents, desired)
            rest = replace(self, capsule=None).part(provider, target, intents, desired, applied)
            return of_capsule if rest is None else of_capsule & rest
        known = {*desired, *applied}
        part = {a for a in known if layer_of(provider.kind(a.kind)) in self.layers}
        if not self._chooses_offerings:
            return frozenset(part)
        chosen = {intent.path for intent in self._offerings(target, intents)}
        ours = {a for a, r in desired.items() if r.source and r.source.path in chosen}
        return frozenset({a for a in part if layer_of(provider.kind(a.kind)) != "products"} | ours)

    def _of_capsule(
        self, provider: AnyProvider, target: str, intents: Intents, desired: State
    ) -> frozenset[Address]:
        """What is about the products, and the collections of their styles."""
        capsule = next(
            (c for c in intents.for_target(target).of(Capsule) if c.capsule == self.capsule), None
        )
        if capsule is None:
            return frozenset()
        if capsule.state is None:
            raise Usage(f"{capsule.capsule} has no state · planogram capsule seed {self.capsule}")
        meant = list(capsule.state.chosen(self.cpis).values())
        return frozenset(concerning(provider, capsule, meant, desired))

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
