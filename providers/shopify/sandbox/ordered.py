"""Things in an order that is known, so that a page of many is found without looking at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from providers.shopify.sandbox.ids import number

Node = dict[str, Any]
Place = tuple[Any, int]
"""Where a node stands: the value that is sorted by, then the number of its id."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Nodes, and the place of each, from the least to the greatest."""

    nodes: list[Node]
    places: list[Place]

    @staticmethod
    def by(
        nodes: Iterable[Node], value: Callable[[Node], Any], identity: Callable[[Node], str]
    ) -> Ordered:
        placed = [((value(node), number(identity(node))), node) for node in nodes]
        placed.sort(key=lambda pair: pair[0])
        return Ordered([node for _, node in placed], [place for place, _ in placed])

    @staticmethod
    def by_id(nodes: Iterable[Node]) -> Ordered:
        return Ordered.by(nodes, id_number, id_of)

    def before(self, place: Place) -> int:
        """How many stand before a place."""
        return bisect_left(self.places, place)

    def up_to(self, place: Place) -> int:
        """How many stand before a place or at it."""
        return bisect_right(self.places, place)


def id_of(node: Node) -> str:
    return str(node["id"])


def id_number(node: Node) -> int:
    return number(node["id"])
