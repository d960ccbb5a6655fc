"""Where a resource stands: `target/kind/key`."""

from __future__ import annotations

import re
from typing import NamedTuple

TARGET_NAME = re.compile(r"[a-z0-9-]+")

Key = str
"""The platform's natural key: handle, slug, SKU, `namespace.key`, … It may hold slashes."""

Remote = str
"""The platform's own id of a resource."""


class Address(NamedTuple):
    target: str
    kind: str
    key: Key

    def __str__(self) -> str:
        return f"{self.target}/{self.kind}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `target/kind/key`. Raises `ValueError` with the remedy."""
        parts = text.split("/", 2)
        if len(parts) < 3 or not all(parts) or not TARGET_NAME.fullmatch(parts[0]):
            raise ValueError(
                f"{text!r} is not an address · write target/kind/key, like shop/collection/new-in"
            )
        return cls(*parts)
