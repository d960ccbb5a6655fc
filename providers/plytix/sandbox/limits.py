"""Rate limits: fixed windows, each beginning with the first request after the last one ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from providers.kit.store import Store

AUTH_WINDOWS = ({"limit": 8, "window_size": 1},)
"""The auth host's own limit (`x-ratelimit-limit-second: 8`)."""


def admit(
    store: Store,
    door: str,
    windows: Sequence[Mapping[str, Any]],
    now: float,
    *,
    says_when: bool,
) -> Response | None:
    """Count a request, or answer 429 until the window ends.

    says_when: whether the answer carries `Retry-After`; clients must bear both.
    """
    counted = {}
    for window in windows:
        name = f"{door}/{window['window_size']}"
        current = _current(store.get("window", name), now, window["window_size"])
        if current["count"] >= window["limit"]:
            ends = current["began"] + window["window_size"]
            return _too_many(window, ends - now if says_when else None)
        counted[name] = current | {"count": current["count"] + 1}
    for name, current in counted.items():
        store.put("window", name, current)
    return None


def _current(window: dict[str, Any] | None, now: float, seconds: float) -> dict[str, Any]:
    """The running window; a new one where it has ended, or lies in the future because the
    clock was restarted."""
    if window is None or not window["began"] <= now < window["began"] + seconds:
        return {"began": now, "count": 0}
    return window


def _too_many(window: Mapping[str, Any], wait: float | None) -> Response:
    body = {"message": "API rate limit exceeded", **window}
    headers = {} if wait is None else {"Retry-After": str(math.ceil(wait))}
    return JSONResponse(body, 429, headers)
