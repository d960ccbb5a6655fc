"""The sandbox answers as live shops were recorded to answer.

Each scenario is replayed in order against a shop as it was before. A step is passed over only
where its document uses what the sandbox does not have; then its answer tells what it did.
What was replayed and what was passed over stands in the report of the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import anyio
import httpx
import pytest
from graphql import FieldNode

from providers.kit.store import Store
from providers.shopify.sandbox import ACCEPTED, ShopifySandbox
from providers.shopify.sandbox.documents import schema
from providers.shopify.sandbox.seed import open_shop
from providers.shopify.sandbox.shop import Shop
from providers.shopify.sandbox.staged import keep, size_of
from tests.recorded import Comparison, Place, recordings
from tests.shopify.starting_shop import StartingShop, is_graphql, is_mutation, operation_of
from tests.vendor import document_problems
from tests.virtual_time import run_in_virtual_time

SHARED_FLOOR: Final = 493
"""At least so many steps of the shared recordings are replayed."""

PAUSES: Final = (0.52, 0.48, 1.0, 3.0)
"""Seconds in which jobs end, the search learns, and bulk operations go on. How long the recorder
waited was not kept: a query is asked at once, and if need be again after each pause."""

Row = Mapping[str, Any]

_ID: Final = re.compile(
    r"gid://shopify/\w+/[\w-]+|[0-9a-f]{64}|eyJ[A-Za-z0-9+/]{20,}=*|tmp/\d+/\w+/[\w-]+/[^/?\s]+"
)
_VOLATILE: Final = (
    "createdAt",
    "updatedAt",
    "publishedAt",
    "currentlyAvailable",
    "pinnedPosition",
    "onlineStorePreviewUrl",
    "completedAt",
    "url",
    "resourceUrl",
    "fileSize",
)
"""Dates, the bucket's level, addresses with signatures, a place among definitions that were not
recorded, where files lie, and how many bytes the line of a bulk mutation takes."""
_STAGED: Final = re.compile(r"tmp/\d+/\w+/[\w-]+/[^/?\"\s]+")
"""The key of a staged upload, which later requests refer to."""
_BY_CHANCE: Final = "how far a picture is processed within one answer is chance"
_NOT_UNDERSTOOD: Final = {
    ("2025-01_media_media-file-cascade-variant-media-clear", 10): _BY_CHANCE,
    ("2025-01_products_product-reorder-media-parity", 2): _BY_CHANCE,
}
"""Steps that the sandbox answers otherwise, and why that stays so."""
_LIMITED: Final = {
    ("2026-04_media_media-file-create-references-authorization", 5): (
        "read_files",
        "write_files",
        "read_products",
    ),
}
"""Steps that were sent with another token, and what that one was granted."""
_OTHER_COST: Final = {
    ("2025-01_online-store_online-store-content-search-filters", 7),
    ("2025-01_online-store_online-store-content-search-filters", 8),
    ("2025-01_products_collections-catalog", 1),
    ("2026-04_media_file-create-content-type-inference", 3),
}
"""Steps that are answered alike at another cost: how Shopify reckons what pages within pages, and
files of several sorts, have really cost is not understood."""
_COST: Final = "extensions.cost."
_WHOLE_SHOP: Final = ("data", "collectionsCount", "count")
"""How many collections a shop has in all: a recording does not show them all."""


class EmptyShop(ShopifySandbox):
    def seed(self) -> None:
        open_shop(Shop(self.store), "A shop", "a-shop.myshopify.com")


@dataclass
class Replay:
    """What became of the steps."""

    alike: list[str] = field(default_factory=list)
    other_cost: dict[tuple[str, int], str] = field(default_factory=dict)
    passed_over: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def note(self, row: Row, name: str, differences: Sequence[str]) -> None:
        """The cost is no part of what an answer says; where it differs, that is told apart."""
        costs = [told for told in differences if told.startswith(_COST)]
        if costs:
            self.other_cost[row["file"], row["step"]] = ", ".join(costs)
        said = (told for told in differences if told not in costs)
        self.differences += [f"{name}: {difference}" for difference in said]
        self.alike.append(name)

    def told(self) -> str:
        counts = f"{len(self.alike)} steps replayed, {len(self.passed_over)} passed over"
        lines = [f"shopify: {counts}"]
        lines += [f"  replayed     {step}" for step in self.alike]
        lines += [f"  other cost   {name} #{n}: {t}" for (name, n), t in self.other_cost.items()]
        lines += [f"  passed over  {step}: {why}" for step, why in self.passed_over.items()]
        return "\n".join(lines)


def scenarios() -> Iterator[tuple[str, list[Row]]]:
    rows = recordings("shopify.jsonl")
    for name, steps in groupby(rows, key=lambda row: str(row["file"])):
        yield name, list(steps)


def test_recorded_steps_are_answered_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """Every step whose document the sandbox can read is answered as it was live; where it comes
    at another cost, that is told, and of the shared recordings it is known where."""
    replay = Replay()
    for _, rows in scenarios():
        run_in_virtual_time(lambda rows=rows: _replayed(rows, replay))
    with capsys.disabled():
        print(f"\n{replay.told()}")  # noqa: T201 - the list is what was asked for

    assert replay.differences == []
    if _are_shared([row for _, steps in scenarios() for row in steps]):
        assert replay.other_cost.keys() == _OTHER_COST


def test_the_shared_recordings_keep_their_floor() -> None:
    """Fewer steps are never replayed unnoticed."""
    rows = [row for _, steps in scenarios() for row in steps]
    if not _are_shared(rows):
        pytest.skip("these are other recordings than the shared ones")
    replayable = [row for row in rows if _is_held_to(row) and not _why_not(row)]

    assert len(replayable) >= SHARED_FLOOR


def _are_shared(rows: Sequence[Row]) -> bool:
    return len(rows) == 541


def test_a_wrong_answer_is_seen() -> None:
    """The check is checked: another message, or a missing field, is a difference."""
    recorded = {"data": {"a": {"userErrors": [{"field": ["id"], "message": "No"}]}}}
    answered = {"data": {"a": {"userErrors": [{"message": "Yes"}]}}}

    assert len(list(_comparison().differences(recorded, answered))) == 2


async def _replayed(rows: list[Row], replay: Replay) -> None:
    sandbox = EmptyShop(Store())
    comparison = _comparison()
    uploads = Uploads(comparison)
    with sandbox.store.transaction():
        start = StartingShop(Shop(sandbox.store, anyio.current_time()))
        start.open(rows)
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for row in (row for row in rows if row["step"] != 0):
            name = f"{row['file']} #{row['step']} {row['title']}"
            why = _why_not(row) if _is_held_to(row) else "it was not recorded live"
            told = {**row, "response": comparison.bindings.translate(row["response"])}
            told["variables"] = comparison.bindings.translate(row["variables"])
            with sandbox.store.transaction():
                start.shop = Shop(sandbox.store, anyio.current_time())
                start.pass_over(told) if why else start.prepare(told)
            if why:
                replay.passed_over[name] = why
                continue
            uploads.precede(sandbox, told)
            _grant(sandbox, row)
            try:
                found = await _asked(client, row, comparison)
            except Exception as failure:  # told as a difference of its step; the others go on
                found = [f"the sandbox fails: {failure!r}"]
            uploads.follow(sandbox, row)
            replay.note(row, name, found)


def _grant(sandbox: ShopifySandbox, row: Row) -> None:
    """What the token of this step may do: everything, unless it is said."""
    scopes = _LIMITED.get((row["file"], row["step"]))
    with sandbox.store.transaction():
        Shop(sandbox.store).keep("app", {"accessScopes": scopes} if scopes else {})


async def _asked(client: httpx.AsyncClient, row: Row, comparison: Comparison) -> list[str]:
    """In what the answer differs from the recorded one."""
    before = dict(comparison.bindings.sandbox_of)
    for pause in (0.0, *PAUSES):
        await anyio.sleep(pause)
        comparison.bindings.sandbox_of = dict(before)
        answered = _comparable(row, await _sent(client, row, comparison))
        found = list(comparison.differences(*answered))
        if all(told.startswith(_COST) for told in found) or is_mutation(row):
            break
    return found


@dataclass
class Uploads:
    """Files that were put where a recorded answer said; which of the sandbox's keys is meant."""

    comparison: Comparison
    answered: list[str] = field(default_factory=list)

    def precede(self, sandbox: ShopifySandbox, row: Row) -> None:
        """What an operation was run with was uploaded, also where that was not recorded, unless
        the answer says that nothing is there. `row` is told with the sandbox's ids."""
        path = (row["variables"] or {}).get("path")
        if path is None or "NO_SUCH_FILE" in json.dumps(row["response"]):
            return
        with sandbox.store.transaction():
            shop = Shop(sandbox.store)
            if size_of(shop, path) is None:
                keep(shop, path, A_LINE.encode())

    def follow(self, sandbox: ShopifySandbox, row: Row) -> None:
        """What the recorder uploaded after this step is uploaded here too."""
        asked = _STAGED.findall(json.dumps(row["response"]))
        for recorded, key in zip(dict.fromkeys(asked), self._keys(sandbox), strict=False):
            self.comparison.bindings.bind(recorded, key)
            if row.get("upload"):
                with sandbox.store.transaction():
                    _put(Shop(sandbox.store), key, row["upload"])

    def _keys(self, sandbox: ShopifySandbox) -> list[str]:
        """The keys that were given since the last step."""
        with sandbox.store.transaction() as store:
            keys = [key for key in store.all("staged") if key not in self.answered]
        self.answered += keys
        return keys


