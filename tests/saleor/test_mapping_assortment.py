"""What rules, channels, images, bundles and contracts of metadata come to on Saleor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from providers.saleor import PROVIDER
from providers.saleor.client import Settings
from reconciler.compare import _created
from reconciler.compile import Compiled, compile_for, questions
from reconciler.intent.asking import EVERY
from reconciler.intent.loader import load
from reconciler.model.change import Cause
from reconciler.model.question import Question
from reconciler.order import schedule
from tests.saleor.market import TARGET
from tests.saleor.test_mapping import BASE, TARGETS, compiled

HEAD = "targets: [market]\n"
ANSWERS: Mapping[Question, Sequence[str]] = {
    Question("type", "offering"): ("a", "b", "c"),
    Question("term", "roles/hr"): ("b", "c", "d"),
    Question("tag", "new"): ("d",),
    Question("tag", "style_Anna"): ("a", "d"),
    EVERY: ("a", "b", "c", "d", "e"),
}


def answered(text: str, **settings: Any) -> Compiled:
    """A document of collections, with what the catalog answers."""
    desired = load(
        {"desired/targets.yaml": TARGETS, "desired/collections/c.yaml": (HEAD + text).encode()}
    )
    assert desired.problems == ()
    asked = questions(PROVIDER, desired.intents)
    answers = {question: ANSWERS[question] for question in asked}
    target = replace(TARGET, settings=Settings(**settings))
    return compile_for(target, PROVIDER, desired.intents, answers)


def test_a_collection_is_visible_in_the_channels_that_it_names() -> None:
    """Each is a listing; how it stands in others is nobody's business."""
    text = "collections:\n  some: {title: Some, products: [], channels: [web, outlet]}\n"
    found = answered(text).resources
    listings = {a.key: r.spec.published for a, r in found.items() if a.kind == "channel_listing"}

    assert listings == {"collection/some/web": True, "collection/some/outlet": True}


@pytest.mark.parametrize(
    ("rules", "members"),
    [
        ("{conditions: [{type: offering}]}", ["a", "b", "c"]),
        ("{conditions: [{type: offering}, {term: roles/hr}]}", ["b", "c"]),
        ("{match: any, conditions: [{type: offering}, {term: roles/hr}]}", ["a", "b", "c", "d"]),
        ("{conditions: [{type: offering, relation: is_not}]}", ["d", "e"]),
        ("{conditions: [{term: roles/hr}, {tag: new, relation: is_not}]}", ["b", "c"]),
        ("{match: any, conditions: [{tag: new}, {type: offering, relation: is_not}]}", ["d", "e"]),
    ],
)
def test_rules_are_worked_out(rules: str, members: list[str]) -> None:
    """All or any, is or is not: as smart collections do it elsewhere."""
    text = f"collections:\n  some:\n    title: Some\n    rules: {rules}\n"
    (collection,) = answered(text, tags="shop_tags").resources.values()

    assert list(collection.spec.products) == members


def test_rules_that_nobody_was_asked_about_come_to_nothing() -> None:
    """Offline there is no catalog: no collection is taken for an empty one."""
    text = "collections:\n  some:\n    title: Some\n    rules: {conditions: [{type: offering}]}\n"

    assert compiled({"collections/c": HEAD + text}).resources == {}


def test_each_style_gets_its_collection() -> None:
    """Tags are values of the attribute that stands for them."""
    text = (
        "per_style:\n  styles: [Anna]\n  handle: style-{slug}\n"
        "  collection:\n    title: '{style}'\n    rules: {conditions: [{tag: 'style_{style}'}]}\n"
    )
    ((address, collection),) = answered(text, tags="shop_tags").resources.items()

    assert address.key == "style-anna"
    assert (collection.spec.name, collection.spec.products) == ("Anna", ("a", "d"))


