"""What is looked up: exactly what was asked for, in few requests."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.store import Store
from providers.shopify import PROVIDER
from providers.shopify.client import ShopifyReader
from providers.shopify.kinds.metafield import Metafield, MetafieldKind
from providers.shopify.metafields import metafield_key
from providers.shopify.sandbox import ShopifySandbox
from providers.shopify.sandbox.planting import plant
from providers.shopify.sandbox.shop import Shop
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause, Change
from reconciler.model.resource import Resource
from reconciler.provider import ALL
from tests.shopify.test_client import door, read, target


def looked_up(kind: str, wanted: Any, app: Any = None) -> tuple[dict[str, str | None], int]:
    """Key → remote of what was found, and how many requests it took."""

    async def use(reader: ShopifyReader) -> Any:
        found = PROVIDER.kind(kind).read(reader, "shop", wanted)
        return {r.address.key: r.remote async for r in found}, reader.usage.requests

    result: tuple[dict[str, str | None], int] = read(use, target(), door(app))
    return result


@pytest.mark.parametrize(
    ("kind", "key", "sort"),
    [
        ("product", "gift-card", "Product"),
        ("page", "about", "Page"),
        ("file", "home_banner.jpg", "MediaImage"),
        ("file", "lookbook_S226.pdf", "GenericFile"),
    ],
)
def test_by_key_in_one_request(kind: str, key: str, sort: str) -> None:
    """What is there is told with its id, what is not is left out."""
    found, requests = looked_up(kind, {key: None, 'no "such\\ thing': None, "about-": None})

    assert list(found) == [key]
    assert str(found[key]).startswith(f"gid://shopify/{sort}/")
    assert requests == 1


@pytest.mark.parametrize(("kind", "count"), [("product", 20), ("page", 6), ("file", 31)])
def test_everything(kind: str, count: int) -> None:
    """All there is, once."""
    found, _ = looked_up(kind, ALL)

    assert len(found) == count


def test_a_file_is_known_by_its_own_name_only() -> None:
    """A file that is still being processed has no address, and so no name."""
    app = ShopifySandbox(Store())
    app.admin_edit("file", "home_banner.jpg", {"fileStatus": "PROCESSING"})

    assert looked_up("file", {"home_banner.jpg": None}, app)[0] == {}


def test_a_variant_behind_the_first_page_is_found() -> None:
    """A product may have 2,048; the further pages are asked for."""
    app = ShopifySandbox(Store())
    titles = [f"Size {n}" for n in range(300)]
    with app.store.transaction():
        variants = [{"title": title, "price": "1.00"} for title in titles]
        plant(Shop(app.store), "Product", {"handle": "wide", "title": "W", "variants": variants})
    found, requests = looked_up("variant", {"wide/Size 299": None, "wide/Size 300": None}, app)

    assert list(found) == ["wide/Size 299"]
    assert requests == 2


def test_a_hundred_metafields_in_one_request() -> None:
    """Five of each product, asked for together, below what a query may cost."""
    handles = looked_up("product", ALL)[0]
    keys = ("look_image", "swatch_image", "size_guide_page", "fabric", "fit")
    wanted = {metafield_key(h, "altuzarra", key): None for h in handles for key in keys}
    found, requests = looked_up("metafield", wanted)

    assert len(wanted) == 100
    assert requests == 1
    assert len(found) == 12


def test_batches_are_the_fewest_requests() -> None:
    """25 values a call; what is emptied goes apart, with a reading before it."""
    changes = [_change(n, None if n % 3 == 0 else "x") for n in range(90)]
    batches = list(MetafieldKind().batches(changes))

    assert [len(batch.changes) for batch in batches] == [25, 25, 10, 25, 5]
    assert [batch.requests for batch in batches] == [1] * 5
    assert [batch.besides.low.requests for batch in batches] == [0, 0, 0, 1, 1]


def _change(number: int, value: str | None) -> Change[Metafield]:
    address = Address("shop", "metafield", metafield_key(f"p{number}", "altuzarra", "fit"))
    after = Resource(address, Metafield(value=value))
    return Change(address, Action.UPDATE, Cause.INTENT, (), Resource(address, Metafield()), after)
