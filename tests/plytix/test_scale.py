"""A catalog of the size that is in use, in virtual time: what a plan asks, how fast an apply is,
and what a run that was cut off leaves to the next one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import httpx
import pytest

from providers.plytix import PROVIDER
from reconciler import workflow
from reconciler.intent.base import Intents
from reconciler.intent.images import Images
from reconciler.intent.targets import Policy
from reconciler.ledger import Ledger
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.repository import own_repository
from reconciler.site import Site
from tests.plytix import mapped
from tests.plytix.account import TARGET, Account
from tests.virtual_time import run_in_virtual_time

RATE = [{"limit": 50, "window_size": 10}, {"limit": 100_000, "window_size": 3_600}]
"""What the token says: the short window of a paid plan, and a long one that does not bind."""

SLOTS = ("MAIN", "PT01", "PT02", "PT03", "PT04", "SWATCH")


@dataclass(frozen=True)
class Size:
    products: int
    images: int

    @property
    def references(self) -> int:
        return self.products * len(SLOTS)


SMALL = Size(products=50, images=40)
FULL = Size(products=5_000, images=4_000)


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Cut(httpx.AsyncBaseTransport):
    """A door through which so many uploads go; the answer of the last one reaches nobody."""

    inner: httpx.AsyncBaseTransport
    uploads: list[str]
    after: int | None
    times: list[float] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("/get-token"):
            self.times.append(anyio.current_time())
        if response.status_code == 201 and request.url.path == "/api/v1/assets":
            self.uploads.append(request.content.decode())
            if self.after is not None and len(self.uploads) >= self.after:
                raise Killed
        return response


class Scale:
    def __init__(self, folder: Path, size: Size) -> None:
        self.account, self.size = Account(), size
        self.account.edit("account", "", rate_limit=RATE)
        mapped.stock(self.account.sandbox, map(mapped.sku, range(size.products)))
        self.uploads: list[str] = []
        self.times: list[float] = []
        self.cut_after: int | None = None
        policy = Policy(adopt=True)
        ledger = Ledger(own_repository(folder / "ledger"), "pim")
        self.site = Site(TARGET, PROVIDER, policy, ledger, folder / "journals", self._wire)
        self.folder = folder

    def _wire(self) -> httpx.AsyncBaseTransport:
        return Cut(self.account.wire(), self.uploads, self.cut_after, self.times)

    def intents(self) -> Intents:
        """Each product has six images; an image is shared by seven or eight products."""
        products = {
            mapped.sku(number): {
                "images": {
                    slot: {"url": mapped.link((number * 5 + position * 7) % self.size.images)}
                    for position, slot in enumerate(SLOTS)
                }
            }
            for number in range(self.size.products)
        }
        data = {"targets": ("pim",), "into": {"gallery": "amazon_images"}, "products": products}
        return Intents.made_of([Images.model_validate(data)])

    def plan(self) -> Plan:
        return run_in_virtual_time(lambda: workflow.plan([self.site], self.intents(), Wishes()))

    def apply(self, run: str) -> None:
        """As a process of its own: what was in memory is gone."""
        ledger = Ledger(own_repository(self.folder / "ledger"), "pim")
        site = replace(self.site, ledger=ledger)
        applied = run_in_virtual_time(
            lambda: workflow.apply(
                [site], self.intents(), Wishes(), run, "2026-11-20T00:00:00+00:00"
            )
        )
        wrong = [o for o in applied.outcomes.values() if not o.status.is_fine]
        assert wrong == []

    def rate(self) -> float:
        """Requests a second, from the first full window on."""
        first, last = self.times[50], self.times[-1]
        return (len(self.times) - 51) / (last - first)


def check_scale(folder: Path, size: Size) -> None:
    scale = Scale(folder, size)
    plan = scale.plan()
    asked = Counter(text.split("/")[-1] for text in scale.account.asked)

    assert len(plan.changes) == size.products + size.images
    assert asked == {"search": sum(asked.values())}
    assert sum(asked.values()) <= 4 * (size.products + size.images) / 99 + 8

    scale.cut_after = size.images // 2
    with pytest.raises((Killed, BaseExceptionGroup)):
        scale.apply("one")
    scale.cut_after = None
    scale.times.clear()
    scale.apply("two")

    assert len(scale.uploads) == len(set(scale.uploads)) == size.images
    skus = set(map(mapped.sku, range(size.products)))
    with scale.account.sandbox.store.transaction() as store:
        products = [p for p in store.all("product").values() if p["sku"] in skus]
        made = [a for a in store.all("asset").values() if "61img" in a["filename"]]
    assert len(made) == size.images
    assert sum(len(p["media"]["amazon_images"]) for p in products) == size.references
    assert all(p["thumbnail"] for p in products)
    assert scale.rate() >= 0.95 * 50 / 10
    assert scale.plan().is_empty


def test_a_tenth_of_a_tenth(tmp_path: Path) -> None:
    """The same as below, as small as still says something."""
    check_scale(tmp_path, SMALL)


@pytest.mark.extended
def test_five_thousand_products(tmp_path: Path) -> None:
    """5,000 products with 30,000 references to 4,000 images: planned by searches alone, applied at
    95 % of the token's rate at least, and cut off in the midst without a second upload of any."""
    check_scale(tmp_path, FULL)
