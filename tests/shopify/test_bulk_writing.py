"""Writing in bulk: every value its own outcome, nobody's edit overwritten, nothing done twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from providers.kit.graphql import Query
from providers.kit.sandbox import Fault
from providers.shopify import bulk_writing, setting
from providers.shopify.client import writing
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.model.outcome import Status
from reconciler.provider import Remotes
from tests.contract.test_seconds import foretold
from tests.shopify.documents import line, metafields
from tests.shopify.raw import metafield
from tests.shopify.test_figures import handles, planted_products
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop, problems_of

MANY = 60
SETTINGS = {"bulk_write_from": 30}


def document(text: str = "Fits", **besides: str) -> dict[str, str]:
    said = {handle: {"fit": besides.get(handle, f"{text} {handle}")} for handle in handles(MANY)}
    return metafields(definitions={"fit": line()}, values=said)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = planted_products(tmp_path, MANY, SETTINGS)
    made.write(document())
    return made


def count(made: Workshop, words: str) -> int:
    return sum(words in request for request in made.requests)


def value_of(made: Workshop, handle: str) -> Any:
    return (metafield(made, handle, "altuzarra.fit") or {}).get("value")


def is_settled(made: Workshop) -> bool:
    plan = made.plan()
    return not plan.changes and not plan.holds


def test_many_values_are_written_by_one_operation(shop: Workshop) -> None:
    """Made, changed, and planned again: nothing is left, and no call was sent beside it."""
    made = shop.apply()
    shop.write(document("Falls"))
    changed = shop.apply(["mass_change=shop"])

    assert not problems_of(made) + problems_of(changed)
    assert count(shop, "mutation RunBulkMutation") == 2
    assert count(shop, "mutation SetMetafields($metafields: [MetafieldsSetInput!]!) {\\n") == 2
    assert value_of(shop, "product-000059") == "Falls product-000059"
    assert is_settled(shop)


def test_a_refused_value_fails_alone(shop: Workshop) -> None:
    """Its line is sent again by calls of its own, so that the other values of it are written."""
    shop.edit("metafieldDefinition", "product/altuzarra.fit", name="Fit",
              type="single_line_text_field",
              validations=[{"name": "max", "value": "30"}])  # fmt: skip
    shop.write(document(**{"product-000003": "x" * 40}))
    applied = shop.apply()
    failed = [a.key for a, o in applied.outcomes.items() if not o.status.is_fine]

    assert failed == ["product/product-000003/altuzarra.fit"]
    assert value_of(shop, "product-000004") == "Fits product-000004"


def test_a_line_that_can_not_be_sent_again_fails_alone(shop: Workshop) -> None:
    """What the operation carried out is done, and told so."""
    shop.edit("metafieldDefinition", "product/altuzarra.fit", name="Fit",
              type="single_line_text_field",
              validations=[{"name": "max", "value": "30"}])  # fmt: skip
    shop.write(document(**{"product-000003": "x" * 40}))
    shop.inject(Fault.TOO_MANY, times=100, matching="x" * 40, after=1)
    outcomes = shop.apply().outcomes.values()

    assert sum(o.status.is_fine for o in outcomes if o.address.kind == "metafield") == MANY - 25
    assert {o.status for o in outcomes if not o.status.is_fine} == {Status.FAILED}


def test_an_edit_meanwhile_is_held(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote between plan and line is not overwritten."""
    shop.apply()
    shop.write(document("Falls"))
    key = "product/product-000001/altuzarra.fit"
    send = setting.carried_out

    async def meanwhile(*args: Any) -> Any:
        shop.edit("metafield", key, type="single_line_text_field", value="by hand")
        return await send(*args)

    monkeypatch.setattr(setting, "carried_out", meanwhile)
    applied = shop.apply(["mass_change=shop"])
    held = {a.key: o.status for a, o in applied.outcomes.items() if not o.status.is_fine}

    assert held == {key: Status.HELD}
    assert value_of(shop, "product-000001") == "by hand"
    assert value_of(shop, "product-000002") == "Falls product-000002"


def test_what_it_takes_is_foretold(shop: Workshop) -> None:
    """In requests and seconds, the waiting for the operation too."""
    foretold(shop.apply())


@pytest.mark.parametrize("fate", ["FAILED", "CANCELED", "CUT", "EXPIRED"])
def test_what_ended_half_way_is_looked_at_again(shop: Workshop, fate: str) -> None:
    """Half of the lines were carried out: what is there is known, the rest is done."""
    shop.edit("bulk", "", fate=[fate])
    applied = shop.apply()

    assert not problems_of(applied)
    assert is_settled(shop)


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER_COMMIT, Fault.RESET, Fault.BAD_GATEWAY])
@pytest.mark.parametrize(
    "place", ["StageVariables", "staged-uploads/", "RunBulkMutation", "bulk-operation-outputs"]
)
def test_a_lost_answer_loses_nothing(shop: Workshop, fault: Fault, place: str) -> None:
    """Of every step: in the end each value is written, and known to be."""
    shop.inject(fault, matching=place)
    applied = shop.apply()

    assert shop.faults_left() == 0
    assert not problems_of(applied)
    assert is_settled(shop)


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.RESET])
def test_where_no_operation_is_to_be_had_calls_are_sent(shop: Workshop, fault: Fault) -> None:
    """An upload that is refused, or breaks off, again and again is no reason to stop."""
    shop.inject(fault, times=50, matching="staged-uploads/")
    applied = shop.apply()

    assert not problems_of(applied)
    assert count(shop, "mutation RunBulkMutation") == 0
    assert is_settled(shop)


def test_a_killed_run_is_taken_up(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its operation goes on without it; what the next run plans meanwhile is done by either."""

    class Killed(BaseException):
        pass

    async def killed(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bulk_writing, "awaited", killed)
        with pytest.raises(Killed):
            shop.apply()
    applied = shop.apply(["mass_change=shop"])

    assert not problems_of(applied)
    assert is_settled(shop)


def test_what_an_earlier_run_left_running_is_waited_for(shop: Workshop) -> None:
    """Two operations with the same lines never run side by side."""
    shop.edit("bulk", "", lines=1)
    (site,) = open_sites(open_workspace(shop.desired, all_sandboxed=True))
    query = "{ bulkOperations(first: 5) { nodes { createdAt completedAt } } }"

    async def twice() -> Any:
        async with writing(site.target, site.wire(), Remotes("shop")) as session:
            lines = ['{"metafields": []}'] * 3
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(bulk_writing.carried_out, session, setting.SET, lines)
                await anyio.sleep(2)
                await bulk_writing.carried_out(session, setting.SET, lines)
            return (await session.query(Query(f"query Q {query}")))["bulkOperations"]["nodes"]

    second, first = run_in_virtual_time(twice)

    assert first["completedAt"] < second["createdAt"]


def test_lines_are_what_was_planned(shop: Workshop) -> None:
    """Each line is a call of 25 with the digests that were read."""
    shop.apply()
    (upload,) = [r for r in shop.requests if 'name="policy"' in r]
    lines = [json.loads(text) for text in upload.splitlines() if text.startswith('{"metafields"')]

    assert [len(line["metafields"]) for line in lines] == [25, 25, 10]
    assert {row["compareDigest"] for line in lines for row in line["metafields"]} == {None}
