"""Bad files: every problem of all of them, with its place, its cause and its remedy."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.intent.loader import load
from reconciler.model.problem import in_order

TARGETS = """\
shop:
  provider: shopify
  environment: staging
  sandbox: true
"""

TAXONOMY = """\
targets: [shop]
taxonomy: role
label: Role
input: dropdown
"""

BAD = {
    "unknown-field": TAXONOMY + "lable: Role\n",
    "unknown-field-inside": TAXONOMY + "terms:\n  hr: {label: HR, lable: x}\n",
    "wrong-type": TAXONOMY + "terms: [hr, it]\n",
    "unquoted-number": TAXONOMY.replace("Role", "000001"),
    "number-where-text-is-meant": TAXONOMY.replace("Role", "42"),
    "unquoted-date": TAXONOMY.replace("Role", "2026-02-30"),
    "duplicate-key": TAXONOMY + "label: Again\n",
    "not-snake-case": TAXONOMY + "terms:\n  Sales-SDR: {label: Sales}\n",
    "not-one-of": TAXONOMY.replace("dropdown", "dropdwn"),
    "missing-field": "targets: [shop]\ntaxonomy: role\ninput: dropdown\n",
    "unknown-target": TAXONOMY.replace("[shop]", "[shp]"),
    "no-target": TAXONOMY.replace("[shop]", "[]"),
    "empty-file": "",
    "only-a-comment": "# nothing yet\n",
    "a-list": "- a\n- b\n",
    "tab": "targets: [shop]\ntaxonomy:\n\tx: y\n",
    "two-documents": TAXONOMY + "---\n" + TAXONOMY,
    "unclosed": "targets: [shop\n",
    "undefined-alias": TAXONOMY + "terms: *nowhere\n",
    "self-containing": TAXONOMY + "terms: &x\n  a: *x\n",
    "python-tag": TAXONOMY.replace("Role", "!!python/object:os.system x"),
    "number-as-key": TAXONOMY + "terms:\n  1: {label: One}\n",
    "control-character": TAXONOMY.replace("Role", "Ro\x07le"),
}


IMAGES = "targets: [shop]\ninto: {media: true}\nproducts:\n  gown:\n"
CONDITION = "targets: [shop]\ncollections:\n  a:\n    title: A\n    rules:\n      conditions:\n"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "collections/a.yaml",
            "targets: [shop]\nper_style:\n  styles: [Gown]\n  handle: '{slug}'\n"
            "  collection: {title: A, products: [a]}\n  overrides:\n    Gwon: {title: B}\n",
            "7:5  Gwon is overridden, and is not among the styles · add it to styles, or",
        ),
        (
            "collections/a.yaml",
            "targets: [shop]\ncollections:\n  a:\n    title: A\n    products:\n      - gown\n"
            "      - cape\n      - gown\n",
            "8:9  gown is said a second time · keep one of the two",
        ),
        (
            "collections/a.yaml",
            CONDITION + "        - tag: a\n      excluding: {products: [gown, gown]}\n",
            "8:36  gown is said a second time · keep one of the two",
        ),
        (
            "images/a.yaml",
            IMAGES + "    images:\n      MAIN: {file: a.jpg}\n    thumbnail: LOOK\n",
            "7:5  the thumbnail is LOOK, which is not among the images · name one of MAIN",
        ),
        (
            "images/a.yaml",
            IMAGES + "    images:\n      MAIN: {path: ../a.jpg}\n",
            "6:14  '../a.jpg' does not fit products.gown.images.MAIN.path · write the way down",
        ),
        (
            "bundles/a.yaml",
            "targets: [shop]\nbundles:\n  set:\n    components: [a]\n    quantities:\n      b: 2\n",
            "6:7  b has a quantity, and is not among the components · add it to components",
        ),
        (
            "collections/a.yaml",
            CONDITION + "        - inventory: 3\n          relation: contains\n",
            "8:11  a condition on inventory can not ask contains · write is, greater_than",
        ),
        (
            "collections/a.yaml",
            CONDITION + "        - tag: a\n          below: true\n",
            "8:11  below goes with category · take it out",
        ),
    ],
)
def test_what_parts_say_against_one_another_is_told_at_the_part(
    path: str, text: str, told: str
) -> None:
    """Not at the beginning of what holds them both."""
    files = {"desired/targets.yaml": TARGETS.encode(), f"desired/{path}": text.encode()}
    (problem,) = load(files).problems

    assert str(problem).startswith(f"desired/{path}:{told}")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("2026-02-30", "there is no such day as 2026-02-30 · correct it, or quote it if"),
        ("2026-02-30T10:00:00Z", "there is no such day as 2026-02-30T10:00:00Z · correct it"),
        ("!!timestamp soon", "there is no such day as soon"),
        ("2026-9-1 10:00:00", 'that ISO 8601 knows · quote it: "2026-9-1 10:00:00"'),
        ("2026-09-01t10:00:00 +2", 'that ISO 8601 knows · quote it: "2026-09-01t10:00:00 +2"'),
    ],
)  # fmt: skip
def test_a_date_is_told_in_the_form_that_is_taken(said: str, words: str) -> None:
    """No remedy leads to the next problem."""
    assert words in loaded("role", TAXONOMY.replace("Role", said).encode())


def test_a_picture_elsewhere_is_to_move() -> None:
    """It is no document that was called by a wrong name."""
    files = {"desired/targets.yaml": TARGETS.encode(), "desired/pictures/a.png": b"\x89PNG"}
    (problem,) = load(files).problems

    assert str(problem) == (
        "desired/pictures/a.png:1:1  a picture stands in desired/images/ only · move it there"
    )


def loaded(name: str, content: bytes) -> str:
    """What is said of one bad taxonomy beside a good target."""
    files = {"desired/targets.yaml": TARGETS.encode(), f"desired/taxonomies/{name}.yaml": content}
    return "".join(f"{problem}\n" for problem in in_order(load(files).problems))


@pytest.mark.parametrize("name", BAD)
def test_each_bad_file_is_explained(name: str, text: SnapshotAssertion) -> None:
    """One line a problem: place, what is wrong, what to do."""
    assert loaded(name, BAD[name].encode()) == text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("latin", TAXONOMY.replace("Role", "Rôle").encode("latin-1")),
        ("binary", b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("null", b"label: a\0b\n"),
    ],
    ids=["latin", "binary", "null"],
)
def test_what_is_no_text_is_explained(name: str, content: bytes, text: SnapshotAssertion) -> None:
    """Binary and wrongly encoded files are named with the line where it shows."""
    assert loaded(name, content) == text


def test_an_alias_bomb_is_refused_quickly() -> None:
    """Nine levels of nine aliases would be 387 million parts; it is told within a second."""
    lines = ["a0: &a0 {x: y}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    started = time.process_time()
    told = loaded("bomb", "\n".join(lines).encode())

    assert "comes to more than 200,000 parts" in told
    assert time.process_time() - started < 5


def test_problems_of_all_files_are_told_together(text: SnapshotAssertion) -> None:
    """A bad target, a bad folder, a bad ending and bad intents: all in one go, in order."""
    files = {
        "desired/targets.yaml": b"shop:\n  provider: shopify\n  enviroment: staging\n",
        "desired/taxonomie/role.yaml": TAXONOMY.encode(),
        "desired/taxonomies/a.yaml": BAD["unknown-field"].encode(),
        "desired/taxonomies/b.yml": TAXONOMY.encode(),
        "desired/loose.yaml": TAXONOMY.encode(),
        "desired/metafields/m.yaml": dedent("""\
            targets: [shop]
            namespace: altuzarra
            selectors:
              - products: {type: Dresses, tag: x}
                set: {size_guide: page}
            """).encode(),
        "desired/images/i.yaml": dedent("""\
            targets: [shop]
            into: {look: altuzarra.look_image}
            products:
              dress:
                look: HERO
                images: {MAIN: {file: a.jpg, url: "https://example.com/a.jpg"}}
            """).encode(),
    }
    told = "".join(f"{problem}\n" for problem in in_order(load(files).problems))

    assert told == text


def test_no_targets_file_is_said() -> None:
    """A workspace without targets has nothing to plan."""
    (problem, *_) = load({"desired/taxonomies/role.yaml": TAXONOMY.encode()}).problems

    assert str(problem).startswith("desired/targets.yaml:1:1  there is no targets file")


def test_good_files_have_places() -> None:
    """An intent knows the line and column of its parts."""
    files = {
        "desired/targets.yaml": TARGETS.encode(),
        "desired/taxonomies/role.yaml": (TAXONOMY + "terms:\n  hr: {label: HR}\n").encode(),
    }
    desired = load(files)
    (intent,) = desired.intents

    assert desired.problems == ()
    assert str(intent.at("terms", "hr", "label")) == "desired/taxonomies/role.yaml:6:8"
    assert str(intent.at("terms", "nowhere")) == "desired/taxonomies/role.yaml:5:1"


def test_anchors_and_merge_keys_are_followed() -> None:
    """`<<` brings in an anchored mapping; the mapping's own keys win."""
    content = TAXONOMY + dedent("""\
        terms:
          hr: &base {label: HR, description: People}
          it: {<<: *base, label: IT}
        """)
    (intent,) = load(
        {"desired/targets.yaml": TARGETS.encode(), "desired/taxonomies/r.yaml": content.encode()}
    ).intents

    assert intent.model_dump(exclude_defaults=True)["terms"]["it"] == {
        "label": "IT",
        "description": "People",
    }