def _put(shop: Shop, key: str, upload: Row) -> None:
    """The very bytes where they were kept; else a line, of the size that was told."""
    keep(shop, key, str(upload.get("uploadContent", A_LINE)).encode())
    size = upload["upload"].get("sizeBytes")
    if size is not None:
        shop.keep_under("upload", key, {**(shop.kept("upload", key) or {}), "size": size})


A_LINE: Final = '{"product": {"title": "One of many"}}\n'


async def _sent(client: httpx.AsyncClient, row: Row, comparison: Comparison) -> httpx.Response:
    return await client.post(
        f"/admin/api/{row['version']}/graphql.json",
        json={
            "query": comparison.bindings.translate(row["document"]),
            "variables": comparison.bindings.translate(row["variables"]),
        },
        headers={"X-Shopify-Access-Token": ACCEPTED},
    )


def _comparable(row: Row, answered: httpx.Response) -> tuple[Any, Any]:
    """The two answers; costs count where they were kept, the status where it was."""
    recorded, body = dict(row["response"]), answered.json()
    if "cost" not in (recorded.get("extensions") or {}):
        body.get("extensions", {}).pop("cost", None)
        if not body.get("extensions"):
            body.pop("extensions", None)
    status = row["status"] if row["status"] is not None else answered.status_code
    return {"status": status, **recorded}, {"status": answered.status_code, **body}


