"""What a query costs, before it is run (Saleor: `query_cost_map`, limit 50,000).

A field of the map counts 1 for each time it may occur: once, times the `first` and `last` of the
connections around it and of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

MOST: Final = 50_000

PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "Query": frozenset(
        {"app", "attribute", "category", "channels", "collection", "product", "productType"}
    ),
    "Collection": frozenset({"channelListings"}),
    "CollectionChannelListing": frozenset({"channel"}),
    "Product": frozenset(
        {"attributes", "category", "channelListings", "collections", "description", "media"}
        | {"productType"}
    ),
    "ProductChannelListing": frozenset({"channel"}),
    "ProductMedia": frozenset({"url"}),
    "ProductType": frozenset({"productAttributes"}),
    "SelectedAttribute": frozenset({"attribute", "values"}),
}
PAGED: Final[Mapping[str, frozenset[str]]] = {
    "Query": frozenset({"attributes", "collections", "products", "productTypes"}),
    "Collection": frozenset({"products"}),
    "Attribute": frozenset({"choices", "productTypes"}),
}


def cost_of(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    counting = _Counting(schema, fragments, variables)
    total = 0
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            total += counting.of(definition.selection_set, root, 1)
    return total


class _Counting:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self._open: set[str] = set()

    def of(self, selections: SelectionSetNode | None, type_: Any, times: int) -> int:
        if selections is None or type_ is None:
            return 0
        return sum(self._of_selection(node, type_, times) for node in selections.selections)

    def _of_selection(self, node: Any, type_: Any, times: int) -> int:
        if isinstance(node, FieldNode):
            return self._of_field(node, type_, times)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self.schema.get_type(condition.name.value) if condition else type_
            return self.of(node.selection_set, inner, times)
        assert isinstance(node, FragmentSpreadNode)
        return self._of_fragment(self.fragments.get(node.name.value), times)

    def _of_fragment(self, fragment: FragmentDefinitionNode | None, times: int) -> int:
        if fragment is None or fragment.name.value in self._open:
            return 0
        self._open.add(fragment.name.value)
        inner = self.schema.get_type(fragment.type_condition.name.value)
        total = self.of(fragment.selection_set, inner, times)
        self._open.discard(fragment.name.value)
        return total

    def _of_field(self, node: FieldNode, type_: Any, times: int) -> int:
        name = node.name.value
        field = getattr(type_, "fields", {}).get(name)
        if field is None:
            return 0
        if name in PAGED.get(type_.name, ()):
            times *= self._pages(node) or 1
            own = times
        else:
            own = times if name in PLAIN.get(type_.name, ()) else 0
        return own + self.of(node.selection_set, get_named_type(field.type), times)

    def _pages(self, node: FieldNode) -> int:
        return sum(
            self._number(argument.value)
            for argument in node.arguments or ()
            if argument.name.value in ("first", "last")
        )

    def _number(self, value: Any) -> int:
        if isinstance(value, IntValueNode):
            return max(0, int(value.value))
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            return max(0, given) if isinstance(given, int) else 0
        return 0
