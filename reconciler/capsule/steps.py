"""The runbook's steps on a capsule's folder, but for reconciliation. Each takes what was handed in,
changes files of the folder and nothing else, says what it did with each product, and does nothing
the second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.capsule import evidence, looks, manifest, queues, swatches
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.folder import MANIFEST
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.state import Product, Stage
from reconciler.capsule.working import (
    ADOPT,
    NOOP,
    SKIP,
    Told,
    Verdict,
    Work,
    local_swatches,
)


def inspect(work: Work, rows: Sequence[evidence.Row], path: str, *, pretty: bool) -> list[Told]:
    """Write down what was seen. Evidence only: no state moves."""
    known = work.folder.json(path) if work.cpis else None
    seen = [evidence.row_data(row, work.platform) for row in rows]
    whole = evidence.merged(known or [], seen)
    before = {row["cpi"]: row for row in work.folder.json(path) or []}
    work.folder.write_json(path, whole, pretty=pretty)
    return [_inspected(row, before, data) for row, data in zip(rows, seen, strict=True)]


def _inspected(row: evidence.Row, before: Mapping[str, Any], data: Mapping[str, Any]) -> Told:
    if row.live is None:
        return Told(row.cpi, row.handle, SKIP, "the target has no such product")
    count = len(row.live.media)
    if before.get(row.cpi) == data:
        return Told(row.cpi, row.handle, NOOP, f"{count} media, as before")
    return Told(row.cpi, row.handle, ADOPT, f"{count} media seen")


def derive(work: Work, rows: Sequence[evidence.Row], source: str) -> list[Told]:
    """Adopt look images with their provenance. source: the inspection's path."""
    draft, told = work.draft(), []
    seen = {row.cpi: row for row in rows}
    for handle, product in work.chosen(draft).items():
        verdict = _derived(work, draft, product, seen.get(product.cpi), source)
        told.append(Told(product.cpi, handle, *verdict))
    work.keep(draft)
    return told


