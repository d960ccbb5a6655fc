"""Access tokens: JWTs of the auth host, that lapse and name the account's rate limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, Final

Account = dict[str, Any]

EPOCH: Final = 1_790_000_000
"""The calendar's second at which the event loop's clock stands at zero."""


def instant(now: float) -> str:
    """A moment of the loop's clock, as the API writes timestamps."""
    return datetime.fromtimestamp(EPOCH + now, UTC).isoformat(timespec="microseconds")


def mint(account: Account, now: float) -> str:
    """A token for the account, signed with its password: a new password revokes it."""
    issued = int(EPOCH + now)
    claims = {
        "iat": issued,
        "exp": issued + int(account["token_seconds"]),
        "user_claims": {
            "account": {
                "id": account["id"],
                "name": account["name"],
                "rate_limit": account["rate_limit"],
            },
            "role": "ADMIN",
        },
    }
    signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{signed}.{_signature(account, signed)}"


def holds(token: str, account: Account, now: float) -> bool:
    """Whether a token is ours, was issued in the past and has not lapsed."""
    signed, _, signature = token.rpartition(".")
    if not signed or not hmac.compare_digest(signature, _signature(account, signed)):
        return False
    claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    return bool(claims["iat"] <= EPOCH + now < claims["exp"])


def _signature(account: Account, signed: str) -> str:
    key = str(account["api_password"]).encode()
    return _base64(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
