"""How what is found in a shop is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.provider import LeftOut

Document = tuple[str, Mapping[str, Any]]
"""A path below `desired/`, and the data of the intent there."""

Told = Document | LeftOut
