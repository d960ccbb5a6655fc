"""Pictures fetched from addresses that people wrote, without being led astray.

Only `http` and `https`, only hosts that the whole internet can reach (a loopback address where
that is allowed), at most a few redirects, each looked at like the first address, and no more
bytes than a picture may have. The address that was checked is the one that is connected to: a
name that resolves otherwise a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

import anyio
import httpx

from reconciler.intent.assets import LARGEST
from reconciler.provider import PlatformError, Wire

REDIRECTS: Final = 3

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NO_PICTURE: Final = "is no address of a picture on the web"
NOT_PUBLIC: Final = "is no address of the public internet"
PUBLIC: Final = "put the picture where everybody can fetch it"
REMEDY: Final = f"{PUBLIC}, or commit it and write path:"
_HERE: Final = ipaddress.IPv4Address("127.0.0.1")


def why_unreachable(url: str, *, loopback: bool) -> str | None:
    """What an address itself says against fetching it; where a name leads shows only then."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL:
        return f"{url} {NO_PICTURE}"
    if not _is_web(place):
        return f"{url} {NO_PICTURE}"
    is_here = place.host == "localhost" or place.host.endswith(".localhost")
    address = _HERE if is_here else _literal(place.host)
    if address is None or _may_be_asked(address, loopback):
        return None
    return f"{_named(place.host, address)} {NOT_PUBLIC}"


class Unfetched(PlatformError):
    """A picture could not be fetched; the message says why, and what to do."""


class Pictures:
    """Fetches pictures. wire: carries requests instead of the network (a sandbox in the same
    process, which imagines the rest of the internet). seconds: for the whole of one picture."""

    def __init__(self, wire: Wire | None, *, loopback: bool, seconds: float) -> None:
        self._wire = wire
        self._loopback = loopback
        self._seconds = seconds

    async def fetch(self, url: str) -> bytes:
        """The content behind an address. Raises `Unfetched`."""
        try:
            with anyio.fail_after(self._seconds):
                return await self._followed(url)
        except TimeoutError:
            raise Unfetched(f"{url} did not come within {self._seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unfetched(
                f"{url} could not be fetched: {error or type(error).__name__}"
            ) from error

    async def _followed(self, url: str) -> bytes:
        place = httpx.URL(url)
        for _ in range(1 + REDIRECTS):
            answer = await self._asked(place)
            if isinstance(answer, bytes):
                return answer
            place = place.join(answer)
        raise Unfetched(f"{url} leads on and on · write the address that it ends at")

    async def _asked(self, place: httpx.URL) -> bytes | str:
        """The content, or where it is said to be instead."""
        request = await self._request(place)
        transport = self._wire or httpx.AsyncHTTPTransport()
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            response = await client.send(request, stream=True)
            try:
                if response.has_redirect_location:
                    return response.headers["Location"]
                if response.status_code != 200:
                    raise Unfetched(f"{place} answers HTTP {response.status_code}")
                return await _content(place, response)
            finally:
                await response.aclose()

    async def _request(self, place: httpx.URL) -> httpx.Request:
        if not _is_web(place):
            raise Unfetched(f"{place} {NO_PICTURE}")
        if self._wire is not None and _literal(place.host) is None:
            return httpx.Request("GET", place)
        address = await self._checked(place)
        if self._wire is not None:
            return httpx.Request("GET", place)
        return httpx.Request(
            "GET",
            place.copy_with(host=str(address)),
            headers={"Host": place.netloc.decode()},
            extensions={"sni_hostname": place.host},
        )

    async def _checked(self, place: httpx.URL) -> Address:
        """One of the host's addresses, when all of them may be asked."""
        found = await _addresses(place.host)
        for address in found:
            if not _may_be_asked(address, self._loopback):
                raise Unfetched(f"{_named(place.host, address)} {NOT_PUBLIC} · {REMEDY}")
        return found[0]


def _named(host: str, address: Address) -> str:
    """A host beside the address behind it, where these are two things."""
    return host if host == str(address) else f"{host} is {address}, which"


def _is_web(place: httpx.URL) -> bool:
    return place.scheme in ("http", "https") and bool(place.host)


def _may_be_asked(address: Address, loopback: bool) -> bool:
    return _is_public(address) or (loopback and address.is_loopback)


def _is_public(address: Address) -> bool:
    """An IPv4 address within an IPv6 one is judged as what it is."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_global


async def _content(place: httpx.URL, response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > LARGEST:
            raise Unfetched(f"{place} has more than the 20 MB that a picture may have")
        parts.append(part)
    return b"".join(parts)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


async def _addresses(host: str) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    try:
        found = await anyio.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unfetched(f"there is no host {host}: {error}") from error
    return [ipaddress.ip_address(str(place[0]).split("%")[0]) for *_, place in found]
