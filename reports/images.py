"""What became of the images of a mapping file, with the keys of the one-time synchronisation that
this replaces: what reads its output goes on.

total_products, products_with_images   rows of the file, and those that name an image
total_image_refs, unique_images        images that rows name, and different addresses among them
images_uploaded                        assets that this run made
images_skipped                         different images that were there already
links_created, main_image_links        links and thumbnails that are so after the run, whether it
                                       wrote them or found them
parent_links_created,                  the same of parents that are known by their variants' SKUs
parent_main_image_links                alone
errors                                 what is not so, by address and product

Of a plan it tells what would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import Address, Key
from reconciler.model.change import Action, AnyChange
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reports.view import clean

Json = dict[str, Any]
Outcomes = Mapping[Address, AnyOutcome]


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a product: where it is fetched from, and the asset that it becomes."""

    url: str
    asset: Address


@dataclass(frozen=True, slots=True)
class Product:
    """A product and its images, one a slot. main: the asset that is to be its thumbnail.
    is_derived: it is known by its variants' SKUs alone."""

    sku: str
    gallery: Address
    images: tuple[Image, ...]
    main: Key | None
    is_derived: bool


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping file, in numbers, and what of it git states. errors: rows for what could not be
    used."""

    file: str
    total_products: int
    products_with_images: int
    total_image_refs: int
    unique_images: int
    skip_existing: bool
    products: tuple[Product, ...]
    errors: tuple[Json, ...]


def planned_images(mapped: Mapped, plan: Plan, at: str) -> Json:
    """What an apply of this plan would come to."""
    made = {c.address for c in plan.pending if c.action is Action.CREATE}
    left = {c.address: c for c in plan.held}
    failed = {a: f"{hold.message} · {hold.remedy}" for a, hold in plan.holds.items()}
    return _report(mapped, plan, made, left, failed, at, dry_run=True)


def applied_images(mapped: Mapped, plan: Plan, outcomes: Outcomes, after: Plan, at: str) -> Json:
    """What an apply came to. after: a plan that was made when it was over, which tells what is
    still not so."""
    made = {
        c.address
        for c in plan.changes
        if c.action is Action.CREATE
        and c.address in outcomes
        and outcomes[c.address].status is Status.DONE
        and not outcomes[c.address].found
    }
    left = {c.address: c for c in after.changes}
    failed = {a: o.message or o.status.value for a, o in outcomes.items() if not o.status.is_fine}
    return _report(mapped, plan, made, left, failed, at, dry_run=False)


def _report(
    mapped: Mapped,
    plan: Plan,
    made: set[Address],
    left: Mapping[Address, AnyChange],
    failed: Mapping[Address, str],
    at: str,
    *,
    dry_run: bool,
) -> Json:
    assets = {image.asset for product in mapped.products for image in product.images}
    missing = {c.address for c in plan.changes if c.action is Action.CREATE}
    found = (assets - missing) | (missing & assets - made - left.keys() - failed.keys())
    own = [product for product in mapped.products if not product.is_derived]
    derived = [product for product in mapped.products if product.is_derived]
    return {
        "total_products": mapped.total_products,
        "products_with_images": mapped.products_with_images,
        "total_image_refs": mapped.total_image_refs,
        "unique_images": mapped.unique_images,
        "images_uploaded": len(made & assets),
        "images_skipped": len(found),
        "links_created": sum(_links(product, left) for product in own),
        "errors": [*mapped.errors, *_errors(mapped.products, failed)],
        "main_image_links": sum(_has_main(product, left) for product in own),
        "parent_links_created": sum(_links(product, left) for product in derived),
        "parent_main_image_links": sum(_has_main(product, left) for product in derived),
        "metadata": {
            "source_file": mapped.file,
            "sync_date": at,
            "dry_run": dry_run,
            "skip_existing": mapped.skip_existing,
        },
    }


def _links(product: Product, left: Mapping[Address, AnyChange]) -> int:
    """How many of its images are in its gallery: all, unless a change is left, which tells."""
    there = _live(product, left, "assets")
    return sum(there is None or image.asset.key in there for image in product.images)


def _has_main(product: Product, left: Mapping[Address, AnyChange]) -> bool:
    there = _live(product, left, "thumbnail")
    return product.main is not None and (there is None or product.main in there)


def _live(product: Product, left: Mapping[Address, AnyChange], field: str) -> list[Any] | None:
    """What a field holds that is not as it should be; None where it is."""
    change = left.get(product.gallery)
    if change is None or not change.differs_in(field):
        return None
    value = change.before_values[field]
    return value if isinstance(value, list) else [value]


def _errors(products: Iterable[Product], failed: Mapping[Address, str]) -> Iterator[Json]:
    """An image that could not be had is told of each product that has it, with its address; of a
    gallery what has another reason."""
    for product in products:
        broken = [image for image in product.images if image.asset in failed]
        for image in broken:
            yield _error(image.url, failed[image.asset], product.sku)
        if product.gallery in failed and not broken:
            yield _error(None, failed[product.gallery], product.sku)


def _error(url: str | None, text: str, sku: str) -> Json:
    return {"url": url, "error": clean(text), "product_sku": sku}
