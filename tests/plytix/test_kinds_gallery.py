"""Galleries: read in few searches, linked one by one, unlinked without losing other links."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import anyio
import httpx
import pytest

from providers.kit.sandbox import Fault
from providers.plytix import PROVIDER
from providers.plytix.kinds.gallery import Gallery
from reconciler.model.address import Address, Remote
from reconciler.model.change import Action, Cause, Change, FieldChange
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.resource import Origin, Resource
from reconciler.model.spec import UNSTATED, Unstated
from reconciler.provider import ALL, Remotes
from tests.plytix.account import TARGET, Account, carried_out, compared, read
from tests.virtual_time import run_in_virtual_time

PARENT = "AMZN-US-B07X8Z63ZL"
BLACK = "AMZN-US-B07X8YQ1LM"
BROWN = "AMZN-US-B07X91C4RW"
NAVY = "AMZN-US-B07XB2D9KJ"
EMPTY = "AMZN-US-B09KMV7Q2D"
MAIN, PT01, PT02, SWATCH = (
    "61wixnPXtlL.jpg",
    "71kQ0vVbTEL.jpg",
    "71Z4mYw2RnL.jpg",
    "41hV9xSWk3L.jpg",
)
BEACH = "lifestyle_beach_2019.jpg"
BROWN_IMAGES = ("61tR7dBrwnL.jpg", PT01, PT02, "41xSwBrn0pL.jpg")
FILES = {
    MAIN: "amazon_01_MAIN_61wixnPXtlL.jpg",
    PT01: "amazon_02_PT01_71kQ0vVbTEL.jpg",
    PT02: "amazon_03_PT02_71Z4mYw2RnL.jpg",
    SWATCH: "amazon_10_SWATCH_41hV9xSWk3L.jpg",
}


def _address(sku: str, label: str = "amazon_images") -> Address:
    return Address("pim", "gallery", f"{sku}/{label}")


def _gallery(
    sku: str,
    *assets: str,
    thumbnail: str | Unstated | None = UNSTATED,
    label: str = "amazon_images",
) -> Resource[Gallery]:
    return Resource(
        _address(sku, label),
        Gallery(assets=assets, thumbnail=thumbnail),
        intent="an intent",
        needs=(Address("pim", "product", sku),),
    )


def _applied(resource: Resource[Gallery], remote: Remote) -> dict[Address, Resource[Gallery]]:
    row = Resource(
        resource.address, resource.spec, remote, origin=Origin.CREATED, intent=resource.intent
    )
    return {resource.address: row}


def _apply(
    account: Account,
    *wanted: Resource[Gallery],
    applied: dict[Address, Resource[Gallery]] | None = None,
) -> dict[Address, AnyOutcome]:
    async def run() -> dict[Address, AnyOutcome]:
        return await carried_out(account, await compared(account, wanted, applied))

    return run_in_virtual_time(run)


def _links(account: Account, sku: str) -> dict[str, Any]:
    return run_in_virtual_time(lambda: account.links(sku))


def _read(account: Account, *keys: str) -> dict[str, Gallery]:
    async def run() -> dict[str, Gallery]:
        async with account.reading() as session:
            found = await read(session, "gallery", keys)
        return {address.key: resource.spec for address, resource in found.items()}

    return run_in_virtual_time(run)


def test_galleries_are_read_in_two_searches(account: Account) -> None:
    """All products of the example that hold images: one search for links, one for names; what
    is foreign is told by its file name, in the other case of an SKU nothing is found."""
    found = _read(
        account,
        *(f"{sku}/amazon_images" for sku in (PARENT, BROWN, NAVY, BLACK.lower(), "AMZN-none")),
    )

    assert found == {
        f"{PARENT}/amazon_images": Gallery(assets=(MAIN, PT01, PT02), thumbnail=MAIN),
        f"{BROWN}/amazon_images": Gallery(assets=(*BROWN_IMAGES, BEACH), thumbnail=BROWN_IMAGES[0]),
        f"{NAVY}/amazon_images": Gallery(
            assets=("61nAvYm4TnL.jpg", PT01, PT02, "41nAvYsw0cL.jpg"), thumbnail=PT01
        ),
    }
    assert account.asked == ["POST /api/v2/products/search", "POST /api/v1/assets/search"]


def test_an_empty_gallery_is_not_there(account: Account) -> None:
    """That it is empty is asked, not taken for granted; a thumbnail alone makes it be there."""
    first = _read(account, f"{EMPTY}/amazon_images", f"{PARENT}/amazon_images")
    searches = account.asked
    account.edit("product", EMPTY, thumbnail=BEACH)
    second = _read(account, f"{EMPTY}/amazon_images")

    assert set(first) == {f"{PARENT}/amazon_images"}
    assert searches == ["POST /api/v2/products/search"] * 2 + ["POST /api/v1/assets/search"]
    assert second == {f"{EMPTY}/amazon_images": Gallery(assets=(), thumbnail=BEACH)}


class Tight(httpx.AsyncBaseTransport):
    """A door whose product searches tell nothing of media, as the vendor's text can be read."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("/products/search"):
            return response
        await response.aread()
        body = response.json()
        for row in body["data"]:
            row["attributes"] = {}
            row.pop("thumbnail", None)
        return httpx.Response(200, content=json.dumps(body), request=request)


