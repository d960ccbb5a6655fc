"""Two doors on loopback that stay open for all tests: GitHub's own, and that of the artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from providers.kit.served import served
from tests.github.emulated import GitHub


@dataclass
class Door:
    """An address, behind which stands now one app and now another."""

    app: ASGIApp | None = None
    address: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, f"nobody is at home at {self.address}"
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Doors:
    """Opening and closing a server takes longer than most tests."""

    front: Door
    side: Door

    @contextmanager
    def showing(self, github: GitHub) -> Iterator[None]:
        """This GitHub answers for as long as the block lasts."""
        github.web_url, github.blobs.address = self.front.address, self.side.address
        self.front.app, self.side.app = github.asgi(), github.blobs.app
        try:
            yield
        finally:
            self.front.app = self.side.app = None


@contextmanager
def opened() -> Iterator[Doors]:
    """Both doors, for as long as the block lasts."""
    doors = Doors(Door(), Door())
    with served(doors.front) as doors.front.address, served(doors.side) as doors.side.address:
        yield doors
