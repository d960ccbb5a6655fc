"""The runbook's steps on a capsule's folder. Each takes what was handed in, changes files of the
folder and nothing else, says what it did with each product, and does nothing the second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reconciler.capsule import evidence, looks, manifest, queues, swatches
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.folder import MANIFEST, Folder
from reconciler.capsule.ladder import Evidence, advanced
from reconciler.capsule.record import Draft, timed
from reconciler.capsule.rules import Rules
from reconciler.capsule.state import Live, Product, Stage, StateText

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
        """Raises `Prerequisite` for a CPI that is none of the capsule's."""
        try:
            return draft.state.chosen(self.cpis)
        except KeyError as error:
            raise Prerequisite(
                f"--cpis {error.args[0]}: no product of {self.capsule} has it"
            ) from (error)

    def keep(self, draft: Draft) -> None:
        self.folder.write(self.folder.state_path, draft.text())

    def evidence(self, enriched: frozenset[str] = frozenset()) -> Evidence:
        return Evidence(self.target, self.rules.style_prefix, enriched, self.rules.ready)


class Prerequisite(Exception):
    """Something that a step needs is not there; the message says what to do first."""


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


def reconcile(
    work: Work, rows: Sequence[evidence.Row], enriched: frozenset[str] = frozenset()
) -> list[Told]:
    """Take over what was seen, judge and authorise, log drift, ask people what only they know."""
    draft, told = work.draft(), []
    seen = {row.cpi: row for row in rows}
    local = _local(work, draft.state.products)
    for handle, product in work.chosen(draft).items():
        row = seen.get(product.cpi)
        if row is None:
            told.append(Told(product.cpi, handle, SKIP, "it was not inspected"))
            continue
        told.append(Told(product.cpi, handle, *_reconciled(work, draft, product, row, enriched)))
        _log(work, product, draft.product(handle), row, local, work.evidence(enriched))
    ids = {r.cpi: r.live.remote for r in rows if r.live and r.cpi in _cpis(draft)}
    manifest.mapped(work.folder, ids)
    work.keep(draft)
    return told


def _cpis(draft: Draft) -> set[str]:
    return {product.cpi for product in draft.state.products.values()}


def _local(work: Work, products: Mapping[str, Product]) -> swatches.Found:
    cpis = [product.cpi for product in products.values()]
    return swatches.look_through(work.folder.files, work.capsule, cpis, work.rules.swatches)


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
    assert row.live is not None
    known = product.live_at(work.target)
    live = {
        "product_gid": row.live.remote,
        "status": row.live.status if not row.live.is_active else "ACTIVE",
        "published": row.live.is_published,
        "media_count": len(row.live.media),
        "stated": list(row.standing.stated),
        "written": _still(known.written if known else {}, row),
        "collections": _still(known.collections if known else {}, row),
    }
    way = ("observed", "targets", work.target)
    moved = timed(draft, product.handle, way, live, "observed_at", work.now)
    if not product.import_.imported:
        moved |= draft.set(product.handle, ("import", "imported"), True)
        moved |= draft.set(product.handle, ("import", "imported_at"), work.now)
    return moved


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


def _log(
    work: Work,
    before: Product,
    after: Product,
    row: evidence.Row,
    local: swatches.Found,
    proof: Evidence,
) -> None:
    _log_drift(work, before, after, row, local, proof)
    if not before.import_.eligible or before.promotion.locked:
        return
    _ask_for_swatch(work, after, local)
    _ask_for_look(work, after, row)


def _log_drift(
    work: Work,
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
    if queues.differs(work.folder.log(work.folder.drift_path), record):
        work.folder.append(work.folder.drift_path, [{**record, "timestamp": work.now}])


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
    assert row.live is not None
    known = product.live_at(work.target)
    live = Live(
        product_gid=row.live.remote,
        status="ACTIVE" if row.live.is_active else row.live.status,
        published=row.live.is_published,
        media_count=len(row.live.media),
        stated=row.standing.stated,
        written=_still(known.written if known else {}, row),
        collections=_still(known.collections if known else {}, row),
        observed_at=work.now,
    )
    targets = {**product.observed.targets, work.target: live}
    observed = product.observed.model_copy(update={"targets": targets})
    return product.model_copy(update={"observed": observed})


def _ask_for_swatch(work: Work, product: Product, local: swatches.Found) -> None:
    path = work.folder.swatch_queue_path
    found = local.by_cpi.get(product.cpi, ())
    swatch, why = swatches.the_one(found)
    if swatch is not None or product.assets.swatch_image is not None:
        return
    reason = why or queues.SWATCH_MISSING
    rows = work.folder.log(path)
    more = {"problems": [p for one in found for p in one.problems]} if found else {}
    added = queues.asked(rows, product.cpi, product.handle, reason, work.now, **more)
    work.folder.append(path, added)


def _ask_for_look(work: Work, product: Product, row: evidence.Row) -> None:
    if product.is_accessory or row.live is None:
        return
    chosen = work.rules.decision(product.cpi).look
    found = looks.look(row.live.media, work.platform, chosen)
    if found.medium is not None:
        return
    path = work.folder.review_queue_path
    names = [one.name for one in found.candidates]
    rows = work.folder.log(path)
    added = queues.asked(
        rows, product.cpi, product.handle, found.reason, work.now, candidates=names
    )
    work.folder.append(path, added)


def register_swatches(work: Work) -> list[Told]:
    """Record the local swatch files in the state."""
    draft, told = work.draft(), []
    local = _local(work, draft.state.products)
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
    local = _local(work, draft.state.products)
    for handle, product in work.chosen(draft).items():
        verdict = _promoted(work, product, local.by_cpi.get(product.cpi, ()))
        told.append(Told(product.cpi, handle, *verdict))
    return told


def _promoted(
    work: Work, product: Product, found: tuple[swatches.Swatch, ...]
) -> tuple[Verdict, str]:
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    registered = product.assets.swatch_image
    if registered is None:
        return SKIP, "no swatch is registered"
    swatch = next((one for one in found if one.path == registered.path), None)
    if swatch is None or swatch.sha256 != registered.sha256:
        return SKIP, f"{registered.path} is not the registered file any more: register it again"
    rows = work.folder.log(MANIFEST)
    if manifest.says(manifest.newest(rows, product.cpi, manifest.SWATCH), swatch):
        return NOOP, swatch.path
    row = manifest.row(work.capsule, product.handle, swatch, work.now)
    work.folder.append(MANIFEST, [row])
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
