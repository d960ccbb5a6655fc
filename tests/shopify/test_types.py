"""Values of every type: as people write them, as Shopify stores them, and back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.kit.sandbox import Fault
from providers.kit.store import Store
from providers.shopify.content import Misfit
from providers.shopify.measures import UNITS
from providers.shopify.sandbox.shop import Shop
from providers.shopify.sandbox.values import TYPES, stored
from providers.shopify.types import REFERENCES, SUPPORTED, base_of, canonical, content, fields
from reconciler.intent.yaml import read
from reconciler.model.change import Cause
from tests.shopify import every_type, raw
from tests.shopify.documents import metafields
from tests.workshop import Workshop, problems_of

HANDLE = "arp-dress-black"


def test_every_type_of_shopify_is_written_or_named_here() -> None:
    """What the vendor lists and Planogram does not write is known."""
    assert set(TYPES) - set(SUPPORTED) == {
        "jurisdiction",
        "list.jurisdiction",
        "product_taxonomy_disclosure_reference",
        "disclosure_reference",
        "list.disclosure_reference",
    }


def test_every_type_has_a_row() -> None:
    """But for references to what has a name: these are in the contract."""
    assert set(every_type.EVERY) == {t for t in SUPPORTED if base_of(t) not in REFERENCES}


@pytest.mark.parametrize("type_", every_type.EVERY)
def test_a_value_is_said_as_shopify_stores_it(type_: str) -> None:
    """What is sent needs no rewriting, and what is stored is said so that it comes out alike."""
    first, one, second, two = every_type.EVERY[type_]
    for said, kept in ((_read(first), one), (_read(second), two)):
        assert fields(type_, said) == {"type": type_, "value": kept}
        assert canonical(type_, kept) == kept
        assert fields(type_, content(type_, kept)) == {"type": type_, "value": kept}


@pytest.mark.parametrize(
    ("type_", "live", "same"),
    [
        ("date_time", "2026-06-25T10:11:12+05:30", "2026-06-25T04:41:12+00:00"),
        ("number_decimal", "10.40", "10.4"),
        ("number_decimal", "10", "10.0"),
        ("color", "#ABCDEF", "#abcdef"),
        ("weight", '{"unit": "KILOGRAMS", "value": 1}', '{"value":1.0,"unit":"KILOGRAMS"}'),
        ("list.volume", '[{"value":20,"unit":"ml"}]', '[{"value":20.0,"unit":"MILLILITERS"}]'),
        ("rating", '{"value":"4","scale_min":"1","scale_max":"5.00"}',
         '{"scale_min":"1.0","scale_max":"5.0","value":"4.0"}'),
        ("money", '{"amount":"5.9","currency_code":"CAD"}',
         '{"amount":"5.90","currency_code":"CAD"}'),
        ("json", '{ "b" : 1,\n "a" : [ 2 ] }', '{"a":[2],"b":1}'),
        ("list.number_decimal", "[10.40]", '["10.4"]'),
        ("list.single_line_text_field", '[ "a" ]', '["a"]'),
    ],
)  # fmt: skip
def test_what_means_the_same_reads_the_same(type_: str, live: str, same: str) -> None:
    """Whichever form Shopify keeps, or somebody wrote in the admin."""
    assert canonical(type_, live) == same


@pytest.mark.parametrize(
    ("type_", "live"),
    [("weight", "heavy"), ("weight", '{"value":1,"unit":"STONES"}'), ("json", "{"),
     ("list.date", "[1]"), ("number_integer", "1.5"), ("jurisdiction", "DE")],
)  # fmt: skip
def test_what_does_not_fit_its_type_stays_as_it_is(type_: str, live: str) -> None:
    """It is shown, and never mistaken for something else."""
    assert canonical(type_, live) == live


@pytest.mark.parametrize(
    ("type_", "live"),
    [("list.article_reference", "null"), ("list.date", "1"), ("rating", "[]"), ("money", "{}")],
)
def test_a_live_value_that_does_not_fit_its_type_has_no_words(type_: str, live: str) -> None:
    """Whoever would write it down is told so."""
    with pytest.raises(Misfit, match="correct it in the admin"):
        content(type_, live)


@pytest.mark.parametrize(
    ("type_", "value", "cause"),
    [
        ("number_integer", 9007199254740992, "is beyond what Shopify takes for a whole number"),
        ("number_decimal", "1.0123456789", "has more than 9 decimal places"),
        ("number_decimal", 99999999999999, "is beyond what Shopify takes for a decimal"),
        ("number_decimal", True, "true is no number"),
        ("number_decimal", "1e99999999", "1e99999999 is no number"),
        ("weight", {"value": 10**400, "unit": "g"}, "is no number"),
        ("rating", {1: 2}, "there is no 1 in it"),
        ("json", {"a": [float("inf")]}, "JSON has no number without end"),
        ("date_time", "2026-09-01", "is no date with time"),
        ("date_time", "2026-13-01T10:00:00", "there is no such moment as 2026-13-01T10:00:00"),
        ("date_time", "2026-02-30T10:00:00", "there is no such moment as 2026-02-30T10:00:00"),
        ("number_decimal", "5,99", "5,99 is no number · write a point: 5.99"),
        ("number_decimal", "1,500", "1,500 is no number · write it in digits, like 12.5"),
        ("color", "#fff", "#fff is no colour"),
        ("weight", {"value": 1, "unit": "stones"}, "stones is no unit of a weight"),
        ("weight", "1 kg", "1 kg is not of that form · a weight is {value: 1.5, unit: oz}"),
        ("rating", 4, "4 has no scale"),
        ("rating", {"value": 6, "scale_min": 1, "scale_max": 5}, "6 is not between 1 and 5"),
        ("money", {"amount": 1, "currency_code": "euro"}, "euro is no currency"),
        ("json", '{"a": 1}', "this is JSON in quotes"),
        ("rich_text_field", {"a": 1}, "a rich text's tree begins with"),
        ("language", "english please", "is no language"),
        ("link", {"text": "a"}, 'has no url · a link is {text: Learn more, url: "https://'),
        ("link", {"text": "a", "ulr": "b"}, "there is no ulr in it · did you mean url?"),
        ("weight", {"valeu": 1, "unit": "kg"}, "there is no valeu in it · did you mean value?"),
        ("money", {"amount": 1, "code": "EUR"}, "there is no code in it · money is {amount"),
        ("number_integer", "3", "'3' is text, not a whole number · write 3, without quotes"),
        ("number_integer", "three", "three is no whole number · write it in digits"),
        ("number_integer", 1.5, "1.5 is no whole number · round it, or give the definition"),
        ("number_integer", 3.0, "3.0 is no whole number · write 3"),
        ("number_integer", (3,), "[3] is a list, not a whole number · write one in digits"),
        ("number_decimal", (3,), "[3] is a list, not a number · write one"),
        ("boolean", (True,), "[true] is a list, not a flag · write true or false"),
        ("boolean", "true", "'true' is text, not a flag · take the quotes off: true"),
        ("boolean", "yes", "yes is no flag · write true or false, without quotes"),
        ("single_line_text_field", ("a",), '["a"] is a list, not text · write one text'),
        ("single_line_text_field", {"a": 1}, '{"a": 1} is a mapping, not text · write one text'),
        ("single_line_text_field", 7, '7 is not text · quote it: "7"'),
        ("date", "2026-02-30", "there is no such day as 2026-02-30 · write one of the calendar"),
        ("date", "1.12.2026", "1.12.2026 is no date as it stands · write it like this: 2026-12-01"),
        ("date", "2026-9-1", "2026-9-1 is no date as it stands · write it like this: 2026-09-01"),
        ("date", "soon", "soon is no date · write year, month and day, like 2026-09-01"),
        ("list.url", "https://a.test", "https://a.test is no list"),
        ("list.url", (), "Shopify keeps no empty list"),
        ("list.url", ("https://a.test",) * 129, "129 entries are more than the 128"),
        ("list.url", (None,), "an entry of the list is null"),
        ("variant_reference", "gown", "gown is no variant_reference · write a product's handle"),
        ("metaobject_reference", "vera", "vera is no metaobject_reference"),
        ("article_reference", "news", "news is no article_reference · write its id"),
    ],
)
def test_what_does_not_fit_is_explained(type_: str, value: Any, cause: str) -> None:
    """With cause and remedy, before anything is sent."""
    with pytest.raises(Misfit) as misfit:
        fields(type_, value)

    assert cause in str(misfit.value)
    assert misfit.value.remedy


@pytest.mark.parametrize(
    ("type_", "value"),
    [("link", "https://a.test"), ("weight", 1), ("money", 5), ("rating", 4),
     ("list.dimension", (1,))],
)  # fmt: skip
def test_a_form_that_is_told_can_be_pasted(type_: str, value: Any) -> None:
    """What stands in braces in a remedy is YAML that is then taken."""
    with pytest.raises(Misfit) as misfit:
        fields(type_, value)
    remedy = misfit.value.remedy
    form = remedy[remedy.index("{") : remedy.rindex("}") + 1]
    said = read("desired/a.yaml", f"value: {form}".encode()).data["value"]

    assert fields(type_, (said,) if type_.startswith("list.") else said)


@pytest.mark.parametrize(
    ("type_", "value", "way"),
    [
        ("list.number_integer", (1, "two"), (1,)),
        ("list.weight", ({"value": 1, "unit": "kg"}, {"value": 1, "unit": "stone"}), (1, "unit")),
        ("list.page_reference", ("about", ""), (1,)),
        ("link", {"text": "a", "url": "b"}, ("url",)),
        ("link", {"text": "a", "ulr": "b"}, ("ulr",)),
        ("list.url", ("https://a.test", None), (1,)),
    ],
)
def test_the_part_that_does_not_fit_is_told(type_: str, value: Any, way: Any) -> None:
    """So that the problem stands at its line, however long the value is."""
    with pytest.raises(Misfit) as misfit:
        fields(type_, value)

    assert misfit.value.way == way


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
_TEXT = _WORDS.filter(str.strip)
_NUMBER = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(lambda n: round(n, 6))
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBER | _WORDS.filter(lambda t: t.lstrip()[:1] not in "{["),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=8,
)
_OFFSETS = st.integers(-56, 56).map(lambda q: timezone(timedelta(minutes=15 * q)))
_CONTENTS: dict[str, st.SearchStrategy[Any]] = {
    "single_line_text_field": _TEXT,
    "multi_line_text_field": st.lists(_TEXT, min_size=1).map("\n".join),
    "rich_text_field": st.lists(_TEXT, min_size=1).map("\n\n".join),
    "number_integer": st.integers(-9007199254740991, 9007199254740991),
    "number_decimal": st.decimals(
        -9999999999999, 9999999999999, places=9, allow_nan=False
    ).map(str)
    | _NUMBER,
    "boolean": st.booleans(),
    "date": st.dates().map(str),
    "date_time": st.datetimes(datetime(1900, 1, 1), timezones=st.none() | _OFFSETS).map(str),
    "color": st.from_regex(r"\A#[0-9a-fA-F]{6}\Z"),
    "url": st.from_regex(r"\Ahttps://[a-z]{1,9}\.test/[a-zA-Z0-9/?=&]*\Z"),
    "link": st.fixed_dictionaries({"text": _TEXT, "url": st.just("https://a.test")}),
    "json": _JSON.filter(lambda value: value is not None),
    "money": st.fixed_dictionaries({
        "amount": st.decimals(-(10**9), 10**9, places=2).map(str),
        "currency_code": st.sampled_from(["EUR", "JPY"])}),
    "rating": st.fixed_dictionaries({
        "value": st.decimals(1, 5, places=1).map(str), "scale_min": st.just(1),
        "scale_max": st.just("5.0")}),
    "language": st.sampled_from(["en", "de", "pt-BR"]),
    "id": _TEXT,
    **{name: st.fixed_dictionaries({"value": _NUMBER, "unit": st.sampled_from(units)})
       for name, units in UNITS.items()},
}  # fmt: skip

_ALIKE = set(UNITS) - {"weight", "volume", "temperature"}
_SINGLE = [type_ for type_ in SUPPORTED if type_ in _CONTENTS and type_ not in _ALIKE]
"""All but measures that differ in their units alone."""

_SHOP = Shop(Store())


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_what_shopify_returns_for_what_we_send_compares_equal(data: st.DataObject) -> None:
    """For any content of any type, alone or in a list; and what is live can be said in YAML so that
    it comes out alike again."""
    base = data.draw(st.sampled_from(_SINGLE))
    type_ = data.draw(st.sampled_from([t for t in (base, f"list.{base}") if t in SUPPORTED]))
    drawn = _CONTENTS[base]
    said = data.draw(st.lists(drawn, min_size=1, max_size=4) if type_ != base else drawn)
    sent = fields(type_, _read(said))
    kept = stored(_SHOP, type_, sent["value"], ())

    assert canonical(type_, kept) == sent["value"]
    assert fields(type_, content(type_, kept)) == sent


@pytest.mark.parametrize(
    "fault", [None, *(pytest.param(fault, marks=pytest.mark.extended) for fault in Fault)]
)
def test_every_type_is_written_changed_emptied_and_found_again(
    fault: Fault | None, tmp_path: Path
) -> None:
    """One product holds them all: created, changed and deleted, each time as Shopify stores it,
    with nothing left to do afterwards, also where requests fail."""
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True, "prune": True})
    for state in (0, 2, None):
        shop.write(metafields(**every_type.document(state)))
        if fault is not None:
            shop.inject(fault, matching="Metafields($metafields")
        applied = shop.apply([f"mass_change={shop.target}"])
        assert not problems_of(applied), problems_of(applied)
        expected = {} if state is None else every_type.stored(state)
        plan = shop.plan()

        assert shop.faults_left() == 0
        assert _held(shop) == expected
        assert plan.is_empty, [str(change.address) for change in plan.changes]
        assert plan.recorded == ()


def test_every_type_drifts_and_is_restored(tmp_path: Path) -> None:
    """Somebody leaves another value of each type in the admin: the plan tells what stands there
    and what is to, and the apply restores it."""
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True})
    shop.write(metafields(**every_type.document(0)))
    assert not problems_of(shop.apply())
    mine, theirs = every_type.stored(0), every_type.stored(2)
    for type_ in every_type.LIVE:
        key = every_type.key_of(type_)
        path = f"product/{HANDLE}/altuzarra.{key}"
        shop.edit("metafield", path, type=type_, value=theirs[key])
    told = {
        change.address.key.rsplit(".", 1)[1]: [
            (f.path, f.before, f.after, f.cause) for f in change.fields
        ]
        for change in shop.drift().changes
    }
    applied = shop.apply([f"mass_change={shop.target}"])

    assert told == {key: [("value", theirs[key], mine[key], Cause.DRIFT)] for key in mine}
    assert not problems_of(applied), problems_of(applied)
    assert _held(shop) == mine
    assert shop.plan().is_empty


def _held(shop: Workshop) -> dict[str, str]:
    query = """query ($handle: String!) { productByIdentifier(identifier: {handle: $handle}) {
        metafields(first: 250, namespace: "altuzarra") { nodes { key value } } } }"""
    keys = {every_type.key_of(type_) for type_ in every_type.LIVE}
    product = raw.ask(shop, query, handle=HANDLE)["productByIdentifier"]
    nodes = product["metafields"]["nodes"]
    return {node["key"]: node["value"] for node in nodes if node["key"] in keys}


def _read(value: Any) -> Any:
    """As the loader gives it: lists are tuples."""
    if isinstance(value, list):
        return tuple(map(_read, value))
    if isinstance(value, dict):
        return {key: _read(inner) for key, inner in value.items()}
    return value
