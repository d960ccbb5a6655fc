"""What must hold before anything is written. Every guard is a function in `GUARDS`.

A guard looks at a target's plan and yields violations; it never changes the plan and never
hides it: reports show every objection beside the change it is about, and only apply refuses.
Each docstring says what the guard does, why, and what to do instead: `planogram docs` prints them.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.broken import broken, listed
from reconciler.capsule.authorisation import Refusal
from reconciler.freeze import Freeze
from reconciler.intent.targets import Policy
from reconciler.model.address import Address, Key
from reconciler.model.change import Action, AnyChange, Cause
from reconciler.model.errors import Usage
from reconciler.model.plan import Hold, Violation
from reconciler.model.resource import Resource, State
from reconciler.model.spec import owned
from reconciler.model.tolerance import Tolerance, in_force
from reconciler.provider import Lack, Layer


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a guard may look at: one target's policy, states and changes.

    declared: all that git states for the target, whatever the plan's scope. managed: how many
    resources the ledger has, likewise. scoped: whether the plan looks at a part only. freeze: the
    standing order to write nothing, if there is one. tolerances: drift that is to be left as it
    is. now: `2026-11-27T18:00Z`. layers: those of the kinds. unmade:
    what is declared and missing, and was not meant to be made this time. withheld: what the states
    of capsules do not allow to be written. unwritable: the kinds that the credential may not write.
    for_others: the kinds of things that are made for the sake of what refers to them.
    renamed: what is known to stand under another key now.
    """

    target: str
    policy: Policy
    desired: State
    live: State
    applied: State
    changes: tuple[AnyChange, ...]
    declared: State = field(default_factory=dict)
    managed: int = 0
    scoped: bool = False
    freeze: Freeze | None = None
    tolerances: tuple[Tolerance, ...] = ()
    now: str | None = None
    layers: Mapping[str, Layer] = field(default_factory=dict)
    unmade: frozenset[Address] = frozenset()
    withheld: Mapping[Address, Refusal] = field(default_factory=dict)
    unwritable: Mapping[str, Lack] = field(default_factory=dict)
    for_others: frozenset[str] = frozenset()
    renamed: Mapping[Address, Key] = field(default_factory=dict)

    def tolerance(self, change: AnyChange) -> Tolerance | None:
        """What lets a change be as it is."""
        return in_force(self.tolerances, change, self.now)


Guard = Callable[[Situation], Iterator[Violation]]


def capsule(situation: Situation) -> Iterator[Violation]:
    """Holds what the state of a product's capsule does not allow to be written now: metafields,
    collections of a style that no product authorises, media, channels, and anything of a product
    that is locked or not eligible.

    Why: the state is what people reviewed; a lock is a legal hold, an emergency, or a product that
    is sold already. It stops this product alone.
    Instead: do what the remedy says, and merge it. A lock and `eligible: false` count before and
    after a merge, so taking one away takes a merge of its own.
    """
    for change in situation.changes:
        refusal = situation.withheld.get(change.address)
        if refusal is not None:
            yield Violation(
                CAPSULE,
                situation.target,
                change.address,
                f"{refusal.code}: {refusal.message}",
                refusal.remedy,
                code=refusal.code,
            )


def permission(situation: Situation) -> Iterator[Violation]:
    """Holds a change that the target's credential may not carry out.

    Why: it would fail in the midst of an apply, after others that it goes with were carried out.
    Instead: grant the permission that is named, and plan again.
    """
    for change in situation.changes:
        lack = situation.unwritable.get(change.address.kind)
        if lack is not None and change.action.writes:
            yield Violation("permission", situation.target, change.address, lack.text, lack.remedy)


