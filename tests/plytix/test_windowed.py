"""More than the platform puts in order is read all the same: by when it was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from providers.kit.sandbox import Sandbox
from providers.plytix import PROVIDER, client
from providers.plytix.catalog import all_assets, all_products, assets
from providers.plytix.client import Refused
from providers.plytix.sandbox import categories, search
from reconciler.provider import ALL, Distrusted
from tests.plytix import mapped
from tests.plytix.account import TARGET, Account, read
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop

MANY = 60


@pytest.fixture
def crowded(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account that puts ten in order at most, and has more; changed at different moments."""
    monkeypatch.setattr(search, "MAX_ORDERED", 10)
    mapped.stock(account.sandbox, map(mapped.sku, range(MANY)))
    changed_one_by_one(account.sandbox)
    return account


def changed_one_by_one(sandbox: Sandbox) -> None:
    """All products and assets, at moments of their own."""
    with sandbox.store.transaction() as store:
        for sort in ("product", "asset"):
            for number, row in enumerate(list(store.all(sort).values())):
                moment = f"2026-0{1 + number % 9}-1{number % 7}T08:00:{number % 60:02}.000000+00:00"
                store.put(sort, row["id"], row | {"modified": moment})


def test_all_products_and_assets_are_read(crowded: Account) -> None:
    """Each once, by searches of which each is in order."""
    with crowded.sandbox.store.transaction() as store:
        there = {sort: set(store.all(sort)) for sort in ("product", "asset")}

    async def found() -> tuple[list[str], set[str]]:
        async with crowded.reading() as session:
            rows = [row["id"] async for row in all_products(session)]
            return rows, set(await all_assets(session))

    rows, assets = run_in_virtual_time(found)

    assert len(rows) == len(set(rows))
    assert (set(rows), assets) == (there["product"], there["asset"])


def test_a_kind_is_read_whole(crowded: Account) -> None:
    """As a rollback or an import of a living account needs it."""

    async def found() -> int:
        async with crowded.reading() as session:
            return len(await read(session, "product", ALL))

    assert run_in_virtual_time(found) >= MANY


def test_one_moment_for_too_many_is_told(crowded: Account) -> None:
    """There is nothing left to halve: 428 is told, it is no short answer."""
    with crowded.sandbox.store.transaction() as store:
        for row in list(store.all("product").values()):
            same = row | {"modified": "2026-05-05T05:05:05.000000+00:00"}
            store.put("product", row["id"], same)

    async def found() -> None:
        async with crowded.reading() as session:
            _ = [row async for row in all_products(session)]

    with pytest.raises(Refused, match="HTTP 428 Precondition Required"):
        run_in_virtual_time(found)


def test_what_is_alike_is_read_whole_too(crowded: Account) -> None:
    """Images of one name, as a document asks for them."""
    with crowded.sandbox.store.transaction() as store:
        there = {a["id"] for a in store.all("asset").values() if "l.jpg" in a["filename"].lower()}

    async def found() -> set[str]:
        async with crowded.reading() as session:
            return set(await assets(session, ["L.jpg"]))

    assert len(there) > 10
    assert run_in_virtual_time(found) == there


