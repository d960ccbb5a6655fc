"""A sandbox on a loopback port, over real HTTP."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import uvicorn

from providers.kit.sandbox import Sandbox

LOOPBACK: Final = "127.0.0.1"


def serve(app: Sandbox, port: int, tell: Callable[[str], None]) -> None:
    """Serve until interrupted. `tell` is called with the address once requests are taken."""
    with _listening(port) as (door, address):
        tell(address)
        uvicorn.Server(_config(app)).run(sockets=[door])


@contextmanager
def served(app: Sandbox) -> Iterator[str]:
    """Serve in a thread for as long as the block lasts; yields the address."""
    with _listening(0) as (door, address):
        server = uvicorn.Server(_config(app))
        thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def _listening(port: int) -> Iterator[tuple[socket.socket, str]]:
    """Bound before anybody is told, so that no request comes too early."""
    with socket.create_server((LOOPBACK, port)) as door:
        yield door, f"http://{LOOPBACK}:{door.getsockname()[1]}"


def _config(app: Sandbox) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=2)
