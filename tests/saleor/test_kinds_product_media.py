"""Pictures whose answers were lost, or which the server has not fetched yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.saleor_assortment import PRODUCT, pictures
from tests.saleor.shop import Shop, shop


def _files(at: Shop) -> list[str]:
    query = "query($slug: String) { product(slug: $slug) { media { url(size: 0) } } }"
    return [m["url"].rpartition("/")[2] for m in at.raw(query, slug=PRODUCT)["product"]["media"]]


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("a.png", "a.png"),
        ("a%20b.png", "a b.png"),
        ("a%20b.png", "a20b.png"),
        ("front@2x(1).png", "front2x1.png"),
    ],
)
def test_what_was_left_behind_is_taken(tmp_path: Path, address: str, file: str) -> None:
    """A picture that was made while its answer was lost is known by what a storage keeps of its
    name, and is not made again."""
    at = shop(tmp_path)
    left = f"https://img.example/{file.replace(' ', '_')}"
    at.edit("product", PRODUCT, media=[{"mediaUrl": left}])
    at.write(pictures(None, MAIN=address))
    at.applied()

    assert len(_files(at)) == 1
    assert at.plan().is_empty


def test_a_picture_on_its_way_is_waited_for(tmp_path: Path) -> None:
    """The server may fetch a picture after it answered; it has no file's name to be known by
    until then, and a second one is not made."""
    at = shop(tmp_path)
    at.edit("product", PRODUCT, media=[{"mediaUrl": "https://img.example/a.png", "pending": True}])
    at.write(pictures(None, MAIN="a.png"))
    (failure,) = at.failures().values()
    at.edit("product", PRODUCT, media=[{"at": 0, "pending": False}])
    at.applied()

    assert "plan again later" in failure
    assert len(_files(at)) == 1


def test_a_mark_comes_last(tmp_path: Path) -> None:
    """Cut off anywhere, no two pictures have one mark: the new one has none before the old one
    has gone."""
    at = shop(tmp_path)
    at.write(pictures(None, MAIN="a.png"))
    at.applied()
    at.write(pictures(None, MAIN="b.png"))
    at.applied()

    last = at.writes[-1]
    assert last.index("productMediaReorder") < last.index("productMediaDelete")
    assert last.index("productMediaDelete") < last.index("updateMetadata")
    assert at.plan().is_empty
