"""Reconciliation: what was seen live is taken over into the state, judged, authorised and logged,
and what only people know is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from reconciler.capsule import evidence, looks, manifest, queues, swatches
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.folder import Folder
from reconciler.capsule.ladder import Evidence, advanced
from reconciler.capsule.queues import Queue
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.sightings import Sightings
from reconciler.capsule.state import Live, Product
from reconciler.capsule.working import (
    ADOPT,
    NOOP,
    SKIP,
    Told,
    Verdict,
    Work,
    advance,
    local_swatches,
)


@dataclass(frozen=True, slots=True)
class _Logs:
    """What this step adds to. drift: what was seen of each product."""

    drift: Sightings
    swatches: Queue
    review: Queue

    @classmethod
    def of(cls, folder: Folder) -> Self:
        drift = Sightings(folder, folder.drift_path, ["cpi"])
        review = Queue(folder, folder.review_queue_path)
        return cls(drift, Queue(folder, folder.swatch_queue_path), review)

    def keep(self) -> None:
        for log in (self.drift, self.swatches, self.review):
            log.keep()


def reconcile(
    work: Work, rows: Sequence[evidence.Row], enriched: frozenset[str] = frozenset()
) -> list[Told]:
    """Take over what was seen, judge and authorise, log drift, ask people what only they know."""
    draft, told = work.draft(), []
    seen = {row.cpi: row for row in rows}
    local = local_swatches(work, draft.state.products)
    logs = _Logs.of(work.folder)
    for handle, product in work.chosen(draft).items():
        row = seen.get(product.cpi)
        if row is None:
            told.append(Told(product.cpi, handle, SKIP, "it was not inspected"))
            continue
        told.append(Told(product.cpi, handle, *_reconciled(work, draft, product, row, enriched)))
        _log(work, logs, product, draft.product(handle), row, local, work.evidence(enriched))
    logs.keep()
    known = {product.cpi for product in draft.state.products.values()}
    ids = {r.cpi: r.live.remote for r in rows if r.live and r.cpi in known}
    manifest.mapped(work.folder, ids)
    work.keep(draft)
    return told


def _reconciled(
    work: Work, draft: Draft, product: Product, row: evidence.Row, enriched: frozenset[str]
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    if row.live is None:
        return SKIP, "the target has no such product"
    moved = _observe(work, draft, product, row)
    moved |= _authorise(work, draft, product, row)
    moved |= advance(work, draft, product.handle, work.evidence(enriched))
    after = draft.product(product.handle)
    may = "authorised" if after.allowed_actions.metafield_write else "not authorised"
    return (ADOPT if moved else NOOP), f"{after.promotion.stage}, {may}"


def _observe(work: Work, draft: Draft, product: Product, row: evidence.Row) -> bool:
    live = _seen(work, product, row)
    way = ("observed", "targets", work.target)
    moved = timed(draft, product.handle, way, live, "observed_at", work.now)
    if not product.import_.imported:
        moved |= draft.set(product.handle, ("import", "imported"), True)
        moved |= draft.set(product.handle, ("import", "imported_at"), work.now)
    return moved


def _seen(work: Work, product: Product, row: evidence.Row) -> dict[str, Any]:
    """What the record is to say of the target, but for the time."""
    assert row.live is not None
    known = product.live_at(work.target)
    return {
        "product_gid": row.live.remote,
        "status": "ACTIVE" if row.live.is_active else row.live.status,
        "published": row.live.is_published,
        "media_count": len(row.live.media),
        "stated": list(row.standing.stated),
        "written": _still(known.written if known else {}, row),
        "collections": _still(known.collections if known else {}, row),
    }


def _still(known: Mapping[str, bool], row: evidence.Row) -> dict[str, bool]:
    """What was written once, and whether it still stands."""
    return {name: name not in row.standing.lost for name in known}


def _authorise(work: Work, draft: Draft, product: Product, row: evidence.Row) -> bool:
    """An adopted look image that is live makes the product GO; an accessory needs none."""
    adopted, handle = product.assets.look_image, product.handle
    assert row.live is not None
    remotes = {one.remote for one in row.live.media}
    has_look = adopted is not None and adopted.ids.get(work.target) in remotes
    if not has_look and not product.is_accessory:
        return False
    moved = False
    if has_look:
        judged = {"status": "GO", "image_status": "IMAGE_OK", "reason": "LOOK_IMAGE_ADOPTED"}
        way = ("observed", "preflight")
        moved = timed(draft, handle, way, judged, "judged_at", work.now)
    moved |= draft.set(handle, ("allowed_actions", "metafield_write"), True)
    return moved


def _log(
    work: Work,
    logs: _Logs,
    before: Product,
    after: Product,
    row: evidence.Row,
    local: swatches.Found,
    proof: Evidence,
) -> None:
    _log_drift(work, logs.drift, before, after, row, local, proof)
    if not before.import_.eligible or before.promotion.locked:
        return
    _ask_for_swatch(work, logs.swatches, after, local)
    _ask_for_look(work, logs.review, after, row)


def _log_drift(
    work: Work,
    drift: Sightings,
    before: Product,
    after: Product,
    row: evidence.Row,
    local: swatches.Found,
    proof: Evidence,
) -> None:
    record: dict[str, Any] = {
        "cpi": after.cpi,
        "handle": after.handle,
        "baseline": {
            "local_has_hero": before.assets.look_image is not None,
            "local_has_swatch": bool(local.by_cpi.get(after.cpi)),
        },
        "observed": _observation(work, row),
        "adopted": after.assets.look_image is not None,
    }
    if lost := list(_lost(work, before, row, proof)):
        record["lost"] = lost
    if drift.differs(record):
        drift.add(record, work.now)


def _observation(work: Work, row: evidence.Row) -> dict[str, Any]:
    """What was seen, so that any other sight of it is another row."""
    media = row.live.media if row.live else ()
    return {
        f"{work.platform}_media_count": len(media),
        f"{work.platform}_has_hero": looks.look(media, work.platform).medium is not None,
        "product_gid": row.live.remote if row.live else None,
        "lost": list(row.standing.lost),
    }


def _lost(work: Work, before: Product, row: evidence.Row, proof: Evidence) -> Iterator[str]:
    """What the record says and live does not have any more, in words."""
    if row.live is None:
        if before.import_.imported:
            yield "the product is gone"
        return
    adopted = before.assets.look_image
    remotes = {one.remote for one in row.live.media}
    if adopted is not None and adopted.ids.get(work.target, "") not in {*remotes, ""}:
        yield f"the look image {adopted.file_name} is not among the media any more"
    if regression := advanced(_as_seen(work, before, row), proof).regression:
        yield regression


def _as_seen(work: Work, product: Product, row: evidence.Row) -> Product:
    """The record as it would be with what was seen, for a frozen one too."""
    seen = {**_seen(work, product, row), "observed_at": work.now}
    live = Live.model_validate_json(json.dumps(seen))
    targets = {**product.observed.targets, work.target: live}
    observed = product.observed.model_copy(update={"targets": targets})
    return product.model_copy(update={"observed": observed})


def _ask_for_swatch(work: Work, queue: Queue, product: Product, local: swatches.Found) -> None:
    found = local.by_cpi.get(product.cpi, ())
    swatch, why = swatches.the_one(found)
    if swatch is not None or product.assets.swatch_image is not None:
        return
    reason = why or queues.SWATCH_MISSING
    more = {"problems": [p for one in found for p in one.problems]} if found else {}
    queue.ask(product.cpi, product.handle, reason, work.now, **more)


def _look_is_live(work: Work, product: Product) -> bool:
    """A file that people chose need not be among the product's media."""
    live = product.live_at(work.target)
    return live is not None and live.written.get("look_image", False)


def _ask_for_look(work: Work, queue: Queue, product: Product, row: evidence.Row) -> None:
    if product.is_accessory or row.live is None or _look_is_live(work, product):
        return
    chosen = work.rules.decision(product.cpi).look
    found = looks.look(row.live.media, work.platform, chosen)
    if found.medium is not None:
        return
    names = [one.name for one in found.candidates]
    queue.ask(product.cpi, product.handle, found.reason, work.now, candidates=names)
