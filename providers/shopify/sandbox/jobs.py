"""Work that goes on after the answer: a job is done a moment after it was started."""

from __future__ import annotations

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.shop import Info, Shop, Thing

SECONDS: Final = 1.0
"""How long a job takes."""


def start(shop: Shop) -> Thing:
    name = uuid5(NAMESPACE_URL, f"job {shop.next_number('job')}")
    return shop.add("Job", {"started": shop.now}, gid("Job", str(name)))


def is_over(shop: Shop, started: float, seconds: float = SECONDS) -> bool:
    """A start that lies in the future was before the clock began anew."""
    return not 0 <= shop.now - started < seconds


def _job(_: Any, info: Info, **args: Any) -> Thing | None:
    return info.context.one("Job", args["id"])


def _done(job: Thing, info: Info) -> bool:
    return is_over(info.context, job["started"])


def _query(job: Thing, info: Info) -> dict[str, Any] | None:
    return {} if is_over(info.context, job["started"]) else None


FIELDS: Final = {"QueryRoot": {"job": _job}, "Job": {"done": _done, "query": _query}}
