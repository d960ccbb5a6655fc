"""Several mutations in one request, each with its own fate.

Shopify carries them out in order; one that is refused undoes none of the others, and each costs
what it would cost alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.kit.graphql import GraphQLError, Mutation
from providers.shopify.client import ShopifyWriter, told
from reconciler.model.address import Address, Remote
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, done, failed
from reconciler.provider import PlatformError

POINTS: Final = 10
"""What a mutation costs that asks nothing back but its errors."""

_ERRORS: Final = "userErrors { field message }"


@dataclass(frozen=True, slots=True)
class Part:
    """One mutation: its field, and its arguments with their types."""

    field: str
    arguments: Mapping[str, tuple[str, Any]]


PartsOf = Callable[[Change[Any]], Sequence[Part]]
"""The mutations of a change. Raises `PlatformError` for one that can not be carried out."""

RemoteOf = Callable[[Change[Any]], Remote | None]


async def carried(
    session: ShopifyWriter,
    changes: Sequence[Change[Any]],
    parts_of: PartsOf,
    remote_of: RemoteOf = lambda change: change.remote,
) -> list[Outcome[Any]]:
    """One request for all the changes, one outcome a change. Raises `Ambiguous` where it is not
    known what was done, and `PlatformError` where nothing was."""
    parts: dict[Address, Sequence[Part]] = {}
    problems: dict[Address, str] = {}
    for change in changes:
        try:
            parts[change.address] = list(parts_of(change))
        except PlatformError as error:
            problems[change.address] = str(error)
    refused = iter(await _refusals(session, [part for some in parts.values() for part in some]))
    for address, some in parts.items():
        words = [text for _ in some if (text := next(refused))]
        if words:
            problems[address] = "; ".join(words)
    return [
        failed(change.address, problems[change.address], change.remote)
        if change.address in problems
        else done(change.address, remote_of(change))
        for change in changes
    ]


async def _refusals(session: ShopifyWriter, parts: Sequence[Part]) -> list[str]:
    """For each mutation why it was refused, in the vendor's words; empty where it was done."""
    if not parts:
        return []
    variables = {
        f"{name}{index}": value
        for index, part in enumerate(parts)
        for name, (_, value) in part.arguments.items()
    }
    try:
        data = await session.writer.mutate(
            Mutation(document(parts), cost=POINTS * len(parts)), **variables
        )
    except GraphQLError as error:
        return _failures(error, len(parts))
    return [_words(data[f"m{index}"]) for index in range(len(parts))]


def document(parts: Sequence[Part]) -> str:
    """The mutations under the aliases m0, m1, …, their arguments as numbered variables."""
    declared = ", ".join(
        f"${name}{index}: {type_}"
        for index, part in enumerate(parts)
        for name, (type_, _) in part.arguments.items()
    )
    fields = "\n".join(
        f"  m{index}: {part.field}({_arguments(part, index)}) {{ {_ERRORS} }}"
        for index, part in enumerate(parts)
    )
    return f"mutation Several({declared}) {{\n{fields}\n}}"


def _arguments(part: Part, index: int) -> str:
    return ", ".join(f"{name}: ${name}{index}" for name in part.arguments)


def _words(payload: Mapping[str, Any]) -> str:
    return "; ".join(told(error) for error in payload["userErrors"])


def _failures(error: GraphQLError, count: int) -> list[str]:
    """Errors beside the data are about one mutation each or, without a path, about all. Where no
    data came nothing was carried out."""
    if not error.answer.data:
        raise error
    found: list[list[str]] = [[] for _ in range(count)]
    for problem in error.answer.errors:
        path = problem.get("path") or ()
        about = [i for i in range(count) if path and path[0] == f"m{i}"] or range(count)
        for index in about:
            found[index].append(str(problem.get("message")))
    payloads = [error.answer.data.get(f"m{index}") for index in range(count)]
    return [
        "; ".join(words) or (_words(payload) if payload else str(error))
        for words, payload in zip(found, payloads, strict=True)
    ]