def _comparison() -> Comparison:
    return Comparison(
        is_id=lambda text: _ID.fullmatch(text) is not None,
        is_volatile=_is_volatile,
    )


def _is_volatile(place: Place) -> bool:
    signed = "parameters" in place and place[-1] == "value" and place[-2] != _KEY
    counted = place[:2] == _CANCELED and place[-1] in ("objectCount", "rootObjectCount")
    return bool(place) and (place[-1] in _VOLATILE or place == _WHOLE_SHOP or signed or counted)


_CANCELED: Final = ("data", "bulkOperationCancel")
"""How far an operation came before it was cancelled depends on how large the shop is."""


_KEY: Final = 3
"""The place of an upload's key among the parameters of a form."""


def _is_held_to(row: Row) -> bool:
    """Whether it is a request to a live shop, and its answer was kept."""
    was_kept = bool(row.get("document")) and isinstance(row["response"], Mapping)
    return row["step"] != 0 and bool(row.get("live")) and was_kept


def _why_not(row: Row) -> str | None:
    """What a document uses that the sandbox does not have; None where it has all."""
    if not is_graphql(row["document"]):
        return None
    if (row["file"], row["step"]) in _NOT_UNDERSTOOD:
        return _NOT_UNDERSTOOD[row["file"], row["step"]]
    roots = operation_of(row["document"]).selection_set.selections
    names = {root.name.value for root in roots if isinstance(root, FieldNode)}
    if names & {"bulkOperationRunQuery", "bulkOperationRunMutation"}:
        inner = _beyond(row["variables"].get("query") or row["variables"].get("mutation"))
        if inner is not None:
            return f"its bulk operation: {inner}"
    if names & {"__type", "__schema"}:
        return "it asks about the schema itself"
    unknown = names - {*schema().query_type.fields, *schema().mutation_type.fields}
    problems = document_problems(schema(), row["document"])
    return problems[0] if problems and (unknown or not _was_refused(row)) else None


def _beyond(text: str | None) -> str | None:
    """What a document in bulk asks for that the sandbox does not have."""
    problems = document_problems(schema(), str(text)) if is_graphql(text) else []
    return next((problem for problem in problems if problem.startswith("Cannot query")), None)


def _was_refused(row: Row) -> bool:
    """Whether the live shop itself would not read the document."""
    errors = row["response"].get("errors") or []
    codes = {(error.get("extensions") or {}).get("code") for error in errors}
    return "data" not in row["response"] and bool(
        codes & {"undefinedField", "argumentNotAccepted", "missingRequiredInputObjectAttribute"}
    )
