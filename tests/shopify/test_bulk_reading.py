"""Reading in bulk: the same as by pages, never a part of it, and paging where it can not be had."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify import PROVIDER
from providers.shopify.bulk import RUN_QUERY
from providers.shopify.client import reading
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.provider import ALL, PlatformError, Wanted
from tests.shopify.documents import line, metafields
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop

HANDLES = ("gift-card", "watermill-belt", "play-bag-tan")
VALUES = {handle: {"fit": f"As {handle}"} for handle in HANDLES}
DOCUMENT = metafields(definitions={"fit": line()}, values=VALUES)
KEYS = {f"product/{handle}/altuzarra.fit": None for handle in HANDLES}

IN_BULK = {"bulk_from": 1}


def shop(folder: Path, **settings: Any) -> Workshop:
    made = Workshop(folder, "shopify", "shop", {"adopt": True}, settings)
    made.write(DOCUMENT)
    assert made.apply().is_done
    made.requests.clear()
    return made


def read(made: Workshop, kind: str, wanted: Wanted, besides: int = 0) -> list[Any]:
    """What is read of a kind, while so many other operations run."""
    (site,) = open_sites(open_workspace(made.desired, all_sandboxed=True))

    async def inside() -> list[Any]:
        async with reading(site.target, made._counted(site).wire()) as session:
            for _ in range(besides):
                await session.begin(RUN_QUERY, query="{ products { edges { node { id } } } }")
            return [r async for r in PROVIDER.kind(kind).read(session, "shop", wanted)]

    return sorted(run_in_virtual_time(partial(inside)), key=lambda r: str(r.address))


def begun(made: Workshop) -> int:
    return sum("bulkOperationRunQuery(" in request for request in made.requests)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("metafield", {**KEYS, "product/gift-card/altuzarra.nothing": None}),
        ("metafield", ALL),
        ("product", dict.fromkeys([*HANDLES, "nobody"])),
    ],
)
def test_the_same_is_read(tmp_path: Path, kind: str, wanted: Wanted) -> None:
    """Resource by resource what pages tell, remotes and tokens too."""
    by_pages = read(shop(tmp_path), kind, wanted)
    made = Workshop(tmp_path, "shopify", "shop", {}, IN_BULK)
    in_bulk = read(made, kind, wanted)

    assert in_bulk == by_pages
    assert len(in_bulk) >= len(HANDLES)
    assert begun(made) == 1


def test_a_moved_product_is_known_by_its_metafield(tmp_path: Path) -> None:
    """As by pages: found by its remote, under the key that it has now."""
    made = shop(tmp_path, **IN_BULK)
    remotes = {r.address.key: r.remote for r in read(made, "metafield", KEYS)}
    made.edit("product", "gift-card", handle="voucher")
    found = {r.address.key: r for r in read(made, "metafield", remotes)}

    assert set(found) == set(KEYS)
    moved = found["product/gift-card/altuzarra.fit"]
    assert moved.live_key == "product/voucher/altuzarra.fit"


def test_few_things_are_not_read_in_bulk(tmp_path: Path) -> None:
    """Unless told otherwise, what a full bucket pays for is read by pages."""
    made = shop(tmp_path)
    made.plan()

    assert begun(made) == 0


ENDS: Sequence[tuple[str, str]] = (
    ("FAILED", "ended FAILED (INTERNAL_SERVER_ERROR), and a part of an answer is none"),
    ("TIMEOUT", "ended FAILED (TIMEOUT)"),
    ("CANCELED", "somebody cancelled"),
    ("EXPIRED", "has expired"),
    ("CUT", "cut off"),
)


@pytest.mark.parametrize(("fate", "words"), ENDS)
def test_a_part_is_never_taken_for_the_whole(tmp_path: Path, fate: str, words: str) -> None:
    """What ended otherwise is told, with what to do; no resource is missed quietly."""
    made = shop(tmp_path, **IN_BULK)
    made.edit("bulk", "", fate=fate)
    with pytest.raises(PlatformError) as told:
        read(made, "metafield", KEYS)

    assert words in str(told.value)


@pytest.mark.parametrize("fate", ["FAILED", "TIMEOUT"])
def test_the_vendors_own_error_is_tried_again_once(tmp_path: Path, fate: str) -> None:
    """They call it intermittent."""
    made = shop(tmp_path, **IN_BULK)
    made.edit("bulk", "", fate=[fate])

    assert len(read(made, "metafield", KEYS)) == len(KEYS)
    assert begun(made) == 2


def test_others_operations_are_waited_for_and_then_done_without(tmp_path: Path) -> None:
    """Where five others run on and on, pages are read."""
    made = shop(tmp_path, **IN_BULK)
    made.edit("bulk", "", begins=10_000)
    found = read(made, "metafield", KEYS, besides=5)

    assert [r.address.key for r in found] == sorted(KEYS)
    assert begun(made) > 5 + 2


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.BAD_GATEWAY, Fault.TOO_MANY])
@pytest.mark.parametrize("place", ["bulk-operation-outputs", "bulkOperationRunQuery", "node(id"])
def test_a_lost_answer_is_asked_for_again(tmp_path: Path, fault: Fault, place: str) -> None:
    """Of the beginning, the looking and the file: that one again, and nothing else."""
    made = shop(tmp_path, **IN_BULK)
    made.inject(fault, matching=place)

    assert len(read(made, "metafield", KEYS)) == len(KEYS)
    assert made.faults_left() == 0
    assert begun(made) == (2 if place == "bulkOperationRunQuery" else 1)
    assert len(made.requests) == 5
