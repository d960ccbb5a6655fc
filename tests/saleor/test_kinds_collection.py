"""Collections that products are put into which Saleor does not take."""

from __future__ import annotations

from pathlib import Path

from providers.saleor.sandbox.world import World
from tests.contract.saleor_assortment import HEAD
from tests.saleor.shop import Shop, shop

SOUND = ("meeting-scheduler", "code-review-agent")
BARE = "slack-helpdesk"


def _collection(*products: str) -> dict[str, str]:
    lines = f"    title: Ours\n    products: [{', '.join(products)}]\n"
    return {"collections/ours.yaml": f"{HEAD}collections:\n  ours:\n{lines}"}


def _members(at: Shop) -> set[str]:
    query = """{ collections(first: 1, filter: {slugs: ["ours"]}) { edges { node {
      products(first: 100) { edges { node { slug } } } } } } }"""
    (edge,) = at.raw(query)["collections"]["edges"]
    return {found["node"]["slug"] for found in edge["node"]["products"]["edges"]}


def test_one_without_variants_keeps_no_other_out(tmp_path: Path) -> None:
    """Saleor refuses all that should join because of one; the others join, and it is named."""
    at = shop(tmp_path)
    at.write(_collection(SOUND[0]))
    at.applied()
    with at.sandbox().store.transaction() as store:
        world = World(store)
        product = world.first("Product", slug=BARE)
        assert product is not None
        world.change("Product", product, withoutVariants=True)
    at.write(_collection(*SOUND, BARE))
    failures = at.failures()

    assert failures.keys() == {"collection/ours"}
    assert f"failed: {BARE} could not join, the others did" in failures["collection/ours"]
    assert _members(at) == set(SOUND)
