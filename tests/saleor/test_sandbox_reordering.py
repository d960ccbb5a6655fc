"""Values are put in order by relative moves, one after another."""

from __future__ import annotations

from typing import Any

import pytest

from providers.saleor.sandbox.reordering import moved
from tests.saleor.counter import Counter

REORDER = """mutation($a: ID!, $m: [ReorderInput!]!) {
  attributeReorderValues(attributeId: $a, moves: $m) {
    attribute { slug choices(first: 9) { edges { node { slug } } } }
    errors { field message code }
  }
}"""


@pytest.mark.parametrize(
    ("shifts", "after"),
    [
        ({}, [1, 2, 3, 4]),
        ({1: 1}, [2, 1, 3, 4]),
        ({4: -2}, [1, 4, 2, 3]),
        ({1: 99}, [2, 3, 4, 1]),
        ({3: -99}, [3, 1, 2, 4]),
        ({2: -2}, [2, 1, 3, 4]),
        ({1: 1, 2: 1}, [1, 2, 3, 4]),
        ({4: -3, 3: -2}, [4, 3, 1, 2]),
        ({2: 0}, [1, 2, 3, 4]),
    ],
)
def test_moves_are_relative_and_one_after_another(shifts: dict[int, int], after: list[int]) -> None:
    """And stop at the ends."""
    assert moved([1, 2, 3, 4], shifts) == after


def reorder(counter: Counter, attribute: str, *moves: tuple[str, int | None]) -> Any:
    given = [{"id": id_, "sortOrder": shift} for id_, shift in moves]
    answer = counter.data(REORDER, a=attribute, m=given)
    return answer["attributeReorderValues"]


def test_choices_are_listed_in_their_new_order() -> None:
    """In the answer as in every later read; new values come last."""
    counter = Counter()
    blue = counter.id_of("colour", "blue")
    answer = reorder(counter, counter.id_of("colour"), (blue, -1))
    nodes = [edge["node"]["slug"] for edge in answer["attribute"]["choices"]["edges"]]
    query = 'mutation($a: ID!) { attributeValueCreate(attribute: $a, input: {name: "Green"}) {'
    counter.data(query + " errors { code } } }", a=counter.id_of("colour"))

    assert nodes == ["blue", "red"]
    assert [slug for slug, _ in counter.values("colour")] == ["blue", "red", "green"]


def test_a_move_without_a_shift_is_one_down() -> None:
    """And of two moves of one value the last one counts."""
    counter = Counter()
    red = counter.id_of("colour", "red")
    reorder(counter, counter.id_of("colour"), (red, 0), (red, None))

    assert [slug for slug, _ in counter.values("colour")] == ["blue", "red"]


def test_what_is_not_there_can_not_be_moved() -> None:
    """Nothing of the moves is done then."""
    counter = Counter()
    colour, blue = counter.id_of("colour"), counter.id_of("colour", "blue")
    foreign = counter.id_of("care", "no-iron")
    unknown = "QXR0cmlidXRlOjk5OQ=="
    refusals = [
        reorder(counter, colour, (blue, -1), (foreign, 1))["errors"],
        reorder(counter, colour, (colour, 1))["errors"],
        reorder(counter, unknown, (blue, -1))["errors"],
    ]

    assert [(e["field"], e["code"]) for (e,) in refusals] == [
        ("moves", "NOT_FOUND"),
        ("moves", "GRAPHQL_ERROR"),
        ("attributeId", "NOT_FOUND"),
    ]
    assert refusals[0][0]["message"] == f"Couldn't resolve to an attribute value: {foreign}"
    assert [slug for slug, _ in counter.values("colour")] == ["red", "blue"]


def test_reordering_needs_the_permission_of_attributes() -> None:
    """Any other app is refused past the payload."""
    counter = Counter()
    variables = {"a": counter.id_of("colour"), "m": []}
    answer = counter.ask(REORDER, "poor", **variables)

    assert answer["data"] == {"attributeReorderValues": None}
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
