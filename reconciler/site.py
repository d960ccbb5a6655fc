"""A target with all that is needed to work on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.intent.targets import Policy
from reconciler.ledger import Ledger
from reconciler.provider import AnyProvider, Target, Wire


@dataclass(frozen=True, slots=True)
class Site:
    """wire: opens the door to the platform; it gives None for the network. journals: the
    folder of this target's journals."""

    target: Target
    provider: AnyProvider
    policy: Policy
    ledger: Ledger
    journals: Path
    wire: Callable[[], Wire | None]
    retired: bool = False

    @property
    def name(self) -> str:
        return self.target.name
