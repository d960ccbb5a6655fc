"""Intents and answers to resources: pure, by the provider's own mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.intent.base import Intent, Intents
from reconciler.intent.capsule import Capsule
from reconciler.intent.images import Images
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.question import Answers, Question
from reconciler.model.resource import Resource, State
from reconciler.model.spec import stated
from reconciler.provider import AnyProvider, Compilation, Target


@dataclass(frozen=True, slots=True)
class Compiled:
    """What intents come to on one target, and why some do not."""

    resources: State
    problems: tuple[Problem, ...]


def questions(provider: AnyProvider, intents: Intents) -> tuple[Question, ...]:
    """What the intents ask of the provider's live catalog, each question once."""
    asked = (q for intent in expanded(provider, intents) for q in provider.questions(intent))
    return tuple(dict.fromkeys(asked))


def questions_that_matter(
    target: Target, provider: AnyProvider, base: Intents, intents: Intents
) -> tuple[Question, ...]:
    """The questions whose answers can make a difference between two commits: those of documents
    that moved, and those whose products would get something else now.

    The others need not be asked: unanswered, they come to nothing on both sides.
    """
    here = tuple(expanded(provider, side.for_target(target.name)) for side in (base, intents))
    asked = tuple(dict.fromkeys(q for side in here for q in questions(provider, side)))
    marks = {question: f"⟨{number}⟩" for number, question in enumerate(asked)}
    answers = {question: (mark,) for question, mark in marks.items()}
    sides = [compile_for(target, provider, side, answers).resources for side in here]
    keys = [address.key for address in differing(*sides)]
    moved = set(questions(provider, _moved_documents(*here)))
    return tuple(q for q in asked if q in moved or any(marks[q] in key for key in keys))


def expanded(provider: AnyProvider, intents: Intents) -> Intents:
    """The documents, a capsule being the images that its state comes to, where its products can be
    inspected. What any document calls a type of accessories is one for a capsule too."""
    if provider.inspect is None:
        return intents
    types = tuple(dict.fromkeys(t for d in intents.of(Images) for t in d.into.accessories))
    return Intents.made_of(
        i.images.without_looks_of(types) if isinstance(i, Capsule) else i for i in intents
    )


def differing(before: State, after: State) -> frozenset[Address]:
    """The addresses at which two compilations do not mean the same."""
    return frozenset(
        address
        for address in {*before, *after}
        if _meaning(before.get(address)) != _meaning(after.get(address))
    )


def compile_for(
    target: Target, provider: AnyProvider, intents: Intents, answers: Answers | None
) -> Compiled:
    """The desired state of one target. `answers` is None where nobody was asked."""
    compilation = Compilation(target, expanded(provider, intents.for_target(target.name)), answers)
    resources: dict[Address, Resource[Any]] = {}
    problems: list[Problem] = []
    for intent in compilation.intents:
        for found in mapped(intent, provider, compilation):
            if isinstance(found, Problem):
                problems.append(found)
            elif found.address in resources:
                problems.append(_said_twice(found, resources))
            else:
                resources[found.address] = found
    return Compiled(resources, tuple(problems))


def _meaning(resource: Resource[Any] | None) -> object:
    return resource and (stated(resource.spec), resource.needs, resource.intent)


def _moved_documents(before: Intents, after: Intents) -> Intents:
    """The documents that stand on one side only, as they are there."""
    sides = [{(type(d), d.digest_of()): d for d in side} for side in (before, after)]
    return Intents(
        tuple(d for one, other in (sides, sides[::-1]) for k, d in one.items() if k not in other)
    )


def mapped(
    intent: Intent, provider: AnyProvider, compilation: Compilation
) -> Iterator[Resource[Any] | Problem]:
    """What one intent comes to among all of a compilation; a capsule, what its images come to,
    on a platform where its products can be inspected."""
    if isinstance(intent, Capsule) and provider.inspect is not None:
        intent = intent.images
    mapping = provider.mapping.get(type(intent))
    if mapping is not None:
        yield from mapping(intent, compilation)
        return
    name = compilation.target.name
    yield Problem(
        intent.at("targets", intent.targets.index(name)),
        f"{provider.name} does not honour {intent.folder}, and {name} is a {provider.name} target",
        f"take {name} out of targets",
    )


def _said_twice(second: Resource[Any], resources: Mapping[Address, Resource[Any]]) -> Problem:
    first = resources[second.address]
    assert second.source is not None
    return Problem(
        second.source,
        f"{second.address} is said a second time, after {first.source}",
        "keep one of the two",
    )
