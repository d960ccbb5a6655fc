"""Limits of single requests: columns of a search, assets of a product, parts of a path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import pytest

from providers.plytix import PROVIDER
from providers.plytix.kinds.gallery import Gallery
from providers.plytix.sandbox import attributes, links
from providers.plytix.sandbox.assets import new_asset
from reconciler.model.address import Address
from reconciler.model.outcome import Status
from reconciler.model.question import Answers, Question
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted
from tests.plytix.account import Account, carried_out, compared, read
from tests.virtual_time import run_in_virtual_time

PRODUCT = "MCA0032-M-13"
AMAZON = "AMZN-US-B0BXT4N8JS"


def _searches(account: Account) -> Sequence[dict[str, list[str]]]:
    bodies = (r.content for r in account.sent if r.url.path.endswith("/products/search"))
    return [json.loads(body) for body in bodies]


def test_more_attributes_than_a_search_tells(account: Account) -> None:
    """130 attributes of a product take three searches of at most 50 columns, and all are told."""
    with account.sandbox.store.transaction() as store:
        for number in range(130):
            body = {"name": f"Field {number:03}", "type_class": "TextAttribute"}
            attributes.created(store, body)
    named = {f"attributes__field_{number:03}": f"value {number}" for number in range(130)}
    account.edit("product", PRODUCT, **named)
    account.sent.clear()

    async def found() -> dict[str, object]:
        async with account.reading() as session:
            state = await read(session, "product_attributes", [PRODUCT])
        (resource,) = state.values()
        return dict(resource.spec.values)

    values = run_in_virtual_time(found)

    assert [values[f"field_{n:03}"] for n in range(130)] == [f"value {n}" for n in range(130)]
    assert [len(body["attributes"]) <= 50 for body in _searches(account)] == [True] * 3


def test_a_full_product_says_so(account: Account) -> None:
    """300 assets are the most: the link that is one too many is refused, in the vendor's words;
    what is linked stays."""
    with account.sandbox.store.transaction() as store:
        ids = [
            new_asset(store, f"other{n}.jpg", f"https://cdn.example.com/{n}.jpg", "2026-01-01")[
                "id"
            ]
            for n in range(links.MAX_ASSETS)
        ]
        product = next(p for p in store.all("product").values() if p["sku"] == AMAZON)
        store.put("product", product["id"], product | {"media": {"lifestyle_images": ids}})
    wanted = Resource(
        Address("pim", "gallery", f"{AMAZON}/amazon_images"),
        Gallery(assets=("61wixnPXtlL.jpg",)),
    )

    async def outcomes() -> list[tuple[Status, str]]:
        done = await carried_out(account, await compared(account, [wanted]))
        return [(outcome.status, outcome.message or "") for outcome in done.values()]

    ((status, message),) = run_in_virtual_time(outcomes)

    assert status is Status.FAILED
    assert "limit of 300 assets per product exceeded" in message


@pytest.mark.parametrize("id_", ["68f0/", "68f0/assets", "../products", "68f0?page=2", ".", "%2F"])
def test_an_id_is_one_part_of_a_path(account: Account, id_: str) -> None:
    """Whatever people wrote: there is no such product, and nothing else is asked for."""
    question = Question("id", id_)

    async def found() -> Answers:
        async with account.reading() as session:
            return await PROVIDER.answer(session, [question])

    assert run_in_virtual_time(found) == {question: ()}
    assert account.asked == []


def test_more_galleries_than_a_search_tells(account: Account) -> None:
    """An account with 60 media galleries: what a product shows in the first and in the last of them
    is read, of some products and of all."""
    with account.sandbox.store.transaction() as store:
        for number in range(60):
            body = {"name": f"Shots {number:02}", "type_class": "MediaGalleryAttribute"}
            attributes.created(store, body)
    keys = [f"{AMAZON}/shots_{number:02}" for number in range(60)]
    for label in ("shots_00", "shots_59"):
        account.edit("product", AMAZON, **{f"attributes__{label}": ["brand_logo.png"]})

    async def found(wanted: Wanted | list[str]) -> set[str]:
        async with account.reading() as session:
            return {a.key for a in await read(session, "gallery", wanted) if "/shots" in a.key}

    shown = {f"{AMAZON}/shots_00", f"{AMAZON}/shots_59"}

    assert run_in_virtual_time(partial(found, ALL)) == shown
    assert run_in_virtual_time(partial(found, keys)) >= shown
