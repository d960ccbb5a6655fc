"""What the states of capsules withhold: which desired resources must not be written now, and why.

Reads what git says, and writes nothing. What is allowed is read at HEAD; a lock, and that a
product is not eligible, count where they stand at HEAD or at the commit before the merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.capsule import authorisation
from reconciler.capsule.authorisation import Action, Refusal, may
from reconciler.capsule.state import Product
from reconciler.intent.base import Intents
from reconciler.intent.capsule import Capsule
from reconciler.model.address import Address, Key
from reconciler.model.product import About
from reconciler.model.question import Answers, Question
from reconciler.model.resource import Resource, State
from reconciler.order import pointed_at
from reconciler.provider import AnyProvider

Withheld = Mapping[Address, Refusal]


@dataclass(frozen=True, slots=True)
class Authority:
    """Where authorisations are read. head: what is committed; None: what is planned of. base: what
    was there before; None: nothing is known of that."""

    head: Intents | None = None
    base: Intents | None = None


HERE = Authority()
"""What is planned of has the say."""


@dataclass(frozen=True, slots=True)
class Member:
    """A product of a capsule, as the capsule's state has it."""

    capsule: Capsule
    product: Product


@dataclass(frozen=True)
class Members:
    """All products of a target's capsules, by key and by tag."""

    by_key: Mapping[Key, Member] = field(default_factory=dict)
    by_tag: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, intents: Intents | None, target: str) -> Members:
        listed = intents.for_target(target).of(Capsule) if intents else ()
        found = [Member(capsule, p) for capsule in listed for p in capsule.products.values()]
        by_tag: dict[str, tuple[Member, ...]] = {}
        for member in found:
            for tag in member.product.styles(member.capsule.style_prefix):
                by_tag[tag] = (*by_tag.get(tag, ()), member)
        return cls({member.product.handle: member for member in found}, by_tag)

    def tagged(self, live: Answers) -> Members:
        """The same, with products that bear a tag live and not in their state: what is frozen
        adopts none."""
        by_tag = dict(self.by_tag)
        for question, keys in live.items():
            bearers = (self.by_key[key] for key in keys if key in self.by_key)
            known = by_tag.get(question.value, ())
            more = tuple(one for one in bearers if one not in known)
            if known or more:
                by_tag[question.value] = (*known, *more)
        return Members(self.by_key, by_tag)


def styles_in_question(
    provider: AnyProvider, target: str, intents: Intents, resources: Iterable[Resource[Any]]
) -> list[Question]:
    """The style tags of collections that no product's state tells of: who bears them live?"""
    members = Members.of(intents, target)
    prefixes = tuple({member.capsule.style_prefix for member in members.by_key.values()})
    tags = (
        tag
        for resource in (resources if prefixes else ())
        if (about := about_of(provider, resource)) and about.sort == "collection"
        for tag in about.tags
    )
    return [
        Question("tag", tag)
        for tag in dict.fromkeys(tags)
        if tag.startswith(prefixes) and tag not in members.by_tag
    ]


NOBODY: Answers = {}


def withheld(
    provider: AnyProvider,
    target: str,
    intents: Intents,
    authority: Authority,
    desired: State,
    tagged: Answers = NOBODY,
) -> dict[Address, Refusal]:
    """By address, why a desired resource must not be written. tagged: who bears the tags in
    question live."""
    now, there = Members.of(intents, target), Members.of(authority.base, target)
    here = now if authority.head is None else Members.of(authority.head, target)
    here = here.tagged(tagged)
    new = {key: member for key, member in now.by_key.items() if key not in here.by_key}
    if not here.by_key and not there.by_key and not new:
        return {}
    found: dict[Address, Refusal] = {}
    for address, resource in desired.items():
        about = about_of(provider, resource)
        refusal = about and (_uncommitted(about, new) or _refused(about, here, there, target))
        if refusal:
            found[address] = refusal
    found |= _upon_collections(provider, desired, found)
    return {**_for_them_alone(desired, found), **found}


def _upon_collections(
    provider: AnyProvider, desired: State, found: Withheld
) -> dict[Address, Refusal]:
    """What stands on a withheld collection, as its place on a channel does, also where the
    collection itself is there already."""
    upon: dict[Address, Refusal] = {}
    for address in desired:
        stands_on = getattr(provider.kind(address.kind), "stands_on", None)
        if stands_on is None or address in found:
            continue
        foundation = Address(address.target, *stands_on(address.key))
        if foundation in found:
            upon[address] = found[foundation]
    return upon


def _for_them_alone(desired: State, found: Withheld) -> dict[Address, Refusal]:
    """What is stated for the sake of withheld resources alone, in their own document: the file
    that one of them is to show."""
    pointing: dict[Address, list[Address]] = {}
    for address, resource in desired.items():
        for needed in pointed_at(resource):
            if needed in desired and _path(desired[needed]) == _path(resource):
                pointing.setdefault(needed, []).append(address)
    return {
        needed: found[those[0]]
        for needed, those in pointing.items()
        if all(address in found for address in those)
    }


