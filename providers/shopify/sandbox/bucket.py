"""The bucket of points that an app has at a shop: 2,000, filling at 100 a second."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.sandbox.shop import Shop

MOST: Final = 2_000
PER_SECOND: Final = 100
DEAREST: Final = 1_000
"""What a single query may cost at most, whatever the plan."""


def available(shop: Shop) -> float:
    """A level that was noted in the future was before the clock began anew: the bucket is full."""
    noted = shop.setting("bucket")
    if not _is_limited(shop):
        return MOST
    if not noted or noted["at"] > shop.now:
        return MOST
    level, at = float(noted["level"]), float(noted["at"])
    return min(float(MOST), level + (shop.now - at) * PER_SECOND)


def take(shop: Shop, points: float) -> None:
    if _is_limited(shop):
        shop.keep("bucket", {"level": available(shop) - points, "at": shop.now})


def _is_limited(shop: Shop) -> bool:
    """An admin may take the limit off (`sandbox edit app isLimited=false`)."""
    return bool(shop.setting("app").get("isLimited", True))


def told(shop: Shop, requested: int, actual: int | None) -> dict[str, Any]:
    """The `cost` extension of an answer."""
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": MOST,
            "currentlyAvailable": int(available(shop)),
            "restoreRate": PER_SECOND,
        },
    }
