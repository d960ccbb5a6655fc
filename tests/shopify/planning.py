"""A plan in a process of its own, which tells what it took."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx

from reconciler import workflow
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.planner import Wishes
from reconciler.site import Site


class Counting(httpx.AsyncBaseTransport):
    """Keeps what it lets through."""

    def __init__(self, inner: httpx.AsyncBaseTransport, requests: list[str]) -> None:
        self.inner, self.requests = inner, requests

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.content.decode("utf-8", "replace"))
        return await self.inner.handle_async_request(request)


def main(folder: Path) -> dict[str, Any]:
    """The plan's counts, its requests, its seconds, and the most memory that it had (MB)."""
    began = time.monotonic()
    requests: list[str] = []
    workspace = open_workspace(folder / "desired", all_sandboxed=False)
    sites: Sequence[Site] = [
        replace(site, wire=lambda: Counting(httpx.AsyncHTTPTransport(), requests))
        for site in open_sites(workspace)
    ]
    loaded = time.monotonic()
    plan = anyio.run(partial(workflow.plan, sites, workspace.desired.intents, Wishes()))
    return {
        "changes": len(plan.changes),
        "equal": len(plan.recorded),
        "requests": len(requests),
        "bulk": sum("bulkOperationRunQuery(" in request for request in requests),
        "loading": round(loaded - began, 1),
        "seconds": round(time.monotonic() - began, 1),
        "megabytes": _most_memory(),
    }


def _most_memory() -> int:
    """Of this program alone: `ru_maxrss` counts what the process was before it became this one."""
    for text in Path("/proc/self/status").read_text().splitlines():
        if text.startswith("VmHWM:"):
            return int(text.split()[1]) // 1024
    raise LookupError("VmHWM")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
