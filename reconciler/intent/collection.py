"""`desired/collections/`: single collections, and one per style from a committed list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from reconciler.intent.base import Intent, Part, Text

Relation = Literal["is", "is_not"]

BY: Final[tuple[Literal["tag", "type", "term"], ...]] = ("tag", "type", "term")
"""What a condition may ask a product for."""


class Condition(Part):
    """One condition on a product: exactly one of `tag`, `type` and `term`."""

    tag: Text | None = None
    type: Text | None = None
    term: Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+$")] | None = None
    """A term that the product carries: `<taxonomy>/<term>`, like `gsv_roles/hr`."""
    relation: Relation = "is"

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        if sum(getattr(self, by) is not None for by in BY) != 1:
            raise ValueError(
                "a condition has not exactly one of tag, type and term · write one of them"
            )
        return self

    @property
    def asked(self) -> tuple[Literal["tag", "type", "term"], str]:
        """What it asks for, and the value."""
        for by in BY:
            if (value := getattr(self, by)) is not None:
                return by, value
        raise AssertionError("a condition asks for something")


class Rules(Part):
    """Which products belong: those that meet `all` or `any` of the conditions."""

    match: Literal["all", "any"] = "all"
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]


Sort = Literal["best_selling", "title", "price_low", "price_high", "newest", "oldest"]


class Collection(Part):
    title: Text
    description: str | None = None
    """HTML. Left out: not managed."""
    sort: Sort | None = None
    rules: Rules | None = None
    products: tuple[Text, ...] | None = None
    """The products that belong, told one by one, where no rules tell them."""

    @model_validator(mode="after")
    def _told_one_way(self) -> Collection:
        if (self.rules is None) == (self.products is None):
            raise ValueError(
                "a collection has not exactly one of rules and products · write one of them"
            )
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.rules.conditions if self.rules else ()


class Override(Part):
    """What is otherwise with one style. Its texts are taken as they stand, without placeholders;
    `rules` replace those of the template as a whole."""

    title: Text | None = None
    description: str | None = None
    sort: Sort | None = None
    rules: Rules | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The fields that it says something about; `description: null` is one."""
        names = self.model_fields_set
        return {
            name: getattr(self, name)
            for name in names
            if name == "description" or getattr(self, name) is not None
        }


class Styles(Part):
    """A committed list of styles and the collection that each of them gets.

    Texts of the template may hold `{style}` (`Harold_Sweater`) and `{slug}`
    (`harold-sweater`); `handle` must hold one of them.
    """

    styles: Annotated[tuple[Text, ...], Field(min_length=1)]
    handle: Text
    collection: Collection
    overrides: Mapping[Text, Override] = Field(default_factory=dict)
    """Style → what is otherwise with it."""

    @model_validator(mode="after")
    def _overrides_have_styles(self) -> Styles:
        for style in self.overrides:
            if style not in self.styles:
                raise ValueError(
                    f"{style} is overridden, and is not among the styles"
                    " · add it to styles, or take the override out"
                )
        return self


class Collections(Intent):
    """A document may hold single collections by handle, a per-style template, or both."""

    folder: ClassVar[str] = "collections"

    collections: Mapping[str, Collection] = Field(default_factory=dict)
    per_style: Styles | None = None
