"""The emulated storage behind staged uploads takes what was signed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from providers.shopify.sandbox.shop import Shop
from providers.shopify.sandbox.staged import uploaded
from tests.shopify.emulated import Door, Emulated

CREATE = """mutation ($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
    userErrors { field message }
  }
}"""
IMAGE = {"resource": "IMAGE", "filename": "a b.png", "mimeType": "image/png"}


async def target(door: Door, **asked: str) -> Any:
    body = await door.ask(CREATE, input=[{**IMAGE, **asked}])
    return body["data"]["stagedUploadsCreate"]["stagedTargets"][0]


def form(target: Any, **changed: str) -> dict[str, str]:
    return {p["name"]: p["value"] for p in target["parameters"]} | changed


def lies(shop: Emulated, key: str) -> bytes | None:
    with shop.sandbox.store.transaction():
        return uploaded(Shop(shop.sandbox.store), key)


def test_a_form_with_all_that_was_given_is_taken() -> None:
    """The parameters as they are, then the file; it lies under its key."""
    shop = Emulated()

    async def upload(door: Door) -> tuple[int, str]:
        staged = await target(door, httpMethod="POST")
        parts = form(staged)
        answer = await door.client.post(
            staged["url"], data=parts, files={"file": ("a b.png", b"\x89PNG\r\n\r\n--x")}
        )
        return answer.status_code, parts["key"]

    status, key = shop.run(upload)

    assert status == 201
    assert lies(shop, key) == b"\x89PNG\r\n\r\n--x"


@pytest.mark.parametrize(
    "changed", [{"key": "tmp/else.png"}, {"x-goog-signature": "0"}, {"Content-Type": "text/html"}]
)
def test_what_was_not_signed_is_refused(changed: dict[str, str]) -> None:
    """Another key, signature or type: nothing is kept."""

    async def upload(door: Door) -> int:
        staged = await target(door, httpMethod="POST")
        parts = form(staged, **changed)
        answer = await door.client.post(staged["url"], data=parts, files={"file": b"x"})
        return answer.status_code

    assert Emulated().run(upload) == 403


def test_content_is_put_at_the_signed_address() -> None:
    """Without its signature the address takes nothing."""
    shop = Emulated()

    async def upload(door: Door) -> tuple[int, int, str]:
        staged = await target(door)
        bare = await door.client.put(staged["resourceUrl"], content=b"x")
        signed = await door.client.put(staged["url"], content=b"content")
        return bare.status_code, signed.status_code, staged["resourceUrl"]

    bare, signed, place = shop.run(upload)

    assert (bare, signed) == (403, 200)
    key = "tmp/" + place.split("/tmp/")[1].replace("%20", " ")
    assert lies(shop, key) == b"content"
