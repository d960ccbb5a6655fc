"""What a run did, with what was there before: read from its journal, address by address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Final

from reconciler import journal
from reconciler.journal import Row
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.outcome import Status
from reconciler.model.resource import Origin
from reconciler.model.spec import Path, Value

_WRITTEN: Final = (Status.DONE, Status.ALTERED)


@dataclass(frozen=True, slots=True)
class Image:
    """What a run did at one address. before, after: the fields that it changed. live: all owned
    fields before it, or None: it was not there. applied: its ledger row before the run. achieved:
    what was stored, or None where that is not known. is_known: whether the platform answered.
    states: the fields that git stated, those that did not change among them.
    """

    address: Address
    action: Action
    before: Mapping[Path, Value]
    after: Mapping[Path, Value]
    live: Row | None
    applied: Row | None
    achieved: Row | None
    remote: str | None
    needs: tuple[Address, ...]
    is_known: bool
    follows: tuple[Address, ...] = ()
    states: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The fields that it changed, mappings whole."""
        return frozenset(path.split(".", 1)[0] for path in self.after)


@dataclass(frozen=True)
class Run:
    """A run as its journal tells it. noted: ledger rows before it of what it did not write."""

    images: tuple[Image, ...]
    noted: Mapping[Address, Row | None] = field(default_factory=dict)

    @property
    def addresses(self) -> frozenset[Address]:
        """All that it wrote, or told the ledger of."""
        return frozenset({*(image.address for image in self.images), *self.noted})


def run_in(path: File) -> Run:
    """The run that a journal tells of."""
    return Run(tuple(images(path)), journal.noted(path))


def images(path: File) -> list[Image]:
    """What a run wrote, or may have written, in the order in which it began with it."""
    left = journal.read(path)
    found = []
    for address, row in journal.intentions(path).items():
        outcome = left.rows.get(address)
        status = Status(outcome["status"]) if outcome else None
        unknown = outcome is None or outcome.get("unknown") is not None or _is_half(outcome)
        if status in _WRITTEN or unknown:
            found.append(_image(address, row, outcome, is_known=not unknown))
    return found


def _is_half(outcome: Row) -> bool:
    """A creation that failed, and left something: the platform gave it an id."""
    failed = Status(outcome["status"]) is Status.FAILED
    return failed and Action(outcome["action"]) is Action.CREATE and bool(outcome["remote"])


def _image(address: Address, row: Row, outcome: Row | None, *, is_known: bool) -> Image:
    applied = row["applied"] if "applied" in row else _assumed(row)
    return Image(
        address,
        Action(row["action"]),
        row["before"],
        row["after"],
        row["live"],
        applied,
        outcome["spec"] if outcome else None,
        (outcome or row)["remote"],
        tuple(Address.parse(text) for text in row.get("needs", ())),
        is_known,
        tuple(Address.parse(text) for text in row.get("follows", ())),
        frozenset(row["states"] if "states" in row else (applied or {}).get("spec") or ()),
    )


def _assumed(row: Row) -> Row | None:
    """The ledger's row before a run whose journal does not keep it: what was ours stays managed.
    Where the ledger does not know its origin any more it counts as adopted, so that nothing is
    deleted because of it."""
    if Action(row["action"]) in (Action.CREATE, Action.ADOPT):
        return None
    names = {path.split(".", 1)[0] for path in row["before"]}
    spec = {name: value for name, value in (row["live"] or {}).items() if name in names}
    return {"spec": spec, "remote": row["remote"], "origin": Origin.ADOPTED.value, "intent": None}
