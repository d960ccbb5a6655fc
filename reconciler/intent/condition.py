"""What a rule asks a product for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import StringConstraints, model_validator

from reconciler.intent.base import Misstated, Names, Part, Text

Relation = Literal[
    "is", "is_not", "contains", "does_not_contain", "starts_with", "ends_with",
    "greater_than", "less_than",
]  # fmt: skip

Texts = Text | tuple[Text, ...]
"""One value, or several of which any one (or with `values: all` every one) must be met."""

Money = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? [A-Z]{3}$")]
"""`250 USD`: an amount and its currency."""

Weight = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? (g|kg|oz|lb)$")]
"""`1.5 kg`: a weight and its unit."""

MetafieldName = Annotated[str, StringConstraints(pattern=r"^[\w-]+\.[\w-]+$")]

Status = Literal["active", "draft", "archived", "unlisted"]

By = Literal[
    "tag", "type", "vendor", "title", "status", "category", "variant_title", "price",
    "compare_at_price", "weight", "inventory", "metafield", "term",
]  # fmt: skip

_EITHER: Final = ("is", "is_not")
_TEXT: Final = (*_EITHER, "contains", "does_not_contain", "starts_with", "ends_with")
_NUMBER: Final = ("is", "greater_than", "less_than")

RELATIONS: Final[Mapping[By, tuple[str, ...]]] = {
    "tag": _EITHER,
    "type": _TEXT,
    "vendor": _TEXT,
    "title": _TEXT,
    "status": _EITHER,
    "category": _EITHER,
    "variant_title": _TEXT,
    "price": (*_NUMBER, "is_not"),
    "compare_at_price": (*_NUMBER, "is_not"),
    "weight": (*_NUMBER, "is_not"),
    "inventory": _NUMBER,
    "metafield": (*_NUMBER, "contains"),
    "term": _EITHER,
}
"""What a condition may ask a product for, and in which ways."""

BY: Final = tuple(RELATIONS)


class Condition(Part):
    """One condition on a product, on exactly one thing. A condition on variants (`variant_title`,
    `price`, `compare_at_price`, `weight`, `inventory`) is met when any variant meets it."""

    tag: Texts | None = None
    type: Texts | None = None
    vendor: Texts | None = None
    title: Texts | None = None
    status: Status | tuple[Status, ...] | None = None
    category: Texts | None = None
    """The id of a product category of the platform's taxonomy, like `aa-1-4`."""
    below: bool = False
    """With `category`: what is in a category below it counts too."""
    variant_title: Texts | None = None
    price: Money | None = None
    compare_at_price: Money | None = None
    """null: there is none; `relation: is_not` with null: there is one."""
    weight: Weight | None = None
    inventory: int | None = None
    metafield: MetafieldName | None = None
    """`namespace.key` of a metafield of the product; `value` is what it is compared with."""
    value: bool | int | float | Texts | None = None
    """With `metafield`: a text or several, true or false, a whole number, or a decimal with its
    point (`3.0`). `relation: contains` asks a list for entries."""
    term: Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+$")] | None = None
    """A term that the product carries: `<taxonomy>/<term>`, like `gsv_roles/hr`."""
    relation: Relation = "is"
    values: Literal["any", "all"] = "any"
    """Whether any one of several values must be met, or all."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        named = [by for by in BY if by in self.model_fields_set]
        if len(named) != 1 or (self.content is None and named != ["compare_at_price"]):
            raise ValueError(
                f"a condition has not exactly one of {_listed(BY)} · write one of them"
            )
        return self

    @model_validator(mode="after")
    def _in_a_way_that_it_can_be_asked(self) -> Condition:
        ways = RELATIONS[self.by] if self.content is not None else _EITHER
        if self.relation not in ways:
            raise Misstated(
                f"a condition on {self.by} can not ask {self.relation}",
                f"write {_listed(ways)}",
                "relation",
            )
        if (self.value is not None) != (self.metafield is not None):
            raise ValueError("value goes with metafield · write both, or none of them")
        if self.metafield is not None and (self.relation == "contains") > self._holds_texts:
            raise ValueError("contains asks a list for texts · write a text, or several")
        if self.below and self.category is None:
            raise Misstated("below goes with category", "take it out", "below")
        return self

    @property
    def by(self) -> By:
        return next(by for by in BY if by in self.model_fields_set)

    @property
    def content(self) -> Any:
        """What is asked for: a value, or several; None for there being none."""
        return getattr(self, self.by)

    @property
    def texts(self) -> tuple[str, ...]:
        """The values that are texts, in the order in which they are written."""
        content = self.value if self.metafield is not None else self.content
        if isinstance(content, str):
            return (content,)
        return content if isinstance(content, tuple) else ()

    @property
    def _holds_texts(self) -> bool:
        return bool(self.texts)


class Excluding(Part):
    """Which of the products that meet the rules are left out all the same: those that meet `any`
    or `all` of the conditions, are in one of the collections, or are told one by one."""

    match: Literal["all", "any"] = "any"
    conditions: tuple[Condition, ...] = ()
    collections: Names = ()
    products: Names = ()

    @model_validator(mode="after")
    def _of_something(self) -> Excluding:
        if not (self.conditions or self.collections or self.products):
            raise ValueError("excluding leaves nothing out · say what, or take it out")
        return self


def filled(content: Any, fill: Any) -> Any:
    """A condition's value with its placeholders filled in."""
    if isinstance(content, str):
        return fill(content)
    return tuple(fill(text) for text in content) if isinstance(content, tuple) else content


def texts_of(condition: Condition) -> Iterator[tuple[str, str]]:
    """The field and each text of it, for what looks at placeholders."""
    name = "value" if condition.metafield is not None else condition.by
    for text in condition.texts:
        yield name, text


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
