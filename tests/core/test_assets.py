"""Pictures beside the documents: known by their content, wherever it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.intent.assets import Asset, asset, pointer
from reconciler.intent.images import Images
from reconciler.intent.loader import Desired, files_under, load
from tests.shopify.pictures import png

TARGETS = "shop: {provider: shopify, environment: staging, sandbox: true}\n"
LFS = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


def desired(folder: Path, path: str, content: bytes | None) -> Desired:
    """What is read of a document that names a picture."""
    root = folder / "desired"
    (root / "images").mkdir(parents=True, exist_ok=True)
    (root / "targets.yaml").write_text(TARGETS)
    (root / "images" / "i.yaml").write_text(
        "targets: [shop]\ninto: {media: true}\nproducts:\n"
        f"  gown:\n    images:\n      MAIN: {{path: '{path}'}}\n"
    )
    if content is not None:
        (root / path).write_bytes(content)
    return load(files_under(root))


def test_a_picture_is_known_by_its_content(tmp_path: Path) -> None:
    """Of the working tree, of another commit, and where only git-lfs knows it."""
    (tmp_path / "a.png").write_bytes(png(1))
    here = asset(pointer(tmp_path / "a.png"))

    assert here == asset(png(1))
    assert here is not None
    assert here.sort == "png"
    assert asset(LFS.encode()) == Asset(LFS.split(":")[2].split("\n")[0], 12345)


def test_a_document_has_the_pictures_that_it_names(tmp_path: Path) -> None:
    """They are no documents themselves."""
    read = desired(tmp_path, "images/a.png", png(1))
    (document,) = read.intents.of(Images)

    assert read.problems == ()
    assert document.asset("images/a.png") == asset(png(1))


def test_a_document_moves_with_its_pictures(tmp_path: Path) -> None:
    """A picture that was replaced under its name is a change of the document that shows it."""
    digests = [
        next(desired(tmp_path, "images/a.png", png(red)).intents.of(Images)).digest_of()
        for red in (1, 1, 2)
    ]

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("path", "content", "cause"),
    [
        ("images/a.png", None, "there is no images/a.png under desired/"),
        ("images/a.png", b"", "is empty, or a link"),
        ("images/a.jpg", png(1), "is a png by its content"),
        ("images/a.png", b"<svg/>", "is no picture by its content"),
        ("images/a.tiff", None, "is not called like a picture"),
        ("../a.png", None, "does not fit"),
        ("/etc/a.png", None, "does not fit"),
        ("images/../../a.png", None, "does not fit"),
    ],
)
def test_what_is_wrong_with_a_picture_is_told_at_its_place(
    path: str, content: bytes | None, cause: str, tmp_path: Path
) -> None:
    """Nothing outside of desired/, nothing missing, nothing that is called otherwise."""
    (problem,) = desired(tmp_path, path, content).problems

    assert cause in str(problem)
    assert str(problem).startswith("desired/images/i.yaml:6:")


def test_a_link_is_no_picture(tmp_path: Path) -> None:
    """It may lead to what nobody meant to publish."""
    (tmp_path / "secret.png").write_bytes(png(1))
    (tmp_path / "desired" / "images").mkdir(parents=True)
    (tmp_path / "desired" / "images" / "a.png").symlink_to(tmp_path / "secret.png")
    (problem,) = desired(tmp_path, "images/a.png", None).problems

    assert "is empty, or a link" in str(problem)