def test_products_that_move_are_the_catalogs_doing() -> None:
    """The digest of the intent is that of the rules, whatever they find."""
    text = "collections:\n  some:\n    title: Some\n    rules: {conditions: [{type: offering}]}\n"
    (one,) = answered(text).resources.values()
    fewer = {**ANSWERS, Question("type", "offering"): ("a",)}
    desired = load(
        {"desired/targets.yaml": TARGETS, "desired/collections/c.yaml": (HEAD + text).encode()}
    )
    (other,) = compile_for(TARGET, PROVIDER, desired.intents, fewer).resources.values()

    assert one.spec != other.spec
    assert one.intent == other.intent


CONTRACT = HEAD + "mapping: cards\nfields:\n"
CARD = HEAD + "offering: an-agent\nmapping: cards\nfields: "

PROBLEMS: list[tuple[dict[str, str], str]] = [
    (
        {"collections/c": "collections:\n  c: {title: C, sort: title, products: []}\n"},
        "desired/collections/c.yaml:3:3  a collection of Saleor has no sort order",
    ),
    (
        {"collections/c": "collections:\n  Big One: {title: C, products: []}\n"},
        "desired/collections/c.yaml:3:3  'Big One' is no slug",
    ),
    (
        {"collections/c": "collections:\n  c: {title: C, rules: {conditions: [{tag: x}]}}\n"},
        "desired/collections/c.yaml:3:3  Saleor's products have no tags",
    ),
    (
        {
            "taxonomies/roles": "taxonomy: roles\nlabel: R\ninput: multiselect\n"
            "terms: {hr: {label: HR}}\n",
            "collections/c": "collections:\n"
            "  c: {title: C, rules: {conditions: [{term: roles/hrr}]}}\n",
        },
        "desired/collections/c.yaml:3:3  the taxonomy roles has no term hrr · did you mean hr?",
    ),
    (
        {"channels/c": "channels:\n  web:\n    products:\n      p: {since: null}\n"},
        "desired/channels/c.yaml:5:7  since is null, and nothing of a listing can be empty",
    ),
    (
        {
            "metafields/m": "namespace: custom\nselectors:\n"
            "  - {products: {tag: x}, set: {guide: g}}\n"
        },
        "desired/metafields/m.yaml:4:5  Saleor's products have no tags",
    ),
    (
        {"images/i": "into: {}\nproducts: {}\n"},
        "desired/images/i.yaml:2:1  Saleor keeps images as the product's own media",
    ),
    (
        {"images/i": "into: {media: true}\nproducts:\n  p: {images: {MAIN: {file: a.png}}}\n"},
        "desired/images/i.yaml:4:16  Saleor takes images by their address only",
    ),
    (
        {
            "channels/c": "channels:\n  web:\n    products:\n"
            '      p: {purchasable: false, purchasable_since: "2027-01-01"}\n'
        },
        "desired/channels/c.yaml:5:7  it is not purchasable, and a moment is said",
    ),
    (
        {"bundles/b": "into: {attribute: parts}\nbundles: {p: {components: [p]}}\n"},
        "desired/bundles/b.yaml:3:11  p can not be a part of itself",
    ),
]


@pytest.mark.parametrize(("files", "problem"), PROBLEMS)
def test_what_has_no_home_is_told_at_its_place(files: dict[str, str], problem: str) -> None:
    """Once, with what to do."""
    (told,) = map(str, compiled({name: HEAD + text for name, text in files.items()}).problems)

    assert told.startswith(problem)
    assert " · " in told