def test_a_search_that_tells_nothing_of_media_is_not_believed(account: Account) -> None:
    """The products that hold something are read one by one: the result is the same."""
    keys = [f"{sku}/amazon_images" for sku in (PARENT, BROWN, EMPTY)]
    expected = _read(account, *keys)
    account.sent.clear()

    async def run() -> dict[str, Gallery]:
        async with PROVIDER.reading(TARGET, Tight(account.wire())) as session:
            found = await read(session, "gallery", keys)
        return {address.key: resource.spec for address, resource in found.items()}

    assert run_in_virtual_time(run) == expected
    assert sum(text.startswith("GET") for text in account.asked) == 2


def test_of_everything_the_galleries_that_hold_an_asset_are_told(account: Account) -> None:
    """Whatever the attribute is called; single media attributes are no galleries."""

    async def run() -> set[str]:
        async with account.reading() as session:
            return {address.key for address in await read(session, "gallery", ALL)}

    keys = run_in_virtual_time(run)

    assert {k for k in keys if k.startswith("MCA")} == {
        "MCA0032/product_gallery",
        "MCA0032-M-13/product_gallery",
    }
    assert f"{BROWN}/lifestyle_images" in keys
    assert f"{EMPTY}/amazon_images" not in keys


def test_a_renamed_product_is_found_by_its_id_and_not_written(account: Account) -> None:
    """Its gallery stands under another key; SKUs are not ours to change."""
    wanted = _gallery(BLACK, MAIN, thumbnail=MAIN)
    applied = _applied(wanted, account.product_id(BLACK))
    account.edit("product", BLACK, sku="AMZN-US-B0RENAMED0")

    comparison = run_in_virtual_time(lambda: compared(account, [wanted], applied))
    outcomes = run_in_virtual_time(lambda: carried_out(account, comparison))

    assert [c.renamed_from for c in comparison.changes] == ["AMZN-US-B0RENAMED0/amazon_images"]
    assert outcomes[wanted.address].status is Status.FAILED
    assert "correct the SKU" in str(outcomes[wanted.address].message)
    assert account.writes == []


def test_a_new_gallery_is_linked_in_the_order_of_its_slots(account: Account) -> None:
    """A request a link and one for the thumbnail; raw: the links in that order."""
    wanted = _gallery(EMPTY, SWATCH, MAIN, PT01, thumbnail=MAIN)
    comparison = run_in_virtual_time(lambda: compared(account, [wanted]))
    estimate = sum(b.requests for b in PROVIDER.kind("gallery").batches(comparison.changes))
    outcomes = run_in_virtual_time(lambda: carried_out(account, comparison))
    path = f"/api/v2/products/{account.product_id(EMPTY)}"
    raw = run_in_virtual_time(lambda: account.raw("GET", path)).json()["data"][0]

    assert outcomes[wanted.address].status is Status.DONE
    assert outcomes[wanted.address].remote == account.product_id(EMPTY)
    assert (len(account.writes), estimate, len(account.asked)) == (4, 4, 4)
    ids = [account.asset_id(FILES[image]) for image in (SWATCH, MAIN, PT01)]
    assert raw["attributes"]["amazon_images"] == ids
    assert raw["thumbnail"] == [ids[1]]


def test_a_missing_link_is_one_request(account: Account) -> None:
    """And the next plan is empty, with the gallery recorded."""
    wanted = _gallery(BLACK, MAIN, PT01, PT02, SWATCH, thumbnail=MAIN)
    outcomes = _apply(account, wanted)
    writes = account.writes
    again = run_in_virtual_time(lambda: compared(account, [wanted]))

    assert outcomes[wanted.address].status is Status.DONE
    assert writes == [f"POST /api/v2/products/{account.product_id(BLACK)}/assets"]
    assert _links(account, BLACK)["amazon_images"] == sorted(FILES.values())
    assert (again.changes, len(again.recorded)) == ((), 1)


