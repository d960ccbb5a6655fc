"""What definitions ask of their values: told at `validate`, in the words of the validation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.shopify import patterns
from providers.shopify.content import Misfit
from providers.shopify.demands import check
from providers.shopify.sandbox.validating import Unfit
from providers.shopify.sandbox.validating import check as sandbox_check
from providers.shopify.types import fields
from providers.shopify.validations import stored
from reconciler.intent.metafields import Definition
from reconciler.model.problem import Problem
from tests.contract.shopify_offered import offering
from tests.shopify import raw
from tests.shopify.documents import line
from tests.shopify.documents import metafields as written
from tests.shopify.test_mapping import metafields, told
from tests.shopify.test_offered import compiled
from tests.workshop import Workshop, problems_of

LINE, TEXT, WHOLE, PART = (
    "single_line_text_field", "multi_line_text_field", "number_integer", "number_decimal"
)  # fmt: skip
GRAMS = {"min": {"value": 10, "unit": "g"}, "max": {"value": 90, "unit": "g"}}
BREAKING: list[tuple[str, Any, Any, str]] = [
    (LINE, {"max": 3}, "four", "it has 4 characters, more than a.b allows (max: 3)"),
    (LINE, {"min": 5}, "four", "it has 4 characters, fewer than a.b asks for (min: 5)"),
    (TEXT, {"max": 3}, "a\nbc", "it has 4 characters, more than a.b allows (max: 3)"),
    (WHOLE, {"max": 3}, 4, "4 is more than a.b allows (max: 3)"),
    (WHOLE, {"min": -3}, -4, "-4 is less than a.b asks for (min: -3)"),
    (PART, {"max": 2.5}, "2.51", "2.51 is more than a.b allows (max: 2.5)"),
    (PART, {"max_precision": 2}, 7.125, "7.125 has more decimal places than a.b allows"),
    ("date", {"min": "2026-01-01"}, "2025-12-31", "2025-12-31 is earlier than a.b asks for"),
    ("date", {"max": "2026-01-01"}, "2026-01-02", "2026-01-02 is later than a.b allows (max: 20"),
    ("date_time", {"max": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:01Z", "is later than a.b"),
    ("date_time", {"min": "2026-01-01T00:00:00+02:00"}, "2025-12-31T21:59:00Z", "is earlier than"),
    ("weight", GRAMS, {"value": 91, "unit": "g"}, "is more than a.b allows (max: 90 g)"),
    ("weight", GRAMS, {"value": 9.5, "unit": "g"}, "is less than a.b asks for (min: 10 g)"),
    (LINE, {"regex": "^[A-Z]{2}$"}, "abc", "abc is not of the form that a.b asks for (regex: ^[A"),
    (LINE, {"regex": r"(@)(.+)$"}, "abc", "abc is not of the form that a.b asks for"),
    ("url", {"allowed_domains": ("a.test",)}, "https://b.test", "b.test is none of the domains"),
]


@pytest.mark.parametrize(("type_", "validations", "value", "words"), BREAKING)
def test_a_value_that_breaks_its_definition_is_refused(
    type_: str, validations: Any, value: Any, words: str
) -> None:
    """In the validation's words, and the emulated shop would refuse it too; in a list as well."""
    with pytest.raises(Misfit) as misfit:
        check("a.b", defined(type_, validations), value)
    with pytest.raises(Unfit):
        asked_of_the_sandbox(type_, validations, value)

    assert words in misfit.value.cause
    assert "where it is defined" in misfit.value.remedy


@pytest.mark.parametrize(
    ("type_", "validations", "value", "words"),
    [
        (f"list.{LINE}", {"list.max": 1}, ("a", "b"), "these 2 are more entries than a.b allows"),
        (f"list.{LINE}", {"list.min": 3}, ("a", "b"), "these 2 are fewer entries than a.b asks"),
        ("file_reference", {"file_type_options": ("Image",)}, "care.pdf", "care.pdf is no file"),
        ("file_reference", {"file_type_options": ("Image",)}, "walk.mp4", "walk.mp4 is no file"),
        ("file_reference", {"file_type_options": ("Video",)}, "a.jpg", "a.jpg is no file"),
        ("metaobject_reference", {"metaobject_definition_type": "designer"}, "fabric/silk",
         "fabric/silk is no metaobject that a.b takes (metaobject_definition_type: designer)"),
        ("mixed_reference", {"metaobject_definition_types": ("designer", "mill")}, "fabric/silk",
         "fabric/silk is no metaobject that a.b takes"),
    ],
)  # fmt: skip
def test_what_the_sandbox_does_not_look_at_is_refused_too(
    type_: str, validations: Any, value: Any, words: str
) -> None:
    """By what the vendor says of these validations."""
    with pytest.raises(Misfit) as misfit:
        check("a.b", defined(type_, validations), value)

    assert words in misfit.value.cause


