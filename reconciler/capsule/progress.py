"""After an apply: the state advances, and what was asked is resolved. Writes files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.capsule import queues
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.state import Product
from reconciler.capsule.working import ADOPT, NOOP, SKIP, Told, Verdict, Work, advance

WROTE: Final = "WROTE"
NOOP_ALREADY_SET: Final = "NOOP_ALREADY_SET"
HELD: Final = "HELD"
FAILED: Final = "FAILED"

_NEEDED: Final = ("cpi", "field", "result")


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
    for handle, product in work.chosen(draft).items():
        if handle in results:
            _log(work, product, results[handle], run)
            verdict = _progressed(work, draft, product, results[handle], enriched)
            told.append(Told(product.cpi, handle, *verdict))
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
    _resolve(work, product, result)
    return (ADOPT if moved else NOOP), draft.product(product.handle).promotion.stage.value


def _facts(known: Mapping[str, bool], results: Mapping[str, str]) -> dict[str, bool]:
    """What is live as stated now; of what never was nothing is said."""
    made = {name: said in queues.RESOLVING for name, said in results.items()}
    return {**known, **{name: is_so for name, is_so in made.items() if is_so or name in known}}


def _resolve(work: Work, product: Product, result: Result) -> None:
    paths = {
        "swatch_image": work.folder.swatch_queue_path,
        "look_image": work.folder.review_queue_path,
    }
    for purpose, path in paths.items():
        said = result.fields.get(purpose)
        if said in queues.RESOLVING:
            rows = work.folder.log(path, queues.NEEDED)
            work.folder.append(path, queues.resolved(rows, product.cpi, work.now, str(said)))


def _log(work: Work, product: Product, result: Result, run: str) -> None:
    """One row a value, where it came to something else than the last time. That a value is there
    already is no news after it was written."""
    path = f"outputs/write_results_{work.capsule}.jsonl"
    known = {(r["cpi"], r["field"]): str(r["result"]) for r in work.folder.log(path, _NEEDED)}
    added: list[dict[str, Any]] = []
    for name, said in {**result.fields, **result.collections}.items():
        last = known.get((product.cpi, name))
        if last is None or _settled(last) != _settled(said):
            head = {"cpi": product.cpi, "handle": product.handle, "field": name}
            added.append({**head, "result": said, "run": run, "timestamp": work.now})
    work.folder.append(path, added)


def _settled(said: str) -> str:
    return WROTE if said == NOOP_ALREADY_SET else said
