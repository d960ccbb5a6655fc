"""`desired/collections/`: single collections, and one per style from a committed list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from reconciler.intent.base import Intent, Misstated, Names, Part, Text
from reconciler.intent.condition import Condition as Condition
from reconciler.intent.condition import Excluding as Excluding


class Rules(Part):
    """Which products belong: those that meet `all` or `any` of the conditions."""

    match: Literal["all", "any"] = "all"
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    excluding: Excluding | None = None


Sort = Literal[
    "best_selling", "title", "title_descending", "price_low", "price_high", "newest", "oldest",
    "by_hand", "most_relevant",
]  # fmt: skip


class Seo(Part):
    """What search engines are told."""

    title: str | None = None
    description: str | None = None


class Picture(Part):
    """The picture of a collection: a file of the shop by its name, or an image by its address."""

    file: Text | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://")] | None = None
    alt: str | None = None
    """What it shows, for those who do not see it. Left out: not managed."""

    @model_validator(mode="after")
    def _told_one_way(self) -> Picture:
        if (self.file is None) == (self.url is None):
            raise ValueError("an image has not exactly one of file and url · write one of them")
        return self


class Collection(Part):
    title: Text
    description: str | None = None
    """HTML. Left out: not managed."""
    sort: Sort | None = None
    template: str | None = None
    """The suffix of the theme's template that shows it. Left out: not managed."""
    seo: Seo | None = None
    """Left out, or a text of it: not managed."""
    image: Picture | None = None
    """Left out: not managed; null: there is to be none."""
    rules: Rules | None = None
    products: Names | None = None
    """The products that belong, told one by one; beside rules: these too."""
    collections: Names | None = None
    """Collections whose products belong, by their handles."""
    channels: tuple[Text, ...] = ()
    """Channels in which it is visible; how it stands in others is not managed. When from, and
    where not, is said in `channels/`."""
    migrate: bool = False
    """Whether a collection whose rules are of the platform's older model may be brought over to
    the new one."""

    @model_validator(mode="after")
    def _told_in_some_way(self) -> Collection:
        if self.rules is None and self.products is None and self.collections is None:
            raise ValueError(
                "a collection has none of rules, products and collections · write one of them"
            )
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.rules.conditions if self.rules else ()


NULLABLE: Final = ("description", "template", "image")
"""What can be managed and empty."""


class Override(Part):
    """What is otherwise with one style. Its texts are taken as they stand, without placeholders;
    `rules` replace those of the template as a whole."""

    title: Text | None = None
    description: str | None = None
    sort: Sort | None = None
    template: str | None = None
    seo: Seo | None = None
    image: Picture | None = None
    rules: Rules | None = None
    products: Names | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The fields that it says something about; `description: null` is one."""
        names = self.model_fields_set
        return {
            name: getattr(self, name)
            for name in names
            if name in NULLABLE or getattr(self, name) is not None
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
                raise Misstated(
                    f"{style} is overridden, and is not among the styles",
                    "add it to styles, or take the override out",
                    "overrides",
                    style,
                )
        return self


class Moved(Part):
    """Where a collection went that had another handle."""

    to: Text
    redirect: bool = True
    """Whether the old address leads to the new one."""


class Collections(Intent):
    """A document may hold single collections by handle, a per-style template, or both."""

    folder: ClassVar[str] = "collections"

    collections: Mapping[str, Collection] = Field(default_factory=dict)
    per_style: Styles | None = None
    moved: Mapping[str, Moved] = Field(default_factory=dict)
    """Old handle → the handle that this document states the same collection under now: it is
    renamed, and not made a second time. May be taken out once it is applied everywhere."""
