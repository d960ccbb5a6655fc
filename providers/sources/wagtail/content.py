"""What a site says, in our words: terms of taxonomies, and offerings that refer to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.problem import Problem


class UnreadableSite(Exception):
    """What the site says can not be desired state; carries all that is wrong."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Term:
    """A snippet. name: what people find it by, `catalog.Role 3`. description: None where the site
    tells none, which is not the same as an empty one."""

    name: str
    key: str
    label: str
    description: str | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A page's field says this term of that taxonomy."""

    taxonomy: str
    term: Term


Told = bool | int | float | str | Reference | tuple[Reference | str, ...] | None
"""What a page's field says."""


@dataclass(frozen=True, slots=True)
class Page:
    """A live page that is an offering. product: how the platform knows the product, where that is
    not the offering's own name."""

    name: str
    offering: str
    product: str | None
    fields: Mapping[str, Told]


@dataclass(frozen=True, slots=True)
class Content:
    """terms: by taxonomy, the drafts too. pages: None where pages are not read."""

    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    pages: tuple[Page, ...] | None = None
    warnings: tuple[str, ...] = ()

    def live(self, taxonomy: str) -> dict[str, Term]:
        return {term.key: term for term in self.terms[taxonomy] if term.is_live}
