"""The promotion ladder: the highest rung whose evidence, and that of all below, holds.

It informs and gates nothing. A stage goes up with its evidence; where evidence is gone the stage
stays and the loss is told as drift. Down it goes only by a rollback that somebody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from reconciler.capsule.state import Product, Stage


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rung may be proved by, beside the record. target: where live is looked at. enriched:
    handles with a row in a committed import CSV. ready: CPIs that people decided to upload."""

    target: str
    style_prefix: str = "style_"
    enriched: Collection[str] = field(default_factory=frozenset)
    ready: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Rung:
    """evidence: in words. lacking: what is missing of it, None where it holds."""

    stage: Stage
    evidence: str
    lacking: Callable[[Product, Evidence], str | None]


def _seeded(_: Product, __: Evidence) -> str | None:
    return None


def _enriched(product: Product, evidence: Evidence) -> str | None:
    if product.live_at(evidence.target) or product.import_.imported:
        return None  # what is live was enriched, whoever did it
    return None if product.handle in evidence.enriched else "no row in an import CSV"


def _ready(product: Product, evidence: Evidence) -> str | None:
    if product.live_at(evidence.target) or product.import_.imported:
        return None
    decided = product.cpi in evidence.ready or product.import_.anomaly_accepted
    if decided or product.overrides.manual_go:
        return None
    return "nobody decided to upload it (decisions in capsule.yaml, import: true)"


def _imported(product: Product, evidence: Evidence) -> str | None:
    return None if product.live_at(evidence.target) else "it was not seen live"


def _media(product: Product, evidence: Evidence) -> str | None:
    live = product.live_at(evidence.target)
    if live is None:
        return "it was not seen live"
    expected = product.images.expected.count
    if live.media_count < expected:
        return f"{live.media_count} of {expected} expected images are live"
    if product.assets.look_image is None and not product.is_accessory:
        return "no look image is adopted"
    return None


def _metafields(product: Product, evidence: Evidence) -> str | None:
    live = product.live_at(evidence.target)
    written = live.written if live else {}
    look = () if product.is_accessory else ("look_image",)
    for name in (*look, "swatch_image", *(live.stated if live else ())):
        if not written.get(name, False):
            return f"{name} is not live as git states it"
    return None


def _collections(product: Product, evidence: Evidence) -> str | None:
    live = product.live_at(evidence.target)
    there = live.collections if live else {}
    for style in product.styles(evidence.style_prefix):
        if not there.get(style, False):
            return f"the collection of {style} is not live as git states it"
    return None


def _live(product: Product, evidence: Evidence) -> str | None:
    live = product.live_at(evidence.target)
    if live is None or live.status != "ACTIVE":
        return f"its status is {live.status if live else 'not known'}"
    return None if live.published else "it is published nowhere"


LADDER: Final = (
    Rung(Stage.PRE_FLIGHT, "a record in the state", _seeded),
    Rung(Stage.ENRICHED, "a row in an import CSV", _enriched),
    Rung(Stage.IMPORT_READY, "a committed decision of a person to upload it", _ready),
    Rung(
        Stage.IMPORTED,
        "the live product, seen by an inspection (which implies the rungs below)",
        _imported,
    ),
    Rung(
        Stage.MEDIA_ATTACHED,
        "as many live images as expected, and an adopted look image (accessories need none)",
        _media,
    ),
    Rung(
        Stage.METAFIELDS_WRITTEN,
        "look image, swatch and, where git states one, size guide are live as stated",
        _metafields,
    ),
    Rung(Stage.COLLECTIONS_CREATED, "the collection of each of its styles is live", _collections),
    Rung(Stage.LIVE, "active and published", _live),
)


def proved(product: Product, evidence: Evidence) -> tuple[Stage, str | None]:
    """The highest rung that is proved, and what the next one lacks; None at the top."""
    reached = Stage.PRE_FLIGHT
    for rung in LADDER:
        lacking = rung.lacking(product, evidence)
        if lacking is not None:
            return reached, lacking
        reached = rung.stage
    return reached, None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a record's stage. regression: what is no longer proved, in words."""

    stage: Stage
    locks: bool = False
    regression: str | None = None


def advanced(product: Product, evidence: Evidence) -> Step:
    """Where a product stands now. It never goes down by itself; arriving at LIVE locks it."""
    reached, lacking = proved(product, evidence)
    ceiling = product.promotion.rolled_back_to
    if ceiling is not None and reached.height > ceiling.height:
        reached = ceiling
    known = product.promotion.stage
    if reached.height < known.height:
        return Step(known, regression=f"{known} is not proved any more: {lacking or 'rolled back'}")
    return Step(reached, locks=reached is Stage.LIVE and known is not Stage.LIVE)