def _path(resource: Resource[Any]) -> str | None:
    return resource.source.path if resource.source else None


def about_of(provider: AnyProvider, resource: Resource[Any]) -> About | None:
    """What a resource says of products, where its kind tells."""
    tell = getattr(provider.kind(resource.address.kind), "about", None)
    about: About | None = tell(resource) if tell is not None else None
    return about


def concerning(
    provider: AnyProvider, capsule: Capsule, products: Sequence[Product], resources: State
) -> State:
    """What is about these products of a capsule, and the collections of their styles."""
    handles = {product.handle for product in products}
    styles = {tag for product in products for tag in product.styles(capsule.style_prefix)}
    return {
        address: resource
        for address, resource in resources.items()
        if (about := about_of(provider, resource))
        and (handles.intersection(about.products) or styles.intersection(about.tags))
    }


def _uncommitted(about: About, new: Mapping[Key, Member]) -> Refusal | None:
    """Of a product that stands in the working tree alone nobody allowed anything."""
    member = next((new[key] for key in about.products if key in new), None)
    if member is None:
        return None
    return Refusal(
        authorisation.NOT_COMMITTED,
        f"{member.product.cpi} ({member.product.handle}) stands in no committed state of"
        f" {member.capsule.capsule}",
        "commit the capsule's state: what is reviewed has the say",
    )


def _refused(about: About, here: Members, there: Members, target: str) -> Refusal | None:
    for key in about.products:
        member, before = here.by_key.get(key), there.by_key.get(key)
        if member is not None and (refusal := _of_product(about, member, target)):
            return refusal
        if before is not None and (refusal := _still(before)):
            return refusal
    return _of_styles(about, here, there, target)


def _still(before: Member) -> Refusal | None:
    """What stood before the merge and stops what the merge brings."""
    refusal = authorisation.frozen(before.product, before.capsule.capsule)
    if refusal is None:
        return None
    remedy = "it was so before this merge: apply again after it"
    return Refusal(refusal.code, refusal.message, remedy)


def _of_product(about: About, member: Member, target: str) -> Refusal | None:
    into = member.capsule.into
    action: Action = "field"
    if about.sort == "metafield":
        if about.field in (into.look, into.swatch):
            action = "metafield"
        elif about.field == into.size_guide:
            action = "size_guide"
    elif about.sort in authorisation.ACTIONS:
        action = about.sort
    is_look = about.sort == "metafield" and about.field == into.look
    name = member.capsule.capsule
    return may(member.product, action, name, target=target, is_look=is_look)


def _of_styles(about: About, here: Members, there: Members, target: str) -> Refusal | None:
    """A style's collection needs one product that authorises it. Tags that no product of a
    capsule bears are no capsule's business."""
    if about.sort != "collection":
        return None
    bearers = {tag: members for tag in about.tags if (members := here.by_tag.get(tag))}
    reasons: list[Refusal] = []
    for members in bearers.values():
        for member in members:
            before = there.by_key.get(member.product.handle)
            refusal = may(member.product, "collection", member.capsule.capsule, target=target)
            refusal = refusal or (_still(before) if before else None)
            if refusal is None:
                return None
            reasons.append(refusal)
    if not reasons:
        return None
    told = "; ".join(f"{one.code} {one.message}" for one in reasons[:2])
    more = f" and {len(reasons) - 2} more" if len(reasons) > 2 else ""
    return Refusal(
        authorisation.NO_AUTHORISING_PRODUCT,
        f"none of the {len(reasons)} products of {', '.join(bearers)} authorises it: {told}{more}",
        reasons[0].remedy,
    )


def moved_assets(
    provider: AnyProvider, target: str, intents: Intents, desired: State, live: State
) -> Iterator[tuple[Address, Refusal]]:
    """Look images of which another file bears the name now than the one that was adopted."""
    members = Members.of(intents, target)
    for address, resource in desired.items() if members.by_key else ():
        about = about_of(provider, resource)
        member = members.by_key.get(about.products[0]) if about and about.products else None
        if about is None or member is None or about.field != member.capsule.into.look:
            continue
        asset = member.product.assets.look_image
        adopted = asset.ids.get(target) if asset else None
        for needed in pointed_at(resource):
            found = live.get(needed)
            is_it = asset is not None and needed.key == asset.file_name
            if is_it and adopted and found is not None and found.remote != adopted:
                yield address, _another(member, str(needed.key), adopted, str(found.remote))


def _another(member: Member, name: str, adopted: str, found: str) -> Refusal:
    who = f"{member.product.cpi} ({member.product.handle})"
    return Refusal(
        authorisation.ASSET_MOVED,
        f"{who} adopted {adopted}, and {name} is {found} now",
        f"inspect, derive and reconcile {member.capsule.capsule}"
        f" --cpis {member.product.cpi}, and merge",
    )


def differently(before: Withheld, after: Withheld) -> frozenset[Address]:
    """What is withheld on one side only, or for another reason."""
    return frozenset(
        address
        for address in {*before, *after}
        if _code(before.get(address)) != _code(after.get(address))
    )


def _code(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None
