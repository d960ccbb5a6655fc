"""The Wagtail site of `wagtail_site/`, served in a process of its own, and its editors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

SERVE = Path(__file__).parent / "wagtail_site" / "serve.py"


@dataclass(frozen=True)
class LiveSite:
    """url: of the host. tokens: of `reader` (may view snippets), `editor`, and `nobody`."""

    url: str
    tokens: dict[str, str]
    client: httpx.Client

    def begin_anew(self) -> None:
        self._answer(self.client.get(f"{self.url}/begin-anew/"))

    def snippet(self, model: str, key: str) -> str:
        """The path of a snippet."""
        rows: list[dict[str, Any]] = []
        while not rows or len(rows) % 20 == 0:
            rows += self._asked("GET", f"snippets/catalog.{model}/?offset={len(rows)}")["items"]
        return f"snippets/catalog.{model}/{next(r['id'] for r in rows if r['key'] == key)}/"

    def page(self, slug: str) -> str:
        rows = self._asked("GET", "pages/?type=catalog.OfferingPage")["items"]
        return f"pages/{next(row['id'] for row in rows if row['meta']['slug'] == slug)}/"

    def edit(self, path: str, *, publish: bool = True, **fields: Any) -> None:
        meta = {"action": "publish"} if publish else {}
        self._asked("PATCH", path, {**fields, **({"meta": meta} if meta else {})})

    def unpublish(self, path: str) -> None:
        self._asked("POST", f"{path}actions/unpublish/")

    def delete(self, path: str) -> None:
        self._asked("DELETE", path)

    def add(self, model: str, **fields: Any) -> None:
        self._asked("POST", f"snippets/catalog.{model}/", fields)

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens['editor']}"}
        address = f"{self.url}/api/v3/{path}"
        return self._answer(self.client.request(method, address, json=body, headers=headers))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return response.json() if response.content else None


@contextmanager
def served(folder: Path) -> Iterator[LiveSite]:
    """The site, its database and its pictures in a folder."""
    environment = {**os.environ, "WAGTAIL_SITE_FOLDER": str(folder)}
    log = folder / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, str(SERVE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text()
        told = json.loads(line)
        with httpx.Client(timeout=30, verify=False) as client:
            yield LiveSite(f"http://127.0.0.1:{told['port']}", told["tokens"], client)
        process.stdin.close()