def test_a_foreign_asset_is_shown_and_taken_out_of_this_gallery_only(account: Account) -> None:
    """It is named before, it stays in the other gallery and in the account."""
    wanted = _gallery(BROWN, *BROWN_IMAGES, thumbnail=BROWN_IMAGES[0])
    comparison = run_in_virtual_time(lambda: compared(account, [wanted]))
    outcomes = run_in_virtual_time(lambda: carried_out(account, comparison))
    links = _links(account, BROWN)

    assert [(c.action, [f.path for f in c.fields]) for c in comparison.changes] == [
        (Action.ADOPT, ["assets"])
    ]
    assert BEACH in comparison.changes[0].before_values["assets"]
    assert outcomes[wanted.address].status is Status.DONE
    assert len(links["amazon_images"]) == 4
    assert links["lifestyle_images"] == [BEACH]
    assert links["thumbnail"] == ["amazon_01_MAIN_61tR7dBrwnL.jpg"]
    assert account.asset_id(BEACH)
    product = account.product_id(BROWN)
    assert Counter(account.writes) == {
        f"DELETE /api/v2/products/{product}/assets/{account.asset_id(BEACH)}": 1,
        f"POST /api/v2/products/{product}/assets": 1,
    }


@pytest.mark.parametrize("stated", [True, False])
def test_unlinking_keeps_a_thumbnail_that_is_not_ours(account: Account, stated: bool) -> None:
    """The foreign asset is the thumbnail too: it stays unless git states another."""
    account.edit("product", BROWN, thumbnail=BEACH)
    thumbnail = BROWN_IMAGES[0] if stated else UNSTATED
    _apply(account, _gallery(BROWN, *BROWN_IMAGES, thumbnail=thumbnail))

    kept = "amazon_01_MAIN_61tR7dBrwnL.jpg" if stated else BEACH
    assert _links(account, BROWN)["thumbnail"] == [kept]


def test_a_single_media_attribute_gets_its_asset_back(account: Account) -> None:
    """Also where a link replaces instead of appending."""
    account.edit("product", BROWN, attributes__size_chart=[BEACH])
    _apply(account, _gallery(BROWN, *BROWN_IMAGES))

    assert _links(account, BROWN)["size_chart"] == [BEACH]


def test_the_thumbnail_is_replaced_by_one_link(account: Account) -> None:
    """The gallery is not touched."""
    images = ("61nAvYm4TnL.jpg", PT01, PT02, "41nAvYsw0cL.jpg")
    before = _links(account, NAVY)
    _apply(account, _gallery(NAVY, *images, thumbnail=images[0]))
    after = _links(account, NAVY)

    assert account.writes == [f"POST /api/v2/products/{account.product_id(NAVY)}/assets"]
    assert after == before | {"thumbnail": ["amazon_01_MAIN_61nAvYm4TnL.jpg"]}


def test_no_thumbnail_is_a_value_too(account: Account) -> None:
    """Null takes the thumbnail away and leaves the gallery."""
    _apply(account, _gallery(PARENT, MAIN, PT01, PT02, thumbnail=None))
    links = _links(account, PARENT)

    assert (links["thumbnail"], len(links["amazon_images"])) == ([], 3)


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ({"attributes__amazon_images": [FILES[MAIN], FILES[PT01]]}, "assets"),
        ({"attributes__amazon_images": [*FILES.values(), BEACH]}, "assets"),
        ({"thumbnail": BEACH}, "thumbnail"),
        ({"thumbnail": None}, "thumbnail"),
    ],
    ids=["a link less", "a link more", "another thumbnail", "no thumbnail"],
)
def test_each_field_that_drifts_is_seen_and_put_back(
    account: Account, edit: dict[str, Any], path: str
) -> None:
    """The platform's move has the cause drift; after writing nothing is left to do."""
    wanted = _gallery(BLACK, MAIN, PT01, PT02, SWATCH, thumbnail=MAIN)
    _apply(account, wanted)
    applied = _applied(wanted, account.product_id(BLACK))
    account.edit("product", BLACK, **edit)

    async def run() -> list[tuple[str, Cause]]:
        comparison = await compared(account, [wanted], applied)
        await carried_out(account, comparison)
        again = await compared(account, [wanted], applied)
        return [(f.path, f.cause) for c in (*comparison.changes, *again.changes) for f in c.fields]

    seen = run_in_virtual_time(run)
    links = _links(account, BLACK)

    assert seen == [(path, Cause.DRIFT)]
    assert links == {"amazon_images": sorted(FILES.values()), "thumbnail": [FILES[MAIN]]}