@pytest.mark.parametrize(
    ("type_", "validations", "value"),
    [
        (LINE, {"max": 4, "min": 4}, "four"),
        (LINE, {"max": 1}, "e\u0301"),  # one character in two code points
        (LINE, {"max": 1}, "\U0001f469\u200d\U0001f680"),
        (LINE, {"min": 2}, "\U0001f680"),  # two in UTF-16
        (WHOLE, {"max": 3, "min": None}, 3),
        (PART, {"max_precision": 0}, 7),
        ("date", {"max": "2026-01-01", "min": "2026-01-01"}, "2026-01-01"),
        ("weight", GRAMS, {"value": 0.05, "unit": "kg"}),
        ("weight", GRAMS, {"value": 5, "unit": "kg"}),  # how units are converted is not known
        (LINE, {"regex": r"^\w+$"}, "Größe"),
        (LINE, {"regex": r"^(?=A)B$"}, "x"),
        (LINE, {"regex": r"^\p{Lu}$"}, "x"),
        (LINE, {"regex": "B"}, "ABC"),
        (TEXT, {"regex": "^b$"}, "a\nb"),
        ("url", {"allowed_domains": ("a.test",)}, "https://shop.a.test/x"),
        ("url", {"allowed_domains": ("https://www.a.test/",)}, "https://a.test"),
        ("url", {"allowed_domains": ("a.test",)}, "mailto:x@b.test"),
        ("file_reference", {"file_type_options": ("Image",)}, "a.heic"),
        ("file_reference", {"file_type_options": ("Image", "Model3d")}, "a.pdf"),
        ("metaobject_reference", {"metaobject_definition_type": "$app:mill"}, "fabric/silk"),
        ("metaobject_reference", {"metaobject_definition_id": "gid://shopify/X/1"}, "fabric/silk"),
        ("json", {"schema": {"type": "object"}}, (1,)),
        ("rating", {"scale_min": 1, "scale_max": 5}, 4.5),
        (WHOLE, {"max": 1}, None),
        (WHOLE, {"max": "one"}, 9),  # told where it is defined
        (WHOLE, {"min": 5, "max": 3}, 4),  # told where it is defined
    ],
)
def test_what_shopify_may_take_is_let_through(type_: str, validations: Any, value: Any) -> None:
    """Where the vendor does not say how it judges, nothing is refused."""
    check("a.b", defined(type_, validations), value)


def test_it_is_told_at_the_value_whoever_states_it() -> None:
    """By name, by a selector, and of a list the entry."""
    definitions = {
        "code": line("Code", validations={"max": 3}),
        "codes": line("Codes", type=f"list.{LINE}", choices=["a", "bb"]),
    }
    parts = {
        "definitions": definitions,
        "values": {"gown": {"code": "four", "codes": ["a", "c"]}},
        "selectors": [{"products": {"type": "Dresses"}, "set": {"code": "fiver"}}],
    }
    result = metafields(**parts)

    assert told(result) == [
        "it has 4 characters, more than altuzarra.code allows (max: 3)"
        " · write another one, or change max where it is defined",
        "c is not among the choices of altuzarra.codes · write one of a, bb",
        "it has 5 characters, more than altuzarra.code allows (max: 3)"
        " · write another one, or change max where it is defined",
    ]
    assert [text_at(parts, problem) for problem in result.problems] == ['"code"', '"c"', '"code"']


def test_two_products_share_no_value_that_is_to_be_unique() -> None:
    """Told at the second; who has none shares none, and another metafield is another matter."""
    unique = {"capabilities": {"unique_values": True}}
    definitions = {"code": line("Code", **unique), "free": line("Free")}
    values = {
        "gown": {"code": "a", "free": "x"},
        "frock": {"code": "b", "free": "x"},
        "scarf": {"code": None},
        "hat": {"code": None},
        "cape": {"code": "a"},
    }
    parts = {"definitions": definitions, "values": values}
    (problem,) = metafields(**parts).problems

    assert problem.cause == "gown has a too, and altuzarra.code asks for unique values"
    assert text_at(parts, problem) == '"code"'
    assert text_at(parts, problem, above=1) == '"cape"'


def test_it_is_told_of_an_offerings_field() -> None:
    """What goes under a metadata key is held to the definition of that key."""
    definition = {"type": PART, "name": "Least", "validations": {"max": 2}}
    definitions = {"credits_min": definition}
    document = {"targets": ["shop"], "namespace": "custom", "definitions": definitions}
    files = {**offering(least=3), "metafields/a.yaml": json.dumps(document)}
    (problem,) = compiled(files).problems

    assert problem.cause == "least: 3 is more than custom.credits_min allows (max: 2)"