@pytest.mark.parametrize(
    ("destination", "value", "text"),
    [
        ("metadata: x", "words", "words"),
        ("metadata: x", '"000001"', "000001"),
        ("metadata: x, type: number", "3", "3"),
        ("metadata: x, type: number", "4.50", "4.5"),
        ("metadata: x, type: flag", "false", "false"),
        ("metadata: x, type: url", '"https://a.example/i.png"', "https://a.example/i.png"),
        (
            'metadata: x, type: url, base: "https://cms.example/sub/"',
            "/media/i.png",
            "https://cms.example/media/i.png",
        ),
        ("metadata: x, taxonomy: roles", "hr", "hr"),
        ("metadata: x", "null", None),
    ],
)
def test_a_field_becomes_a_text(destination: str, value: str, text: str | None) -> None:
    """Metadata holds nothing else; null is no key at all."""
    files = {
        **BASE,
        "mappings/cards": f"{CONTRACT}  f: {{{destination}}}\n",
        "offerings/one": f"{CARD}{{f: {value}}}\n",
    }
    found = compiled(files)
    (spec,) = (r.spec for a, r in found.resources.items() if a.kind == "product_metadata")

    assert found.problems == ()
    assert spec.entries == {"x": text}


def test_what_is_saved_on_one_product_is_saved_in_turn() -> None:
    """What it carries, then what describes it, then what it refers to: a product that is saved
    whole might put back the metadata that it was read with."""
    files = {
        **BASE,
        "mappings/cards": f"{CONTRACT}  f: {{metadata: x}}\n  roles: {{attribute: roles}}\n",
        "offerings/one": f"{CARD}{{f: words, roles: [hr]}}\n",
        "metafields/m": f"{HEAD}namespace: custom\nvalues: {{an-agent: {{guide: g}}}}\n",
        "bundles/b": f"{HEAD}into: {{attribute: parts}}\n"
        "bundles: {an-agent: {components: [b]}}\n",
    }
    found = compiled(files).resources.values()
    changes = [
        _created(r, Cause.INTENT, None) for r in found if r.address.key.startswith("an-agent")
    ]
    waves = [[change.address.kind for change in wave] for wave in schedule(changes).waves]

    assert waves == [
        ["product_attributes"],
        ["product_metadata"],
        ["product_metadata"],
        ["bundle"],
    ]


@pytest.mark.parametrize(
    ("destination", "value", "problem"),
    [
        (
            "metadata: x",
            "42",
            "f is a number, and goes where texts are kept · put it in quotes",
        ),
        ("metadata: x", "true", "f is a flag, and goes where a text is kept"),
        ("metadata: x", '""', "f is empty, and goes where a text is kept"),
        ("metadata: x, type: number", '"3"', "f is text, and goes where a number is kept"),
        ("metadata: x, type: number", "true", "f is a flag, and goes where a number is kept"),
        ("metadata: x, type: flag", '"false"', "f is text, and goes where a flag is kept"),
        ("metadata: x, type: url", "/media/i.png", "f is no whole address (/media/i.png)"),
        ("metadata: x, taxonomy: roles", "nurse", "f is nurse, which is no term of roles"),
        ("metadata: x, taxonomy: roles", "[hr]", "f is a list, and goes where a term of roles"),
    ],
)
def test_a_field_that_does_not_fit_is_told(destination: str, value: str, problem: str) -> None:
    """In words that say what it is, and what it should be."""
    files = {
        **BASE,
        "mappings/cards": f"{CONTRACT}  f: {{{destination}}}\n",
        "offerings/one": f"{CARD}{{f: {value}}}\n",
    }
    (told,) = compiled(files).problems

    assert problem in str(told)
    assert str(told.place).startswith("desired/offerings/one.yaml:4:")


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("attribute: roles, metadata: x", "a field has one home"),
        ("registry: caps", "registry and product_types are about an attribute"),
        ("taxonomy: roles", "taxonomy and estimate are about a metadata key"),
        ('metadata: x, base: "https://a.example"', "write type: url beside it"),
    ],
)
def test_a_destination_that_contradicts_itself_is_told(field: str, problem: str) -> None:
    """While the files are read."""
    text = f"{CONTRACT}  f: {{{field}}}\n".encode()
    found = load({"desired/targets.yaml": TARGETS, "desired/mappings/cards.yaml": text})

    assert any(problem in str(told) for told in found.problems)
