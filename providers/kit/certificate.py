"""A certificate for loopback, made on the fly, and the authority's that clients are to trust.

Private keys stay in memory. OpenSSL reads the server's from a file only, which trustme makes for
that moment, for its owner alone, and removes.
"""

from __future__ import annotations

import importlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.model.errors import PlanogramError


@dataclass(frozen=True, slots=True)
class Certificate:
    """context: what a server shows it with; authority: whom its clients trust, as PEM."""

    context: ssl.SSLContext
    authority: bytes


def certify(*names: str) -> Certificate:
    """A new authority's word for a server of these names and addresses.

    Raises PlanogramError where trustme is not installed.
    """
    authority = _trustme().CA(organization_name="Planogram sandbox")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return Certificate(context, authority.cert_pem.bytes())


@contextmanager
def lent(certificate: Certificate, file: Path) -> Iterator[Path]:
    """The authority's certificate stands in the file for as long as the block lasts."""
    file.write_bytes(certificate.authority)
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _trustme() -> Any:
    """It brings cryptography, which is large, and is imported here alone."""
    try:
        return importlib.import_module("trustme")
    except ImportError as error:
        raise PlanogramError(
            "--tls needs trustme, which is not installed"
            " · pip install 'planogram[tls]', or serve without --tls"
        ) from error
