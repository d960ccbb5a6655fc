"""Four mutations in a request, each with its own fate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from providers.kit.sandbox import Fault
from providers.saleor import PROVIDER
from providers.saleor.aliased import Part, Told, carried_out
from providers.saleor.kinds.attribute_value import AttributeValue
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause, Change
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.resource import Resource
from reconciler.provider import Ambiguous, Remotes
from tests.saleor.market import Market, choices
from tests.virtual_time import run_in_virtual_time


def send(market: Market, parts: Sequence[Part]) -> list[Told]:
    async def run() -> list[Told]:
        async with market.writing() as session:
            return await carried_out(session, parts)

    return run_in_virtual_time(run)


def attribute_id(market: Market, slug: str) -> str:
    query = "query($slug: String) { attribute(slug: $slug) { id } }"
    return str(market.raw(query, slug=slug)["attribute"]["id"])


def naming(id_: str, name: str) -> Part:
    changed = ("AttributeUpdateInput!", {"name": name})
    return Part("attributeUpdate", {"id": ("ID", id_), "input": changed})


def carrying(market: Market, product: str, attribute: str, value: str) -> Part:
    """A product's dropdown, set to a value whosever it is."""
    query = "query($slug: String) { product(slug: $slug) { id } }"
    id_ = market.raw(query, slug=product)["product"]["id"]
    entry = {"id": attribute_id(market, attribute), "dropdown": {"id": value}}
    changed = ("ProductInput!", {"attributes": [entry]})
    return Part("productUpdate", {"id": ("ID", id_), "input": changed})


def test_more_than_four_are_more_requests() -> None:
    """Six in two requests, in their order."""
    market = Market()
    id_ = attribute_id(market, "gsv_roles")
    told = send(market, [naming(id_, f"Name {n}") for n in range(6)])
    name = market.raw('{ attribute(slug: "gsv_roles") { name } }')["attribute"]["name"]

    assert [t.is_done for t in told] == [True] * 6
    assert [len(re.findall(r"m\d: ", b["query"])) for b in market.door.mutations] == [4, 2]
    assert name == "Name 5"


def test_a_business_error_fails_its_own_mutation_only() -> None:
    """In the vendor's words, with field and code."""
    market = Market()
    id_ = attribute_id(market, "gsv_roles")
    told = send(market, [naming("nope", "x"), naming(id_, ""), naming(id_, "Named")])

    assert [t.message for t in told] == [
        "id: Invalid ID: nope. Expected: Attribute. (GRAPHQL_ERROR)",
        "name: This field cannot be blank. (REQUIRED)",
        "",
    ]


def test_an_error_beside_the_data_fails_its_own_mutation_only() -> None:
    """A value of another attribute is told at the top level; the other product is written."""
    market = Market()
    foreign = choices(market.sandbox, "gsv_roles")[0]["id"]
    own = choices(market.sandbox, "gsv_category")[0]["id"]
    told = send(
        market,
        [
            carrying(market, "slack-helpdesk", "gsv_category", foreign),
            carrying(market, "meeting-scheduler", "gsv_category", own),
        ],
    )

    assert [t.message for t in told] == ["Some values are not from the provided attribute.", ""]


def test_each_failure_has_its_own_words() -> None:
    """Two that fail at the top level for different reasons, and one that is done between them."""
    market = Market()
    foreign = choices(market.sandbox, "gsv_roles")[0]["id"]
    own = choices(market.sandbox, "gsv_category")[0]["id"]
    parts = [
        carrying(market, "slack-helpdesk", "gsv_category", foreign),
        carrying(market, "meeting-scheduler", "gsv_category", own),
        naming(attribute_id(market, "gsv_roles"), "Named"),
    ]

    async def run() -> list[Told]:
        async with market.writing() as session:
            market.grant("MANAGE_PRODUCTS")
            return await carried_out(session, parts)

    foreign_words, done_words, denied_words = (t.message for t in run_in_virtual_time(run))

    assert foreign_words == "Some values are not from the provided attribute."
    assert done_words == ""
    assert denied_words.startswith("To access this path, you need one of the following permissions")


def test_a_document_that_is_refused_fails_all_of_its_own() -> None:
    """HTTP 400 has no data, and its error no path."""
    market = Market()
    id_ = attribute_id(market, "gsv_roles")
    wrong = Part(
        "attributeUpdate", {"id": ("ID", id_), "input": ("AttributeUpdateInput!", {"x": 1})}
    )
    told = send(market, [wrong, naming(id_, "Named")])

    assert not any(t.is_done for t in told)
    assert all("x" in t.message for t in told)


def test_a_request_that_does_not_get_through_fails_its_own_only() -> None:
    """The four before it were carried out, and are told so."""
    market = Market()
    id_ = attribute_id(market, "gsv_roles")
    market.sandbox.inject(Fault.TOO_MANY, times=5, matching="Name 4")
    told = send(market, [naming(id_, f"Name {n}") for n in range(5)])

    assert [t.is_done for t in told] == [True] * 4 + [False]
    assert told[4].message.startswith("HTTP 429, after 5 attempts")


def test_a_conflict_in_the_database_is_looked_at_again() -> None:
    """It looks like a crash, and says nothing about what is stored."""
    error = {
        "message": "Internal Server Error",
        "path": ["m0"],
        "extensions": {"exception": {"code": "IntegrityError"}},
    }

    class Colliding(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if b"mutation" in request.content:
                return httpx.Response(200, json={"errors": [error], "data": {"m0": None}})
            return await market.door.handle_async_request(request)

    market = Market()
    id_ = attribute_id(market, "gsv_roles")

    async def run() -> None:
        opened = PROVIDER.writing(market.target, Colliding(), Remotes("market"))
        async with opened as session:
            await carried_out(session, [naming(id_, "Named")])

    with pytest.raises(Ambiguous, match=r"Internal Server Error \(IntegrityError\)"):
        run_in_virtual_time(run)


def test_what_is_gone_already_counts_as_deleted() -> None:
    """A deletion that is asked for a second time."""
    market = Market()
    doomed = next(v for v in choices(market.sandbox, "gsv_roles") if v["slug"] == "interim-cfo")
    address = Address("market", "attribute_value", "gsv_roles/interim_cfo")
    before: Resource[Any] = Resource(address, AttributeValue(name="x"), remote=doomed["id"])
    change: Change[Any] = Change(address, Action.DELETE, Cause.INTENT, (), before, None)

    async def write() -> AnyOutcome:
        async with market.writing() as session:
            (batch,) = PROVIDER.kind("attribute_value").batches([change])
            (outcome,) = await PROVIDER.kind("attribute_value").write(session, batch)
            return outcome

    outcomes = [run_in_virtual_time(partial(write)) for _ in range(2)]

    assert [(o.status, o.remote) for o in outcomes] == [(Status.DONE, None)] * 2
    assert doomed["id"] not in {v["id"] for v in choices(market.sandbox, "gsv_roles")}