def test_a_gallery_that_was_emptied_is_made_again(account: Account) -> None:
    """Somebody took everything away: create, with the cause drift."""
    wanted = _gallery(BLACK, MAIN, PT01, thumbnail=MAIN)
    applied = _applied(wanted, account.product_id(BLACK))
    account.edit("product", BLACK, attributes__amazon_images=[], thumbnail=None)

    comparison = run_in_virtual_time(lambda: compared(account, [wanted], applied))
    run_in_virtual_time(lambda: carried_out(account, comparison))

    assert [(c.action, c.cause) for c in comparison.changes] == [(Action.CREATE, Cause.DRIFT)]
    assert _links(account, BLACK) == {
        "amazon_images": [FILES[MAIN], FILES[PT01]],
        "thumbnail": [FILES[MAIN]],
    }


def test_a_dropped_gallery_is_unlinked_and_nothing_else(account: Account) -> None:
    """Exactly what the plan names: the assets stay, so do the other gallery and its image."""
    dropped = _gallery(BROWN, *BROWN_IMAGES, BEACH, thumbnail=BROWN_IMAGES[0])
    before = run_in_virtual_time(lambda: account.raw("POST", "/api/v1/assets/search", {})).json()
    outcomes = _apply(account, applied=_applied(dropped, account.product_id(BROWN)))
    after = run_in_virtual_time(lambda: account.raw("POST", "/api/v1/assets/search", {})).json()

    assert outcomes[dropped.address].status is Status.DONE
    assert outcomes[dropped.address].remote is None
    assert _links(account, BROWN) == {"lifestyle_images": [BEACH], "thumbnail": []}
    assert after["pagination"] == before["pagination"]


def test_a_dropped_gallery_leaves_what_came_since_the_plan(account: Account) -> None:
    """An asset that is linked after planning is named nowhere, and stays."""
    dropped = _gallery(PARENT, MAIN, PT01, PT02)
    applied = _applied(dropped, account.product_id(PARENT))
    comparison = run_in_virtual_time(lambda: compared(account, [], applied))
    account.edit(
        "product", PARENT, attributes__amazon_images=[FILES[MAIN], FILES[PT01], FILES[PT02], BEACH]
    )
    run_in_virtual_time(lambda: carried_out(account, comparison))

    assert _links(account, PARENT) == {"amazon_images": [BEACH], "thumbnail": [FILES[MAIN]]}


def test_a_dropped_gallery_takes_its_own_thumbnail_along(account: Account) -> None:
    """Also where that is no image of the gallery."""
    account.edit("product", BLACK, thumbnail=BEACH)
    dropped = _gallery(BLACK, MAIN, PT01, SWATCH, thumbnail=BEACH)
    _apply(account, applied=_applied(dropped, account.product_id(BLACK)))

    assert _links(account, BLACK) == {"thumbnail": []}


def test_two_assets_of_one_image_do_not_hide_behind_one_name(account: Account) -> None:
    """The second is shown by its file name, and is what is taken out."""
    account.edit("asset", BEACH, filename=MAIN)
    account.edit("product", PARENT, attributes__amazon_images=[FILES[MAIN], MAIN])
    shown = _read(account, f"{PARENT}/amazon_images")[f"{PARENT}/amazon_images"]
    _apply(account, _gallery(PARENT, MAIN))

    assert shown.assets == (MAIN, account.asset_id(MAIN))
    assert _links(account, PARENT)["amazon_images"] == [FILES[MAIN]]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_lost_or_refused_link_is_made_once(account: Account, fault: Fault) -> None:
    """Whatever goes wrong with one request about a product, its links are there once."""
    wanted = _gallery(EMPTY, MAIN, PT01, SWATCH, thumbnail=MAIN)
    account.sandbox.inject(fault, matching='"attribute_label"', after=1)
    outcomes = _apply(account, wanted)
    path = f"/api/v2/products/{account.product_id(EMPTY)}"
    raw = run_in_virtual_time(lambda: account.raw("GET", path)).json()["data"][0]

    assert outcomes[wanted.address].status is Status.DONE
    assert len(raw["attributes"]["amazon_images"]) == 3
    assert len(set(raw["attributes"]["amazon_images"])) == 3


