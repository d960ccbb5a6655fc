"""`desired/images/`: which images a product has, and what each of them is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from reconciler.intent.base import Intent, Misstated, Part, Place, Text
from reconciler.model.question import Question

Variant = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""What an image shows: MAIN, PT01 … PT08, SWATCH, TOPP, BOTT, LOOK, …"""


_BELOW = r"^[^/\\.][^/\\]*(/[^/\\.][^/\\]*)*$"
"""A path that goes down: no step of it is `..`, and none is hidden."""


class Image(Part):
    """Exactly one of `url` (where the image can be fetched), `path` (a picture in
    `desired/images/`, its way told from `desired/`: `images/gown.jpg`) and `file` (the name of a
    file that the platform already holds)."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    path: Annotated[str, StringConstraints(pattern=_BELOW)] | None = None
    file: Text | None = None
    alt: str | None = None
    """What the image shows, in words. Left out: not managed; null: there shall be none."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Image:
        if [self.url, self.path, self.file].count(None) != 2:
            raise ValueError(
                "an image has not exactly one of url, path and file · write one of them"
            )
        return self


class ProductImages(Part):
    """A product's images by variant. Which variant serves which purpose is said by name."""

    images: Annotated[Mapping[Variant, Image], Field(min_length=1)]
    thumbnail: Variant | None = None
    look: Variant | None = None
    swatch: Variant | None = None

    @model_validator(mode="after")
    def _purposes_have_images(self) -> ProductImages:
        for purpose in ("thumbnail", "look", "swatch"):
            variant = getattr(self, purpose)
            if variant is not None and variant not in self.images:
                raise Misstated(
                    f"the {purpose} is {variant}, which is not among the images",
                    f"name one of {', '.join(self.images)}",
                    purpose,
                )
        return self


class Purposes(Part):
    """Where the images of a purpose go on this document's targets."""

    gallery: Text | None = None
    """The attribute that holds all images (Plytix: a MediaGallery)."""
    media: bool = False
    """Whether they are the product's own media (Saleor), the thumbnail before all others."""
    look: Text | None = None
    """`namespace.key` of the metafield that refers to the look image (Shopify)."""
    swatch: Text | None = None
    accessories: tuple[Text, ...] = ()
    """Product types that are accessories: these products never get a look image."""


class MappingFile(Part):
    """The mapping file of Amazon products that a document was imported from."""

    file: Text
    """Its path, as seen from the repository."""
    parent_pattern: Text | None = None
    """By which a variant's SKU tells its parent's, where that is not the usual way."""
    skip_existing: bool = False
    """Whether products that had images were left out."""


class Images(Intent):
    folder: ClassVar[str] = "images"

    imported: MappingFile | None = None
    into: Purposes
    products: Mapping[str, ProductImages]
    """Product handle or SKU → its images."""

    @property
    def accessories(self) -> tuple[Question, ...]:
        """What tells which products are accessories; asked only where a look image is at stake."""
        has_looks = any(product.look for product in self.products.values())
        types = self.into.accessories if has_looks else ()
        return tuple(Question("type", type_) for type_ in types)

    def without_looks_of(self, types: Iterable[str]) -> Images:
        """The same, with these product types among the accessories."""
        accessories = tuple(dict.fromkeys((*self.into.accessories, *types)))
        if accessories == self.into.accessories:
            return self
        into = self.into.model_copy(update={"accessories": accessories})
        return self.model_copy(update={"into": into})

    def pictures(self) -> Iterator[tuple[Place, str]]:
        for product, wanted in self.products.items():
            for variant, image in wanted.images.items():
                if image.path is not None:
                    yield ("products", product, "images", variant, "path"), image.path