def _derived(
    work: Work, draft: Draft, product: Product, row: evidence.Row | None, source: str
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    if row is None or row.live is None:
        return SKIP, "it was not inspected" if row is None else "the target has no such product"
    chosen = work.rules.decision(product.cpi).look
    found = looks.look(row.live.media, work.platform, chosen)
    if found.medium is None:
        return SKIP, found.reason
    known = product.assets.look_image
    ids = {**(known.ids if known else {}), work.target: found.medium.remote}
    asset = {"file_name": found.medium.name, "ids": ids}
    origin = {
        "media_gid": found.medium.remote,
        "source": work.platform,
        "derived_from": source,
        "selection_reason": found.reason,
        "file_name": found.medium.name,
    }
    moved = draft.set(product.handle, ("assets", "look_image"), asset)
    way = ("assets_provenance", "look_image")
    moved |= timed(draft, product.handle, way, origin, "derived_at", work.now)
    return (ADOPT if moved else NOOP), f"{found.medium.name} ({found.reason})"


def register_swatches(work: Work) -> list[Told]:
    """Record the local swatch files in the state."""
    draft, told = work.draft(), []
    local = local_swatches(work, draft.state.products)
    work.warnings += (f"{path}: {why}" for path, why in local.strays.items())
    work.warnings += (f"{', '.join(paths)} have one content" for paths in local.alike)
    for handle, product in work.chosen(draft).items():
        verdict = _registered(work, draft, product, local.by_cpi.get(product.cpi, ()))
        told.append(Told(product.cpi, handle, *verdict))
    work.keep(draft)
    return told


def _registered(
    work: Work, draft: Draft, product: Product, found: tuple[swatches.Swatch, ...]
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    swatch, why = swatches.the_one(found)
    if swatch is None:
        problems = "; ".join(f"{one.path}: {p}" for one in found for p in one.problems)
        return SKIP, f"{why}: {problems}" if problems else why or queues.SWATCH_MISSING
    known = product.assets.swatch_image
    same = known is not None and known.sha256 == swatch.sha256
    asset: dict[str, Any] = {"file_name": swatch.file_name, "path": swatch.path}
    asset |= {"sha256": swatch.sha256, "ids": dict(known.ids) if known and same else {}}
    origin = {
        "source": "local",
        "derived_from": swatch.path,
        "selection_reason": "FILENAME_MATCH_CAPSULE_AND_CPI",
        "file_name": swatch.file_name,
    }
    moved = draft.set(product.handle, ("assets", "swatch_image"), asset)
    way = ("assets_provenance", "swatch_image")
    moved |= timed(draft, product.handle, way, origin, "derived_at", work.now)
    return (ADOPT if moved else NOOP), swatch.path


def promote_swatches(work: Work) -> list[Told]:
    """Append the registered swatches to the images manifest, where it does not have them."""
    draft, told = work.draft(), []
    local = local_swatches(work, draft.state.products)
    lines = work.folder.lines(MANIFEST)
    known = {cpi: lines[line] for cpi, line in manifest.newest_swatches(lines).items()}
    added: list[dict[str, Any]] = []
    for handle, product in work.chosen(draft).items():
        found = local.by_cpi.get(product.cpi, ())
        verdict = _promoted(work, product, found, known.get(product.cpi), added)
        told.append(Told(product.cpi, handle, *verdict))
    work.folder.append(MANIFEST, added)
    return told


def _promoted(
    work: Work,
    product: Product,
    found: tuple[swatches.Swatch, ...],
    known: Mapping[str, Any] | None,
    added: list[dict[str, Any]],
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    registered = product.assets.swatch_image
    if registered is None:
        return SKIP, "no swatch is registered"
    swatch = next((one for one in found if one.path == registered.path), None)
    if swatch is None or swatch.sha256 != registered.sha256:
        return SKIP, f"{registered.path} is not the registered file any more: register it again"
    if manifest.says(known, swatch):
        return NOOP, swatch.path
    added.append(manifest.row(work.capsule, product.handle, swatch, work.now))
    return ADOPT, swatch.path


def enrich_tags(work: Work, tags: Mapping[str, Sequence[str]], source: str) -> list[Told]:
    """Adopt tags that the state lacks. tags: by handle. source: where they are from, in words."""
    draft, told = work.draft(), []
    for handle, product in work.chosen(draft).items():
        told.append(Told(product.cpi, handle, *_enriched(work, draft, product, tags, source)))
    work.keep(draft)
    return told


def _enriched(
    work: Work, draft: Draft, product: Product, tags: Mapping[str, Sequence[str]], source: str
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    if product.handle not in tags:
        return SKIP, f"{source} has no row of it"
    missing = [tag for tag in dict.fromkeys(tags[product.handle]) if tag not in product.tags]
    if not missing:
        return NOOP, f"{len(product.tags)} tags"
    draft.set(product.handle, ("tags",), [*product.tags, *missing])
    return ADOPT, ", ".join(missing)


def promote_actions(work: Work) -> list[Told]:
    """Allow what is always safe once a product exists: collections and size guides."""
    draft, told = work.draft(), []
    for handle, product in work.chosen(draft).items():
        told.append(Told(product.cpi, handle, *_allowed(work, draft, product)))
    work.keep(draft)
    return told


def _allowed(work: Work, draft: Draft, product: Product) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    if not product.import_.imported:
        return SKIP, "it does not exist yet: inspect and reconcile first"
    names = ("collection_write", "size_guide_write")
    moved = [n for n in names if draft.set(product.handle, ("allowed_actions", n), True)]
    return (ADOPT, ", ".join(moved)) if moved else (NOOP, ", ".join(names))


def lock(work: Work, *, locked: bool, reason: str | None = None) -> list[Told]:
    """Freeze products, or let them go."""
    draft, told = work.draft(may_unlock=True), []
    for handle, product in work.chosen(draft).items():
        moved = draft.set(handle, ("promotion", "locked"), locked)
        if moved and (reason or "lock_reason" in draft.record(handle)["promotion"]):
            draft.set(handle, ("promotion", "lock_reason"), reason)
        text = "locked" if locked else "unlocked"
        told.append(Told(product.cpi, handle, ADOPT if moved else NOOP, text))
    work.keep(draft)
    return told


def roll_back(work: Work, to: Stage | None) -> list[Told]:
    """Take products back to a rung, above which they do not go until it is lifted (`to` None)."""
    draft, told = work.draft(may_unlock=True), []
    for handle, product in work.chosen(draft).items():
        told.append(Told(product.cpi, handle, *_rolled_back(work, draft, product, to)))
    work.keep(draft)
    return told


def _rolled_back(
    work: Work, draft: Draft, product: Product, to: Stage | None
) -> tuple[Verdict, str]:
    if not product.import_.eligible:
        return SKIP, "NOT_ELIGIBLE"
    stage = product.promotion.stage
    if to is None:
        if product.promotion.rolled_back_to is None:
            return NOOP, f"{stage}: nothing to lift"
        draft.set(product.handle, ("promotion", "rolled_back_to"), None)
        return ADOPT, f"{stage}: the rollback is lifted"
    if stage.height < to.height:
        return SKIP, f"{stage} is below {to}"
    moved = draft.set(product.handle, ("promotion", "rolled_back_to"), to.value)
    if draft.set(product.handle, ("promotion", "stage"), to.value):
        draft.set(product.handle, ("promotion", "last_transition_at"), work.now)
        moved = True
    moved |= draft.set(product.handle, ("promotion", "locked"), False)
    return (ADOPT if moved else NOOP), f"{stage} → {to}"
