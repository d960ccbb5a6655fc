"""Product exports as they come: read whole, or refused with the place."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from syrupy.assertion import SnapshotAssertion

from providers.sources.shopify_csv import UnreadableExport, documents, read
from reconciler.intent.loader import files_under, load
from reconciler.intent.written import merged
from tests.vendor import SHARED

HEAD = "Handle,Title,Body (HTML),Type,Tags,Image Src,Image Position\n"
TARGETS = "shop:\n  provider: shopify\n  environment: staging\n  sandbox: true\n"

ROWS = (
    HEAD
    + 'dress,"Dress, long","A <b>dress</b>\nin two lines",Dresses,"style_Anna, new",'
    + "https://cdn.shopify.com/s/files/1/dress_hero_image.jpg?v=1,1\n"
    + "dress,,,,,https://cdn.shopify.com/s/files/1/dress%20back.jpg?v=2,2\n"
    + "dress,,,,,,\n"
    + "top,Top,,Tops,style_Ben,,\n"
)


def refused(content: bytes | str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(UnreadableExport) as caught:
        read("export.csv", raw)
    return str(caught.value)


def with_another_column(text: str) -> str:
    """The same export with a column that nobody knows, in front."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("Extra" if n == 0 else "x"), *row] for n, row in enumerate(rows))
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [ROWS, "\ufeff" + ROWS, ROWS.replace("\n", "\r\n"), with_another_column(ROWS)],
    ids=["plain", "byte order mark", "CRLF", "another column"],
)
def test_an_export_is_read_in_any_of_its_forms(content: str) -> None:
    """Several rows a product, quoted newlines, rows without a title."""
    dress, top = read("export.csv", content.encode())

    assert (dress.handle, dress.type, dress.tags) == ("dress", "Dresses", ["style_Anna", "new"])
    assert sorted(dress.images) == [1, 2]
    assert (top.type, top.images) == ("Tops", {})


BAD = {
    "missing columns": "Handle,Title\na,b\n",
    "empty": "",
    "no product": HEAD,
    "no handle": HEAD + ",Title,,Tops,,,\n",
    "bad position": HEAD + "a,A,,,,https://example.com/a.jpg,first\n",
    "unclosed quote": HEAD + 'a,"A\n',
    "handle with a space": HEAD + "a b,A,,,,,\n",
    "address that is none": HEAD + "a,A,,,,picture,1\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_export_is_refused_with_its_place(name: str, text: SnapshotAssertion) -> None:
    """File, line, what is wrong, what to do."""
    assert refused(BAD[name]) + "\n" == text


def test_what_is_no_text_is_refused() -> None:
    """A spreadsheet is not an export."""
    assert refused(b"PK\x03\x04\xff\xfe") == (
        "export.csv:1:1  is not UTF-8 text · export it again as plain CSV"
    )


def test_styles_types_and_images_become_intents() -> None:
    """Styles from tags, one collection a type, the first image as look image."""
    found = documents(read("e.csv", ROWS.encode()), "shop", "style_", "altuzarra.look_image")

    assert found["collections/styles.yaml"]["per_style"]["styles"] == ["Anna", "Ben"]
    assert list(found["collections/types.yaml"]["collections"]) == ["dresses", "tops"]
    assert found["images/shop-export.yaml"]["products"]["dress"]["images"] == {
        "MAIN": {"file": "dress_hero_image.jpg"},
        "PT01": {"file": "dress back.jpg"},
    }


def run_import(folder: Path, export: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reconciler.cli", "import", "shopify-csv", str(export)]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "desired").mkdir()
    (tmp_path / "desired" / "targets.yaml").write_text(TARGETS)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return dict(files_under(folder / "desired"))


def test_a_second_import_changes_no_byte(workspace: Path) -> None:
    """Also where somebody has written comments between the imported lines."""
    export = workspace / "export.csv"
    export.write_text(ROWS)
    first = run_import(workspace, export)
    styles = workspace / "desired" / "collections" / "styles.yaml"
    styles.write_text(styles.read_text().replace("Anna", "Anna  # our first"))
    before = contents(workspace)
    second = run_import(workspace, export)

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert contents(workspace) == before
    assert load(before).problems == ()


def test_a_later_export_adds_and_takes_nothing_away(workspace: Path) -> None:
    """A new style comes behind the others; one that vanished stays; comments stay."""
    export = workspace / "export.csv"
    export.write_text(ROWS)
    run_import(workspace, export)
    styles = workspace / "desired" / "collections" / "styles.yaml"
    styles.write_text("# Spring\n" + styles.read_text())
    export.write_text(HEAD + "coat,Coat,,Coats,style_Zoe,,\n")
    run_import(workspace, export)
    told = styles.read_text()

    assert told.startswith("# Spring\n")
    assert [name for name in ("Anna", "Ben", "Zoe") if f"- {name}" in told] == [
        "Anna",
        "Ben",
        "Zoe",
    ]


@pytest.mark.parametrize("name", ["apparel.csv", "jewelery.csv"])
def test_real_exports_become_valid_intents(workspace: Path, name: str) -> None:
    """Real files: imported, valid by the program's own check, and unchanged by a second import."""
    export = SHARED / "data" / "shopify-csv" / name
    if not export.exists():
        pytest.skip(f"{name} is not beside this checkout")
    told = json.loads(run_import(workspace, export, "--json").stdout)
    before = contents(workspace)
    again = json.loads(run_import(workspace, export, "--json").stdout)

    assert told["products"] > 5
    assert told["written"]
    assert again["written"] == []
    assert contents(workspace) == before
    assert load(before).problems == ()


def test_a_refused_import_writes_nothing(workspace: Path) -> None:
    """Exit 3, the problem on stderr, no file touched."""
    export = workspace / "export.csv"
    export.write_text(BAD["missing columns"])
    before = contents(workspace)
    told = run_import(workspace, export)

    assert told.returncode == 3
    assert "the columns Tags, Type, Image Src, Image Position are missing" in told.stderr
    assert contents(workspace) == before


def test_styles_that_come_to_one_handle_are_refused(workspace: Path) -> None:
    """Two tags, one collection: nothing is written that could not be planned."""
    export = workspace / "export.csv"
    export.write_text(HEAD + 'a,A,,,"style_X Y, style_X_Y",,\n')
    before = contents(workspace)
    told = run_import(workspace, export)

    assert told.returncode == 3
    assert "come to one handle" in told.stderr
    assert contents(workspace) == before


def test_what_stands_in_the_files_stays(workspace: Path) -> None:
    """A look metafield that somebody chose is not overwritten; one that is none is refused."""
    export = workspace / "export.csv"
    export.write_text(ROWS)
    run_import(workspace, export)
    before = contents(workspace)
    other = run_import(workspace, export, "--look", "other.look")
    wrong = run_import(workspace, export, "--look", "nonsense")

    assert (other.returncode, wrong.returncode) == (0, 2)
    assert contents(workspace) == before


def test_merging_the_same_again_returns_the_same_text() -> None:
    """Quotes, comments, anchors, folded lists and line ends are somebody's, and stay."""
    text = dedent("""\
        # about
        targets: [shop]   # one
        a: &x {b: "1"}
        c: *x
        list:
          - 'one'
        """)

    assert merged(text, {"targets": ["shop"], "list": ["one"]}) is text
    assert merged(text.replace("\n", "\r\n"), {"list": ["two"]}).count("\r\n") == 7
    assert '{b: "1"}' in merged(text, {"list": ["two"]})
