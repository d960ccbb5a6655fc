"""Shopify's search syntax, with its habit of failing open.

A term whose field is unknown is ignored, so that everything is found; the only sign of it is
a warning in the answer's extensions. Text without a field is looked for as words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.shop import Shop, Thing

Match = Callable[[Thing, str], bool]
Fields = Mapping[str, Match]
Words = Callable[[Thing], Iterable[str]]

_TOKEN: Final = re.compile(
    r"""
    (?P<open>\() | (?P<close>\)) | (?P<minus>-(?=\S))
    | (?P<field>[A-Za-z_][\w.]*):(?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s)]*)
    | (?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    | (?P<bare>[^\s()]+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    field: str | None
    value: str


Tree = Term | tuple[str, list[Any]]
"""A term, or ("and" | "or" | "not", its parts)."""


def found(
    shop: Shop,
    things: Iterable[Thing],
    query: str | None,
    fields: Fields,
    words: Words,
    path: str,
    accepted: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Thing]:
    """The things that a query finds; what is wrong with it is noted in the shop's warnings.

    accepted: of fields that take certain values only, those, in small letters.
    """
    if not query or not query.strip():
        return list(things)
    warn(shop, query, fields, path, accepted)
    return matching(things, query, fields, words)


def matching(things: Iterable[Thing], query: str, fields: Fields, words: Words) -> list[Thing]:
    tree = _Parser(query).tree()
    return [thing for thing in things if _holds(tree, thing, fields, words)]


def warn(
    shop: Shop,
    query: str,
    fields: Fields,
    path: str,
    accepted: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> None:
    """Note what a query asks for that there is not."""
    tree = _Parser(query).tree()
    warnings = [*_unknown(tree, fields), *_unaccepted(tree, accepted)]
    if warnings:
        shop.search_warnings.append(_warning(path, query, tree, warnings))


def demanded(query: str, field: str) -> str | None:
    """The value that a field must have in all that a query finds, where it says so."""
    tree = _Parser(query).tree()
    parts = [tree] if isinstance(tree, Term) else tree[1] if tree[0] == "and" else []
    return next((t.value for t in parts if isinstance(t, Term) and t.field == field), None)


def text_is(read: Callable[[Thing], str]) -> Match:
    """Equal but for case; a trailing `*` asks for the beginning only."""
    return lambda thing, value: _is(read(thing), value)


def one_of(read: Callable[[Thing], Iterable[str]]) -> Match:
    """As `text_is`, for any of several texts."""
    return lambda thing, value: any(_is(text, value) for text in read(thing))


def _is(text: str, value: str) -> bool:
    text, wanted = text.casefold(), value.casefold()
    return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted


def in_list(read: Callable[[Thing], str]) -> Match:
    """Equal to one of the values that stand between commas."""
    return lambda thing, value: any(text_is(read)(thing, part) for part in value.split(","))


def id_matches(thing: Thing, value: str) -> bool:
    comparison = re.fullmatch(r"(>=|<=|>|<)?(\d+)", value)
    if comparison is None:
        return False
    here, there = number(thing["id"]), int(comparison[2])
    return {
        ">": here > there,
        ">=": here >= there,
        "<": here < there,
        "<=": here <= there,
        None: here == there,
    }[comparison[1]]


class _Parser:
    """Never fails: what does not fit together is passed over, as Shopify does."""

    def __init__(self, query: str) -> None:
        self._tokens = list(_TOKEN.finditer(query))
        self._at = 0

    def tree(self) -> Tree:
        branches = [self._all_of()]
        while self._word() == "OR":
            self._at += 1
            branches.append(self._all_of())
        branches = [branch for branch in branches if branch != ("and", [])]
        return branches[0] if len(branches) == 1 else ("or", branches) if branches else ("and", [])

    def _all_of(self) -> Tree:
        parts: list[Tree] = []
        while self._at < len(self._tokens) and self._word() != "OR":
            if self._tokens[self._at]["close"]:
                break
            if self._word() == "AND":
                self._at += 1
                continue
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else ("and", parts)

    def _one(self) -> Tree:
        token = self._tokens[self._at]
        self._at += 1
        if token["minus"] or token["bare"] == "NOT":
            return ("not", [self._one()] if self._at < len(self._tokens) else [])
        if token["open"]:
            inner = self.tree()
            if self._at < len(self._tokens) and self._tokens[self._at]["close"]:
                self._at += 1
            return inner
        if token["field"]:
            return Term(token["field"], _unquoted(token["value"]))
        return Term(None, _unquoted(token["quoted"] or token["bare"]))

    def _word(self) -> str | None:
        return self._tokens[self._at]["bare"] if self._at < len(self._tokens) else None


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _holds(tree: Tree, thing: Thing, fields: Fields, words: Words) -> bool:
    if isinstance(tree, Term):
        if tree.field is None:
            return _speaks_of(thing, tree.value, words)
        return tree.field not in fields or fields[tree.field](thing, tree.value)
    kind, parts = tree
    held = (_holds(part, thing, fields, words) for part in parts)
    if kind == "or":
        return any(held)
    return not all(held) if kind == "not" else all(held)


def _speaks_of(thing: Thing, phrase: str, words: Words) -> bool:
    """Whether the words of a phrase stand next to one another in one of the texts."""
    wanted = _words(phrase)
    return any(_contains(_words(content), wanted) for content in words(thing))


def _contains(text: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(text[start : start + size] == wanted for start in range(len(text) - size + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _terms(tree: Tree) -> Iterable[Term]:
    if isinstance(tree, Term):
        yield tree
    else:
        for part in tree[1]:
            yield from _terms(part)


def terms(query: str) -> list[Term]:
    """What a query asks, one by one."""
    return list(_terms(_Parser(query).tree()))


Warning_ = Mapping[str, str | None]


def _unknown(tree: Tree, fields: Fields) -> Iterator[Warning_]:
    text = "Invalid search field for this query."
    for term in _terms(tree):
        if term.field is not None and term.field not in fields:
            yield {"field": term.field, "message": text, "code": "invalid_field"}


def _unaccepted(tree: Tree, accepted: Mapping[str, Collection[str]]) -> Iterator[Warning_]:
    for term in _terms(tree):
        values = accepted.get(term.field or "")
        if values is not None and term.value.casefold() not in values:
            text = f"Input `{term.value}` is not an accepted value."
            yield {"field": term.field, "message": text, "code": "invalid_value"}


def _warning(path: str, query: str, tree: Tree, warnings: Sequence[Warning_]) -> Mapping[str, Any]:
    return {"path": [path], "query": query, "parsed": _told(tree), "warnings": list(warnings)}


def _told(tree: Tree) -> Mapping[str, Any]:
    if isinstance(tree, Term):
        return {"field": tree.field or "default", "match_all": tree.value}
    return {tree[0]: [_told(part) for part in tree[1]]}
