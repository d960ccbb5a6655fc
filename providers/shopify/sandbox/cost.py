"""What a query costs, in points. The rules fit every cost that was recorded for these types.

Scalars cost nothing, an object 1, a fragment as much as the dearest. A connection costs 2 and,
for its size, about the binary logarithm times what one node costs, for `nodes` and `edges`
each. A root count costs 10, a mutation 10 and what is below its payload's own fields. What was
really answered is charged: an object that is null costs its 1, a page with few nodes less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

from providers.shopify.sandbox.documents import schema

FREE: Final = ("CollectionRuleSet", "CollectionRule", "PageInfo")
ROOT_COUNT: Final = 10
DEAR_COUNTS: Final = ("articlesCount", "commentsCount")
"""Counts that cost as much within an object as at the root."""

MUTATION: Final = 10
DEARER: Final = {"fileCreate": 20, "productCreateMedia": 20}
"""Mutations that cost more than others."""

UNANSWERED: Final = object()
"""Stands for an answer that is not known: everything is charged at its size."""
LEFT_OUT: Final = object()
"""Stands for a field of a fragment that does not fit what was found."""


def requested(
    node: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """What the query may cost at most; it is asked before it is run."""
    return _Counting(node, operation, variables).total(UNANSWERED)


def actual(
    node: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    data: Any,
) -> int:
    """What its answer costs."""
    return _Counting(node, operation, variables).total(data or {})


@dataclass
class _Counting:
    node: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]

    def total(self, data: Any) -> int:
        root = schema().get_root_type(self.operation.operation)
        is_mutation = root is schema().mutation_type
        cost = 0.0
        for field, _ in self._fields(self.operation.selection_set, root):
            answer = None if data == {} else _of(data, field)
            cost += (
                self._mutation(field, root, answer)
                if is_mutation
                else (self._root_field(field, root, answer))
            )
        return math.ceil(round(cost, 6))

    def _root_field(self, field: FieldNode, root: GraphQLObjectType, answer: Any) -> float:
        name = field.name.value
        if name.endswith("Count") and name in root.fields:
            return ROOT_COUNT
        return self._field(field, root, answer)

    def _mutation(self, field: FieldNode, root: GraphQLObjectType, answer: Any) -> float:
        payload = get_named_type(root.fields[field.name.value].type)
        inside = (
            self._selection(
                inner.selection_set,
                get_named_type(payload.fields[inner.name.value].type),
                _of(answer, inner),
            )
            for inner, _ in self._fields(field.selection_set, payload)
            if inner.selection_set and inner.name.value != "userErrors"
        )
        return DEARER.get(field.name.value, MUTATION) + sum(inside)

    def _field(self, field: FieldNode, parent: Any, answer: Any) -> float:
        name = field.name.value
        if name.startswith("__") or name not in getattr(parent, "fields", {}):
            return 0
        type_ = get_named_type(parent.fields[name].type)
        if is_leaf_type(type_):
            return 0
        if type_.name.endswith("Connection"):
            return self._connection(field, type_, answer)
        if name in DEAR_COUNTS:
            return ROOT_COUNT
        own = 0 if type_.name in FREE or answer is LEFT_OUT else 1
        return own + self._selection(field.selection_set, type_, answer)

    def _selection(
        self,
        selected: SelectionSetNode | None,
        type_: Any,
        answer: Any,
        is_either: bool = False,
    ) -> float:
        """What is inside an object; for a list, what is inside its dearest item. `is_either`:
        what a fragment asks for costs nothing beside what is asked for without."""
        if selected is None or answer is None:
            return 0
        answer = UNANSWERED if answer is LEFT_OUT else answer
        if isinstance(answer, list):
            return max((self._selection(selected, type_, item) for item in answer), default=0)
        plain = sum(self._field(f, t, _of(answer, f)) for f, t in self._direct(selected, type_))
        fragments = (
            self._selection(fragment, schema().type_map[name], answer)
            for fragment, name in self._fragments(selected, type_)
        )
        dearest = max(fragments, default=0)
        return max(plain, dearest) if is_either else plain + dearest

    def _connection(self, field: FieldNode, type_: Any, answer: Any) -> float:
        if answer is None or not self._is_sized(field):
            return 2
        chosen = [inner for inner, _ in self._fields(field.selection_set, type_)]
        lists = [inner for inner in chosen if inner.name.value in ("nodes", "edges")]
        if answer is not UNANSWERED and lists and not _of(answer, lists[0]):
            nobody = [None] if lists[0].name.value == "nodes" else UNANSWERED
            return 2 + self._list(lists[0], type_, nobody, _weight(self._size(field)))
        size = len(_of(answer, lists[0])) if lists and answer is not UNANSWERED else None
        tells_page = any(inner.name.value == "pageInfo" for inner in chosen)
        weight = _weight(self._size(field))
        if size is not None:
            weight = min(weight, math.ceil(math.sqrt(size)) if tells_page else _weight(size))
        return 2 + sum(self._list(inner, type_, _of(answer, inner), weight) for inner in lists)

    def _list(self, field: FieldNode, connection: Any, items: Any, weight: int) -> float:
        """The price of `nodes`, or of `edges`: that of a node on the average, weighted."""
        name = field.name.value
        type_ = get_named_type(connection.fields[name].type)
        if items is UNANSWERED:
            return weight * self._node(field, type_, name, UNANSWERED)
        each = [self._node(field, type_, name, item) for item in items]
        return weight * (sum(each) // len(each))

    def _node(self, field: FieldNode, type_: Any, name: str, item: Any) -> float:
        if name == "nodes":
            is_answered = item is not UNANSWERED
            return 1 + self._selection(field.selection_set, type_, item, is_answered)
        return self._selection(field.selection_set, type_, item)

    def _is_sized(self, field: FieldNode) -> bool:
        return any(a.name.value in ("first", "last") for a in field.arguments or ())

    def _size(self, field: FieldNode) -> int:
        for argument in field.arguments or ():
            if argument.name.value in ("first", "last"):
                return self._number(argument.value)
        return 1

    def _number(self, value: Any) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            return int(given) if given is not None else self._default(value.name.value)
        return 1

    def _default(self, name: str) -> int:
        for definition in self.operation.variable_definitions or ():
            if definition.variable.name.value == name and definition.default_value:
                return self._number(definition.default_value)
        return 1

    def _fields(
        self, selected: SelectionSetNode | None, type_: Any
    ) -> Iterator[tuple[FieldNode, Any]]:
        """All fields of a selection, those in fragments too."""
        if selected is None:
            return
        yield from self._direct(selected, type_)
        for fragment, name in self._fragments(selected, type_):
            yield from self._fields(fragment, schema().type_map[name])

    def _direct(self, selected: SelectionSetNode, type_: Any) -> Iterator[tuple[FieldNode, Any]]:
        for inner in selected.selections:
            if isinstance(inner, FieldNode):
                yield inner, type_

    def _fragments(
        self, selected: SelectionSetNode, type_: Any
    ) -> Iterator[tuple[SelectionSetNode, str]]:
        for inner in selected.selections:
            if isinstance(inner, InlineFragmentNode):
                condition = inner.type_condition
                yield inner.selection_set, condition.name.value if condition else type_.name
            elif isinstance(inner, FragmentSpreadNode):
                fragment = self._fragment(inner.name.value)
                yield fragment.selection_set, fragment.type_condition.name.value

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        return next(
            d
            for d in self.node.definitions
            if isinstance(d, FragmentDefinitionNode) and d.name.value == name
        )


def _weight(size: int) -> int:
    return max(1, math.ceil(math.log2(max(size, 1))))


def _of(answer: Any, field: FieldNode) -> Any:
    """A field's part of an answer."""
    if answer is UNANSWERED:
        return UNANSWERED
    name = (field.alias or field.name).value
    return answer.get(name, LEFT_OUT) if isinstance(answer, dict) else None
