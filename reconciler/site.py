"""A target with all that is needed to work on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.intent.targets import Policy
from reconciler.ledger import Ledger
from reconciler.model.tolerance import Tolerance
from reconciler.provider import AnyProvider, Target, Wire


@dataclass(frozen=True, slots=True)
class Site:
    """wire: opens the door to the platform; it gives None for the network. journals: the
    folder of this target's journals. tolerances: the drift there that is to be left as it is."""

    target: Target
    provider: AnyProvider
    policy: Policy
    ledger: Ledger
    journals: Path
    wire: Callable[[], Wire | None]
    retired: bool = False
    tolerances: tuple[Tolerance, ...] = ()

    @property
    def name(self) -> str:
        return self.target.name
