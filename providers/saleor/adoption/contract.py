"""Assignments that are gone: the contract is a team's, and is not rewritten for one shop."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.mapping import Mapping
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def mapping(_intent: Mapping, wish: Restatement, _compilation: Compilation) -> Iterator[Problem]:
    product_type, _, attribute = wish.address.key.partition("/")
    yield Problem(
        wish.source,
        f"{attribute} is no attribute of the products of {product_type} any more",
        f"take {product_type} out of product_types by hand, or apply to put it back",
    )