def tolerated(situation: Situation) -> Iterator[Violation]:
    """Holds a change that would do nothing but take back drift which `tolerances.yaml` lets be.

    Why: a team that decided to live with an edit for a while wants it neither reported every night
    nor overwritten by the next apply. A change that moves anything else too is not held.
    Instead: wait for the day that ends it, take the entry out, or apply with
    `--allow tolerated=ADDRESS`.
    """
    for change in situation.changes:
        tolerance = situation.tolerance(change)
        if tolerance is not None:
            yield _about(
                change,
                "tolerated",
                f"its drift is tolerated until {tolerance.until} ({tolerance.reason})",
                f"take the entry at {tolerance.place} out, or apply with",
            )


def freeze(situation: Situation) -> Iterator[Violation]:
    """Holds everything that would be written to a target while it is frozen.

    Why: during an incident, or a sale, nobody wants to tell the reconciler's writes from the
    trouble. A freeze stands in git (`planogram freeze`) or in `policy.freeze`, and says until when.
    Instead: wait until it ends, `planogram unfreeze TARGET`, or apply with `--allow freeze=TARGET`.
    """
    if situation.freeze is None:
        return
    yield Violation(
        "freeze",
        situation.target,
        None,
        f"{situation.target} is frozen {situation.freeze}",
        f"wait until it ends, unfreeze it, or apply with --allow freeze={situation.target}",
    )


def mass_change(situation: Situation) -> Iterator[Violation]:
    """Holds a target's plan that changes, deletes or makes again too much of what it manages.

    Why: a moved folder, a bad merge, a token that sees less or another shop behind the same name
    look like this. Only what was applied before counts: a first import is not a mass change. What
    is tolerated does not count: it is not written.
    Both limits of `policy.mass_change` must be passed, and the floor be reached.
    Instead: look at the plan; if it is meant, apply with `--allow mass_change=TARGET`.
    """
    limit = situation.policy.mass_change
    managed = situation.managed
    touched = sum(
        change.action is not Action.FORGET
        and _was_made(situation.applied.get(change.address))
        and not situation.tolerance(change)
        for change in situation.changes
    )
    if managed < limit.floor or touched <= limit.count or touched * 100 <= managed * limit.percent:
        return
    yield Violation(
        "mass_change",
        situation.target,
        None,
        f"{touched} of {managed} managed resources in {situation.target} would be changed:"
        f" more than {limit.count} and more than {limit.percent} %",
        f"if it is meant, apply with --allow mass_change={situation.target}",
    )


def _was_made(ours: Resource[Any] | None) -> bool:
    """An unanswered creation leaves an empty row: what a run that was cut off was about to make is
    nothing that would be changed."""
    return ours is not None and (ours.remote is not None or bool(owned(ours.spec)))


def empty_set(situation: Situation) -> Iterator[Violation]:
    """Holds the deletions of a kind of which git states nothing any more.

    Why: an empty folder is more often an accident than an intent.
    Instead: keep at least one resource, or apply with `--allow empty_set=TARGET`.
    """
    if situation.scoped:
        return
    desired = Counter(address.kind for address in situation.desired)
    deleted = Counter(
        change.address.kind for change in situation.changes if change.action is Action.DELETE
    )
    for kind, count in sorted(deleted.items()):
        if count > 1 and not desired[kind]:
            yield Violation(
                "empty_set",
                situation.target,
                None,
                f"git states no {kind} for {situation.target} any more:"
                f" all {count} would be deleted",
                f"if it is meant, apply with --allow empty_set={situation.target}",
            )


def conflict(situation: Situation) -> Iterator[Violation]:
    """Holds a change of a field that both git and the platform moved, to different values.

    Why: somebody edited in the admin what somebody else edited in git; one of them loses.
    Instead: adopt the live value into git, or apply with `--allow conflict=ADDRESS`.
    """
    for change in situation.changes:
        fields = [field.path for field in change.fields if field.cause is Cause.CONFLICT]
        if fields:
            yield _about(
                change,
                "conflict",
                f"{listed(fields)} moved in git and on the platform since the last apply",
                "put the live value into git, or apply with",
            )


