"""The sandbox's door: who is let in, how much a request may hold, and how it says no."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import Fault
from tests.saleor.counter import Counter


def code_of(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["exception"]["code"])


@pytest.mark.parametrize("token", [None, "wrong", "gone"])
def test_a_wrong_token_is_a_visitor(token: str | None) -> None:
    """No 401: the app is refused, attributes that are shown are listed, products need a channel."""
    counter = Counter()
    who = counter.send({"query": "{ app { id } }"}, token)
    listed = counter.ask("{ attributes { totalCount } }", token)
    products = counter.ask("{ products(first: 1) { totalCount } }", token)

    assert who.status_code == 200
    assert code_of(who.json()) == "PermissionDenied"
    assert listed["data"]["attributes"]["totalCount"] == 5
    assert products["errors"][0]["message"] == (
        "More than one channel exists. Specify which channel to use."
    )


def test_the_other_header_wins() -> None:
    """`Authorization-Bearer` goes before `Authorization`."""
    asked = {"query": "{ app { name } }"}
    answer = Counter().send(asked, "wrong", {"Authorization-Bearer": "sandbox"}).json()

    assert answer["data"]["app"]["name"] == "All"


def test_visitors_see_what_a_channel_publishes_and_a_storefront_shows() -> None:
    """Drafts and hidden attributes are for apps; an unknown channel is silently empty."""
    counter = Counter()
    query = '{ products(first: 9, channel: "CHANNEL") { edges { node { slug attributes {'
    query += " attribute { slug } } } } } }"
    shown = counter.ask(query.replace("CHANNEL", "one"), None)["data"]["products"]["edges"]
    (node,) = [edge["node"] for edge in shown]
    slugs = [selected["attribute"]["slug"] for selected in node["attributes"]]
    nowhere = counter.ask(query.replace("CHANNEL", "nowhere"), None)["data"]["products"]["edges"]

    assert node["slug"] == "desk-lamp"
    assert "hidden" not in slugs
    assert "hidden" in counter.carried()
    assert nowhere == []


def test_a_mutation_without_its_permission_is_refused_beside_the_data() -> None:
    """HTTP 200, the mutation null, nothing done."""
    counter = Counter()
    given = {"name": "Green"}
    query = "mutation($a: ID!, $i: AttributeValueCreateInput!) {"
    query += " attributeValueCreate(attribute: $a, input: $i) { errors { code } } }"
    answer = counter.ask(query, "poor", a=counter.id_of("colour"), i=given)

    assert code_of(answer) == "PermissionDenied"
    assert answer["data"] == {"attributeValueCreate": None}
    assert len(counter.values("colour")) == 2


UPDATE = 'updateMetadata(id: "x", input: []) { errors { code } }'
DEAR = "attributes(first: 100) { edges { node { choices(first: 100) { totalCount } } } }"
REFUSED = {
    "five mutations": (
        "mutation { " + " ".join(f"m{n}: {UPDATE}" for n in range(5)) + " }",
        "Number of mutations exceed the limit of 4",
    ),
    "101 aliases": (
        "{ " + " ".join(f"a{n}: shop {{ name }}" for n in range(101)) + " }",
        "Number of aliases exceed the limit of 100",
    ),
    "too dear": (
        "{ " + " ".join(f"a{n}: {DEAR}" for n in range(5)) + " }",
        "The query exceeds the maximum cost of 50000. Actual cost is 50500",
    ),
    "a null literal": (
        '{ attribute(slug: "x", id: null) { id } }',
        'Syntax Error GraphQL (1:28) Unexpected Name "null"',
    ),
    "an unknown field": (
        "{ shop { colour } }",
        'Cannot query field "colour" on type "Shop".',
    ),
    "an unknown argument": (
        '{ attribute(colour: "x") { id } }',
        'Unknown argument "colour" on field "attribute" of type "Query".',
    ),
    "no selection": ("{ shop }", 'Field "shop" of type "Shop!" must have a sub selection.'),
    "an unfitting literal": (
        "{ attributes(first: many) { totalCount } }",
        'Argument "first" has invalid value many.\nExpected type "Int", found many.',
    ),
    "no query": ("", "Must provide a query string."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_carried_out_is_400(case: str) -> None:
    """In the vendor's words, and without data."""
    query, words = REFUSED[case]
    answer = Counter().send({"query": query})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith(words)
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "At least one of arguments is required: 'id', 'slug', 'external_reference'."),
        ('(slug: "x", externalReference: "y")',
         "Argument 'slug' cannot be combined with 'external_reference'"),
        ('(id: "nope")', "Invalid ID: nope. Expected: Attribute."),
    ],
)  # fmt: skip
def test_one_thing_is_named_in_one_way(arguments: str, words: str) -> None:
    """By exactly one argument; anything else is told beside the data."""
    answer = Counter().ask(f"{{ attribute{arguments} {{ id }} }}")

    assert answer["errors"][0]["message"] == words
    assert answer["data"] == {"attribute": None}


