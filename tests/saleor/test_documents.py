"""Every document that is sent is one that Saleor knows, and keeps to its limits."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLSchema, build_schema

from providers.kit.graphql import Query
from providers.saleor import PROVIDER, asking, client, listing
from providers.saleor.aliased import Part, document
from providers.saleor.carrying import AT_ONCE, _document
from reconciler import workflow
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.planner import Wishes
from reconciler.provider import ALL
from tests.contract import saleor_assortment as assortment
from tests.saleor.market import Market, Watched
from tests.saleor.shop import Shop, mapping, offering, shop, taxonomy
from tests.vendor import document_problems, vendor_schema
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop

ROOT = Path(__file__).parents[2]
IDENTITIES = ["external_reference", "slug"]


@cache
def _sandbox_schema() -> GraphQLSchema:
    sdl = ROOT / "providers" / "saleor" / "sandbox" / "schema.graphql"
    return build_schema(sdl.read_text())


SCHEMAS = {"sandbox": _sandbox_schema, "vendor": partial(vendor_schema, "saleor")}

of_each_schema = pytest.mark.parametrize("schema", list(SCHEMAS))


def _standing() -> Iterator[str]:
    """The documents that stand in the code."""
    kinds = (importlib.import_module(type(kind).__module__) for kind in PROVIDER.kinds)
    for module in (client, listing, asking, *kinds):
        for value in vars(module).values():
            if isinstance(value, Query):
                yield value.text
    yield _document(1)
    yield _document(AT_ONCE)
    yield asking._references(2).text


@of_each_schema
def test_what_is_asked_is_known(schema: str) -> None:
    """Every query, by the sandbox's schema and by the vendor's whole one."""
    problems = {text: document_problems(SCHEMAS[schema](), text) for text in _standing()}

    assert len(problems) >= 7
    assert not [found for found in problems.values() if found]


@pytest.fixture(scope="module", params=IDENTITIES)
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every mutation of a life: made, changed, renamed, put back, refused and deleted."""
    at = shop(tmp_path_factory.mktemp("life"), request.param, prune_adopted=True)
    categories = taxonomy("gsv_category", "Category", "dropdown", app="Apps", agent="Agents")
    base = (categories, _roles("HR"))
    rest = (taxonomy("gsv_verified", "Verified", "boolean"), _offering("[hr]", "app", "true"))
    at.put(*base, *rest, taxonomy("new_one", "One", a="A", b="B"))
    at.put(mapping("gsv_category", "gsv_roles", "gsv_verified"))
    at.applied()
    at.edit("attribute", "new_one", slug="somebodys", name="Somebody's")
    at.edit("attributeValue", f"gsv_roles/{_slug_of_hr(at)}", name="Somebody's")
    at.applied()
    at.put(_roles("People"), _offering("[]", "null", "null"), taxonomy("new_one", "One", a="A"))
    at.applied()
    at.write({"taxonomies/new_one.yaml": None})
    at.applied()
    _lives_of_products(at)
    return [re.search(r'"query": ?"(.*?[^\\])"', text).group(1) for text in at.writes]  # type: ignore[union-attr]


def _lives_of_products(at: Shop) -> None:
    """What products are shown by, and where: made, changed, and taken away as far as it goes."""
    at.write(FIRST)
    at.applied()
    at.write(SECOND)
    at.applied()
    at.write(dict.fromkeys({**FIRST, **SECOND}))
    at.applied("empty_set=market", "prune=market", "in_use=market")


HEAD, SOLD = assortment.HEAD, assortment.SOLD
FIELDS = "fields: {tagline: {metadata: tagline}, more: {metadata: more}}\n"


def _described(tagline: str, more: str) -> str:
    fields = f"fields: {{tagline: {tagline}, more: {more}}}\n"
    return f"{HEAD}offering: {SOLD}\nmapping: described\n{fields}"


def _listed(channel: str, moment: str) -> str:
    said = f'{{published: true, since: "{moment}"}}'
    owners = f"    products: {{{SOLD}: {said}}}\n    collections: {{contract-agents: {said}}}\n"
    return f"{HEAD}channels:\n  {channel}:\n{owners}"


