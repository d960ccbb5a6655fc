"""Product state: schema v1 field for field, bytes that stay, and rules that hold."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from reconciler.capsule import invariants
from reconciler.capsule.record import Draft
from reconciler.capsule.state import BrokenState, ProductState, read_state
from tests.capsule.example import LATER, RECORD, record, state
from tests.conftest import ROOT


def text_of(data: Any, **layout: Any) -> str:
    return json.dumps(data, **{"indent": 2, **layout}) + "\n"


def test_the_documents_own_example_is_read_field_for_field() -> None:
    """The schema's document is valid by the models and by the published JSON Schema."""
    data = state(RECORD)
    read = read_state(text_of(data))
    published = json.loads((ROOT / "docs/schemas/product_state.json").read_text())
    jsonschema.validate(data, published)

    assert read.state.model_dump(mode="json", by_alias=True, exclude_unset=True) == data


@pytest.mark.parametrize(
    "layout",
    [
        {"indent": 2},
        {"indent": 4},
        {"indent": "\t"},
        {"indent": None},
        {"indent": 2, "ensure_ascii": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("ending", ["\n", "", "\n\n"])
def test_a_change_touches_its_line_and_the_time_alone(layout: dict[str, Any], ending: str) -> None:
    """Key order, indentation, escapes, unknown fields and the file's end stay as they were."""
    data = state(record(overrides__notes="Größe", mystery={"z": 1, "a": [2]}), extra="kept")
    text = json.dumps(data, **layout) + ending
    draft = Draft(read_state(text), LATER)
    draft.set("arp-dress-black", ("allowed_actions",), {"collection_write": True})
    data["products"]["arp-dress-black"]["allowed_actions"] = {"collection_write": True}
    wanted = json.dumps({**data, "generated_at": LATER}, **layout) + ending

    assert draft.text() == wanted


def test_without_a_change_nothing_moves() -> None:
    """`generated_at` moves only when something else does; odd layouts stay."""
    text = json.dumps(state(RECORD)).replace("{", "{ ")
    draft = Draft(read_state(text), LATER)
    draft.set("arp-dress-black", ("cpi",), "8301-000001")

    assert draft.text() == text


WRONG: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("version", {}, {"schema_version": "2.0"}, "the state: SCHEMA_VERSION: it is of version '2.0'"),
    ("capsule", {}, {"capsule": "F126"}, "the state: CAPSULE: it says capsule F126"),
    ("unquoted", {"is_accessory": "no"}, {}, "arp-dress-black: SCHEMA: is_accessory is text, not "),
    ("cpi", {"cpi": "8301"}, {}, "arp-dress-black: SCHEMA: '8301' does not fit cpi · "),
    ("preflight", {"preflight__status": "MAYBE"}, {}, "arp-dress-black: SCHEMA: 'MAYBE' does"),
    ("stage", {"promotion__stage": "SOLD"}, {}, "arp-dress-black: SCHEMA: 'SOLD' does not"),
    ("time", {"import__imported_at": "yesterday"}, {}, "arp-dress-black: SCHEMA: 'yesterday' does"),
    ("lock", {"promotion__lockd": True}, {}, "arp-dress-black: FIELDS_ARE_SPELT: promotion.lockd"),
    (
        "size guide",
        {"allowed_actions": {"size_guide_wirte": False}},
        {},
        "arp-dress-black: FIELDS_ARE_SPELT: allowed_actions.size_guide_wirte is no field of the"
        " schema · did you mean size_guide_write?",
    ),
    ("no time", {"import__imported_at": None}, {}, "arp-dress-black: IMPORTED_HAS_A_TIME"),
    ("not imported", {"import__imported": False}, {}, "arp-dress-black: STAGE_NEEDS_IMPORT"),
    (
        "above a rollback",
        {"promotion__rolled_back_to": "ENRICHED"},
        {},
        "arp-dress-black: ROLLED_BACK_HOLDS",
    ),
    (
        "silent adoption",
        {"assets__look_image": {"file_name": "a.jpg"}},
        {},
        "arp-dress-black: ASSETS_HAVE_PROVENANCE",
    ),
]


@pytest.mark.parametrize(("name", "parts", "head", "told"), WRONG, ids=[w[0] for w in WRONG])
def test_a_broken_rule_is_told_with_product_and_rule(
    name: str, parts: dict[str, Any], head: dict[str, Any], told: str
) -> None:
    """An error names the product and the rule."""

    def read() -> list[str]:
        try:
            found = read_state(text_of(state(record(**parts), **head))).state
        except BrokenState as error:
            return [str(one) for one in error.broken]
        return [str(one) for one in invariants.broken(found, "S226")]

    assert any(one.startswith(told) for one in read()), read()


def test_a_key_is_the_handle_and_a_cpi_stands_once() -> None:
    """Both are told of each product that is concerned."""
    twin = record(handle="arp-dress-noir")
    data = state(RECORD, twin)
    data["products"]["other"] = data["products"].pop("arp-dress-noir")
    found = invariants.broken(ProductState.model_validate_json(json.dumps(data)))

    assert [(one.product, one.rule) for one in found] == [
        ("arp-dress-black", "CPI_UNIQUE"),
        ("other", "CPI_UNIQUE"),
        ("other", "KEYED_BY_HANDLE"),
    ]


def test_a_handle_does_not_change_under_a_new_key() -> None:
    """A record is the same product's by its CPI, whatever it is filed under."""
    states = [state(RECORD), state(record(handle="arp-dress-noir")), state()]
    was, renamed, gone = (ProductState.model_validate_json(json.dumps(one)) for one in states)
    (told,) = invariants.moved(was, renamed)

    assert (told.product, told.rule) == ("arp-dress-noir", "IDENTITY_IMMUTABLE")
    assert told.way == ("products", "arp-dress-noir", "handle")
    assert invariants.moved(was, gone) == []


MOVES: list[tuple[str, dict[str, Any], tuple[str, ...], Any, str]] = [
    ("identity", {}, ("cpi",), "1-2", "IDENTITY_IMMUTABLE"),
    ("type", {}, ("product_type",), "Shoes", "IDENTITY_IMMUTABLE"),
    ("preflight", {}, ("preflight", "status"), "GO", "PREFLIGHT_KEPT"),
    ("override", {}, ("overrides", "manual_go"), True, "OVERRIDES_KEPT"),
    ("eligible", {}, ("import", "eligible"), False, "DECISIONS_KEPT"),
    ("anomaly", {}, ("import", "anomaly_accepted"), False, "DECISIONS_KEPT"),
    ("locked", {"promotion__locked": True}, ("tags",), ["a"], "LOCKED"),
    ("excluded", {"import__eligible": False}, ("tags",), ["a"], "NOT_ELIGIBLE"),
]


@pytest.mark.parametrize(
    ("name", "parts", "way", "value", "rule"), MOVES, ids=[move[0] for move in MOVES]
)
def test_no_command_breaks_a_rule(
    name: str, parts: dict[str, Any], way: tuple[str, ...], value: Any, rule: str
) -> None:
    """A command that would write what people alone decide fails, whatever asked it to."""
    draft = Draft(read_state(text_of(state(record(**parts)))), LATER)
    draft.set("arp-dress-black", way, value)
    with pytest.raises(BrokenState) as raised:
        draft.text()

    assert rule in [one.rule for one in raised.value.broken]
