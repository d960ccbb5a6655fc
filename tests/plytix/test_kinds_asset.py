"""Assets: found by their image's name, uploaded once, renamed, never deleted."""

from __future__ import annotations

import httpx
import pytest

from providers.kit.sandbox import Fault
from providers.plytix import PROVIDER
from providers.plytix.kinds.asset import Asset
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause
from reconciler.model.outcome import Status
from reconciler.model.resource import Origin, Resource
from reconciler.model.spec import UNSTATED
from reconciler.provider import ALL, Ambiguous
from tests.plytix.account import Account, carried_out, compared, read
from tests.virtual_time import run_in_virtual_time

AMAZON = "https://m.media-amazon.com/images/I/"
BLACK = "61wixnPXtlL.jpg"


def _asset(image: str, filename: str, url: str | None = None) -> Resource[Asset]:
    spec = Asset(url=url or AMAZON + image, filename=filename)
    return Resource(Address("pim", "asset", image), spec, intent="an intent")


def _applied(resource: Resource[Asset], remote: str) -> dict[Address, Resource[Asset]]:
    row = Resource(
        resource.address, resource.spec, remote, origin=Origin.CREATED, intent=resource.intent
    )
    return {resource.address: row}


async def _filenames(account: Account) -> list[str]:
    body = {"attributes": ["filename"], "pagination": {"page_size": 100}}
    response = await account.raw("POST", "/api/v1/assets/search", body)
    return sorted(row["filename"] for row in response.json()["data"])


def _raw_filename(account: Account, id_: str) -> str:
    async def ask() -> httpx.Response:
        return await account.raw("GET", f"/api/v1/assets/{id_}")

    return str(run_in_virtual_time(ask).json()["data"][0]["filename"])


def test_many_images_are_found_in_one_search(account: Account) -> None:
    """By the convention's file name and by the bare one; a name that only ends alike is
    another's, and what is not there is not told."""

    async def run() -> dict[str, object]:
        async with account.reading() as session:
            wanted = [BLACK, "41nAvYsw0cL.jpg", "61bQkTpV2qL.jpg", "wixnPXtlL.jpg"]
            found = await read(session, "asset", wanted)
        return {address.key: r.spec for address, r in found.items()}

    assert run_in_virtual_time(run) == {
        BLACK: Asset(filename="amazon_01_MAIN_61wixnPXtlL.jpg"),
        "41nAvYsw0cL.jpg": Asset(filename="41nAvYsw0cL.jpg"),
    }
    assert account.asked == ["POST /api/v1/assets/search"]


def test_an_asset_under_another_name_is_found_by_its_id(account: Account) -> None:
    """In the same search; the name it has is its live key."""
    id_ = account.asset_id("amazon_01_MAIN_61wixnPXtlL.jpg")
    account.edit("asset", id_, filename="hero.jpg")

    async def run() -> Resource[Asset]:
        async with account.reading() as session:
            found = await read(session, "asset", {BLACK: id_, "absent.jpg": None})
        return found[Address("pim", "asset", BLACK)]

    found = run_in_virtual_time(run)

    assert (found.remote, found.live_key) == (id_, "hero.jpg")
    assert found.spec == Asset(filename="hero.jpg")
    assert len(account.asked) == 1


def test_of_two_assets_of_one_image_one_is_chosen_for_good(account: Account) -> None:
    """The one that the ledger knows; without a ledger the one that follows the convention."""
    account.edit("asset", "brand_logo.png", filename=BLACK)
    known, other = account.asset_id(BLACK), account.asset_id("amazon_01_MAIN_61wixnPXtlL.jpg")

    async def run(remote: str | None) -> str | None:
        async with account.reading() as session:
            found = await read(session, "asset", {BLACK: remote})
        return found[Address("pim", "asset", BLACK)].remote

    assert run_in_virtual_time(lambda: run(None)) == other
    assert run_in_virtual_time(lambda: run(known)) == known


def test_everything_is_read_page_by_page(account: Account) -> None:
    """More assets than a page holds, each under its own key, in three requests for 250."""
    with account.sandbox.store.transaction() as store:
        row = next(iter(store.all("asset").values()))
        for number in range(250 - len(store.all("asset"))):
            id_ = f"69ff{number:020x}"
            store.put("asset", id_, row | {"id": id_, "filename": f"many-{number}.jpg"})

    async def run() -> int:
        async with account.reading() as session:
            return len(await read(session, "asset", ALL))

    assert run_in_virtual_time(run) == 250
    assert len(account.asked) == 3


def test_an_upload_is_one_request_and_the_next_plan_is_empty(account: Account) -> None:
    """Raw: the file name as desired, the URL as stated; then nothing is left to do."""
    wanted = [_asset(f"new{n}.jpg", f"amazon_02_PT01_new{n}.jpg") for n in range(30)]

    async def run() -> tuple[set[Status], int, int]:
        comparison = await compared(account, wanted)
        batches = list(PROVIDER.kind("asset").batches(comparison.changes))
        estimate = sum(batch.requests for batch in batches)
        outcomes = await carried_out(account, comparison)
        return {o.status for o in outcomes.values()}, estimate, len(batches)

    statuses, estimate, batches = run_in_virtual_time(run)
    writes = account.writes
    again = run_in_virtual_time(lambda: compared(account, wanted))
    names = run_in_virtual_time(lambda: _filenames(account))
    with account.sandbox.store.transaction() as store:
        sources = {a["source"] for a in store.all("asset").values()}

    assert (statuses, estimate, batches) == ({Status.DONE}, 30, 2)
    assert writes == ["POST /api/v1/assets"] * 30
    assert {r.spec.filename for r in wanted} <= set(names)
    assert {r.spec.url for r in wanted} <= sources
    assert (again.changes, len(again.recorded)) == ((), 30)


