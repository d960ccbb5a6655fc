"""How long an apply takes was foretold, on platforms that throttle and over wires that are slow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import httpx
import pytest

from reconciler.carrying import Applied
from reconciler.site import Site
from tests.contract.plytix import CASES as PLYTIX
from tests.contract.saleor import offering
from tests.workshop import Workshop, problems_of


def foretold(applied: Applied) -> None:
    expected, actual = applied.plan.estimate.range, applied.actual
    assert not problems_of(applied), problems_of(applied)
    assert expected.low.requests <= actual.requests <= expected.high.requests
    assert expected.low.seconds <= actual.seconds <= expected.high.seconds, (expected, actual)


class Slow(httpx.AsyncBaseTransport):
    """A wire over which every answer takes a quarter of a second."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.25)
        return await self._inner.handle_async_request(request)


@dataclass
class SlowWorkshop(Workshop):
    def _counted(self, site: Site) -> Site:
        near = super()._counted(site)

        def wire() -> httpx.AsyncBaseTransport:
            inner = near.wire()
            assert inner is not None
            return Slow(inner)

        return replace(near, wire=wire)


def test_by_the_latency_that_was_measured(tmp_path: Path) -> None:
    """Seven requests one after another at a quarter of a second each."""
    shop = SlowWorkshop(tmp_path, "saleor", "market", {"adopt": True}, {"identity": "slug"})
    shop.write(offering("agent", "[hr, marketing]", "true"))
    applied = shop.apply()

    foretold(applied)
    assert applied.plan.estimate.range.low.seconds > 0.5


@pytest.mark.long
def test_by_the_points_that_come_in(tmp_path: Path) -> None:
    """160 collections cost more than Shopify's bucket holds: the rest comes in, 100 a second."""
    shop = Workshop(tmp_path, "shopify", "shop")
    entries = "".join(
        f"  many-{n}: {{title: Many {n}, rules: {{conditions: [{{tag: many-{n}}}]}}}}\n"
        for n in range(160)
    )
    shop.write({"collections/many.yaml": f"targets: [shop]\ncollections:\n{entries}"})
    applied = shop.apply()

    foretold(applied)
    assert applied.actual.seconds > 5


def test_by_the_windows_of_the_token(tmp_path: Path) -> None:
    """Five requests in ten seconds, and some have gone for the planning."""
    case = next(case for case in PLYTIX if case.kind == "gallery")
    shop = Workshop(tmp_path, "plytix", "pim", {"adopt": True})
    shop.sandbox().admin_edit("account", "", {"rate_limit": [{"limit": 5, "window_size": 10}]})
    shop.write(case.states[0])
    applied = shop.apply()

    foretold(applied)
    assert applied.plan.estimate.range.low.seconds > 10
