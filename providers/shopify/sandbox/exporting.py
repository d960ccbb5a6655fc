"""A query in bulk: every node of its connection, and of those inside, as lines of JSON.

A line holds what was selected of one node. A node of an inner connection is a line of its own
that names the node it hangs on (`__parentId`); it stands next to that one only where lines are to
be grouped. What stands around the outermost connection is no node, and has no line, as the
vendor's guide says of lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values

from providers.shopify.sandbox.connections import is_connection
from providers.shopify.sandbox.paging import WHOLE
from providers.shopify.sandbox.selections import TYPENAME, Selections
from providers.shopify.sandbox.shop import Shop

Line = dict[str, Any]

TOGETHER: Final = 50
"""Nodes whose lines stand together: theirs first, then those of what hangs on them."""


class Step(NamedTuple):
    """One selected field: the name it is answered under, its own, its type, how it is found."""

    name: str
    field: str
    type: Any
    selected: SelectionSetNode | None
    find: Callable[[Any], Any]

    @property
    def is_connection(self) -> bool:
        return is_connection(self.type)

    @property
    def is_leaf(self) -> bool:
        return is_leaf_type(self.type)


Root = tuple[Step, Any]
"""A node of an outermost connection, after that connection."""


@dataclass
class Export:
    """One query in bulk, from its outermost connections downwards."""

    shop: Shop
    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    is_grouped: bool = False
    _known: dict[tuple[int, str], list[Step]] = field(default_factory=dict)

    def roots(self) -> list[Root]:
        """The nodes of the outermost connections."""
        return list(self._outermost({}, self.operation.selection_set, self.schema.query_type))

    def lines(self, roots: Sequence[Root]) -> Iterator[str]:
        """What is told of these nodes, and of what hangs on them."""
        for step, of_step in groupby(roots, key=lambda root: root[0]):
            for line in self._nodes(step, [node for _, node in of_step], None):
                yield json.dumps(line, separators=(",", ":"), ensure_ascii=False)

    def _outermost(self, value: Any, selected: Any, type_: Any) -> Iterator[Root]:
        for step in self._steps(selected, self._real(value, type_)):
            found = step.find(value)
            if step.is_connection:
                yield from ((step, node) for node in found["nodes"])
            elif found is not None and not step.is_leaf:
                yield from self._outermost(found, step.selected, step.type)

    def _nodes(self, step: Step, nodes: Sequence[Any], parent: str | None) -> Iterator[Line]:
        selected, type_ = self._node_of(step)
        together = 1 if self.is_grouped else TOGETHER
        for start in range(0, len(nodes), together):
            below: list[Line] = []
            for node in nodes[start : start + together]:
                line = self._object(node, selected, type_, node.get("id"), below)
                yield line if parent is None else {**line, "__parentId": parent}
            yield from below

    def _object(
        self, value: Any, selected: Any, type_: Any, owner: str | None, below: list[Line]
    ) -> Line:
        line: Line = {}
        for step in self._steps(selected, self._real(value, type_)):
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

    def _real(self, value: Any, type_: Any) -> Any:
        return self.schema.type_map[value[TYPENAME]] if is_abstract_type(type_) else type_

    def _node_of(self, connection: Step) -> tuple[Any, Any]:
        """What is selected of a connection's nodes, below `edges`, and their type."""
        edges = self._selected(connection, "edges")
        node = self._selected(edges, "node")
        return node.selected, node.type

    def _selected(self, step: Step, name: str) -> Step:
        return next(s for s in self._steps(step.selected, step.type) if s.field == name)

    def _steps(self, selected: SelectionSetNode | None, type_: Any) -> list[Step]:
        """What is selected of a type's things; worked out once."""
        place = (id(selected), type_.name)
        if place not in self._known:
            fields = Selections(self.schema, self.document).fields(selected, type_)
            self._known[place] = [self._step(node, holder) for node, holder in fields]
        return self._known[place]

    def _step(self, node: FieldNode, holder: Any) -> Step:
        name = node.name.value
        answered = (node.alias or node.name).value
        if name == TYPENAME:
            string = self.schema.type_map["String"]
            return Step(answered, name, string, None, lambda value: value.get(name, holder.name))
        definition = holder.fields[name]
        named = get_named_type(definition.type)
        if definition.resolve is None:
            return Step(answered, name, named, node.selection_set, lambda value: value.get(name))
        given = get_argument_values(definition, node) if definition.args else {}
        if is_connection(named):
            given = {**given, WHOLE: True}
        info = SimpleNamespace(
            context=self.shop, field_name=name, path=SimpleNamespace(key=answered)
        )
        resolve = definition.resolve
        return Step(
            answered, name, named, node.selection_set, lambda value: resolve(value, info, **given)
        )