def adopt(situation: Situation) -> Iterator[Violation]:
    """Holds the adoption of a live resource that differs and was never ours.

    Why: it would overwrite what somebody made by hand. Filling fields that are empty live
    overwrites nothing and passes. `policy.adopt: true` lets all through.
    Instead: put the live values into git, or apply with `--allow adopt=ADDRESS`.
    """
    if situation.policy.adopt:
        return
    for change in situation.changes:
        overwritten = [f.path for f in change.fields if f.before not in (None, "", [], {})]
        if change.action is Action.ADOPT and overwritten:
            yield _about(
                change,
                "adopt",
                f"it was made elsewhere, and {listed(overwritten)} would be overwritten",
                "put the live values into git, or apply with",
            )


def prune(situation: Situation) -> Iterator[Violation]:
    """Holds every deletion, unless the target's policy says `prune: true`.

    Why: deleting is what can not be taken back.
    Instead: state the resource again, or apply with `--allow prune=ADDRESS`.
    """
    if situation.policy.prune:
        return
    for change in situation.changes:
        if change.action is Action.DELETE:
            yield _about(
                change,
                "prune",
                "git does not state it any more, and it would be deleted",
                "state it again, or apply with",
            )


def in_use(situation: Situation) -> Iterator[Violation]:
    """Holds the deletion of something that other things use, also where pruning is allowed: of a
    resource, or of an entry of one, like an option that products have.

    Why: platforms delete without asking, and what used it loses it silently.
    Instead: take it out of use first, or apply with `--allow in_use=ADDRESS`.
    """
    for change in situation.changes:
        deletes = change.action in (Action.DELETE, Action.UPDATE)
        if deletes and change.effect and change.effect.in_use:
            yield _about(change, "in_use", change.effect.text, "take it out of use, or apply with")


FEW_MEMBERS: Final = 4
"""Of a collection of so few products the loss of one half is nothing to object to."""


def emptied(situation: Situation) -> Iterator[Violation]:
    """Holds a change after which a collection has no products any more, or fewer than half.

    Why: a mistyped tag or a condition too many does this, and a page of the shop is bare at once.
    Only where it is worked out which products leave; of up to 4 products half may go.
    Instead: correct the rules, or apply with `--allow emptied=ADDRESS`.
    """
    for change in situation.changes:
        members = change.effect.members if change.effect else None
        if members is None or not members.leaving:
            continue
        is_halved = members.before > FEW_MEMBERS and members.after * 2 < members.before
        if members.after == 0 or is_halved:
            yield _about(
                change,
                "emptied",
                f"{len(members.leaving):,} of {members.before:,} products would leave it, and"
                f" {members.after:,} would be in it",
                "correct its rules, or apply with",
            )


def create(situation: Situation) -> Iterator[Violation]:
    """Holds the creation of attributes and their assignments, unless `policy.create` is
    `attributes`; and of their values too where it is `none`, or where `policy.strict` says nothing
    else.

    Why: an attribute is made once, by somebody who thought about it, and can hardly be changed; a
    mistyped key would make another one. With `strict`, what is missing is to be told, not made.
    Instead: make it in the platform's admin, set `policy.create`, or apply with `--create`
    or `--allow create=ADDRESS`.
    """
    allowed = situation.policy.may_create
    for change in situation.changes:
        layer = situation.layers.get(change.address.kind, "products")
        if change.action is not Action.CREATE or layer == "products":
            continue
        if allowed == "none" or (allowed == "values" and layer == "attributes"):
            yield _about(
                change,
                "create",
                f"it is missing, and {situation.target} may create {_WORDS[allowed]}",
                f"make it in the platform's admin, apply with --create {layer}, or with",
            )


_WORDS: Final = {"none": "neither attributes nor values", "values": "values only"}


