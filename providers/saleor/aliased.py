"""Up to four mutations in one request, each with its own fate.

They run in order; one that fails does not undo the others. Null travels in variables only, since
Saleor reads a `null` in a document as a syntax error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.kit.graphql import GraphQLError, Mutation
from providers.saleor.client import SaleorWriter, code_of
from providers.saleor.listing import in_parts
from reconciler.provider import Ambiguous, PlatformError

MOST: Final = 4
"""The most mutations that a request may hold."""

ERRORS: Final = "errors { field message code }"


@dataclass(frozen=True, slots=True)
class Part:
    """One mutation: its field, its arguments with their types, what is asked back."""

    field: str
    arguments: Mapping[str, tuple[str, Any]]
    selection: str = ERRORS


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one mutation. `problems` are the vendor's words; none: it was done."""

    payload: Mapping[str, Any]
    problems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.problems

    @property
    def is_gone(self) -> bool:
        """Whether it was refused because its target is not there any more."""
        return bool(self.codes) and all(code == "NOT_FOUND" for code in self.codes)

    @property
    def message(self) -> str:
        return "; ".join(self.problems)


async def carried_out(session: SaleorWriter, parts: Sequence[Part]) -> list[Told]:
    """What became of each, four to a request, one request after another.

    Raises `Ambiguous` where an answer is lost, or where the database told of a conflict: what is
    stored then decides. A request that did not get through fails its own mutations only.
    """
    told: list[Told] = []
    for some in in_parts(parts, MOST):
        told += await _request(session, some)
    return told


async def _request(session: SaleorWriter, parts: Sequence[Part]) -> list[Told]:
    variables = {
        f"{name}{index}": value
        for index, part in enumerate(parts)
        for name, (_, value) in part.arguments.items()
    }
    try:
        data = await session.mutate(Mutation(document(parts)), **variables)
    except Ambiguous:
        raise
    except GraphQLError as error:
        return _told_of_failures(error, len(parts))
    except PlatformError as error:
        return [Told({}, (str(error),)) for _ in parts]
    return [_told(data[f"m{index}"]) for index in range(len(parts))]


def requests_for(mutations: int) -> int:
    return -(-mutations // MOST)


def document(parts: Sequence[Part]) -> str:
    """The mutations under the aliases m0, m1, …, their arguments as numbered variables."""
    declared = ", ".join(
        f"${name}{index}: {type_}"
        for index, part in enumerate(parts)
        for name, (type_, _) in part.arguments.items()
    )
    fields = "\n".join(
        f"  m{index}: {part.field}({_arguments(part, index)}) {{ {part.selection} }}"
        for index, part in enumerate(parts)
    )
    return f"mutation Carry({declared}) {{\n{fields}\n}}"


def _arguments(part: Part, index: int) -> str:
    return ", ".join(f"{name}: ${name}{index}" for name in part.arguments)


def _told(payload: Mapping[str, Any]) -> Told:
    errors = payload.get("errors") or ()
    return Told(
        payload,
        tuple(_words(error) for error in errors),
        tuple(str(error["code"]) for error in errors),
    )


def _words(error: Mapping[str, Any]) -> str:
    field = f"{error['field']}: " if error.get("field") else ""
    return f"{field}{error['message']} ({error['code']})"


def _told_of_failures(error: GraphQLError, count: int) -> list[Told]:
    """Errors beside the data are about one mutation each, or, without a path, about all."""
    problems: dict[int, list[str]] = {index: [] for index in range(count)}
    for found in error.answer.errors:
        if code_of(found) == "IntegrityError":
            raise Ambiguous(f"{found.get('message')} (IntegrityError)")
        path = found.get("path") or ()
        about = [i for i in problems if path and path[0] == f"m{i}"] or list(problems)
        for index in about:
            problems[index].append(str(found.get("message")))
    told = []
    for index in range(count):
        payload = error.answer.data.get(f"m{index}")
        told.append(_told(payload) if payload else Told({}, tuple(problems[index] or [str(error)])))
    return told