FIRST = {
    **assortment.ordered("stable", "beta", "enterprise"),
    **assortment.contract("offering"),
    "mappings/described.yaml": f"{HEAD}mapping: described\n{FIELDS}",
    "offerings/sold.yaml": _described("One", "More"),
    **assortment.bundle(assortment.AGENT, SOLD),
    **assortment.pictures(None, MAIN="a.png", PT01="b.png"),
    **assortment.AGENTS,
    "channels/contract.yaml": _listed("partners", "2026-12-01"),
}
SECOND = {
    **assortment.ordered("enterprise", "stable", "beta"),
    "offerings/sold.yaml": _described("Two", "null"),
    **assortment.bundle(SOLD, assortment.AGENT),
    **assortment.pictures("PT01", MAIN="c.png", PT01="b.png"),
    **assortment.collection("Apps", "<p>Apps</p>", "app"),
    "channels/contract.yaml": _listed("partners", "2026-12-02"),
}


def _roles(label: str) -> dict[str, str]:
    return taxonomy("gsv_roles", "Roles", hr=label, new_role="New")


def _offering(roles: str, category: str, verified: str) -> dict[str, str]:
    fields = {"gsv_roles": roles, "gsv_category": category, "gsv_verified": verified}
    return offering("meeting-scheduler", **fields)


def _slug_of_hr(at: Shop) -> str:
    values = at.choices("gsv_roles")
    return next(v["slug"] for v in values if v["externalReference"] == "gsv_roles/hr")


@of_each_schema
def test_what_is_written_is_known(schema: str, sent: list[str]) -> None:
    """Every mutation that was really sent, by both schemas."""
    texts = {text.encode().decode("unicode_escape") for text in sent}
    fields = set(re.findall(r"m\d: (\w+)\(", " ".join(texts)))

    assert fields >= {
        "attributeCreate",
        "attributeUpdate",
        "attributeDelete",
        "attributeValueUpdate",
        "attributeValueDelete",
        "productUpdate",
        "attributeReorderValues",
        "productAttributeAssign",
        "productAttributeUnassign",
        "updateMetadata",
        "deleteMetadata",
        "productMediaCreate",
        "productMediaReorder",
        "productMediaDelete",
        "collectionCreate",
        "collectionUpdate",
        "collectionAddProducts",
        "collectionRemoveProducts",
        "collectionDelete",
        "productChannelListingUpdate",
        "collectionChannelListingUpdate",
    }
    assert not [p for text in texts for p in document_problems(SCHEMAS[schema](), text)]


def test_limits_of_a_request_are_kept(sent: list[str]) -> None:
    """At most four mutations, and no null literal, which Saleor reads as a syntax error."""
    assert max(len(re.findall(r"\bm\d: ", text)) for text in sent) <= 4
    assert not [text for text in sent if "null" in text]


def test_no_reading_costs_too_much() -> None:
    """Everything of every kind, with full pages: well under the 50,000 points of a query."""
    market = Market()
    for kind in PROVIDER.kinds:
        market.read(kind.name, ALL)

    assert max(market.door.costs) < 50_000 / 2


def test_the_example_is_read_in_few_requests(tmp_path: Path) -> None:
    """Who asks; attributes with their values; products, with all that they carry; their types."""
    at = Workshop(tmp_path, "saleor", "market", {"adopt": True}, {"identity": "slug"})
    for folder in ("taxonomies", "registries", "mappings", "offerings"):
        for path in (ROOT / "desired" / folder).glob("*.yaml"):
            at.write({f"{folder}/{path.name}": path.read_text()})
    door = Watched(httpx.ASGITransport(app=at.sandbox()))
    workspace = open_workspace(at.desired, all_sandboxed=True)
    sites = [replace(site, wire=lambda: door) for site in open_sites(workspace)]
    intents = workspace.desired.intents.for_target("market")
    plan = run_in_virtual_time(partial(workflow.plan, sites, intents, Wishes()))

    assert len(plan.changes) + len(plan.recorded) > 80
    assert len(door.sent) == 1 + 3


def test_a_document_is_the_same_for_the_same_parts() -> None:
    """Arguments travel as variables, so that a server knows the document again."""
    parts = [Part("attributeDelete", {"id": ("ID", id_)}) for id_ in ("one", "two")]

    assert document(parts[:1]) == document(parts[1:])
