"""Where each product of a capsule stands, and what stands between it and the next stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.capsule import invariants, swatches
from reconciler.capsule.authorisation import ACTIONS, Refusal, may
from reconciler.capsule.ladder import Evidence, proved
from reconciler.capsule.queues import Queue
from reconciler.capsule.state import BrokenState, Product, ProductState, Stage
from reconciler.capsule.working import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """One product. next: the rung above; None at the top. lacking: its missing evidence.
    refusals: by action. asked: what people are asked of it and have not answered. answered: what
    they have, and no write has come of yet."""

    product: Product
    proved: Stage
    next: Stage | None
    lacking: str | None
    refusals: Mapping[str, Refusal]
    asked: tuple[str, ...]
    answered: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        product = self.product
        return {
            "cpi": product.cpi,
            "handle": product.handle,
            "stage": product.promotion.stage.value,
            "proved": self.proved.value,
            "locked": product.promotion.locked,
            "eligible": product.import_.eligible,
            "go": product.is_go,
            "next": self.next.value if self.next else None,
            "lacking": self.lacking,
            "withheld": {
                action: {"code": r.code, "message": r.message, "remedy": r.remedy}
                for action, r in self.refusals.items()
            },
            "asked": list(self.asked),
            "answered": list(self.answered),
        }


def standings(work: Work, proof: Evidence) -> list[Standing]:
    """Of the products that are meant, in the state's order."""
    swatches_asked = Queue(work.folder, work.folder.swatch_queue_path)
    looks_asked = Queue(work.folder, work.folder.review_queue_path)
    return [
        _standing(work, product, proof, swatches_asked, looks_asked)
        for product in work.chosen(work.draft()).values()
    ]


def _standing(
    work: Work, product: Product, proof: Evidence, swatches_asked: Queue, looks_asked: Queue
) -> Standing:
    reached, lacking = proved(product, proof)
    rungs = list(Stage)
    above = rungs[reached.height + 1] if reached.height + 1 < len(rungs) else None
    verdicts = {a: may(product, a, work.capsule, target=work.target) for a in ACTIONS}
    refusals: dict[str, Refusal] = {a: r for a, r in verdicts.items() if r}
    assets = product.assets
    has_look = assets.look_image is not None or work.rules.decision(product.cpi).look is not None
    asked: list[str] = []
    answered: list[str] = []
    (answered if assets.swatch_image else asked).extend(swatches_asked.open(product.cpi))
    (answered if has_look else asked).extend(looks_asked.open(product.cpi))
    return Standing(product, reached, above, lacking, refusals, tuple(asked), tuple(answered))


def ailments(work: Work, committed: ProductState | None) -> Iterator[str]:
    """What is wrong with the folder as a whole. committed: the state at HEAD, if there is one."""
    try:
        read = work.folder.state()
    except BrokenState as error:
        yield from (str(one) for one in error.broken)
        return
    if read is None:
        return
    if committed is not None:
        yield from (str(one) for one in invariants.moved(committed, read.state))
    cpis = [product.cpi for product in read.state.products.values()]
    rules = work.rules
    found = swatches.look_through(work.folder.files, work.capsule, cpis, rules.swatches)
    yield from (f"{path}: {why}" for path, why in found.strays.items())
    yield from (f"{', '.join(paths)} have one content" for paths in found.alike)
    for swatch in (one for group in found.by_cpi.values() for one in group):
        yield from (f"{swatch.path}: {problem}" for problem in swatch.problems)
    yield from (
        f"capsule.yaml decides about {cpi}, which is no product of the state"
        for cpi in rules.decisions
        if cpi not in cpis
    )
