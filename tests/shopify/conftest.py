"""A workshop at the emulated shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """The example shop, to which nothing was applied yet."""
    return Workshop(tmp_path, "shopify", "shop", {"adopt": True, "prune": True})
