"""The order of an attribute's values, changed by relative moves (Saleor: `perform_reordering`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers, values
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import node, refuse
from providers.saleor.sandbox.world import World

Args = Mapping[str, Any]


def moved(keys: Sequence[int], shifts: Mapping[int, int]) -> list[int]:
    """The keys after each shift in turn; what would leave the list stops at its end."""
    order = list(keys)
    for key, shift in shifts.items():
        place = order.index(key) + shift
        order.remove(key)
        order.insert(max(0, place), key)
    return order


def place(world: World, order: Sequence[int]) -> None:
    """Keep an attribute's values in this order; those without a place get one."""
    for index, key in enumerate(order):
        world.change("AttributeValue", world.one("AttributeValue", key), sortOrder=index)


def _reorder(call: Call, _root: Any, args: Args) -> Document:
    """A value that is moved twice is moved once, by its last shift; no shift is one down."""
    call.caller.must_have(callers.ATTRIBUTES)
    world, id_ = call.world, args["attributeId"]
    attribute = node(world, id_, "Attribute", "attributeId", "an attribute")
    shifts: dict[int, int] = {}
    for move in args["moves"]:
        shift = move.get("sortOrder")
        shifts[_own(world, attribute, move["id"])] = 1 if shift is None else shift
    place(world, moved([value["pk"] for value in values.of(world, attribute)], shifts))
    return {"attribute": attribute}


def _own(world: World, attribute: Document, id_: str) -> int:
    called = "an attribute value"
    value = node(world, id_, "AttributeValue", "moves", called)
    if value["attribute"] != attribute["pk"]:
        raise refuse("moves", f"Couldn't resolve to {called}: {id_}", "NOT_FOUND")
    return int(value["pk"])


MUTATIONS = {"attributeReorderValues": _reorder}
