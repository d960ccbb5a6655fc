"""What a metafields document says of each product: by name, and by selectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.intent.base import Place
from reconciler.intent.metafields import Content, MetafieldKey, Metafields
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.question import Answers
from reconciler.model.resource import Source


@dataclass
class Said:
    """The values of one product. source: where the first of them stands."""

    source: Source
    values: dict[MetafieldKey, Content] = field(default_factory=dict)


def said_of_products(
    intent: Metafields, answers: Answers | None
) -> tuple[Mapping[Key, Said], list[Problem]]:
    """What is said of a product by name wins over selectors; of selectors none wins, and where two
    disagree about a product it is a problem."""
    said = {
        product: Said(intent.at("values", product), dict(values))
        for product, values in intent.values.items()
    }
    problems: list[Problem] = []
    for index, selected in enumerate(intent.selectors):
        for product in (answers or {}).get(selected.products.question, ()):
            of_product = said.setdefault(product, Said(intent.at("selectors", index)))
            for key, value in selected.set.items():
                if key in intent.values.get(product, {}):
                    continue
                if of_product.values.setdefault(key, value) != value:
                    place: Place = ("selectors", index, "set", key)
                    first = of_product.values[key]
                    problems.append(said_otherwise(intent, product, key, first, place))
    return said, problems


def said_otherwise(
    intent: Metafields, product: Key, key: MetafieldKey, first: object, place: Place
) -> Problem:
    return Problem(
        intent.at(*place),
        f"{product} is found by an earlier selector too, which sets {key} to {first!r}",
        f"let one selector find it, or say its {key} under values",
    )
