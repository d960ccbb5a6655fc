"""Attribute values: the terms of a taxonomy. Their key is `<attribute slug>/<term>`.

A value's slug follows its name, always, and can not be set. Which field carries the term's key
is the target's `identity`; the external reference `<attribute slug>/<term>` is set in both, and
the server lets no second value have it: that is what makes a repeated creation harmless.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from providers.saleor.aliased import MOST, requests_for
from providers.saleor.carrying import carrying_values, would_lose
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.listing import attributes, attributes_with_choices, in_hundreds
from providers.saleor.shelf import Node
from providers.saleor.terms import attribute_in, reference_of, says_its_term, terms_of
from providers.saleor.valuing import Writing
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change, Effect
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource, State
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import All, Batch, Echo, Layer, OnDrop, Precondition, Wanted

MOST_VALUES: Final = 100
"""Values of a batch: the ids of new ones are read from one page, which holds no more."""

MOST_MUTATIONS: Final = 20
"""Mutations of a batch: the core reads a batch again with a request before it and one after."""

FOR_PRODUCTS: Final = {"type": {"eq": "PRODUCT_TYPE"}}


@spec
class AttributeValue:
    """`label` is the translation of the name into the target's language."""

    name: Owned[str] = UNSTATED
    slug: Owned[str] = UNSTATED
    external_reference: Owned[str | None] = UNSTATED
    label: Owned[str | None] = UNSTATED


class AttributeValueKind:
    name = "attribute_value"
    spec = AttributeValue
    layer: Layer = "values"
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[AttributeValue]]:
        """A value has no key of its own that could drift: its reference, its name and its slug
        are fields, and a renamed attribute is told once, by the attribute."""
        for found in await _found(session, wanted):
            value = found.value
            yield Resource(
                Address(target, self.name, found.key),
                AttributeValue(
                    name=value["name"],
                    slug=value["slug"],
                    external_reference=value["externalReference"],
                    # A translation can be emptied and not taken away: an empty one says nothing.
                    label=(value["translation"] or {}).get("name") or None,
                ),
                remote=value["id"],
                needs=(Address(target, "attribute", attribute_in(found.key)),),
            )

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "attribute", key.split("/", 1)[0]

    def batches(self, changes: Sequence[Change[AttributeValue]]) -> Iterable[Batch[AttributeValue]]:
        """New values of one attribute are one mutation, all labels of a batch are one. One batch
        after another: values that are made at the same moment collide in the database."""
        pending: list[Change[AttributeValue]] = []
        for change in changes:
            if pending and not _fits([*pending, change]):
                yield _batch(pending)
                pending = []
            pending.append(change)
        if pending:
            yield _batch(pending)

    async def write(
        self, session: SaleorWriter, batch: Batch[AttributeValue]
    ) -> Sequence[Outcome[AttributeValue]]:
        return await Writing(session, batch.changes).outcomes()

    async def strangers(
        self, session: SaleorReader, target: str, desired: State
    ) -> Sequence[Resource[AttributeValue]]:
        """The live values of taxonomies that git states, without their own terms. A value that was
        found for a term by its id reads like another one: it is none."""
        slugs = {a.key for a in desired if a.kind == "attribute"}
        there = await attributes(session, sorted(slugs))
        found = [value for node in there for value in _all_of(node)]
        keys = {a.key for a in desired if a.kind == self.name}
        return [_unknown(target, value) for value in found if value.key not in keys]

    async def effects(
        self, session: SaleorReader, changes: Sequence[Change[AttributeValue]]
    ) -> Mapping[Address, Effect]:
        """How many products carry a value that would be deleted."""
        doomed = {c.address.key: c for c in changes if c.action is Action.DELETE}
        if not doomed:
            return {}
        found = await _found(session, {key: change.remote for key, change in doomed.items()})
        slugs = {doomed[f.key].address: (f.attribute, f.value["slug"]) for f in found}
        counts = await carrying_values(session, slugs)
        return {a: Effect(would_lose(count, "it"), count) for a, count in counts.items()}


def _unknown(target: str, found: Found) -> Resource[AttributeValue]:
    value = found.value
    return Resource(
        Address(target, "attribute_value", found.key),
        AttributeValue(name=value["name"], external_reference=value["externalReference"]),
        remote=value["id"],
    )


def _batch(changes: Sequence[Change[AttributeValue]]) -> Batch[AttributeValue]:
    """Its reading takes a page more for each attribute that has more values than one page holds."""
    requests = requests_for(Writing.mutations_of(changes))
    attributes = {attribute_in(change.address.key) for change in changes}
    pages = Range(Cost(1), Cost(1 + len(attributes)))
    return Batch(tuple(changes), requests=requests, lane="attribute_value", reading=pages)


def _fits(changes: Sequence[Change[AttributeValue]]) -> bool:
    most = MOST if Writing.makes_labelled(changes) else MOST_MUTATIONS
    return len(changes) <= MOST_VALUES and Writing.mutations_of(changes) <= most


class Found(NamedTuple):
    """A value, the key that it was wanted by, and the slug that its attribute has now."""

    key: Key
    attribute: Key
    value: Node


async def _found(session: SaleorReader, wanted: Wanted) -> list[Found]:
    """By reference, else by id wherever it went, else by slug."""
    if isinstance(wanted, All):
        every = await attributes_with_choices(session, [FOR_PRODUCTS])
        return [found for attribute in every for found in _all_of(attribute)]
    slugs = dict.fromkeys(map(attribute_in, wanted))
    there = await attributes(session, slugs)
    named = {found.key: found for attribute in there for found in _all_of(attribute)}
    by_remote = {found.value["id"]: found for found in named.values()}
    known = {attribute["slug"] for attribute in there}
    far = [remote for key, remote in wanted.items() if remote and attribute_in(key) not in known]
    by_remote |= {found.value["id"]: found for found in await _anywhere(session, far)}
    choices = ((key, _chosen(named.get(key), by_remote.get(r))) for key, r in wanted.items())
    return [Found(key, found.attribute, found.value) for key, found in choices if found]


def _all_of(attribute: Node) -> Iterable[Found]:
    slug = attribute["slug"]
    terms = terms_of(slug, attribute["choices"])
    return [Found(reference_of(slug, terms[v["id"]]), slug, v) for v in attribute["choices"]]


def _chosen(named: Found | None, known: Found | None) -> Found | None:
    """A reference says for certain what a value stands for; the id that we know comes before a
    slug that only reads like the term."""
    if named and (known is None or says_its_term(named.attribute, named.value)):
        return named
    return known


async def _anywhere(session: SaleorReader, ids: Iterable[Remote]) -> list[Found]:
    """Values whose attribute is not at its slug any more. They can be asked for through
    attributes only, so all of those are looked through."""
    found: list[Found] = []
    for part in in_hundreds(sorted(ids)):
        nodes = await attributes_with_choices(session, [FOR_PRODUCTS], {"ids": list(part)})
        found += [value for node in nodes for value in _all_of(node)]
    return found
