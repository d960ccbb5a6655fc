"""A sandbox on a loopback port, over real HTTP or HTTPS."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from providers.kit.certificate import Certificate

LOOPBACK: Final = "127.0.0.1"


def serve(
    app: ASGIApp, port: int, tell: Callable[[str], None], certificate: Certificate | None = None
) -> None:
    """Serve until interrupted. `tell` is called with the address once requests are taken.

    To be terminated is to be interrupted: the caller still puts away what it lent.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _listening(port, certificate) as (door, address):
        tell(address)
        uvicorn.Server(_config(app, certificate)).run(sockets=[door])


@contextmanager
def served(app: ASGIApp, certificate: Certificate | None = None) -> Iterator[str]:
    """Serve in a thread for as long as the block lasts; yields the address."""
    with _listening(0, certificate) as (door, address):
        server = uvicorn.Server(_config(app, certificate))
        thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def _listening(port: int, certificate: Certificate | None) -> Iterator[tuple[socket.socket, str]]:
    """Bound before anybody is told, so that no request comes too early."""
    scheme = "https" if certificate else "http"
    with socket.create_server((LOOPBACK, port)) as door:
        yield door, f"{scheme}://{LOOPBACK}:{door.getsockname()[1]}"


def _config(app: ASGIApp, certificate: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=2,
        ssl_context_factory=(lambda *_: certificate.context) if certificate else None,
    )
