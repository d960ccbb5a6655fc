"""`desired/sources.yaml`: what is read from outside every night, and written into intents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from reconciler.intent.base import Part, Places, SnakeKey, TargetName, Text
from reconciler.model.problem import Problem
from reconciler.model.resource import Source


class Entry(Part):
    """What all sources share: a target, and the place of each part in the file."""

    target: TargetName

    _places: Places = PrivateAttr(default=Places("", {}))

    def at(self, *place: str | int) -> Source:
        """Where a part of this entry stands."""
        return self._places.at(*place)

    def placed(self, places: Places) -> Self:
        self._places = places
        return self


class ShopifyCsv(Entry):
    """A Shopify product export, as `planogram import shopify-csv` takes it."""

    source: Literal["shopify-csv"]
    file: Text
    """Below the folder that holds `desired/`."""
    style_prefix: Text = "style_"
    look: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")] = (
        "custom.look_image"
    )
    images: bool = True


class SnippetFields(Part):
    """The names of the fields of a snippet, as the site's API calls them."""

    key: Text = "key"
    label: Text = "label"
    description: Text = "description"


class SnippetTaxonomy(Part):
    """A taxonomy whose terms are the snippets of one model."""

    snippets: Text
    """With API v3 the model, like `catalog.Role`; with v2 the name of its endpoint."""
    label: Text | None = None
    """The taxonomy's own label when its file is made; later the file says it."""
    input: Literal["dropdown", "multiselect"] = "multiselect"
    """The taxonomy's input when its file is made; later the file says it."""
    fields: SnippetFields = SnippetFields()
    locale: Text | None = None
    """Only the snippets in this language, where they are translated."""


class PageOfferings(Part):
    """Offerings that are the pages of one model."""

    pages: Text
    """The model, like `catalog.OfferingPage`."""
    fields: Annotated[Mapping[SnakeKey, Text], Field(min_length=1)] | None = None
    """Our name of a field → the page's. Left out: all fields of the mapping, by the same names."""
    product_id: Text = "saleor_product_id"
    """The page's field that holds the product's id on the platform. It is preferred."""
    product_slug: Text = "saleor_product_slug"
    """The page's field that holds the product's slug."""
    private: bool = False
    """Whether the public does not see the pages. They are read with the token then, whose user
    must be allowed to edit or publish them, and must tell `live`."""
    site: Text | None = None
    """The host name of the site whose pages they are, where Wagtail serves several."""
    locale: Text | None = None
    """Only the pages in this language, where they are translated."""


class WagtailSite(Entry):
    """A Wagtail site: taxonomies from snippets, offerings from pages."""

    source: Literal["wagtail"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")]
    """Where its API is, like `https://cms.example.com/api/v3/`."""
    api: Literal["v3", "v2"] = "v3"
    credentials: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """The prefix of the variable that holds the token: `<PREFIX>_TOKEN`. API v2 may do without."""
    mapping: SnakeKey | None = None
    """The mapping that the offerings have."""
    taxonomies: Mapping[SnakeKey, SnippetTaxonomy] = Field(default_factory=dict)
    offerings: PageOfferings | None = None
    prune: bool = False
    """Whether terms and offerings that vanished from the site are taken out unasked."""
    page_size: Annotated[int, Field(ge=1, le=1000)] = 20
    """Rows a request; at most the site's `WAGTAILAPI_LIMIT_MAX`."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds until a request counts as unanswered."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.offerings and self.mapping is None:
            raise ValueError("offerings have no mapping · name it: mapping: offering")
        if not self.offerings and not self.taxonomies:
            raise ValueError("nothing is read from this site · name taxonomies or offerings")
        if self.api == "v3" and self.credentials is None:
            raise ValueError(
                "API v3 shows snippets to a token only"
                " · name the prefix of its variable, like credentials: CMS"
            )
        return self


AnySource = ShopifyCsv | WagtailSite

Sources = Annotated[
    Sequence[Annotated[AnySource, Field(discriminator="source")]], Field(min_length=1)
]
"""The whole file: a list, carried out in its order."""

KINDS: Mapping[str, type[Entry]] = {"shopify-csv": ShopifyCsv, "wagtail": WagtailSite}
"""The sources there are, by what `source` calls them."""


def contested(sources: Iterable[Entry]) -> Iterator[Problem]:
    """What two sites would both own: each would take out what only the other one has."""
    owners: dict[Any, Source] = {}
    for entry in sources:
        for what, place in _owned(entry) if isinstance(entry, WagtailSite) else ():
            first = owners.setdefault((entry.target, what), place)
            if first is not place:
                cause = f"{what} of {entry.target} comes from another source too ({first})"
                yield Problem(place, cause, "let one source say it")


def _owned(site: WagtailSite) -> Iterator[tuple[str, Source]]:
    for key in site.taxonomies:
        yield f"the taxonomy {key}", site.at("taxonomies", key)
    if site.offerings:
        yield f"the mapping {site.mapping}", site.at("offerings")
