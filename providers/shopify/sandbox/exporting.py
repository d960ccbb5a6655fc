"""A query in bulk: every node of its connection, and of those inside, as lines of JSON.

A line holds what was selected of one node. A node of an inner connection is a line of its own
that names the node it hangs on (`__parentId`); it need not stand next to that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values

from providers.shopify.sandbox.paging import WHOLE
from providers.shopify.sandbox.shop import Shop

Line = dict[str, Any]

TOGETHER: Final = 50
"""Nodes whose lines stand together: theirs first, then those of what hangs on them."""


class Step(NamedTuple):
    """One selected field: the name it is answered under, its type, how it is found."""

    name: str
    type: Any
    selected: SelectionSetNode | None
    find: Callable[[Any], Any]

    @property
    def is_connection(self) -> bool:
        return str(self.type.name).endswith("Connection")

    @property
    def is_leaf(self) -> bool:
        return is_leaf_type(self.type)


@dataclass
class Export:
    """One query in bulk, from its root connection downwards."""

    shop: Shop
    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    _known: dict[tuple[int, str], list[Step]] = field(default_factory=dict)

    def depths(self) -> list[int]:
        """How deep each connection of the query stands, the root's being 1."""
        return list(self._depths(self.operation.selection_set, self.schema.query_type))

    def roots(self) -> list[Any]:
        """The nodes of the root connection."""
        return list(self._root.find({})["nodes"])

    def lines(self, roots: Sequence[Any]) -> Iterator[str]:
        """What is told of these nodes, and of what hangs on them."""
        for line in self._nodes(self._root, roots, None):
            yield json.dumps(line, separators=(",", ":"), ensure_ascii=False)

    @property
    def _root(self) -> Step:
        return self._steps(self.operation.selection_set, self.schema.query_type)[0]

    def _nodes(self, step: Step, nodes: Sequence[Any], parent: str | None) -> Iterator[Line]:
        selected, type_ = self._node_of(step)
        for start in range(0, len(nodes), TOGETHER):
            below: list[Line] = []
            for node in nodes[start : start + TOGETHER]:
                line = self._object(node, selected, type_, node.get("id"), below)
                yield line if parent is None else {**line, "__parentId": parent}
            yield from below

    def _object(
        self, value: Any, selected: Any, type_: Any, owner: str | None, below: list[Line]
    ) -> Line:
        line: Line = {}
        real = self.schema.type_map[value["__typename"]] if is_abstract_type(type_) else type_
        for step in self._steps(selected, real):
            found = step.find(value)
            if step.is_connection:
                below.extend(self._nodes(step, found["nodes"], owner))
            else:
                line[step.name] = self._value(found, step, owner, below)
        return line

    def _value(self, value: Any, step: Step, owner: str | None, below: list[Line]) -> Any:
        if value is None or step.is_leaf:
            return value
        if isinstance(value, list):
            return [self._value(item, step, owner, below) for item in value]
        return self._object(value, step.selected, step.type, owner, below)

    def _node_of(self, connection: Step) -> tuple[Any, Any]:
        """What is selected of a connection's nodes (below `edges` or `nodes`), and their type."""
        for step in self._steps(connection.selected, connection.type):
            if step.name == "nodes":
                return step.selected, step.type
            if step.name == "edges":
                return self._node_of(step)
            if step.name == "node":
                return step.selected, step.type
        return None, get_named_type(connection.type.fields["nodes"].type)

    def _depths(self, selected: SelectionSetNode | None, type_: Any) -> Iterator[int]:
        for node, holder in self._fields(selected, type_):
            if node.name.value == "__typename":
                continue
            named = get_named_type(holder.fields[node.name.value].type)
            below = list(self._depths(node.selection_set, named))
            if named.name.endswith("Connection"):
                yield 1
                below = [depth + 1 for depth in below]
            yield from below

    def _steps(self, selected: SelectionSetNode | None, type_: Any) -> list[Step]:
        """What is selected of a type's things; worked out once."""
        place = (id(selected), type_.name)
        if place not in self._known:
            fields = self._fields(selected, type_)
            self._known[place] = [self._step(node, holder) for node, holder in fields]
        return self._known[place]

    def _step(self, node: FieldNode, holder: Any) -> Step:
        name = node.name.value
        answered = (node.alias or node.name).value
        if name == "__typename":
            string = self.schema.type_map["String"]
            return Step(answered, string, None, lambda value: value.get("__typename", holder.name))
        definition = holder.fields[name]
        named = get_named_type(definition.type)
        if definition.resolve is None:
            return Step(answered, named, node.selection_set, lambda value: value.get(name))
        given = get_argument_values(definition, node) if definition.args else {}
        if named.name.endswith("Connection"):
            given = {**given, WHOLE: True}
        info = SimpleNamespace(
            context=self.shop, field_name=name, path=SimpleNamespace(key=answered)
        )
        resolve = definition.resolve
        return Step(
            answered, named, node.selection_set, lambda value: resolve(value, info, **given)
        )

    def _fields(
        self, selected: SelectionSetNode | None, type_: Any
    ) -> Iterator[tuple[FieldNode, Any]]:
        """The selected fields with the type they stand on; those of fragments, where they fit."""
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node, type_
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragment(node.name.value)
            assert isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode)
            condition = fragment.type_condition
            if condition is None or self._fits(condition.name.value, type_):
                yield from self._fields(fragment.selection_set, type_)
            elif is_abstract_type(type_):
                inner = self.schema.type_map[condition.name.value]
                yield from self._fields(fragment.selection_set, inner)

    def _fits(self, name: str, type_: Any) -> bool:
        wanted: Any = self.schema.type_map[name]
        return type_ is wanted or (
            is_abstract_type(wanted) and self.schema.is_sub_type(wanted, type_)
        )

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        return next(
            d
            for d in self.document.definitions
            if isinstance(d, FragmentDefinitionNode) and d.name.value == name
        )
