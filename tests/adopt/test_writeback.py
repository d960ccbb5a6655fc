"""Given values written back: what is made, what is proved, and what is left as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adopt import Ground, Wanted, edits_of
from reconciler.cli.composition import open_workspace, targets_with_providers
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.loader import Files, load
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.writeback import WrittenBack, written_back

TARGETS = json.dumps(
    {
        name: {"provider": provider, "environment": "staging", "sandbox": True}
        for name, provider in (("shop", "shopify"), ("shop-eu", "shopify"), ("market", "saleor"))
    }
)

SHELVES = """\
targets: [shop]
collections:
  dresses: {title: Dresses, rules: {conditions: [{type: Dresses}]}}
  skirts: {title: Skirts, rules: {conditions: [{type: Skirts}]}}
"""
BOTH = SHELVES.replace("[shop]", "[shop, shop-eu]")

ROLES = """\
targets: [market]
taxonomy: gsv_roles
label: Roles
input: multiselect
terms:
  hr: {label: HR}
  finance: {label: Finance}
"""
MAPPING = "targets: [market]\nmapping: all\nfields: {roles: {attribute: gsv_roles}}\n"
OFFERING = "targets: [market]\noffering: one\nmapping: all\nfields: {roles: [hr, finance]}\n"

MARKET = {"taxonomies/roles": ROLES, "mappings/all": MAPPING, "offerings/one": OFFERING}


def files(**texts: str) -> Files:
    told = {"targets": TARGETS, **texts}
    return {f"desired/{name}.yaml": text.encode() for name, text in told.items()}


@pytest.fixture
def grounds(tmp_path: Path) -> list[Ground]:
    (tmp_path / "desired").mkdir()
    (tmp_path / "desired/targets.yaml").write_text(TARGETS)
    workspace = open_workspace(tmp_path / "desired", all_sandboxed=True)
    return [Ground(t, p, {}) for t, p in targets_with_providers(workspace)]


def collection(target: str, handle: str) -> Address:
    return Address(target, "collection", handle)


def told(back: WrittenBack) -> dict[str, str]:
    return {str(address): str(problems[0]) for address, problems in back.problems.items()}


def test_given_values_are_written_where_git_states_them(grounds: list[Ground]) -> None:
    """Some values of one resource, nothing of another: the edits, and the file they come to."""
    wanted: Wanted = {
        collection("shop", "dresses"): {"title": "Gowns"},
        collection("shop", "skirts"): None,
    }
    before = files(**{"collections/shop": SHELVES})
    path = "desired/collections/shop.yaml"
    back = written_back(before, grounds, wanted)

    assert edits_of(load(before).intents, grounds, wanted) == {
        collection("shop", "dresses"): (Edit(path, ("collections", "dresses", "title"), "Gowns"),),
        collection("shop", "skirts"): (Edit(path, ("collections", "skirts"), REMOVE),),
    }
    assert back.files == {
        path: b"targets: [shop]\ncollections:\n"
        b"  dresses: {title: Gowns, rules: {conditions: [{type: Dresses}]}}\n"
    }
    assert back.addresses == tuple(wanted)


def test_what_git_does_not_state_is_told(grounds: list[Ground]) -> None:
    """There is no line to write it in; the place is the target's."""
    wanted: Wanted = {collection("shop", "nowhere"): {"title": "X"}}
    back = written_back(files(**{"collections/shop": SHELVES}), grounds, wanted)

    assert back.files == {}
    assert "git does not state shop/collection/nowhere" in told(back)["shop/collection/nowhere"]


def test_a_document_of_two_targets_does_not_move_for_one(grounds: list[Ground]) -> None:
    """The other shop would change with it; for a document of one's own there is no such thing."""
    wanted: Wanted = {
        collection("shop", "dresses"): {"title": "Gowns"},
        collection("shop-eu", "skirts"): {"title": "Röcke"},
    }
    back = written_back(files(**{"collections/both": BOTH}), grounds, wanted)

    assert back.files == {}
    assert "speaks to shop-eu too" in told(back)["shop/collection/dresses"]
    assert "speaks to shop too" in told(back)["shop-eu/collection/skirts"]