def dangling(situation: Situation) -> Iterator[Violation]:
    """Holds a change that refers to something which is neither declared nor live, the upload of a
    file that only such changes refer to, and the deletion of something that a declared resource
    still refers to.

    Why: it would fail half-way, or leave a reference to nothing. With `policy.strict` (or
    `--strict`) it holds the whole target.
    Instead: declare what is referred to, make it in the platform's admin, or correct the key.
    """
    deleted = {c.address for c in situation.changes if c.action is Action.DELETE}
    known = (situation.declared.keys() - situation.unmade) | (situation.live.keys() - deleted)
    found = broken(
        situation.changes,
        situation.declared,
        known,
        for_others=situation.for_others,
        renamed=situation.renamed,
    )
    remedy = "declare it, make it in the platform's admin, or correct the key"
    if not situation.policy.strict:
        yield from (
            Violation("dangling", situation.target, change.address, message, remedy, missing)
            for change, message, missing in found
        )
    elif found:
        first = found[0].message + (f", and {len(found) - 1:,} more like it" if found[1:] else "")
        every = tuple(sorted({address for one in found for address in one.missing}))
        yield Violation("dangling", situation.target, None, first, remedy, every)


# The first objection to a change is the reason that people are told: what can not be helped by a
# word comes first.
GUARDS: Final[Mapping[str, Guard]] = {
    guard.__name__: guard
    for guard in (
        dangling,
        capsule,
        permission,
        create,
        tolerated,
        freeze,
        mass_change,
        empty_set,
        conflict,
        in_use,
        emptied,
        adopt,
        prune,
    )
}

CAPSULE: Final = capsule.__name__
"""The hold's reason for what a capsule's state withholds: it is counted apart, and fails no run."""

TOLERATED: Final = tolerated.__name__
"""The hold's reason for drift that is to be left as it is: nobody is waiting for it."""

NEVER_ALLOWED: Final = frozenset({"dangling", "permission", CAPSULE})
"""Objections that no `--allow` overrules: what they are about can not be carried out, or is for
the capsule's state to allow."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One `--allow GUARD=SUBJECT`. It overrules one guard about one address, or about all of a
    target, in the one plan that is being consented to; it is never remembered."""

    guard: str
    subject: str

    @classmethod
    def parse(cls, text: str) -> Allowance:
        guard, equals, subject = text.partition("=")
        if not equals or guard not in GUARDS or guard in NEVER_ALLOWED:
            known = ", ".join(sorted(set(GUARDS) - NEVER_ALLOWED))
            raise Usage(f"--allow {text}: write GUARD=ADDRESS, GUARD being one of {known}")
        return cls(guard, subject)

    def covers(self, violation: Violation) -> bool:
        return self.guard == violation.guard and self.subject in (
            violation.subject,
            violation.target,
        )


def violations(situation: Situation) -> tuple[Violation, ...]:
    """Every objection of every guard."""
    return tuple(v for guard in GUARDS.values() for v in guard(situation))


def holds(
    situation: Situation,
    objections: tuple[Violation, ...],
    requires: Mapping[Address, frozenset[Address]],
    allowed: frozenset[Allowance] = frozenset(),
) -> dict[Address, Hold]:
    """What is held because of the objections: the changes they are about, and what needs those."""
    standing = [v for v in objections if not any(a.covers(v) for a in allowed)]
    held: dict[Address, Hold] = {}
    for violation in standing:
        if violation.address:
            held.setdefault(violation.address, violation.hold)
        else:
            held = {change.address: violation.hold for change in situation.changes} | held
    return _with_dependants(held, requires)


def _with_dependants(
    held: dict[Address, Hold], requires: Mapping[Address, frozenset[Address]]
) -> dict[Address, Hold]:
    grown = True
    while grown:
        grown = False
        for address, needed in requires.items():
            first = next((n for n in sorted(needed) if n in held), None)
            if first is not None and address not in held:
                held[address] = Hold(
                    "needs", f"it needs {first}, which is held", held[first].remedy
                )
                grown = True
    return held


def _about(change: AnyChange, guard: str, message: str, remedy: str) -> Violation:
    """The remedy ends with what is to be said, as a shell and the dispatch on GitHub take it."""
    allow = shlex.quote(f"{guard}={change.address}")
    where = change.address
    return Violation(guard, where.target, where, message, f"{remedy} --allow {allow}")
