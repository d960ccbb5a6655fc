"""Capsules and the live shop: what is seen of their products, and what an apply came to for them.

Reads platforms, and writes to none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.capsule.evidence import NOTHING_STATED, Row, Standing
from reconciler.capsule.progress import FAILED, HELD, NOOP_ALREADY_SET, WROTE, Result
from reconciler.capsule.state import Product
from reconciler.carrying import Applied
from reconciler.compare import compare
from reconciler.compile import compile_for, questions
from reconciler.intent.base import Intents
from reconciler.intent.capsule import Capsule
from reconciler.looking import must_be_the_same_account, observe
from reconciler.model.address import Address, Key
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.model.outcome import Status
from reconciler.model.resource import State
from reconciler.provider import AnyProvider, PlatformError
from reconciler.site import Site
from reconciler.withholding import about_of, concerning

SIZE_GUIDE: Final = "size_guide"
"""The purpose that not every product has: its type decides."""

_SAID: Final = {
    Status.DONE: WROTE,
    Status.CONVERGED: NOOP_ALREADY_SET,
    Status.HELD: HELD,
}


async def inspect(
    site: Site, intents: Intents, capsule: Capsule, products: Sequence[Product]
) -> list[Row]:
    """What the target shows of each product, and whether what git states of it is live.

    Raises `Usage` for a platform whose products are not looked at, `PlatformError`.
    """
    look = site.provider.inspect
    if look is None:
        raise Usage(f"{site.name}: capsules of a {site.provider.name} shop are not inspected")
    try:
        async with site.provider.reading(site.target, site.wire()) as session:
            must_be_the_same_account(site, await site.provider.identify(session))
            live = await look(session, [product.handle for product in products])
            stated = await _stated(site, session, intents, capsule, products)
            is_live = await _as_stated(site, session, stated)
    except PlatformError as error:
        raise PlatformError(f"{site.name} ({site.target.endpoint}): {error}") from error
    places = Places.of(site.provider, stated)
    return [
        Row(
            product.cpi,
            product.handle,
            live.get(product.handle),
            _standing(site.name, capsule, product, places, is_live)
            if product.handle in live
            else NOTHING_STATED,
        )
        for product in products
    ]


async def _stated(
    site: Site, session: Any, intents: Intents, capsule: Capsule, products: Sequence[Product]
) -> State:
    """What git states about these products and the collections of their styles."""
    own = intents.for_target(site.name)
    asked = questions(site.provider, own)
    answers = await site.provider.answer(session, asked) if asked else {}
    compiled = compile_for(site.target, site.provider, intents, answers)
    if compiled.problems:
        raise InvalidDesiredState(compiled.problems)
    return concerning(site.provider, capsule, products, compiled.resources)


async def _as_stated(site: Site, session: Any, stated: State) -> frozenset[Address]:
    """The addresses at which live is as git states it."""
    if not stated:
        return frozenset()
    live = await observe(site.provider, session, site.name, stated, {})
    kinds = {kind.name: kind for kind in site.provider.kinds}
    found = compare(stated, live, {}, kinds, attributed=False, prune_adopted=False)
    return frozenset(stated) - {change.address for change in found.changes}


@dataclass(frozen=True)
class Places:
    """Where resources speak of products: fields by the product's key, collections by tag."""

    fields: Mapping[Key, Sequence[tuple[str, Address]]]
    collections: Mapping[str, Sequence[Address]]

    @classmethod
    def of(cls, provider: AnyProvider, resources: State) -> Places:
        fields: dict[Key, list[tuple[str, Address]]] = {}
        collections: dict[str, list[Address]] = {}
        for address, resource in sorted(resources.items()):
            about = about_of(provider, resource)
            if about and about.field is not None:
                for key in about.products:
                    fields.setdefault(key, []).append((about.field, address))
            if about and about.sort == "collection":
                for tag in about.tags:
                    collections.setdefault(tag, []).append(address)
        return cls(fields, collections)


def _standing(
    target: str, capsule: Capsule, product: Product, places: Places, is_live: frozenset[Address]
) -> Standing:
    fields = dict(_fields(capsule, product, places))
    stands: dict[str, bool] = {purpose: at in is_live for purpose, at in fields.items()}
    for tag, address in _collections(capsule, product, places):
        stands[tag] = stands.get(tag, False) or address in is_live
    known = product.live_at(target)
    recorded = [*known.written, *known.collections] if known else []
    return Standing(
        stated=tuple(purpose for purpose in fields if purpose == SIZE_GUIDE),
        lost=tuple(name for name in recorded if not stands.get(name, True)),
    )


def _fields(capsule: Capsule, product: Product, places: Places) -> Iterator[tuple[str, Address]]:
    """By purpose, where it is stated."""
    into = capsule.into
    purposes = {
        into.look: "look_image",
        into.swatch: "swatch_image",
        into.size_guide: SIZE_GUIDE,
    }
    for field, address in places.fields.get(product.handle, ()):
        if field in purposes:
            yield purposes[field], address


def _collections(
    capsule: Capsule, product: Product, places: Places
) -> Iterator[tuple[str, Address]]:
    for tag in product.styles(capsule.style_prefix):
        yield from ((tag, address) for address in places.collections.get(tag, ()))


def results(
    provider: AnyProvider, target: str, capsule: Capsule, applied: Applied
) -> dict[str, Result]:
    """What an apply came to for each product of a capsule that it looked at, by handle."""
    ours = {a: resource for a, resource in applied.desired.items() if a.target == target}
    places = Places.of(provider, ours)
    found = {}
    for handle, product in capsule.products.items():
        fields = {
            purpose: said
            for purpose, address in _fields(capsule, product, places)
            if (said := _said(applied, address))
        }
        collections: dict[str, str] = {}
        for tag, address in _collections(capsule, product, places):
            said = _said(applied, address)
            if said and collections.get(tag) not in (WROTE, NOOP_ALREADY_SET):
                collections[tag] = said
        if fields or collections:
            found[handle] = Result(fields, collections)
    return found


def _said(applied: Applied, address: Address) -> str | None:
    """None for what was seen on the way and not looked at."""
    outcome = applied.outcomes.get(address)
    if outcome is not None:
        return _SAID.get(outcome.status, FAILED)
    return NOOP_ALREADY_SET if address in applied.settled else None