def test_a_document_of_two_targets_moves_where_both_did(grounds: list[Ground]) -> None:
    """The same value on both: it is written once."""
    same = {"title": "Gowns"}
    wanted: Wanted = {collection(name, "dresses"): same for name in ("shop", "shop-eu")}
    back = written_back(files(**{"collections/both": BOTH}), grounds, wanted)

    assert told(back) == {}
    (content,) = back.files.values()
    assert content == BOTH.replace("title: Dresses", "title: Gowns").encode()


def test_two_targets_that_moved_apart_are_both_told(grounds: list[Ground]) -> None:
    """One document can not say two things."""
    wanted: Wanted = {
        collection("shop", "dresses"): {"title": "Gowns"},
        collection("shop-eu", "dresses"): {"title": "Kleider"},
    }
    back = written_back(files(**{"collections/both": BOTH}), grounds, wanted)

    assert back.files == {}
    assert set(told(back)) == {str(address) for address in wanted}


def term(key: str) -> Address:
    return Address("market", "attribute_value", f"gsv_roles/{key}")


CARRIED = Address("market", "product_attributes", "one")


def test_a_term_that_is_still_spoken_of_stays(grounds: list[Ground]) -> None:
    """Without it the offering would name no term; what else is wanted is done."""
    wanted: Wanted = {term("finance"): None, term("hr"): {"name": "People"}}
    back = written_back(files(**MARKET), grounds, wanted)

    assert list(told(back)) == [str(term("finance"))]
    assert "has no term finance" in told(back)[str(term("finance"))]
    assert back.files == {
        "desired/taxonomies/roles.yaml": ROLES.replace("label: HR", "label: People").encode()
    }


def test_what_belongs_together_is_taken_out_together(grounds: list[Ground]) -> None:
    """The term, and the offering's word for it: each alone would not do."""
    wanted: Wanted = {term("finance"): None, CARRIED: {"choices.gsv_roles": ["hr"]}}
    back = written_back(files(**MARKET), grounds, wanted)

    assert told(back) == {}
    assert back.files == {
        "desired/taxonomies/roles.yaml": ROLES.replace(
            "  finance: {label: Finance}\n", ""
        ).encode(),
        "desired/offerings/one.yaml": OFFERING.replace("[hr, finance]", "[hr]").encode(),
    }


def test_a_document_of_what_is_gone_is_removed(grounds: list[Ground]) -> None:
    """A product that is not there any more has no offering."""
    back = written_back(files(**MARKET), grounds, {CARRIED: None})

    assert back.files == {"desired/offerings/one.yaml": None}
    assert [rewrite.after for rewrite in back.rewrites] == [REMOVE]


def test_what_comes_of_it_besides_is_told(grounds: list[Ground]) -> None:
    """A definition of another type makes its values of another type."""
    document = (
        "targets: [shop]\nnamespace: own\ndefinitions:\n"
        "  fit: {type: single_line_text_field, name: Fit}\n"
        "values: {dress: {fit: Slim}}\n"
    )
    wanted: Wanted = {
        Address("shop", "metafield_definition", "product/own.fit"): {
            "type": "multi_line_text_field"
        }
    }
    back = written_back(files(**{"metafields/own": document}), grounds, wanted)

    assert told(back) == {}
    assert [str(address) for address in back.also] == ["shop/metafield/product/dress/own.fit"]


def test_lists_without_order_are_taken_in_any(grounds: list[Ground]) -> None:
    """A before-image's order is not the canonical one; what is there keeps its place."""
    wanted: Wanted = {CARRIED: {"choices.gsv_roles": ["finance", "hr"]}}
    back = written_back(files(**MARKET), grounds, wanted)

    assert (told(back), back.files) == ({}, {})


def test_a_provider_without_a_way_back_says_so(grounds: list[Ground]) -> None:
    """Never silence."""
    mute = [replace(g, provider=replace(g.provider, adoption={})) for g in grounds]
    wanted: Wanted = {collection("shop", "dresses"): {"title": "Gowns"}}
    ((told_,),) = edits_of(
        load(files(**{"collections/shop": SHELVES})).intents, mute, wanted
    ).values()

    assert isinstance(told_, Problem)
    assert "writes nothing back into collections" in told_.cause
