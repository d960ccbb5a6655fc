"""Edits of a text: exactly the lines concerned become other ones, and what comes out is proved."""

from __future__ import annotations

from difflib import ndiff
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.intent import yaml
from reconciler.intent.base import Place
from reconciler.intent.edit import REMOVE, Edit, applied, substituted
from reconciler.intent.written import Unwritable, edited
from reconciler.model.spec import plain

FILE = "desired/taxonomies/roles.yaml"

TEXT = """\
# Who it is for.
targets: [market]   # one shop
label:   "Roles"
single: 'It''s'
plain: Sales and more  # see the wiki
nothing:
known: null
flag: true
count: 3
terms:
  # the first
  hr: {label: HR, description: 'People'}   # flow
  it:
    label: "IT / Helpdesk"
    description: |
      First line.
        indented

      Last line.

  # the last
  fr: {label: français}
folded: >-
  one
  two
long: this goes
  on and on
roles: [one, two, three]  # in a row
spread: [
  one,  # first
  two,
]
conditions:
  - tag: A
    relation: is_not
  # why B
  - tag: B
  - {type: C}
shared: &shared
  title: T
  sort: newest
anchored: &word Word
alias: *word
whole: *shared
merged:
  <<: *shared
  own: 1
"""


def edit(*edits: tuple[Place, Any], text: str = TEXT) -> str:
    return edited(FILE, text, [Edit(FILE, place, value) for place, value in edits])


