"""Pictures of image changes: what goes and what comes, the public ones, asked for by nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from reconciler.model.change import Pictures
from reconciler.site import Site
from tests.contract import plytix, shopify
from tests.workshop import Workshop


def seen(shop: Workshop, kind: str) -> list[Pictures | None]:
    return [c.pictures for c in shop.plan().changes if c.address.kind == kind]


def test_pictures_of_uploads_galleries_and_thumbnails(tmp_path: Path) -> None:
    """An upload shows what will be fetched; a gallery what goes, as the platform shows it, and
    what comes; a new name shows its image on both sides."""
    shop = Workshop(tmp_path, "plytix", "pim", {"adopt": True})
    shop.write(plytix.documents(MAIN=plytix.ASSET, PT01=plytix.OTHER))
    url = f"{plytix.HOST}/{plytix.ASSET}"
    uploads, (gallery,) = seen(shop, "asset"), seen(shop, "gallery")

    assert Pictures((), (url,)) in uploads
    assert gallery == Pictures((), (url, f"{plytix.HOST}/{plytix.OTHER}"))
    shop.apply()
    shop.write(plytix.documents(MAIN=plytix.OTHER))
    (renamed,), (gallery,) = filter(None, seen(shop, "asset")), seen(shop, "gallery")
    assert renamed.before == renamed.after
    assert gallery is not None
    assert len(gallery.before) == 1
    assert gallery.before[0].startswith("https://files.plytix.com/")


def test_pictures_of_file_references(tmp_path: Path) -> None:
    """The file that a metafield refers to, and the one that it shall refer to; of a product
    that is a draft none, since nobody outside has seen it."""
    case = next(case for case in shopify.CASES if case.variant == "file")
    shop = Workshop(tmp_path, "shopify", "shop")
    shop.write(case.states[0])
    (created,) = seen(shop, "metafield")
    shop.apply()
    shop.write(case.states[1])
    (moved,) = seen(shop, "metafield")
    shop.edit("product", shopify.HANDLE, status="DRAFT")

    assert created is not None
    assert created.before == ()
    assert moved is not None
    assert moved.before == created.after != moved.after
    assert all(url.startswith("https://") for url in (*moved.before, *moved.after))
    assert seen(shop, "metafield") == [None]


def test_pictures_that_are_not_public_are_not_told(tmp_path: Path) -> None:
    """A URL that is signed is written to the platform, and stands in no comment."""
    shop = Workshop(tmp_path, "plytix", "pim", {"adopt": True})
    document = plytix.images(MAIN=plytix.ASSET).replace('.jpg"', '.jpg?token=s3cret"')
    shop.write({"images/pim.yaml": document})
    changes = shop.plan().changes

    assert any(c.after and "token=s3cret" in str(c.after.spec) for c in changes)
    assert {c.pictures for c in changes} == {None}


class Terse(httpx.AsyncBaseTransport):
    """A Plytix whose searches for assets know no column for pictures."""

    def __init__(self, inner: httpx.AsyncBaseTransport, refused: list[str]) -> None:
        self._inner, self._refused = inner, refused

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content or b"{}").get("attributes", ())
        if request.url.path.endswith("/assets/search") and "thumbnail" in asked:
            self._refused.append(request.url.path)
            errors = [{"field": "thumbnail", "msg": "unknown field"}]
            error = {"error": {"msg": "Schema validation error", "errors": errors}}
            return httpx.Response(422, json=error, request=request)
        return await self._inner.handle_async_request(request)


@dataclass
class TerseWorkshop(Workshop):
    def _counted(self, site: Site) -> Site:
        near = super()._counted(site)
        self.refused: list[str] = []

        def wire() -> httpx.AsyncBaseTransport:
            inner = near.wire()
            assert inner is not None
            return Terse(inner, self.refused)

        return replace(near, wire=wire)


def test_a_platform_that_tells_no_pictures_is_read_without_them(tmp_path: Path) -> None:
    """That Plytix's search tells where assets are to be seen is nowhere documented: refused, it
    is asked without, once a session; nothing but live pictures is missing then."""
    shop = TerseWorkshop(tmp_path, "plytix", "pim", {"adopt": True})
    shop.write(plytix.documents(MAIN=plytix.ASSET, PT01=plytix.OTHER))
    shop.apply()
    refused = len(shop.refused)
    shop.write(plytix.documents(MAIN=plytix.OTHER))
    pictures = seen(shop, "gallery")

    assert refused == 2
    assert pictures == [None]
