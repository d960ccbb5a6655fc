"""An emulated Plytix account: the auth host and the API (v1, v2) behind one door.

It answers with the vendor's words and limits, as far as they are known; what is assumed is
marked where it is made up. It shares no code with the provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from providers.kit.sandbox import Sandbox
from providers.plytix.sandbox.admin import edit
from providers.plytix.sandbox.refusal import Refusal
from providers.plytix.sandbox.routes import answer
from providers.plytix.sandbox.seed import plant


class PlytixSandbox(Sandbox):
    """Things for `edit`: `asset` by file name or id, `product` by SKU, `account`."""

    def seed(self) -> None:
        plant(self.store)

    def answer(self, request: Request, body: bytes) -> Response:
        try:
            return answer(self.store, request, body, self.now())
        except Refusal as refusal:
            return refusal.response()

    def edit(self, thing: str, key: str, fields: Mapping[str, Any]) -> None:
        edit(self.store, thing, key, fields)