@pytest.mark.parametrize(
    ("parts", "place", "words"),
    [
        ({"validations": {"min": 5, "max": 3}}, '"min"', "min is 5 and max is 3: no value is both"),
        ({"type": "date", "validations": {"min": "2026-01-02", "max": "2026-01-01"}}, '"min"',
         "min is 2026-01-02 and max is 2026-01-01"),
        ({"type": "list.date", "validations": {"list.min": 3, "list.max": 2}}, '"list.min"',
         "list.min is 3 and list.max is 2"),
        ({"type": "rating", "validations": {"scale_min": 5, "scale_max": 1}}, '"scale_min"',
         "scale_min is 5 and scale_max is 1"),
        ({"type": "weight", "validations": {"min": {"value": 2, "unit": "kg"},
                                            "max": {"value": 1, "unit": "kg"}}}, '"min"',
         "min is 2 kg and max is 1 kg"),
        ({"validations": {"max": "x"}}, '"max"', "x is no number of them"),
        ({"validations": {"regex": "["}}, '"regex"', "[ is no regular expression: a [ has no ]"),
        ({"choices": ["a", "b", "a"]}, '"a"', "a is among the choices already · take it out"),
        ({"choices": ["a", "b\nc"]}, '"b\\nc"', "a single line of text has a line break"),
        ({"choices": [" "]}, '" "', "Shopify takes no blank value"),
        ({"choices": ["a", "bcd"], "validations": {"max": 2}}, '"bcd"',
         "it has 3 characters, more than the definition allows (max: 2)"),
        ({"choices": [str(n) for n in range(129)]}, '"choices"', "129 choices are more than"),
        ({"name": "n" * 256}, '"name"', "the name has 256 characters, and Shopify takes 255"),
        ({"type": "date", "capabilities": {"unique_values": True}}, '"unique_values"',
         "Shopify keeps no values of a date unique · take unique_values out, or use one of id"),
        ({"type": "id", "capabilities": {"unique_values": False}}, '"unique_values"',
         "ids are always unique · take it out"),
        ({"type": "date", "choices": ["2026-01-01"]}, '"choices"', "a date has no choices"),
    ],
)  # fmt: skip
def test_a_definition_that_contradicts_itself_is_refused(
    parts: Any, place: str, words: str
) -> None:
    """At the line that does."""
    document = {"definitions": {"fit": line(**parts)}}
    (problem,) = metafields(**document).problems

    assert words in f"{problem.cause} · {problem.remedy}"
    assert text_at(document, problem) == place


@pytest.mark.parametrize(
    ("pattern", "is_broken"),
    [("[", True), ("(a", True), ("a)", True), ("*a", True), ("a\\", True), ("[z-a]", True),
     ("(?=a)b", False), (r"\p{L}+", False), ("a++", False), ("(?i)a", False), ("a(?i)b", False),
     (r"\Aa\z", False), ("a{2,1}", False), ("[[:alpha:]]", False), ("^*", False),
     ("(?<n>a)", False)],
)  # fmt: skip
def test_a_pattern_is_broken_only_where_no_engine_reads_it(pattern: str, is_broken: bool) -> None:
    """What one of RE2, Ruby, PCRE and JavaScript takes is let through."""
    assert bool(patterns.broken(pattern)) == is_broken


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "a*a*a*a*a*a*b"])
def test_a_pattern_that_takes_for_ever_is_not_followed(pattern: str) -> None:
    """Python goes back and forth where RE2 does not, and a plan does not wait for it."""
    assert patterns.may_fit(pattern, "a" * 200 + "!")


def test_what_is_let_through_is_taken(shop: Workshop) -> None:
    """Values at their very bounds are written and found again."""
    definitions = {
        "code": line("Code", validations={"min": 4, "max": 4, "regex": "^[a-z]+$"}),
        "parts": {"type": WHOLE, "name": "Parts", "validations": {"min": 2, "max": 2}},
        "days": {
            "type": "list.date",
            "name": "Days",
            "validations": {"min": "2026-01-01", "list.min": 1, "list.max": 1},
        },
    }
    values = {"code": "four", "parts": 2, "days": ["2026-01-01"]}
    shop.write(written(definitions=definitions, values={"gift-card": values}))
    applied = shop.apply()

    assert not problems_of(applied)
    assert raw.metafield(shop, "gift-card", "altuzarra.code")["value"] == "four"
    assert shop.plan().is_empty


def defined(type_: str, validations: Any) -> Definition:
    return Definition(type=type_, name="B", validations=validations)


def asked_of_the_sandbox(type_: str, validations: Any, value: Any) -> None:
    """What the emulated shop says to the same value under the same rules."""
    rules = [
        {"name": name, "value": stored(type_, name, said)} for name, said in validations.items()
    ]
    sandbox_check(type_, fields(type_, value)["value"], rules)


def text_at(parts: Any, problem: Problem, above: int = 0) -> str:
    """The JSON text that begins where a problem is told, or so many lines above it."""
    text = json.dumps({"targets": ["shop"], "namespace": "altuzarra", **parts}, indent=1)
    row = text.splitlines()[problem.place.line - 1 - above]
    found = row.lstrip() if above else row[problem.place.column - 1 :]
    return found.partition(": ")[0].rstrip(",")
