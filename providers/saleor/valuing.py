"""Writing attribute values: one request for many new ones, and each told its own fate.

New values of one attribute are one `attributeUpdate`, which takes all of them or none; where it
takes none, they are tried one by one, so that a bad one stops no other. It is preferred to
`attributeValueCreate`, which makes a second value of a name that is there: this one refuses.
Labels are translations, all in one mutation after the others, values named by reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from providers.saleor.aliased import ERRORS, Part, Told, carried_out
from providers.saleor.client import SaleorWriter
from providers.saleor.terms import attribute_in
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change
from reconciler.model.outcome import Outcome, done, failed

if TYPE_CHECKING:
    from providers.saleor.kinds.attribute_value import AttributeValue

    ValueChange = Change[AttributeValue]

_NEWEST: Final = "choices(last: 100) { edges { node { id externalReference } } }"


@dataclass
class Writing:
    """One batch on its way. `outcomes` sends it."""

    session: SaleorWriter
    changes: Sequence[ValueChange]
    _remotes: dict[Address, Remote] = field(default_factory=dict)
    _problems: dict[Address, str] = field(default_factory=dict)

    @staticmethod
    def makes_labelled(changes: Sequence[ValueChange]) -> bool:
        """Whether a value is made and labelled. That must be one request: a value that was made
        and not labelled looks, when the answer is lost, like somebody else's."""
        return any(_is_new(change) and _is_labelled(change) for change in changes)

    @staticmethod
    def mutations_of(changes: Sequence[ValueChange]) -> int:
        """How many mutations these changes come to in one request."""
        added = {_attribute(change) for change in changes if _is_new(change)}
        single = sum(_is_gone(change) or _is_rewritten(change) for change in changes)
        return len(added) + single + any(_is_labelled(change) for change in changes)

    async def outcomes(self) -> list[Outcome[AttributeValue]]:
        """One outcome a change. Raises `Ambiguous` where it is not known what was done."""
        added = _by_attribute(change for change in self.changes if _is_new(change))
        single = [c for c in self.changes if _is_gone(c) or _is_rewritten(c)]
        labelled = [change for change in self.changes if _is_labelled(change)]
        parts = [self._addition(slug, changes) for slug, changes in added.items()]
        parts += [_single(change) for change in single]
        parts += [self._labels(labelled)] if labelled else []
        told = iter(await carried_out(self.session, parts))
        refused = [c for c in added.values() if not self._learn_added(c, next(told))]
        for change in single:
            self._learn_single(change, next(told))
        retried = [change for changes in refused for change in changes]
        if labelled:
            self._learn_labels(labelled, next(told), spared=retried)
        await self._one_by_one(retried)
        return [self._outcome(change) for change in self.changes]

    def _addition(self, attribute: Key, changes: Sequence[ValueChange]) -> Part:
        given = {"addValues": [_new(change) for change in changes]}
        return Part(
            "attributeUpdate",
            {
                "id": ("ID", self.session.remotes("attribute", attribute)),
                "input": ("AttributeUpdateInput!", given),
            },
            f"attribute {{ {_NEWEST} }} {ERRORS}",
        )

    def _labels(self, changes: Sequence[ValueChange]) -> Part:
        language = self.session.settings.language
        rows = [
            {
                **_named(change),
                "languageCode": language,
                "translationFields": {"name": _wished(change).label},
            }
            for change in changes
        ]
        return Part(
            "attributeValueBulkTranslate",
            {
                "translations": ("[AttributeValueBulkTranslateInput!]!", rows),
                "errorPolicy": ("ErrorPolicyEnum", "REJECT_FAILED_ROWS"),
            },
            "results { errors { path message code } } errors { path message code }",
        )

    def _learn_added(self, changes: Sequence[ValueChange], told: Told) -> bool:
        """Whether the values were made; then their ids are known, as far as they are told."""
        if not told.is_done:
            return False
        edges = told.payload["attribute"]["choices"]["edges"]
        made = {edge["node"]["externalReference"]: edge["node"]["id"] for edge in edges}
        for change in changes:
            if change.address.key in made:
                self._remotes[change.address] = made[change.address.key]
        return True

    def _learn_single(self, change: ValueChange, told: Told) -> None:
        if not told.is_done and not (_is_gone(change) and told.is_gone):
            self._problems[change.address] = told.message

    def _learn_labels(
        self, sent: Sequence[ValueChange], told: Told, spared: Sequence[ValueChange] = ()
    ) -> None:
        """spared: those that were not made, whose labels are sent again with them."""
        results = told.payload.get("results") or [{"errors": ()}] * len(sent)
        for change, result in zip(sent, results, strict=True):
            errors = result["errors"] or ()
            words = told.problems or tuple(f"{e['message']} ({e['code']})" for e in errors)
            if words and change not in spared:
                self._problems.setdefault(change.address, f"label: {'; '.join(words)}")

    async def _one_by_one(self, changes: Sequence[ValueChange]) -> None:
        """Values that were refused together, each by itself with its label beside it."""
        parts = [part for change in changes for part in self._alone(change)]
        told = iter(await carried_out(self.session, parts))
        for change in changes:
            made = next(told)
            if not self._learn_added([change], made):
                self._problems[change.address] = made.message
            if _is_labelled(change):
                self._learn_labels([change], next(told))

    def _alone(self, change: ValueChange) -> list[Part]:
        addition = self._addition(_attribute(change), [change])
        return [addition, self._labels([change])] if _is_labelled(change) else [addition]

    def _outcome(self, change: ValueChange) -> Outcome[AttributeValue]:
        remote = self._remotes.get(change.address, change.remote)
        if change.address in self._problems:
            return failed(change.address, self._problems[change.address], remote)
        return done(change.address, None if _is_gone(change) else remote)


