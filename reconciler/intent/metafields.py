"""`desired/metafields/`: definitions, values per product, and values by selector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypeAliasType

from reconciler.intent.base import Intent, Part, Place, Text
from reconciler.model.question import Question
from reconciler.model.resource import Source

MetafieldKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,64}$")]
Namespace = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,255}$")]

if TYPE_CHECKING:
    Content: TypeAlias = (
        "bool | int | float | str | tuple[Content, ...] | Mapping[str, Content] | None"
    )
else:  # an alias that names itself: mypy reads the one form, pydantic the other
    _Flat = bool | int | float | str
    Content = TypeAliasType(
        "Content", _Flat | tuple["Content", ...] | Mapping[str, "Content"] | None
    )
"""A metafield's value: a text, a number, a flag, a date as YAML has it, a list, or a mapping like
`{value: 1.5, unit: kg}`; for a reference the key of what it points at (a page's handle, a file's
name, a product's handle). null is managed and empty."""


class Access(Part):
    """Who sees the values, and who may write them."""

    admin: Literal["merchant_read", "merchant_read_write"] | None = None
    """For an app's own namespaces alone; in others everybody in the admin may write."""
    storefront: Literal["none", "public_read"] | None = None
    customer_account: Literal["none", "read", "read_write"] | None = None


class Capabilities(Part):
    """What the values may be used for."""

    admin_filterable: bool | None = None
    smart_collection_condition: bool | None = None
    unique_values: bool | None = None
    analytics_queryable: bool | None = None
    cart_to_order_copyable: bool | None = None


class Constraints(Part):
    """To which products the definition applies."""

    category: tuple[Text, ...] | None = None
    """Categories of the platform's taxonomy, by id: `ap-2`. null or empty: to all products."""


class Definition(Part):
    """What a metafield of products is. What is not stated is not managed."""

    type: Text
    """The platform's type: `single_line_text_field`, `page_reference`, …"""
    name: Text
    description: str | None = None
    choices: tuple[Text, ...] | None = None
    """The values that a text may take, in the order in which they are shown."""
    validations: Mapping[Text, Content] = Field(default_factory=dict)
    """What else is asked of a value, by the platform's names: `min`, `max`, `regex`, …; null: it is
    not asked."""
    access: Access | None = None
    capabilities: Capabilities | None = None
    constraints: Constraints | None = None
    pin: bool | None = None
    """Whether the admin shows it on every product's page."""


class Selector(Part):
    """Exactly one of `type` and `tag`: the products that the catalog has now."""

    type: Text | None = None
    tag: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Selector:
        if (self.type is None) == (self.tag is None):
            raise ValueError("a selector has not exactly one of type and tag · write one of them")
        return self

    @property
    def question(self) -> Question:
        if self.type is not None:
            return Question("type", self.type)
        return Question("tag", self.tag or "")


class Selected(Part):
    """The products that the selector finds get these values, unless `values` of the same document
    says otherwise: two documents that state one value are an error."""

    products: Selector
    set: Annotated[Mapping[MetafieldKey, Content], Field(min_length=1)]


class Metafields(Intent):
    folder: ClassVar[str] = "metafields"

    namespace: Namespace
    definitions: Mapping[MetafieldKey, Definition] = Field(default_factory=dict)
    values: Mapping[str, Mapping[MetafieldKey, Content]] = Field(default_factory=dict)
    """Product handle → metafield key → value."""
    selectors: tuple[Selected, ...] = ()
    every_type: tuple[MetafieldKey, ...] = ()
    """Keys that the products of every type shall get from a selector: a type that products of the
    catalog have and that no selector here names is told with each full plan."""

    def questions(self) -> Iterator[Question]:
        return (selected.products.question for selected in self.selectors)

    def places_of_several(self) -> Iterator[Source]:
        """Where a value is a list or a mapping, by name or by selector."""
        said: list[tuple[Place, Content]] = [
            (("values", product, key), value)
            for product, values in self.values.items()
            for key, value in values.items()
        ]
        for index, selected in enumerate(self.selectors):
            said += [(("selectors", index, "set", k), v) for k, v in selected.set.items()]
        return (self.at(*place) for place, v in said if isinstance(v, tuple | Mapping))
