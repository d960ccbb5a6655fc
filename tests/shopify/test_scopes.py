"""What an app must have been granted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from providers.shopify import PROVIDER
from providers.shopify.scopes import SCOPES, missing


def test_every_kind_has_its_scopes() -> None:
    """A kind that is written names scopes to write it."""
    assert [kind.name for kind in PROVIDER.kinds if kind.name not in SCOPES] == []
    assert [k.name for k in PROVIDER.kinds if k.managed and not SCOPES[k.name].writing] == []


SHEETS: Final = (
    ("providers/shopify/README.md", "## Access scopes", "## In bulk"),
    ("docs/handbook.md", "| [Shopify](", "| [Saleor]("),
)


@pytest.mark.parametrize(("path", "begin", "end"), SHEETS)
def test_the_documents_name_every_scope(path: str, begin: str, end: str) -> None:
    """Whoever makes an app reads there what it must be granted: all of it, and no more."""
    text = Path(path).read_text()
    part = text[text.index(begin) : text.index(end)]
    kinds = SCOPES.values()
    wanted = {s for kind in kinds for either in (*kind.reading, *kind.writing) for s in either}

    assert set(re.findall(r"`((?:read|write)_\w{3,})`", part)) == wanted


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ({"read_products", "read_content"}, []),
        ({"write_products", "write_online_store_pages"}, []),
        ({"write_products"}, ["read_content"]),
        (set(), ["read_products", "read_content"]),
    ],
)
def test_what_is_missing(granted: set[str], expected: list[str]) -> None:
    """Writing grants reading, and of alternatives one is enough."""
    wanted = (*SCOPES["product"].reading, *SCOPES["page"].reading)

    assert missing(wanted, frozenset(granted)) == expected
