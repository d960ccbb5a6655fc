"""Pictures are fetched from the public internet, and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from providers.kit.pictures import Pictures, Unfetched
from providers.kit.served import served


class Web:
    """A small site on this machine."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(Request(scope))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        path = request.url.path
        if path == "/to-private.png":
            return RedirectResponse("http://10.1.2.3/a.png")
        if path == "/to-file.png":
            return RedirectResponse("file:///etc/passwd")
        if path == "/round.png":
            return RedirectResponse("/round.png")
        if path == "/nowhere.png":
            return Response(status_code=302)
        if path == "/to-port.png":
            return Response(status_code=302, headers={"Location": "https://a.example:port/x.png"})
        if path == "/moved.png":
            return RedirectResponse("/here.png")
        if path == "/large.png":
            return Response(b"x" * (21 * 1024 * 1024))
        return Response(f"seen as {request.headers['host']}")


def fetched(path: str, *, loopback: bool = True) -> bytes:
    with served(Web()) as address:
        pictures = Pictures(None, loopback=loopback, seconds=10)
        return anyio.run(partial(pictures.fetch, f"{address}{path}"))


def told(fetch: Callable[[], bytes]) -> str:
    with pytest.raises(Unfetched) as caught:
        fetch()
    return str(caught.value)


def test_loopback_is_fetched_from_where_that_is_allowed() -> None:
    """The host that was asked for is told to the server, redirects are followed."""
    assert fetched("/moved.png").startswith(b"seen as 127.0.0.1:")


def test_loopback_is_refused_otherwise() -> None:
    """As every address that only this machine or its neighbours reach."""
    assert "no address of the public internet" in told(lambda: fetched("/a.png", loopback=False))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/to-private.png", "10.1.2.3 is no address of the public internet"),
        ("/to-file.png", "is no address of a picture on the web"),
        ("/round.png", "leads on and on"),
        ("/nowhere.png", "answers HTTP 302"),
        ("/to-port.png", "Invalid port"),
        ("/large.png", "has more than the 20 MB"),
    ],
)
def test_a_site_can_not_lead_astray(path: str, why: str) -> None:
    """Each redirect is looked at like the first address; no more is read than a picture has."""
    assert why in told(lambda: fetched(path))


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
        "0.0.0.0",
    ],
)
def test_private_hosts_are_refused_before_anything_is_sent(host: str) -> None:
    """By what their name means, not by what it says."""
    pictures = Pictures(None, loopback=False, seconds=10)

    why = told(lambda: anyio.run(partial(pictures.fetch, f"http://{host}/a.png")))
    assert "no address of the public internet" in why


@pytest.mark.parametrize(
    "url", ["https://a.example:port/x.png", "http://[::1/x.png", "https://a\x00.example/x.png"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    """As a picture that can not be fetched, not as a fault."""
    pictures = Pictures(None, loopback=False, seconds=10)

    assert "could not be fetched" in told(lambda: anyio.run(partial(pictures.fetch, url)))


def test_in_one_process_no_name_is_looked_up() -> None:
    """A sandbox's own wire carries it; a bare private address is refused all the same."""
    wire = httpx.MockTransport(lambda request: httpx.Response(200, content=b"imagined"))
    pictures = Pictures(wire, loopback=False, seconds=10)

    assert anyio.run(partial(pictures.fetch, "https://pictures.example.com/a.png")) == b"imagined"
    assert "public" in told(lambda: anyio.run(partial(pictures.fetch, "http://10.0.0.1/a.png")))
