"""What a document selects of a type, that of its fragments included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    is_abstract_type,
)

TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class Selections:
    schema: GraphQLSchema
    document: DocumentNode

    def fields(
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
                yield from self.fields(fragment.selection_set, type_)
            elif is_abstract_type(type_):
                inner = self.schema.type_map[condition.name.value]
                yield from self.fields(fragment.selection_set, inner)

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