def moved(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and those that came."""
    lines = [*ndiff(before.splitlines(True), after.splitlines(True))]
    return (
        [line[2:].rstrip("\n") for line in lines if line[0] == "-"],
        [line[2:].rstrip("\n") for line in lines if line[0] == "+"],
    )


TABLE: list[tuple[str, Place, Any, list[str], list[str]]] = [
    (
        "double quotes stay, and the comment",
        ("label",),
        'The "roles"',
        ['label:   "Roles"'],
        ['label:   "The \\"roles\\""'],
    ),
    (
        "single quotes stay",
        ("single",),
        "That's it",
        ["single: 'It''s'"],
        ["single: 'That''s it'"],
    ),
    (
        "plain stays plain",
        ("plain",),
        "Other, words",
        ["plain: Sales and more  # see the wiki"],
        ["plain: Other, words  # see the wiki"],
    ),
    ("an empty value is filled", ("nothing",), "now", ["nothing:"], ["nothing: now"]),
    ("null is filled", ("known",), True, ["known: null"], ["known: true"]),
    ("a text becomes null", ("label",), None, ['label:   "Roles"'], ["label:   null"]),
    ("a flag", ("flag",), False, ["flag: true"], ["flag: false"]),
    ("a number becomes text", ("count",), "3", ["count: 3"], ['count: "3"']),
    (
        "within braces, the rest of the line stays",
        ("terms", "hr", "label"),
        "People, and so on",
        ["  hr: {label: HR, description: 'People'}   # flow"],
        ["  hr: {label: \"People, and so on\", description: 'People'}   # flow"],
    ),
    (
        "an entry in braces goes",
        ("terms", "hr", "description"),
        REMOVE,
        ["  hr: {label: HR, description: 'People'}   # flow"],
        ["  hr: {label: HR}   # flow"],
    ),
    (
        "the first entry in braces goes",
        ("terms", "hr", "label"),
        REMOVE,
        ["  hr: {label: HR, description: 'People'}   # flow"],
        ["  hr: {description: 'People'}   # flow"],
    ),
    (
        "an entry comes into braces",
        ("terms", "fr", "description"),
        "Les Français",
        ["  fr: {label: français}"],
        ["  fr: {label: français, description: Les Français}"],
    ),
    (
        "a literal text: only its line",
        ("terms", "it", "description"),
        "First line.\n  indented\n\nAnother line.\n",
        ["      Last line."],
        ["      Another line."],
    ),
    (
        "a literal text becomes one line",
        ("terms", "it", "description"),
        "Short",
        [
            "    description: |",
            "      First line.",
            "        indented",
            "",
            "      Last line.",
        ],
        ["    description: |-", "      Short"],
    ),
    (
        "a folded text stays folded",
        ("folded",),
        "three",
        ["  one", "  two"],
        ["  three"],
    ),
    (
        "a plain text of several lines",
        ("long",),
        "short",
        ["long: this goes", "  on and on"],
        ["long: short"],
    ),
    (
        "many lines in one",
        ("plain",),
        "a\nb",
        ["plain: Sales and more  # see the wiki"],
        ['plain: "a\\nb"  # see the wiki'],
    ),
    (
        "an item takes the place of another",
        ("roles",),
        ["one", "new", "three"],
        ["roles: [one, two, three]  # in a row"],
        ["roles: [one, new, three]  # in a row"],
    ),
    (
        "items go from both ends",
        ("roles",),
        ["two"],
        ["roles: [one, two, three]  # in a row"],
        ["roles: [two]  # in a row"],
    ),
    (
        "all items go",
        ("roles",),
        [],
        ["roles: [one, two, three]  # in a row"],
        ["roles: []  # in a row"],
    ),
    (
        "an item comes first",
        ("roles",),
        ["zero", "one", "two", "three"],
        ["roles: [one, two, three]  # in a row"],
        ["roles: [zero, one, two, three]  # in a row"],
    ),
    ("an item on a line of its own goes", ("spread",), ["two"], ["  one,  # first"], []),
    (
        "an item joins items on lines of their own",
        ("spread",),
        ["one", "two", "x"],
        ["  two,"],
        ["  two, x,"],
    ),
    ("a block's item goes, its comment stays", ("conditions", 1), REMOVE, ["  - tag: B"], []),
    (
        "a block's item of two lines goes",
        ("conditions", 0),
        REMOVE,
        ["  - tag: A", "    relation: is_not"],
        [],
    ),
    (
        "a block's item becomes of another sort",
        ("conditions", 1),
        {"type": "B"},
        ["  - tag: B"],
        ["  - type: B"],
    ),
    (
        "an item in braces stays in braces",
        ("conditions", 2),
        {"tag": "C"},
        ["  - {type: C}"],
        ["  - {tag: C}"],
    ),
    (
        "a block's item comes, like its neighbour",
        ("conditions", 3),
        {"tag": "D"},
        [],
        ["  - {tag: D}"],
    ),
    (
        "an entry comes like its neighbours, in braces",
        ("terms", "de"),
        {"label": "Deutsch"},
        [],
        ["  de: {label: Deutsch}"],
    ),
    (
        "an entry comes into a block",
        ("terms", "it", "note"),
        ["a", "b"],
        [],
        ["    note: [a, b]"],
    ),
    (
        "what is missing on the way is made",
        ("overrides", "Anna", "title"),
        "Anna!",
        [],
        ["overrides:", "  Anna:", "    title: Anna!"],
    ),
    ("an alias is written over", ("alias",), "Own", ["alias: *word"], ["alias: Own"]),
    (
        "what an alias stands for is overridden in its place",
        ("whole", "title"),
        "Own",
        ["whole: *shared"],
        ["whole:", "  title: Own", "  sort: newest"],
    ),
    ("what << brings in is overridden", ("merged", "title"), "Own", [], ["  title: Own"]),
    ("a file's last entry goes", ("merged", "own"), REMOVE, ["  own: 1"], []),
]


@pytest.mark.parametrize(("place", "value", "went", "came"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])  # fmt: skip
def test_exactly_these_lines_change(
    place: Place, value: Any, went: list[str], came: list[str]
) -> None:
    """One edit, the lines that go and the lines that come; every other byte stays."""
    after = edit((place, value))

    assert moved(TEXT, after) == (went, came)


@pytest.mark.parametrize(("place", "value", "went", "came"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])  # fmt: skip
def test_line_breaks_of_another_system_stay(
    place: Place, value: Any, went: list[str], came: list[str]
) -> None:
    """With CRLF the same lines change, and no line ends otherwise than the others."""
    before = TEXT.replace("\n", "\r\n")
    after = edit((place, value), text=before)

    assert after == edit((place, value)).replace("\n", "\r\n")


VALUES = [
    ("yes", '"yes"'),
    ("No", '"No"'),
    ("000001", '"000001"'),
    ("a: b", '"a: b"'),
    (" leading", '" leading"'),
    ("trailing ", '"trailing "'),
    ("#x", '"#x"'),
    ("a #b", '"a #b"'),
    ("a#b", "a#b"),
    ("null", '"null"'),
    ("~", '"~"'),
    ("true", '"true"'),
    ("", '""'),
    ("2026-09-01", '"2026-09-01"'),
    ("12:30", '"12:30"'),
    ("1e3", '"1e3"'),
    ("- dash", '"- dash"'),
    ("-dash", "-dash"),
    ("@mention", '"@mention"'),
    ("*star", '"*star"'),
    ("&and", '"&and"'),
    ("!bang", '"!bang"'),
    ("{style}", '"{style}"'),
    ("50 % off", "50 % off"),
    ("%off", '"%off"'),
    ("it's", "it's"),
    ("'quoted'", "\"'quoted'\""),
    ("ça va, Zoë — 20 €", "ça va, Zoë — 20 €"),
    ("emoji 🧥", "emoji 🧥"),
    ("tab\there", '"tab\\there"'),
    ("line\nbreak", '"line\\nbreak"'),
    ("bell\x07", '"bell\\u0007"'),
    ("line\u2028mark", '"line\\U00002028mark"'),
    ("next\x85line", '"next\\U00000085line"'),
    ("https://example.com/a?b=c", "https://example.com/a?b=c"),
    ("<<", '"<<"'),
    ("=", '"="'),
]


@pytest.mark.parametrize(("value", "written"), VALUES, ids=[repr(v) for v, _ in VALUES])
def test_a_text_that_would_read_otherwise_is_quoted(value: str, written: str) -> None:
    """In place of a plain text, plain where it can be; for readers of YAML 1.1 too."""
    after = edit((("plain",), value))

    assert moved(TEXT, after)[1] == [f"plain: {written}  # see the wiki"]


@pytest.mark.parametrize("key", ["000001", "a: b", "yes", "#x", "null", "größe", "- x", "a, b"])
def test_a_key_that_would_read_otherwise_is_quoted(key: str) -> None:
    """In a block and in braces."""
    after = edit((("terms", key), {"label": "X"}), (("terms", "hr", key), "Y"))
    data = plain(yaml.read(FILE, after.encode()).data)

    assert data["terms"][key] == {"label": "X"}
    assert data["terms"]["hr"][key] == "Y"


SHARED = [
    (("anchored",), "Other", "&word"),
    (("shared", "title"), "Other", "&shared"),
]


@pytest.mark.parametrize(("place", "value", "anchor"), SHARED)
def test_what_others_share_is_not_changed_under_them(place: Place, value: str, anchor: str) -> None:
    """The edit is refused with its line, and the anchor is named."""
    with pytest.raises(Unwritable, match=f"others take it from {anchor}") as refused:
        edit((place, value))

    assert refused.value.problem.place.path == FILE
    assert refused.value.problem.place.line > 1
    assert " · " in str(refused.value)


def test_what_all_share_may_change_for_all() -> None:
    """Where every user of an anchor gets the value, it is written once, at the anchor."""
    after = edit((("anchored",), "Other"), (("alias",), "Other"))

    assert moved(TEXT, after) == (["anchored: &word Word"], ["anchored: &word Other"])


def test_what_a_base_brings_in_is_not_taken_out() -> None:
    """`<<` would bring it in again."""
    with pytest.raises(Unwritable, match="comes from <<"):
        edit((("merged", "sort"), REMOVE))


def test_the_edit_that_can_not_be_made_is_named() -> None:
    """Among several, so that the others can be made without it."""
    with pytest.raises(Unwritable) as refused:
        edit((("label",), "Fine"), (("anchored",), "Other"))

    assert [edit.place for edit in refused.value.edits] == [("anchored",)]


def test_a_comment_inside_is_not_lost() -> None:
    """A block that would go as a whole, with what somebody noted in it, stays."""
    with pytest.raises(Unwritable, match="a comment stands in the middle"):
        edit((("terms",), None))


def test_indices_mean_what_they_meant() -> None:
    """Two items taken out at once are the two that were named."""
    after = edit((("conditions", 0), REMOVE), (("conditions", 1), REMOVE))

    assert "tag" not in after.split("conditions:")[1].split("shared")[0]
    assert "  # why B\n  - {type: C}\n" in after


def test_a_file_without_a_last_line_break_keeps_none() -> None:
    """Also where something is added at its end."""
    after = edit((("b",), "2"), text="a: x")

    assert after == 'a: x\nb: "2"'


def test_a_byte_order_mark_stays() -> None:
    """What an editor of another system put before the text is not ours to take."""
    after = edit((("a",), "z"), text="\ufeff# é\na: x\n")

    assert after == "\ufeff# é\na: z\n"


def test_many_edits_at_once_are_all_made() -> None:
    """Additions at the end of a part and of the part around it, in order."""
    after = edit(
        (("terms", "it", "note"), "words"),
        (("terms", "fr"), REMOVE),
        (("terms", "de"), {"label": "Deutsch"}),
        (("label",), "Role"),
        (("new",), "x"),
    )

    assert yaml.read(FILE, after.encode()).data["terms"]["de"] == {"label": "Deutsch"}
    assert moved(TEXT, after) == (
        ['label:   "Roles"', "  fr: {label: français}"],
        ['label:   "Role"', "    note: words", "  de: {label: Deutsch}", "new: x"],
    )


def test_what_stays_keeps_its_place() -> None:
    """What comes takes the place of what leaves; the rest is added at the end."""
    assert substituted(["a", "b", "c"], ["c", "x", "a"]) == ["a", "x", "c"]
    assert substituted(["a", "b"], ["b", "x", "y"]) == ["x", "b", "y"]
    assert substituted(["a", "b"], []) == []


PLACES: list[Place] = [
    ("label",),
    ("single",),
    ("plain",),
    ("nothing",),
    ("terms", "hr", "label"),
    ("terms", "it", "label"),
    ("terms", "it", "description"),
    ("folded",),
    ("long",),
    ("roles", 1),
    ("spread", 1),
    ("conditions", 0, "tag"),
    ("conditions", 2, "type"),
    ("alias",),
    ("merged", "title"),
    ("terms", "new", "label"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=40)


@settings(max_examples=150, deadline=None)
@given(
    edits=st.dictionaries(st.sampled_from(PLACES), SCALARS, min_size=1, max_size=4),
    windows=st.booleans(),
)
def test_any_value_is_read_again_as_it_was_meant(edits: dict[Place, Any], windows: bool) -> None:
    """Whatever the value and its surrounding: the data is as edited, the comments are all there,
    and lines that hold none of the edited values are as they were."""
    text = TEXT.replace("\n", "\r\n") if windows else TEXT
    made = [Edit(FILE, place, value) for place, value in edits.items()]
    after = edited(FILE, text, made)
    meant = applied(yaml.read(FILE, text.encode()).data, made)

    assert plain(yaml.read(FILE, after.encode()).data) == meant
    assert [word for word in NOTES if word not in after] == []
    assert after.startswith("# Who it is for.")
    assert after.count("\r\n") == (after.count("\n") if windows else 0)


NOTES = ["# one shop", "# see the wiki", "# the first", "# flow", "# the last", "# in a row",
         "# first", "# why B"]  # fmt: skip
