"""Pictures over a real connection: to a sandbox that is served, with nothing else in between."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from providers.kit.pictures import Pictures
from providers.kit.served import served
from providers.kit.store import Store
from providers.shopify.client import SANDBOX_TOKEN, Settings, writing
from providers.shopify.naming import known_as, name_for_address, name_for_content
from providers.shopify.originals import Originals, Unreadable
from providers.shopify.sandbox import ShopifySandbox
from providers.shopify.sandbox.planting import plant
from providers.shopify.sandbox.shop import Shop
from providers.shopify.storage import Refused, Storage
from providers.shopify.uploading import uploaded
from reconciler.provider import Remotes, Target
from tests.shopify.pictures import png


class Noting(ShopifySandbox):
    """Notes who showed a credential to whom."""

    def __init__(self) -> None:
        super().__init__(Store())
        self.asked: list[tuple[str, bool]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            shown = "X-Shopify-Access-Token" in request.headers
            self.asked.append((request.url.path.split("/")[1], shown))
        await super().__call__(scope, receive, send)


@contextmanager
def shop() -> Iterator[tuple[Noting, str]]:
    sandbox = Noting()
    with served(sandbox) as address:
        yield sandbox, address


def target(address: str, folder: Path) -> Target:
    return Target(
        name="shop",
        provider="shopify",
        endpoint=address,
        environment="staging",
        credentials="SHOP",
        settings=Settings(pictures_from_loopback=True),
        timeout=10,
        concurrency=4,
        requests_per_minute=None,
        sandbox=False,
        folder=folder,
    )


async def _uploaded(address: str, folder: Path, name: str, source: str) -> Any:
    async with writing(target(address, folder), None, Remotes("shop")) as session:
        return (await uploaded(session, {name: (source, "A look")}))[name]


@pytest.fixture(autouse=True)
def _credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_ADMIN_TOKEN", SANDBOX_TOKEN)


def test_a_picture_goes_to_the_storage_without_a_credential(tmp_path: Path) -> None:
    """The form is sent as it was signed; the token is for the API alone."""
    (tmp_path / "look.png").write_bytes(png(7))
    name = name_for_content("look.png", hashlib.sha256(png(7)).hexdigest())
    with shop() as (sandbox, address):
        file = anyio.run(partial(_uploaded, address, tmp_path, name, "look.png"))

    assert (file["fileStatus"], file["alt"]) == ("READY", "A look")
    assert set(sandbox.asked) == {("admin", True), ("staged-uploads", False)}


def test_a_name_that_is_taken_is_the_picture(tmp_path: Path) -> None:
    """Also where it is not among the newest files: Shopify refuses the name, and what has it is
    taken."""
    (tmp_path / "look.png").write_bytes(png(7))
    name = name_for_content("look.png", hashlib.sha256(png(7)).hexdigest())
    with shop() as (sandbox, address):
        first = anyio.run(partial(_uploaded, address, tmp_path, name, "look.png"))
        with sandbox.store.transaction():
            for number in range(60):
                plant(Shop(sandbox.store), "MediaImage", {"name": f"later_{number}.jpg"})
        again = anyio.run(partial(_uploaded, address, tmp_path, name, "look.png"))

    assert again["id"] == first["id"]


def test_a_picture_is_fetched_and_goes_on(tmp_path: Path) -> None:
    """From this machine, where the settings allow it of a shop on this machine."""
    with shop() as (_, address):
        url = f"{address}/pictures/look.png"
        name = name_for_address(url)
        file = anyio.run(partial(_uploaded, address, tmp_path, name, url))

    assert file["image"]["url"].split("?")[0].endswith(f"/{name}")


@pytest.mark.parametrize(
    ("content", "why"),
    [(png(8), "is not what was planned any more"), (b"text", "is no picture by its content")],
)
def test_what_moved_since_the_plan_is_not_uploaded(
    content: bytes, why: str, tmp_path: Path
) -> None:
    """Its name says what was planned."""
    (tmp_path / "look.png").write_bytes(content)
    name = name_for_content("look.png", hashlib.sha256(png(7)).hexdigest())
    with shop() as (sandbox, address):
        told = anyio.run(partial(_uploaded, address, tmp_path, name, "look.png"))

    assert why in told
    assert {place for place, _ in sandbox.asked} == {"admin"}


class BrokenOff(httpx.AsyncByteStream):
    """An answer of which the head came, and nothing behind it."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise httpx.ReadError("broken off")
        yield b""


@pytest.mark.parametrize(("status", "told"), [(201, None), (403, "HTTP 403: and no more")])
def test_an_answer_that_breaks_off_is_understood_by_its_head(status: int, told: str | None) -> None:
    """What the storage took lies there, and why it refused is told as far as it came."""
    wire = httpx.MockTransport(lambda request: httpx.Response(status, stream=BrokenOff()))
    to = {"url": "https://storage.test/a", "parameters": [{"name": "key", "value": "a"}]}

    async def upload() -> str | None:
        async with httpx.AsyncClient(transport=wire) as client:
            try:
                await Storage(client).upload(to, "a.png", b"a", "image/png")
            except Refused as error:
                return str(error)
        return None

    answered = anyio.run(upload)

    assert answered == (told and f"the storage answered {told}")


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    """Not the picture itself, and no folder above it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.png").write_bytes(png(1))
    desired = tmp_path / "desired"
    desired.mkdir()
    (desired / "images").symlink_to(outside)
    originals = Originals(desired, Pictures(None, loopback=False, seconds=1))

    for source in ("images/a.png", "../outside/a.png"):
        with pytest.raises(Unreadable, match="leads out of desired/ or through a link"):
            anyio.run(partial(originals.content, source))


def test_a_picture_that_was_not_pulled_is_told(tmp_path: Path) -> None:
    """Plans need the pointer alone, an apply needs the picture."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n"
    (tmp_path / "a.png").write_text(pointer)
    originals = Originals(tmp_path, Pictures(None, loopback=False, seconds=1))

    with pytest.raises(Unreadable, match="run git lfs pull"):
        anyio.run(partial(originals.content, "a.png"))


def test_a_name_says_the_same_picture_whatever_was_appended() -> None:
    """Where a name was taken Shopify appends a UUID; other names mean themselves."""
    name = name_for_content("images/The look!.JPG", "3fa9c2d1e0b4" + "0" * 52)

    assert name == "The_look_pg3fa9c2d1e0b4.jpg"
    assert known_as(name.replace(".jpg", "_f238e3b4-042c-427e-8fbd-aea73446a102.jpg")) == name
    assert known_as("look_f238e3b4-042c-427e-8fbd-aea73446a102.jpg").startswith("look_f238")