def _is_new(change: ValueChange) -> bool:
    return change.before is None


def _is_gone(change: ValueChange) -> bool:
    return change.action is Action.DELETE


def _is_rewritten(change: ValueChange) -> bool:
    """Whether a live value gets another name or reference. A slug that is wrong under the right
    name is made again by writing the name."""
    return not _is_new(change) and not _is_gone(change) and bool(_rewriting(change))


def _rewriting(change: ValueChange) -> dict[str, Any]:
    wished = _wished(change)
    given: dict[str, Any] = {}
    if change.differs_in("name") or change.differs_in("slug"):
        given["name"] = wished.name
    if change.differs_in("external_reference"):
        given["externalReference"] = wished.external_reference
    return given


def _is_labelled(change: ValueChange) -> bool:
    return not _is_gone(change) and change.differs_in("label")


def _wished(change: ValueChange) -> AttributeValue:
    assert change.after is not None
    return change.after.spec


def _new(change: ValueChange) -> dict[str, Any]:
    """Its reference is what makes a repeated creation harmless: it has one in any case."""
    return {"name": _wished(change).name, "externalReference": change.address.key}


def _named(change: ValueChange) -> dict[str, Any]:
    if change.remote is None:
        return {"externalReference": change.address.key}
    return {"id": change.remote}


def _single(change: ValueChange) -> Part:
    if _is_gone(change):
        return Part("attributeValueDelete", {"id": ("ID", change.remote)})
    given = {
        "id": ("ID", change.remote),
        "input": ("AttributeValueUpdateInput!", _rewriting(change)),
    }
    return Part("attributeValueUpdate", given)


def _attribute(change: ValueChange) -> Key:
    return attribute_in(change.address.key)


def _by_attribute(changes: Iterable[ValueChange]) -> dict[Key, list[ValueChange]]:
    groups: dict[Key, list[ValueChange]] = {}
    for change in changes:
        groups.setdefault(_attribute(change), []).append(change)
    return groups
