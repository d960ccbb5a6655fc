"""Expressions: what stands in `${{ }}` and in `if`. What is not known here raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.github.actions.functions import FUNCTIONS
from tests.github.actions.values import compare, equal, is_true, member, number, text

STATUS: Final = ("success", "failure", "always", "cancelled")
_EMBEDDED: Final = re.compile(r"\$\{\{((?:'(?:[^']|'')*'|(?!\}\})[^'])*)\}\}", re.DOTALL)
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))"
    r"|(?P<name>[A-Za-z_][\w-]*)|(?P<sign>\|\||&&|==|!=|<=|>=|[<>!().,\[\]*]))"
)
_WORDS: Final = {"true": True, "false": False, "null": None}
_RANKS: Final = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


class ExpressionError(Exception):
    """An expression that GitHub refuses, or that this runner does not know."""


@dataclass(frozen=True)
class Scope:
    """What an expression may name: contexts, and functions that need to know where they stand."""

    contexts: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]


Node = Callable[[Scope], Any]


def evaluate(expression: str, scope: Scope) -> Any:
    """The value of one expression."""
    try:
        return _Parser(expression).parse()(scope)
    except LookupError as error:
        raise ExpressionError(f"{expression.strip()}: {error.args[0]}") from None


def interpolate(template: Any, scope: Scope) -> Any:
    """A YAML value with its `${{ }}` replaced: textually, unless it is nothing else."""
    if isinstance(template, dict):
        return {key: interpolate(value, scope) for key, value in template.items()}
    if isinstance(template, list):
        return [interpolate(value, scope) for value in template]
    if not isinstance(template, str):
        return template
    whole = _EMBEDDED.fullmatch(template.strip())
    if whole:
        return evaluate(whole[1], scope)
    return _EMBEDDED.sub(lambda found: text(evaluate(found[1], scope)), template)


def condition(written: Any, scope: Scope) -> bool:
    """An `if`, where `success()` is meant unless a status is asked for."""
    if written is None:
        return is_true(evaluate("success()", scope))
    expression = _bare(text(written))
    asks = any(re.search(rf"\b{name}\s*\(", expression) for name in STATUS)
    return is_true(evaluate(expression if asks else f"success() && ({expression})", scope))


def _bare(written: str) -> str:
    """GitHub takes a mixture of text and `${{ }}` for true, which nobody can want."""
    whole = _EMBEDDED.fullmatch(written.strip())
    if whole:
        return whole[1]
    if "${{" in written:
        raise ExpressionError(f"if: {written} is always true")
    return written


class _Parser:
    """Recursive descent, a rank of operators a level; the result is a function of the scope."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = list(self._scan())
        self._at = 0

    def parse(self) -> Node:
        node = self._ranked(0)
        if self._at < len(self._tokens):
            raise self._error()
        return node

    def _scan(self) -> Iterator[tuple[str, str]]:
        at, end = 0, len(self._expression.rstrip())
        while at < end:
            found = _TOKEN.match(self._expression, at)
            if found is None:
                raise ExpressionError(f"{self._expression.strip()}: cannot read from column {at}")
            yield str(found.lastgroup), found[str(found.lastgroup)]
            at = found.end()

    def _ranked(self, rank: int) -> Node:
        if rank == len(_RANKS):
            return self._negated()
        left = self._ranked(rank + 1)
        while sign := self._take(*_RANKS[rank]):
            left = _operation(sign, left, self._ranked(rank + 1))
        return left

    def _negated(self) -> Node:
        if self._take("!"):
            inner = self._negated()
            return lambda scope: not is_true(inner(scope))
        return self._parts(self._atom())

    def _parts(self, node: Node) -> Node:
        while sign := self._take(".", "["):
            key = self._dotted() if sign == "." else self._ranked(0)
            if sign == "[":
                self._expect("]")
            node = _part(node, key)
        return node

    def _dotted(self) -> Node | None:
        if self._take("*"):
            return None
        kind, word = self._next()
        if kind != "name":
            raise self._error()
        return lambda scope: word

    def _atom(self) -> Node:
        if self._take("("):
            inner = self._ranked(0)
            self._expect(")")
            return inner
        kind, word = self._next()
        if kind == "string":
            return _constant(word[1:-1].replace("''", "'"))
        if kind == "number":
            return _constant(number(word))
        if kind != "name":
            raise self._error()
        return self._call(word) if self._take("(") else _named(word)

    def _call(self, name: str) -> Node:
        arguments: list[Node] = []
        while not self._take(")"):
            arguments.append(self._ranked(0))
            self._take(",")
        return lambda scope: _function(name, scope)(*(one(scope) for one in arguments))

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise self._error()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *signs: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in [("sign", s) for s in signs]:
            return self._next()[1]
        return None

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._error()

    def _error(self) -> ExpressionError:
        return ExpressionError(f"{self._expression.strip()}: does not read as an expression")


def _constant(value: Any) -> Node:
    return lambda scope: value


def _named(word: str) -> Node:
    if word in _WORDS:
        return _constant(_WORDS[word])
    return lambda scope: _context(word, scope)


def _context(name: str, scope: Scope) -> Any:
    if name not in scope.contexts:
        raise LookupError(f"the context {name} is not available here")
    return scope.contexts[name]


def _function(name: str, scope: Scope) -> Callable[..., Any]:
    every: dict[str, Callable[..., Any]] = {**FUNCTIONS, **scope.functions}
    known = {key.lower(): one for key, one in every.items()}
    if name.lower() not in known:
        raise LookupError(f"the function {name} is not known")
    return known[name.lower()]


def _part(node: Node, key: Node | None) -> Node:
    if key is None:
        return lambda scope: _Star(_items(node(scope)))
    return lambda scope: _member(node(scope), key(scope))


class _Star(list[Any]):
    """What `.*` chose: the next part is taken of each."""


def _member(thing: Any, key: Any) -> Any:
    if isinstance(thing, _Star):
        return _Star([found for one in thing if (found := member(one, key)) is not None])
    return member(thing, key)


def _items(thing: Any) -> list[Any]:
    return list(thing.values()) if isinstance(thing, dict) else list(thing or [])


def _operation(sign: str, left: Node, right: Node) -> Node:
    """`&&` and `||` answer one of their sides, and may never look at the other."""
    if sign == "||":
        return lambda scope: a if is_true(a := left(scope)) else right(scope)
    if sign == "&&":
        return lambda scope: right(scope) if is_true(a := left(scope)) else a
    if sign in ("==", "!="):
        return lambda scope: equal(left(scope), right(scope)) is (sign == "==")
    return lambda scope: compare(sign, left(scope), right(scope))
