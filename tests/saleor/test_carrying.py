"""How many products would lose something, where no filter tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.saleor_assortment import AGENT, PARTS, SOLD, bundle
from tests.saleor.shop import shop


@pytest.mark.parametrize("kind", ["attribute", "attribute_assignment"])
def test_references_are_counted(tmp_path: Path, kind: str) -> None:
    """A filter finds no carrier of a reference attribute, so products are looked at: a bundle's
    attribute does not go as if nothing used it."""
    at = shop(tmp_path)
    at.write(bundle(AGENT, SOLD))
    at.applied()
    at.write(dict.fromkeys(bundle()))
    plan = at.plan()
    (change,) = [c for c in plan.changes if c.address.kind == kind]

    assert change.address.key.endswith(PARTS)
    assert "1 product would lose its values" in str(change.effect)
