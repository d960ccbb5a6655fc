"""The emulated shop's files: uploaded, processed a moment later, shown in galleries."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.shopify.emulated import Door, Emulated
from tests.shopify.pictures import png

STAGE = """mutation ($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
  }
}"""
CREATE = """mutation ($files: [FileCreateInput!]!) {
  fileCreate(files: $files) { files { id fileStatus } userErrors { field message code } }
}"""
UPDATE = """mutation ($files: [FileUpdateInput!]!) {
  fileUpdate(files: $files) { files { id } userErrors { field message code } }
}"""
READ = """query ($id: ID!) {
  node(id: $id) {
    ... on MediaImage {
      alt fileStatus fileErrors { code message } image { url width height }
    }
  }
}"""
GALLERY = """{ productByIdentifier(identifier: {handle: "play-bag-tan"}) {
  id media(first: 10) { nodes { id } } } }"""
REORDER = """mutation ($id: ID!, $moves: [MoveInput!]!) {
  productReorderMedia(id: $id, moves: $moves) { job { id done } mediaUserErrors { message } }
}"""


async def uploaded(door: Door, name: str, content: bytes | None) -> str:
    """The address under which a content was staged; None uploads nothing."""
    asked = {"resource": "IMAGE", "filename": name, "mimeType": "image/png", "httpMethod": "POST"}
    (target,) = (await door.ask(STAGE, input=[asked]))["data"]["stagedUploadsCreate"][
        "stagedTargets"
    ]
    if content is not None:
        form = {p["name"]: p["value"] for p in target["parameters"]}
        await door.client.post(target["url"], data=form, files={"file": (name, content)})
    return str(target["resourceUrl"])


async def created(door: Door, name: str, source: str, **more: Any) -> Any:
    file = {"originalSource": source, "filename": name, "contentType": "IMAGE", **more}
    return (await door.ask(CREATE, files=[file]))["data"]["fileCreate"]


async def seen(door: Door, id_: str) -> Any:
    return (await door.ask(READ, id=id_))["data"]["node"]


def test_an_image_is_processed_a_moment_after_it_came() -> None:
    """UPLOADED, PROCESSING, READY: only then it has an address, at which it is served."""

    async def upload(door: Door) -> list[Any]:
        source = await uploaded(door, "look.png", png(200))
        (file,) = (await created(door, "look.png", source, alt="A look"))["files"]
        before = await seen(door, file["id"])
        await anyio.sleep(2)
        after = await seen(door, file["id"])
        served = await door.client.get(after["image"]["url"])
        return [file["fileStatus"], before, after, served.content]

    status, before, after, content = Emulated().run(upload)

    assert (status, before["fileStatus"], before["image"]) == ("UPLOADED", "PROCESSING", None)
    assert (after["fileStatus"], after["alt"], after["image"]["width"]) == ("READY", "A look", 1)
    assert "/files/look.png?" in after["image"]["url"]
    assert content == png(200)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no image at all", "IMAGE_PROCESSING_FAILURE"),
        (None, "IMAGE_DOWNLOAD_FAILURE"),
        (png(side=5000), "INVALID_IMAGE_RESOLUTION"),
    ],
)
def test_what_is_no_image_fails_a_moment_later(content: bytes | None, code: str) -> None:
    """What was uploaded is looked at after the answer; why it failed is told by the file."""

    async def upload(door: Door) -> Any:
        source = await uploaded(door, "look.png", content)
        (file,) = (await created(door, "look.png", source))["files"]
        await anyio.sleep(2)
        return await seen(door, file["id"])

    file = Emulated().run(upload)

    assert (file["fileStatus"], file["image"]) == ("FAILED", None)
    assert [error["code"] for error in file["fileErrors"]] == [code]


def test_a_name_is_taken_once() -> None:
    """A second file of a name gets another one, or is refused where that was asked for."""

    async def twice(door: Door) -> list[Any]:
        source = await uploaded(door, "look.png", png(1))
        await created(door, "look.png", source)
        await anyio.sleep(2)
        (again,) = (await created(door, "look.png", source))["files"]
        refused = await created(door, "look.png", source, duplicateResolutionMode="RAISE_ERROR")
        await anyio.sleep(2)
        return [await seen(door, again["id"]), refused]

    again, refused = Emulated().run(twice)

    assert "/files/look_" in again["image"]["url"]
    assert [error["code"] for error in refused["userErrors"]] == ["FILENAME_ALREADY_EXISTS"]


def test_a_gallery_shows_files_in_an_order() -> None:
    """References put files at its end, moves are carried out one after another by a job."""
    shop = Emulated()
    shop.edit("product", "play-bag-tan", media=["home_banner.jpg"])
    ids = {
        name: shop.data(
            "query ($q: String) { files(first: 1, query: $q) { nodes { id } } }",
            q=f'filename:"{name}"',
        )["files"]["nodes"][0]["id"]
        for name in ("home_banner.jpg", "S226_8301-000001_swatch.jpg")
    }

    async def arranged(door: Door) -> list[list[str]]:
        product = (await door.ask(GALLERY))["data"]["productByIdentifier"]["id"]
        swatch = ids["S226_8301-000001_swatch.jpg"]
        await door.ask(UPDATE, files=[{"id": swatch, "referencesToAdd": [product]}])
        added = await _gallery(door)
        await door.ask(REORDER, id=product, moves=[{"id": swatch, "newPosition": "0"}])
        soon = await _gallery(door)
        await anyio.sleep(2)
        later = await _gallery(door)
        await door.ask(UPDATE, files=[{"id": swatch, "referencesToRemove": [product]}])
        return [added, soon, later, await _gallery(door)]

    added, soon, later, removed = shop.run(arranged)
    banner, swatch = ids.values()

    assert added == soon == [banner, swatch]
    assert (later, removed) == ([swatch, banner], [banner])
    assert shop.run(lambda door: seen(door, swatch))["fileStatus"] == "READY"


async def _gallery(door: Door) -> list[str]:
    nodes = (await door.ask(GALLERY))["data"]["productByIdentifier"]["media"]["nodes"]
    return [node["id"] for node in nodes]
