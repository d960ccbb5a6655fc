"""After an apply: the state advances, and what was asked is resolved. Writes files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.capsule.authorisation import frozen
from reconciler.capsule.queues import RESOLVING, Queue
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.sightings import Sightings
from reconciler.capsule.state import Product
from reconciler.capsule.working import ADOPT, NOOP, SKIP, Told, Verdict, Work, advance

WROTE: Final = "WROTE"
NOOP_ALREADY_SET: Final = "NOOP_ALREADY_SET"
HELD: Final = "HELD"
FAILED: Final = "FAILED"

_ABOUT: Final = ("cpi", "field")
_NEEDED: Final = (*_ABOUT, "result")


@dataclass(frozen=True, slots=True)
class Result:
    """What an apply came to for one product: by purpose, and by style tag, in the words above."""

    fields: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, str] = field(default_factory=dict)


def progress(
    work: Work, results: Mapping[str, Result], run: str, enriched: frozenset[str] = frozenset()
) -> list[Told]:
    """results: by handle, of the products that the apply looked at."""
    draft, told = work.draft(), []
    written = Sightings(work.folder, work.folder.results_path, _ABOUT, _NEEDED)
    asked = {
        "swatch_image": Queue(work.folder, work.folder.swatch_queue_path),
        "look_image": Queue(work.folder, work.folder.review_queue_path),
    }
    for handle, product in work.chosen(draft).items():
        if handle not in results:
            continue
        result = results[handle]
        _log(work, written, product, result, run)
        told.append(Told(product.cpi, handle, *_progressed(work, draft, product, result, enriched)))
        if not frozen(product, work.capsule):
            _resolve(work, asked, product, result)
    written.keep()
    for queue in asked.values():
        queue.keep()
    work.keep(draft)
    return told


def _progressed(
    work: Work, draft: Draft, product: Product, result: Result, enriched: frozenset[str]
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    live = product.live_at(work.target)
    moved = False
    if live is not None:
        known = live.model_dump(mode="json", exclude_unset=True)
        del known["observed_at"]
        known["written"] = _facts(known.get("written", {}), result.fields)
        known["collections"] = _facts(known.get("collections", {}), result.collections)
        way = ("observed", "targets", work.target)
        moved = timed(draft, product.handle, way, known, "observed_at", work.now)
    moved |= advance(work, draft, product.handle, work.evidence(enriched))
    return (ADOPT if moved else NOOP), draft.product(product.handle).promotion.stage.value


def _facts(known: Mapping[str, bool], results: Mapping[str, str]) -> dict[str, bool]:
    """What is live as stated now; of what never was nothing is said."""
    made = {name: said in RESOLVING for name, said in results.items()}
    return {**known, **{name: is_so for name, is_so in made.items() if is_so or name in known}}


def _resolve(work: Work, asked: Mapping[str, Queue], product: Product, result: Result) -> None:
    for purpose, queue in asked.items():
        said = result.fields.get(purpose)
        if said in RESOLVING:
            queue.resolve(product.cpi, work.now, str(said))


def _log(work: Work, written: Sightings, product: Product, result: Result, run: str) -> None:
    """One row a value, where it came to something else than the last time. That a value is there
    already is no news after it was written."""
    for name, said in {**result.fields, **result.collections}.items():
        row = {"cpi": product.cpi, "handle": product.handle, "field": name, "result": said}
        last = written.last(row)
        if last is None or _settled(str(last["result"])) != _settled(said):
            written.add({**row, "run": run}, work.now)


def _settled(said: str) -> str:
    return WROTE if said == NOOP_ALREADY_SET else said
