"""A shop of the size that was measured is read and written in few requests.

Measured on a real server: 109 attributes with 2,036 values and 532 products are read in a few
seconds. What is promised here is the number of requests, and how many are under way at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import anyio
import httpx
import pytest

from providers.kit.store import Store
from providers.saleor.sandbox import SaleorSandbox
from reconciler import workflow
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.guards import Allowance
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from tests.saleor.market import Watched
from tests.saleor.shop import Shop, mapping, offering, shop, taxonomy
from tests.virtual_time import run_in_virtual_time
from tests.workshop import is_write

ATTRIBUTES: Final = 109
VALUES: Final = 2_036
PRODUCTS: Final = 532
CARRIED: Final = 12
"""Attributes of the products' type."""

APP: Final = {
    "name": "Planogram",
    "token": "sandbox",
    "permissions": ["MANAGE_PRODUCTS", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"],
}


def _slugs() -> list[str]:
    return [f"facet_{number:03}" for number in range(ATTRIBUTES)]


def _terms(number: int) -> list[str]:
    """18 or 19 of each attribute."""
    least, more = divmod(VALUES, ATTRIBUTES)
    return [f"t{index:02}" for index in range(least + (number < more))]


def _world() -> Mapping[str, Any]:
    carried = _slugs()[:CARRIED]
    return {
        "shop": {"name": "Large"},
        "apps": [APP],
        "channels": [{"slug": "default-channel", "name": "All", "currencyCode": "USD"}],
        "attributes": [_attribute(number, slug) for number, slug in enumerate(_slugs())],
        "productTypes": [{"name": "Offering", "slug": "offering", "productAttributes": carried}],
        "products": [_product(number, carried) for number in range(PRODUCTS)],
    }


def _attribute(number: int, slug: str) -> Mapping[str, Any]:
    values = [{"name": term, "externalReference": f"{slug}/{term}"} for term in _terms(number)]
    return {"name": slug, "slug": slug, "inputType": "MULTISELECT", "values": values}


def _product(number: int, carried: list[str]) -> Mapping[str, Any]:
    slug = f"product-{number:03}"
    listed = [{"channel": "default-channel"}]
    attributes = {attribute: ["t00", "t01"] for attribute in carried}
    of = {"productType": "offering", "attributes": attributes}
    return {"name": slug, "slug": slug, "channels": listed, **of}


def _intents(changed: int = 0) -> Iterator[dict[str, str]]:
    """Everything that is live; changed: products of which one attribute has another term."""
    for number, slug in enumerate(_slugs()):
        yield taxonomy(slug, slug, **{term: term for term in _terms(number)})
    carried = _slugs()[:CARRIED]
    yield mapping(*carried)
    for number in range(PRODUCTS):
        fields = dict.fromkeys(carried, "[t00, t01]")
        if number < changed:
            fields[carried[0]] = "[t00, t02]"
        yield offering(f"product-{number:03}", **fields)


class Crossing(Watched):
    """Notes how many requests are under way at once, each of which takes its time."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        super().__init__(inner)
        self.under_way = self.most = self.writes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.writes += is_write(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await anyio.sleep(0.1)
        try:
            return await super().handle_async_request(request)
        finally:
            self.under_way -= 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    at = shop(tmp_path_factory.mktemp("large"))
    at.put(*_intents())
    folder = open_workspace(at.desired, all_sandboxed=True).sandbox_folder("market")
    SaleorSandbox(Store(folder / "store.sqlite"), _world())
    return at


def _through(at: Shop, door: Crossing, run: Any, *more: Any) -> Any:
    workspace = open_workspace(at.desired, all_sandboxed=True)
    sites = [replace(site, wire=lambda: door) for site in open_sites(workspace)]
    wishes = Wishes(allowed=frozenset({Allowance.parse("adopt=market")}))
    return run_in_virtual_time(partial(run, sites, workspace.desired.intents, wishes, *more))


def _door(at: Shop) -> Crossing:
    return Crossing(httpx.ASGITransport(app=at.sandbox()))


@pytest.mark.long
def test_a_full_plan_takes_ten_requests(large: Shop) -> None:
    """Who asks; attributes, a hundred at a time; products, a hundred at a time; their types. No
    question costs more than a fourth of what a server takes."""
    door = _door(large)
    plan: Plan = _through(large, door, workflow.plan)

    assert len(plan.recorded) >= ATTRIBUTES + VALUES + PRODUCTS
    assert len(door.sent) <= 10
    assert max(door.costs) < 50_000 / 4


@pytest.mark.long
def test_a_hundred_products_take_25_writes(large: Shop) -> None:
    """One attribute of each is changed: four mutations a request, at most four requests at once."""
    _through(large, _door(large), workflow.apply, "run-1", "now")
    large.put(*_intents(changed=100))
    door = _door(large)
    applied = _through(large, door, workflow.apply, "run-2", "now")

    assert [o.status.is_fine for o in applied.outcomes.values()] == [True] * 100
    assert door.writes <= 25
    assert 1 < door.most <= 4
