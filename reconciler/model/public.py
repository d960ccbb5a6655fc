"""What everybody may see: a picture's address that may stand in a comment."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, urlsplit

_LOCAL_NAMES: Final = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_RESERVED_NAMES: Final = (".test", ".invalid", ".onion")

_SECRET: Final = re.compile(
    r"sig|token|expir|secret|credential|password|passwd|auth|hmac|policy|key|jwt|session|preview"
    r"|^x-(amz|goog|ms|oss|cos)-|^(se|st|sp|sv|sr|skoid|e|exp|hash|hdnts|hdnea)$",
    re.IGNORECASE,
)
"""Names of parameters by which an address is opened to its holder only, or for a while."""


def is_public(url: str) -> bool:
    """Whether an address leads to what anybody may see, for as long as it is there: https, a
    public host name, no user name and no parameter that signs or expires."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or not host or port not in (None, 443) or not url.isprintable():
        return False
    if parts.username is not None or parts.password is not None or " " in url:
        return False
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    return is_public_name(host) and not any(map(_SECRET.search, names))


def is_public_name(host: str) -> bool:
    """Whether a host name is one that the world resolves. Addresses by number are none.

    Resolvers read 127.1, 0x7f.1 and 2130706433 as addresses too: a last label that is a number
    names no public host.
    """
    name = host.rstrip(".").lower()
    try:
        ip_address(name)
    except ValueError:
        last = name.rpartition(".")[2]
        is_number = last.isdigit() or last.startswith("0x")
        return "." in name and not is_number and not name.endswith(_LOCAL_NAMES + _RESERVED_NAMES)
    return False