def test_the_account_is_known_by_one_of_very_many_products(crowded: Account) -> None:
    """Where its token does not tell it."""

    class Opaque(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/get-token"):
                return httpx.Response(200, json={"data": [{"access_token": "opaque"}]})
            body = json.loads(request.content or "{}")
            return await crowded.raw(request.method, request.url.path, body)

    async def run() -> str:
        async with PROVIDER.reading(TARGET, Opaque()) as session:
            return await PROVIDER.identify(session)

    assert run_in_virtual_time(run) == "69ac00000000000000000001"


class Meanwhile(httpx.AsyncBaseTransport):
    """A door behind which something happens after each page that was found."""

    def __init__(self, account: Account, happens: Callable[[list[str]], None]) -> None:
        self._inner = account.wire()
        self._happens = happens

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        if request.url.path.endswith("/products/search") and answer.status_code == 200:
            self._happens([row["sku"] for row in answer.json()["data"]])
        return answer


def _products_read(account: Account, happens: Callable[[list[str]], None]) -> list[str]:
    async def found() -> list[str]:
        async with PROVIDER.reading(TARGET, Meanwhile(account, happens)) as session:
            return [row["sku"] async for row in all_products(session)]

    return run_in_virtual_time(found)


def _skus(account: Account) -> set[str]:
    with account.sandbox.store.transaction() as store:
        return {row["sku"] for row in store.all("product").values()}


@pytest.mark.parametrize("number", range(12))
def test_what_is_edited_meanwhile_hides_no_other(
    crowded: Account, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Somebody saves a product of a page that was read already, in whichever window: those behind
    it move up over the edge of the page, and are found all the same. Each is told once."""
    monkeypatch.setattr(client, "PAGE", 3)
    pages = 0

    def saved(skus: list[str]) -> None:
        nonlocal pages
        pages += len(skus) == 3
        if pages == number + 1 and len(skus) == 3:
            crowded.edit("product", skus[0], label="saved")
            with crowded.sandbox.store.transaction() as store:
                (row,) = (p for p in store.all("product").values() if p["sku"] == skus[0])
                moment = "2026-11-11T11:11:11.000000+00:00"
                store.put("product", row["id"], row | {"modified": moment})

    found = _products_read(crowded, saved)

    assert len(found) == len(set(found))
    assert set(found) == _skus(crowded)


def test_pages_that_overlap_in_a_window_are_read_again(
    crowded: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; when they overlap again nothing is told for the whole."""
    monkeypatch.setattr(client, "PAGE", 3)
    moments = iter(f"2026-11-11T11:11:{second:02}.000000+00:00" for second in range(60))
    left = iter(sorted(_skus(crowded)))

    def saved(skus: list[str]) -> None:
        """What comes into the newest window stands before what was read of it."""
        with crowded.sandbox.store.transaction() as store:
            rows = {p["sku"]: p for p in store.all("product").values()}
            if any(rows[sku]["modified"] >= "2026-11" for sku in skus):
                row = rows[next(left)]
                store.put("product", row["id"], row | {"modified": next(moments)})

    with crowded.sandbox.store.transaction() as store:
        for row in sorted(store.all("product").values(), key=lambda row: row["sku"])[-6:]:
            newest = row | {"modified": next(moments)}
            store.put("product", row["id"], newest)

    with pytest.raises(Distrusted, match="twice"):
        _products_read(crowded, saved)


def test_a_search_that_outgrows_its_order_tells_each_once(
    crowded: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused in the midst of its pages, since there are too many by now."""
    monkeypatch.setattr(client, "PAGE", 3)
    number = len(_skus(crowded))
    monkeypatch.setattr(search, "MAX_ORDERED", number)

    def made(skus: list[str]) -> None:
        if len(_skus(crowded)) == number:
            mapped.stock(crowded.sandbox, ["ZZZ"])

    found = _products_read(crowded, made)

    assert len(found) == len(set(found))
    assert set(found) == _skus(crowded)


def test_very_many_of_a_term_are_a_category_and_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a rule finds, what stands in a category, and who would lose an option."""
    olive, navy = "olive: {label: Olive}", "navy: {label: Navy}"
    color = "targets: [pim]\ntaxonomy: color\nlabel: Color\ninput: dropdown\n"
    rule = "{title: Olive, rules: {conditions: [{term: color/olive}]}}"
    skus = [mapped.sku(number) for number in range(120)]
    shop = Workshop(tmp_path, "plytix", "pim", {"adopt": True, "prune": True})
    shop.write({"taxonomies/color.yaml": f"{color}terms: {{{olive}, {navy}}}\n"})
    shop.apply()
    mapped.stock(shop.sandbox(), skus)
    for sku in skus:
        shop.edit("product", sku, **{"attributes.color": "Olive"})
    with shop.sandbox().store.transaction() as store:
        categories.created(store, None, {"name": "Olive"})
    shop.edit("category", "Olive", products=skus)
    changed_one_by_one(shop.sandbox())
    monkeypatch.setattr(search, "MAX_ORDERED", 100)
    shop.write({"collections/one.yaml": f"targets: [pim]\ncollections: {{olive: {rule}}}\n"})
    shop.apply()
    (category,) = (row for (kind, _), row in shop.entries().items() if kind == "category")

    assert category.spec["products"] == skus
    assert shop.plan().is_empty

    shop.write({"taxonomies/color.yaml": f"{color}terms: {{{navy}}}\n"})
    shop.write({"collections/one.yaml": None})
    effects = {change.address.kind: change.effect for change in shop.plan().changes}

    assert effects["options"] is not None
    assert effects["options"].in_use == 120
