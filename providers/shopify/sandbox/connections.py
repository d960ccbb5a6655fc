"""The connections of a query as they are written: how deep they stand, and what they select."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from providers.shopify.sandbox.selections import TYPENAME, Selections


@dataclass(frozen=True, slots=True)
class Connection:
    """name: of its field. is_listed: it stands within a field that is a list. has_edges: its
    nodes are selected by `edges { node {` alone. has_id: of its nodes, the id is selected under
    its own name. inner: the connections of its nodes."""

    name: str
    is_listed: bool
    has_edges: bool
    has_id: bool
    inner: tuple[Connection, ...]

    @property
    def depth(self) -> int:
        """How many connections stand within one another, this one being the first."""
        return 1 + max((connection.depth for connection in self.inner), default=0)

    def all(self) -> Iterator[Connection]:
        """This one, and all within it."""
        yield self
        for connection in self.inner:
            yield from connection.all()


def is_connection(type_: Any) -> bool:
    return str(type_.name).endswith("Connection")


def outermost(
    selections: Selections, selected: SelectionSetNode | None, type_: Any, is_listed: bool = False
) -> Iterator[Connection]:
    """The connections that are selected of a type's things, with those inside."""
    for node, holder in selections.fields(selected, type_):
        if node.name.value == TYPENAME:
            continue
        found = holder.fields[node.name.value].type
        named = get_named_type(found)
        if is_connection(named):
            yield _connection(selections, node, named, is_listed)
        else:
            below = is_listed or is_list_type(get_nullable_type(found))
            yield from outermost(selections, node.selection_set, named, below)


def _connection(
    selections: Selections, field: FieldNode, type_: Any, is_listed: bool
) -> Connection:
    nodes = list(_nodes(selections, field.selection_set, type_))
    inner = (c for _, node, kind in nodes for c in outermost(selections, node, kind))
    return Connection(
        field.name.value,
        is_listed,
        has_edges={name for name, _, _ in nodes} == {"node"},
        has_id=any(_has_id(selections, node, kind) for _, node, kind in nodes),
        inner=tuple(inner),
    )


def _nodes(
    selections: Selections, selected: SelectionSetNode | None, type_: Any
) -> Iterator[tuple[str, SelectionSetNode | None, Any]]:
    """What is selected of a connection's nodes, by `edges { node {` or by `nodes {`, and their
    type."""
    for node, holder in selections.fields(selected, type_):
        name = node.name.value
        if name in ("edges", "node", "nodes"):
            named = get_named_type(holder.fields[name].type)
            below = _nodes(selections, node.selection_set, named)
            yield from below if name == "edges" else [(name, node.selection_set, named)]


def _has_id(selections: Selections, selected: SelectionSetNode | None, type_: Any) -> bool:
    fields = (node for node, _ in selections.fields(selected, type_))
    return any(node.name.value == "id" and node.alias is None for node in fields)
