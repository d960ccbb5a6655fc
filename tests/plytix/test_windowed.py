"""More than the platform puts in order is read all the same: by when it was changed."""

from __future__ import annotations

import pytest

from providers.plytix.catalog import all_assets, all_products
from providers.plytix.client import Refused
from providers.plytix.sandbox import search
from reconciler.provider import ALL
from tests.plytix import mapped
from tests.plytix.account import Account, read
from tests.virtual_time import run_in_virtual_time

MANY = 60


@pytest.fixture
def crowded(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account that puts ten in order at most, and has more; changed at different moments."""
    monkeypatch.setattr(search, "MAX_ORDERED", 10)
    mapped.stock(account.sandbox, map(mapped.sku, range(MANY)))
    with account.sandbox.store.transaction() as store:
        for sort in ("product", "asset"):
            for number, row in enumerate(list(store.all(sort).values())):
                moment = f"2026-0{1 + number % 9}-1{number % 7}T08:00:{number % 60:02}.000000+00:00"
                store.put(sort, row["id"], row | {"modified": moment})
    return account


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
