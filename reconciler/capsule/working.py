"""What steps work on: a capsule's folder with its rules, and what is told of each product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from reconciler.capsule import swatches
from reconciler.capsule.folder import Folder
from reconciler.capsule.ladder import Evidence, advanced
from reconciler.capsule.record import Draft
from reconciler.capsule.rules import Rules
from reconciler.capsule.state import Product, StateText

Verdict = Literal["ADOPT", "SKIP", "NOOP"]

ADOPT: Final = "ADOPT"
SKIP: Final = "SKIP"
NOOP: Final = "NOOP"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one product in a step, and why."""

    cpi: str
    handle: str
    verdict: Verdict
    text: str


@dataclass
class Work:
    """A folder that steps work on. now: `2026-11-27T18:00:00Z`. target and platform: where live
    is looked at. cpis: the products that are meant; empty: all. moves_stages: whether this target
    is the one by which stages go."""

    folder: Folder
    rules: Rules
    target: str
    platform: str
    now: str
    cpis: tuple[str, ...] = ()
    moves_stages: bool = True
    warnings: list[str] = field(default_factory=list)

    @property
    def capsule(self) -> str:
        return self.rules.capsule

    def seeded(self) -> StateText:
        """Raises `Prerequisite` where nothing was seeded."""
        read = self.folder.state()
        if read is None:
            raise Prerequisite(
                f"{self.capsule} has no state · planogram capsule seed {self.capsule}"
            )
        return read

    def draft(self, *, may_unlock: bool = False) -> Draft:
        return Draft(self.seeded(), self.now, may_unlock)

    def chosen(self, draft: Draft) -> dict[str, Product]:
        """Raises `Usage` for a CPI that is none of the capsule's."""
        return draft.state.chosen(self.cpis)

    def keep(self, draft: Draft) -> None:
        self.folder.write(self.folder.state_path, draft.text())

    def evidence(self, enriched: frozenset[str] = frozenset()) -> Evidence:
        return Evidence(self.target, self.rules.style_prefix, enriched, self.rules.ready)


class Prerequisite(Exception):
    """Something that a step needs is not there; the message says what to do first."""


def local_swatches(work: Work, products: Mapping[str, Product]) -> swatches.Found:
    cpis = [product.cpi for product in products.values()]
    return swatches.look_through(work.folder.files, work.capsule, cpis, work.rules.swatches)


def advance(work: Work, draft: Draft, handle: str, proof: Evidence) -> bool:
    """Bring the stage up to its evidence; arriving at LIVE locks."""
    if not work.moves_stages:
        return False
    step = advanced(draft.product(handle), proof)
    moved = draft.set(handle, ("promotion", "stage"), step.stage.value)
    if moved:
        draft.set(handle, ("promotion", "last_transition_at"), work.now)
    if step.locks:
        draft.set(handle, ("promotion", "locked"), True)
    return moved
