"""What holds of a product state, by itself and from one moment to the next.

Each rule is a function; its name is the rule's in messages. A rule of transitions looks at what a
command (not a person) made of a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from reconciler.capsule.state import Broken, Product, ProductState, Stage

IDENTITY: Final = ("handle", "product_id", "cpi", "product_type", "is_accessory")

Found = Iterator[tuple[str, str, tuple[str, ...]]]
"""Cause, remedy, and the way to the part within the product."""


def broken(state: ProductState, capsule: str | None = None) -> list[Broken]:
    """Every rule that does not hold of a state by itself. capsule: the folder that it is in."""
    found = list(_whole(state, capsule))
    for key, product in state.products.items():
        for rule in _ALONE:
            found += (
                Broken(key, rule.__name__.upper(), cause, remedy, ("products", key, *way))
                for cause, remedy, way in rule(key, product)
            )
    return found


def _whole(state: ProductState, capsule: str | None) -> Iterator[Broken]:
    if capsule is not None and state.capsule != capsule:
        cause = f"it says capsule {state.capsule}, and lies in the folder of {capsule}"
        yield Broken(None, "CAPSULE", cause, "move the file, or correct its capsule", ("capsule",))
    counted = Counter(product.cpi for product in state.products.values())
    for key, product in state.products.items():
        if counted[product.cpi] > 1:
            cause = f"the CPI {product.cpi} stands on {counted[product.cpi]} products"
            way = ("products", key, "cpi")
            yield Broken(key, "CPI_UNIQUE", cause, "a CPI is one style in one colour", way)


def keyed_by_handle(key: str, product: Product) -> Found:
    if key != product.handle:
        yield f"its handle is {product.handle}", "the key is the handle", ("handle",)


def imported_has_a_time(_: str, product: Product) -> Found:
    if product.import_.imported and product.import_.imported_at is None:
        yield (
            "imported is true, and imported_at is not said",
            "say when it was imported",
            ("import", "imported"),
        )


def stage_needs_import(_: str, product: Product) -> Found:
    stage = product.promotion.stage
    if stage.height >= Stage.IMPORTED.height and not product.import_.imported:
        yield (
            f"its stage is {stage}, and imported is false",
            "set imported, or take the stage back",
            ("promotion", "stage"),
        )


def rolled_back_holds(_: str, product: Product) -> Found:
    ceiling = product.promotion.rolled_back_to
    if ceiling is not None and product.promotion.stage.height > ceiling.height:
        yield (
            f"its stage is {product.promotion.stage}, above {ceiling}, to which it was rolled back",
            "lift the rollback, or take the stage back",
            ("promotion", "stage"),
        )


def assets_have_provenance(_: str, product: Product) -> Found:
    for name in ("look_image", "swatch_image"):
        if getattr(product.assets, name) is not None and name not in product.assets_provenance:
            yield (
                f"{name} stands without provenance",
                "say where it came from under assets_provenance",
                ("assets", name),
            )


def fields_are_spelt(_: str, product: Product) -> Found:
    """What the schema does not name is kept and counts for nothing: `lockd: true` would lock
    nothing."""
    for way, part in product.parts():
        for name, meant in part.misspelt():
            cause = f"{'.'.join((*way, name))} is no field of the schema"
            yield cause, f"did you mean {meant}? another name is kept", (*way, name)


_ALONE: Final[tuple[Callable[[str, Product], Found], ...]] = (
    keyed_by_handle,
    fields_are_spelt,
    imported_has_a_time,
    stage_needs_import,
    rolled_back_holds,
    assets_have_provenance,
)


def moved(before: ProductState, after: ProductState) -> list[Broken]:
    """What no edit may do, people's included: identity and preflight are what they were."""
    found = []
    by_cpi = {product.cpi: key for key, product in after.products.items()}
    for key, was in before.products.items():
        key = key if key in after.products else by_cpi.get(was.cpi, key)
        now = after.products.get(key)
        if now is None:
            continue
        for name in IDENTITY:
            if getattr(was, name) != getattr(now, name):
                cause = f"{name} was {getattr(was, name)!r} and is {getattr(now, name)!r}"
                way = ("products", key, name)
                found.append(Broken(key, "IDENTITY_IMMUTABLE", cause, "put it back", way))
        if was.import_.imported and was.preflight != now.preflight:
            cause = "the preflight of an imported product moved"
            remedy = "put it back; new judgements stand in observed"
            found.append(Broken(key, "PREFLIGHT_KEPT", cause, remedy, ("products", key)))
    return found


def commanded(
    before: Mapping[str, Any], after: Mapping[str, Any], *, may_unlock: bool = False
) -> list[Broken]:
    """What no command may do, given the data of both: beside the rules of `moved`, records vanish,
    frozen ones move, overrides are touched, or the product stops being eligible or imported.

    may_unlock: whether the command was told to lock, unlock or roll back.
    """
    found = []
    here, there = before.get("products", {}), after.get("products", {})
    for key, was in here.items():
        now = there.get(key)
        if now is None:
            found.append(Broken(key, "RECORD_KEPT", "its record vanished", "keep it"))
            continue
        if was.get("overrides") != now.get("overrides"):
            found.append(Broken(key, "OVERRIDES_KEPT", "overrides moved", "people set them"))
        frozen = was["promotion"]["locked"] or not was["import"]["eligible"]
        if frozen and was != now and not may_unlock:
            rule = "LOCKED" if was["promotion"]["locked"] else "NOT_ELIGIBLE"
            found.append(Broken(key, rule, "its record moved", "it is frozen: unlock it first"))
        for name in ("eligible", "anomaly_accepted"):
            if was["import"].get(name) != now["import"].get(name):
                found.append(Broken(key, "DECISIONS_KEPT", f"{name} moved", "people set it"))
        if was["import"]["imported"] and not now["import"]["imported"]:
            cause = "it was imported, and is no more"
            found.append(Broken(key, "IMPORTED_STAYS", cause, "an import is not undone"))
    return found