def test_a_product_left_halfway_says_whose_it_is(account: Account) -> None:
    """A link that is refused stops no other; the failure carries the product's id, so that what
    was linked is known to be ours."""
    wanted = _gallery(EMPTY, MAIN, PT01, SWATCH, thumbnail=MAIN)
    comparison = run_in_virtual_time(lambda: compared(account, [wanted]))

    async def run() -> AnyOutcome:
        known = {
            Address("pim", "product", EMPTY): account.product_id(EMPTY),
            Address("pim", "asset", MAIN): account.asset_id(FILES[MAIN]),
            Address("pim", "asset", PT01): "0" * 24,
            Address("pim", "asset", SWATCH): account.asset_id(FILES[SWATCH]),
        }
        kind = PROVIDER.kind("gallery")
        async with account.writing(known) as session:
            (batch,) = kind.batches(comparison.changes)
            (outcome,) = await kind.write(session, batch)
        return outcome

    outcome = run_in_virtual_time(run)

    assert (outcome.status, outcome.remote) == (Status.FAILED, account.product_id(EMPTY))
    assert outcome.message == (
        "HTTP 404 Asset id 000000000000000000000000 does not exist (asset.id: asset does not exist)"
    )
    assert _links(account, EMPTY) == {
        "amazon_images": [FILES[MAIN], FILES[SWATCH]],
        "thumbnail": [FILES[MAIN]],
    }


def test_a_gallery_without_a_product_fails_alone(account: Account) -> None:
    """The other product's gallery is made."""
    wanted = [_gallery("AMZN-US-B000000000", MAIN), _gallery(EMPTY, MAIN)]
    outcomes = _apply(account, *wanted)

    assert [outcomes[r.address].status for r in wanted] == [Status.FAILED, Status.DONE]
    assert str(outcomes[wanted[0].address].message) == (
        "pim/product/AMZN-US-B000000000 does not exist on the platform"
    )


class Crowd(httpx.AsyncBaseTransport):
    """A door that takes its time, and notes how many requests about one product are inside."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._inside: Counter[str] = Counter()
        self.most_about_one = 0
        self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        product = request.url.path.split("/assets")[0]
        self._inside[product] += 1
        self.most_about_one = max(self.most_about_one, self._inside[product])
        self.most = max(self.most, self._inside.total())
        await anyio.sleep(0.2)
        response = await self._inner.handle_async_request(request)
        self._inside[product] -= 1
        return response


def test_links_of_one_product_are_made_one_after_another(account: Account) -> None:
    """Two galleries of each of three products: products side by side, links never."""
    wanted = [
        _gallery(sku, MAIN, PT01, PT02, SWATCH, label=label)
        for sku in (EMPTY, "AMZN-US-B0BXT4N8JS", "AMZN-US-B0CNQ7R3TF")
        for label in ("product_gallery", "lifestyle_images")
    ]
    known = {Address("pim", "asset", key): account.asset_id(name) for key, name in FILES.items()}
    known |= {r.needs[0]: account.product_id(r.needs[0].key) for r in wanted}
    crowd = Crowd(account.wire())
    kind = PROVIDER.kind("gallery")

    async def run() -> list[Status]:
        changes = [
            Change(r.address, Action.CREATE, Cause.INTENT, _fields(r), None, r) for r in wanted
        ]
        async with PROVIDER.writing(TARGET, crowd, Remotes("pim", known)) as session:
            return [
                outcome.status
                for batch in kind.batches(changes)
                for outcome in await kind.write(session, batch)
            ]

    assert run_in_virtual_time(run) == [Status.DONE] * 6
    assert (crowd.most_about_one, crowd.most) == (1, 3)


def _fields(resource: Resource[Gallery]) -> tuple[FieldChange, ...]:
    assets = list(resource.spec.assets)  # type: ignore[arg-type]
    return (FieldChange("assets", None, assets, Cause.INTENT),)


def test_strangers_are_left_alone(account: Account) -> None:
    """After everything was written, all products and assets that git does not name are as
    they were, to the last field."""

    def strangers() -> list[Any]:
        with account.sandbox.store.transaction() as store:
            products = store.all("product").values()
            assets = store.all("asset").values()
            return [p for p in products if p["sku"] not in (BLACK, BROWN, NAVY)] + [*assets]

    before = strangers()
    _apply(
        account,
        _gallery(BLACK, MAIN, PT01, PT02, SWATCH, thumbnail=MAIN),
        _gallery(BROWN, *BROWN_IMAGES, thumbnail=BROWN_IMAGES[0]),
        _gallery(NAVY, "61nAvYm4TnL.jpg", thumbnail="61nAvYm4TnL.jpg"),
    )

    assert strangers() == before