def test_an_image_that_is_there_under_any_name_is_not_uploaded_twice(account: Account) -> None:
    """409 is success: the asset is taken as it is and given its name."""
    wanted = _asset("61bQkBtX8wL.jpg", "amazon_12_BOTT_61bQkBtX8wL.jpg")
    existing = account.asset_id("sole-bottom-view.jpg")

    async def run() -> object:
        comparison = await compared(account, [wanted])
        return (await carried_out(account, comparison))[wanted.address].remote

    before = run_in_virtual_time(lambda: _filenames(account))

    assert run_in_virtual_time(run) == existing
    assert account.writes == ["POST /api/v1/assets", f"PATCH /api/v1/assets/{existing}"]
    assert _raw_filename(account, existing) == wanted.spec.filename
    assert len(run_in_virtual_time(lambda: _filenames(account))) == len(before)


def test_two_images_do_not_take_one_asset_from_each_other(account: Account) -> None:
    """When the platform says that an image is another's asset, that one keeps its name."""
    wanted = _asset("alias.jpg", "amazon_03_PT02_alias.jpg", AMAZON + BLACK)

    async def run() -> tuple[Status, str | None]:
        outcome = (await carried_out(account, await compared(account, [wanted])))[wanted.address]
        return outcome.status, outcome.message

    assert run_in_virtual_time(run) == (
        Status.FAILED,
        "Plytix holds this image as amazon_01_MAIN_61wixnPXtlL.jpg already · use one URL for both",
    )
    assert account.writes == ["POST /api/v1/assets"]


@pytest.mark.parametrize("name", ["amazon_02_PT01_61wixnPXtlL.jpg", "61wixnPXtlL.jpg", "hero.jpg"])
def test_a_drifted_name_is_seen_and_put_back(account: Account, name: str) -> None:
    """Another slot, no slot, another name altogether: one PATCH each, then nothing is left."""
    wanted = _asset(BLACK, "amazon_01_MAIN_61wixnPXtlL.jpg")
    id_ = account.asset_id("amazon_01_MAIN_61wixnPXtlL.jpg")
    account.edit("asset", id_, filename=name)
    applied = _applied(wanted, id_)

    async def run() -> list[tuple[Action, Cause]]:
        comparison = await compared(account, [wanted], applied)
        await carried_out(account, comparison)
        again = await compared(account, [wanted], applied)
        return [(c.action, c.cause) for c in (*comparison.changes, *again.changes)]

    assert run_in_virtual_time(run) == [(Action.UPDATE, Cause.DRIFT)]
    assert account.asked.count(f"PATCH /api/v1/assets/{id_}") == 1
    assert _raw_filename(account, id_) == wanted.spec.filename


def test_a_name_can_not_change_its_extension(account: Account) -> None:
    """The vendor's refusal is the outcome's message."""
    wanted = _asset("brand_logo.png", "amazon_01_MAIN_brand_logo.jpg")

    async def run() -> tuple[Status, str | None]:
        outcome = (await carried_out(account, await compared(account, [wanted])))[wanted.address]
        return outcome.status, outcome.message

    assert run_in_virtual_time(run) == (
        Status.FAILED,
        "HTTP 422 Extension changes are not allowed",
    )


def test_a_bad_image_stops_no_other(account: Account) -> None:
    """One URL that leads nowhere among good ones: only its own outcome has failed."""
    wanted = [
        _asset("one.jpg", "amazon_01_MAIN_one.jpg"),
        _asset("two.jpg", "amazon_01_MAIN_two.jpg", "https://gone.invalid/two.jpg"),
        _asset("three.jpg", "amazon_01_MAIN_three.jpg"),
    ]

    async def run() -> dict[str, Status]:
        outcomes = await carried_out(account, await compared(account, wanted))
        return {address.key: outcome.status for address, outcome in outcomes.items()}

    assert run_in_virtual_time(run) == {
        "one.jpg": Status.DONE,
        "two.jpg": Status.FAILED,
        "three.jpg": Status.DONE,
    }


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER_COMMIT, Fault.BAD_GATEWAY_AFTER_COMMIT])
def test_an_upload_whose_answer_was_lost_is_not_doubled(account: Account, fault: Fault) -> None:
    """The batch ends as ambiguous after the others were carried out; written again as it is,
    it doubles nothing."""
    wanted = [_asset(f"new{n}.jpg", f"amazon_01_MAIN_new{n}.jpg") for n in range(3)]
    account.sandbox.inject(fault, matching="/I/new1.jpg")

    async def run() -> list[str]:
        comparison = await compared(account, wanted)
        with pytest.raises(Ambiguous):
            await carried_out(account, comparison)
        await carried_out(account, comparison)
        return [name for name in await _filenames(account) if "_new" in name]

    assert run_in_virtual_time(run) == [r.spec.filename for r in wanted]


def test_an_asset_that_git_drops_is_forgotten(account: Account) -> None:
    """Assets are shared: nothing is written."""
    known = _asset(BLACK, "amazon_01_MAIN_61wixnPXtlL.jpg")
    applied = _applied(known, account.asset_id("amazon_01_MAIN_61wixnPXtlL.jpg"))

    comparison = run_in_virtual_time(lambda: compared(account, [], applied))

    assert [c.action for c in comparison.changes] == [Action.FORGET]


def test_the_url_is_never_read(account: Account) -> None:
    """Plytix does not tell it, so that it can not differ."""

    async def run() -> set[object]:
        async with account.reading() as session:
            return {r.spec.url for r in (await read(session, "asset", ALL)).values()}

    assert run_in_virtual_time(run) == {UNSTATED}