def test_windows_files_are_read() -> None:
    """A byte order mark and CRLF line ends change nothing."""
    content = b"\xef\xbb\xbf" + TAXONOMY.replace("\n", "\r\n").encode()

    assert loaded("windows", content) == ""


SOURCES = "- {source: shopify-csv, file: exports/products.csv, target: shop}\n"
BAD_SOURCES = [
    ("source: shopify-csv\n", "is not a list"),
    (SOURCES.replace("shopify-csv", "shopify-cvs"), "write one of 'shopify-csv'"),
    (SOURCES.replace("file:", "fle:"), "did you mean file?"),
    (SOURCES.replace("}", ", look: nowhere}"), "write namespace.key, like custom.look_image"),
]


def test_sources_are_read() -> None:
    """A list beside targets.yaml, with defaults."""
    (source,) = load(
        {"desired/targets.yaml": b"{}", "desired/sources.yaml": SOURCES.encode()}
    ).sources

    assert (source.file, source.target, source.images) == ("exports/products.csv", "shop", True)


@pytest.mark.parametrize(("text", "words"), BAD_SOURCES)
def test_wrong_sources_are_told_at_their_line(text: str, words: str) -> None:
    """With the remedy, as in any other file."""
    told = load({"desired/targets.yaml": b"{}", "desired/sources.yaml": text.encode()}).problems

    assert any(words in str(p) and p.place.path == "desired/sources.yaml" for p in told), told
