"""The table of routes: operation, the permission it needs, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from tests.github.people import Token
from tests.github.records import Issue, Pull
from tests.github.refusals import not_found

if TYPE_CHECKING:
    from tests.github.emulated import GitHub

Thing = TypeVar("Thing")
PAGE: Final = 30
LONGEST_PAGE: Final = 100
REPO: Final = "/repos/{owner}/{repo}"


@dataclass(frozen=True)
class Answer:
    """A status, a body that becomes JSON, and headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request to one operation."""

    github: GitHub
    token: Token
    values: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    url: str

    def number(self, name: str) -> int:
        """A parameter of the path that counts."""
        return int(self.values[name])

    def issue(self) -> Issue:
        """The issue or pull request that the path names."""
        return found(self.github.issues.get(self.number("issue_number")))

    def pull(self) -> tuple[Issue, Pull]:
        """The pull request that the path names."""
        issue = self.github.issues.get(self.number("pull_number"))
        if issue is None or issue.pull is None:
            raise not_found()
        return issue, issue.pull

    def page(self, things: Iterable[Thing], shape: Callable[[Thing], Any], key: str = "") -> Answer:
        """One page of things, with the links to the others."""
        every = list(things)
        size = min(int(self.query.get("per_page", PAGE)), LONGEST_PAGE) or PAGE
        page = max(int(self.query.get("page", 1)), 1)
        last = max(-(-len(every) // size), 1)
        body = [shape(one) for one in every[(page - 1) * size : page * size]]
        whole = {"total_count": len(every), key: body} if key else body
        return Answer(200, whole, self._links(page, last))

    def _links(self, page: int, last: int) -> dict[str, str]:
        near = {"prev": page - 1, "next": page + 1} | {"first": 1, "last": last}
        wanted = {"prev", "first"} if page > 1 else set()
        wanted |= {"next", "last"} if page < last else set()
        links = [
            f'<{self.url}?{urlencode({**self.query, "page": near[name]})}>; rel="{name}"'
            for name in near
            if name in wanted
        ]
        return {"Link": ", ".join(links)} if links else {}


Handler = Callable[[Call], Answer]
Need = str | Callable[[Call], str]


@dataclass(frozen=True)
class Route:
    """Who may do it, and what is done."""

    need: Need
    handler: Handler

    def needed(self, call: Call) -> str:
        """The permission, which may depend on the thing that is asked for."""
        return self.need if isinstance(self.need, str) else self.need(call)


ROUTES: Final[dict[str, Route]] = {}


def route(operation: str, need: Need = "") -> Callable[[Handler], Handler]:
    """Enter a function into the table."""

    def enter(handler: Handler) -> Handler:
        ROUTES[operation.replace("~", REPO)] = Route(need, handler)
        return handler

    return enter


def found(thing: Thing | None) -> Thing:
    """The thing, or GitHub's 404."""
    if thing is None:
        raise not_found()
    return thing