def test_only_batches_of_one_are_taken() -> None:
    """An array body of two is refused, of one is answered by an array."""
    one = {"query": "{ shop { name } }"}
    two = Counter().send([one, one])

    assert two.status_code == 400
    assert two.json()["errors"][0]["message"] == "Number of batch queries exceeded."
    assert Counter().send([one]).json()[0]["data"] == {"shop": {"name": "Little"}}


def test_a_page_holds_at_most_a_hundred() -> None:
    """Above it the field is null and the rest is answered: partial data."""
    answer = Counter().ask("{ shop { name } attributes(first: 101) { totalCount } }")

    assert answer["data"] == {"shop": {"name": "Little"}, "attributes": None}
    assert answer["errors"][0]["message"] == (
        "Requesting 101 records on the `attributes` connection exceeds the `first` limit of"
        " 100 records."
    )


COSTS = {
    "{ shop { name } }": 0,
    "{ attributes { totalCount } }": 1,
    "{ attributes(first: 7) { totalCount } }": 7,
    "{ attributes(first: 4) { edges { node { choices(first: 3) { totalCount } } } } }": 16,
    "{ products(first: 5) { edges { node { attributes { values { id } } } } } }": 15,
    'query { ...Q } fragment Q on Query { product(slug: "x") { category { id } } }': 2,
}


@pytest.mark.parametrize("query", COSTS)
def test_every_answer_tells_its_cost(query: str) -> None:
    """Fields of the cost map count once for each time that they may occur."""
    cost = Counter().ask(query)["extensions"]["cost"]

    assert cost == {"requestedQueryCost": COSTS[query], "maximumAvailable": 50_000}


def test_four_mutations_have_each_their_own_fate() -> None:
    """One that fails undoes none of the others."""
    counter = Counter()
    parts = [("Green", "colour"), ("Red", "nope"), ("Gold", "colour"), ("Tan", "colour")]
    known = {"colour": counter.id_of("colour"), "nope": "nope"}
    query = "mutation { " + " ".join(
        f'm{n}: attributeValueCreate(attribute: "{known[a]}", input: {{name: "{name}"}})'
        " { errors { message code } }"
        for n, (name, a) in enumerate(parts)
    )
    answer = counter.data(query + " }")

    assert [bool(answer[f"m{n}"]["errors"]) for n in range(4)] == [False, True, False, False]
    assert answer["m1"]["errors"][0]["message"] == "Invalid ID: nope. Expected: Attribute."
    slugs = [slug for slug, _ in counter.values("colour")]
    assert slugs == ["red", "blue", "green", "gold", "tan"]


def test_a_lost_answer_was_carried_out() -> None:
    """502 after the commit: the value is there."""
    counter = Counter()
    counter.sandbox.inject(Fault.BAD_GATEWAY_AFTER_COMMIT, matching="mutation")
    query = f'mutation {{ attributeValueCreate(attribute: "{counter.id_of("colour")}",'
    answer = counter.send({"query": query + ' input: {name: "Green"}) { errors { code } } }'})

    assert answer.status_code == 502
    assert ("green", "Green") in counter.values("colour")


def test_pages_follow_one_another() -> None:
    """Forwards and backwards, each row once."""
    counter = Counter()
    query = "query($f: Int, $l: Int, $a: String, $b: String) {"
    query += " attributes(first: $f, last: $l, after: $a, before: $b) {"
    query += " pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    query += " edges { node { slug } } } }"
    first = counter.data(query, f=4)["attributes"]
    second = counter.data(query, f=4, a=first["pageInfo"]["endCursor"])["attributes"]
    back = counter.data(query, l=4, b=second["pageInfo"]["startCursor"])["attributes"]
    slugs = [edge["node"]["slug"] for edge in [*first["edges"], *second["edges"]]]

    assert slugs == ["care", "colour", "handmade", "hidden", "loose", "weight"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert back["edges"] == first["edges"]
