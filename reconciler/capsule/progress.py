"""After an apply: the state advances, and what was asked is resolved. Writes files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.capsule import queues
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.state import Product
from reconciler.capsule.steps import ADOPT, NOOP, SKIP, Told, Verdict, Work, advance

WROTE: Final = "WROTE"
NOOP_ALREADY_SET: Final = "NOOP_ALREADY_SET"
HELD: Final = "HELD"
FAILED: Final = "FAILED"


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
        known["written"] = {**known.get("written", {}), **_facts(result.fields)}
        known["collections"] = {**known.get("collections", {}), **_facts(result.collections)}
        way = ("observed", "targets", work.target)
        moved = timed(draft, product.handle, way, known, "observed_at", work.now)
    moved |= advance(work, draft, product.handle, work.evidence(enriched))
    _resolve(work, product, result)
    return (ADOPT if moved else NOOP), draft.product(product.handle).promotion.stage.value


def _facts(results: Mapping[str, str]) -> dict[str, bool]:
    return {name: said in queues.RESOLVING for name, said in results.items()}


def _resolve(work: Work, product: Product, result: Result) -> None:
    paths = {
        "swatch_image": work.folder.swatch_queue_path,
        "look_image": work.folder.review_queue_path,
    }
    for purpose, path in paths.items():
        said = result.fields.get(purpose)
        if said in queues.RESOLVING:
            rows = work.folder.log(path)
            work.folder.append(path, queues.resolved(rows, product.cpi, work.now, str(said)))


def _log(work: Work, product: Product, result: Result, run: str) -> None:
    """One row a product and run, where it says something else than the last one did. That a value
    is there already is no news after it was written."""
    row: dict[str, Any] = {
        "cpi": product.cpi,
        "handle": product.handle,
        "fields": dict(result.fields),
        "collections": dict(result.collections),
    }
    path = f"outputs/write_results_{work.capsule}.jsonl"
    rows = work.folder.log(path)
    last = next((r for r in reversed(rows) if r.get("cpi") == product.cpi), None)
    if last is not None and _settled(last) == _settled(row):
        return
    work.folder.append(path, [{**row, "run": run, "timestamp": work.now}])


def _settled(row: Mapping[str, Any]) -> Any:
    def said(part: Mapping[str, str]) -> dict[str, str]:
        return {n: WROTE if s == NOOP_ALREADY_SET else s for n, s in part.items()}

    return said(row["fields"]), said(row["collections"])
