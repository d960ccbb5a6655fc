"""Expressions mean here what they mean on GitHub, and what is unknown raises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.github.actions.expressions import (
    ExpressionError,
    Scope,
    condition,
    evaluate,
    interpolate,
)
from tests.github.actions.values import Closed

CONTEXTS = {
    "github": Closed(event_name="push", event={"pull_request": {"title": "it's"}}, ref="main"),
    "env": {"NAME": "Value"},
    "steps": {"plan": {"outputs": {"changes": "3"}}},
    "matrix": {"target": "shop", "on": True},
    "list": [{"n": "a"}, {"n": "b"}, {}],
}
STATUS = {
    "success": lambda: True,
    "failure": lambda: False,
    "always": lambda: True,
    "cancelled": lambda: False,
}


def scope(**status: bool) -> Scope:
    """The contexts above, with the status that a test wants."""
    functions = {name: (lambda value=value: value) for name, value in status.items()}
    return Scope(CONTEXTS, STATUS | functions)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'it''s'", "it's"),
        ("github.event.pull_request.title", "it's"),
        ("github['event_name']", "push"),
        ("github.event.nothing.at.all", None),
        ("env.name", "Value"),
        ("'VALUE' == env.NAME", True),
        ("env.NAME != 'other'", True),
        ("1 == '1'", True),
        ("null == 0", True),
        ("null == ''", True),
        ("'a' == 0", False),
        ("steps.plan.outputs.changes > 2", True),
        ("2 <= 2 && 3 >= 4", False),
        ("!env.NONE", True),
        ("env.NONE || 'default'", "default"),
        ("env.NAME && 'yes' || 'no'", "yes"),
        ("(env.NONE || true) && 7", 7.0),
        ("0x10 == 16", True),
        ("false && fromJSON('no json')", False),
        ("contains('Hello', 'hell')", True),
        ("contains(fromJSON('[\"a\", \"b\"]'), 'B')", True),
        ("startsWith(github.ref, 'MA')", True),
        ("endsWith(github.ref, 'in')", True),
        ("format('{{{0}}} {1}', 'a', 1)", "{a} 1"),
        ("join(list.*.n, '-')", "a-b"),
        ("list[1].n", "b"),
        ('fromJSON(\'{"a": {"b": 1}}\').a.b', 1),
        ("toJSON(matrix.on)", "true"),
        ("success()", True),
    ],
)
def test_values(expression: str, value: Any) -> None:
    """Loose equality, short circuits, parts of parts, and the functions."""
    found = evaluate(expression, scope())

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        "secret.X",
        "github.evnt_name",
        "hashfile('x')",
        "a b",
        "(true",
        '"double"',
        "1 +",
        "",
        "github.",
    ],
)
def test_unknown(expression: str) -> None:
    """A context, a property of a closed context, a function, a sign that is not known."""
    with pytest.raises(ExpressionError):
        evaluate(expression, scope())


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("a ${{ matrix.target }} b ${{ matrix.on }}${{ env.NONE }}", "a shop b true"),
        ("${{ matrix.on }}", True),
        ("${{ list }}", CONTEXTS["list"]),
        ("x${{ list }}", "xArray"),
        ("${{ '}}' }}!", "}}!"),
        ({"a": ["${{ 1 }}", 2]}, {"a": [1.0, 2]}),
        ("number ${{ 3 }} ${{ 0.5 }}", "number 3 0.5"),
    ],
)
def test_templates(template: Any, value: Any) -> None:
    """Text around makes a text of it; alone it keeps its type."""
    assert interpolate(template, scope()) == value


@pytest.mark.parametrize(
    ("written", "failed", "runs"),
    [
        (None, False, True),
        (None, True, False),
        ("env.NAME", True, False),
        ("env.NAME", False, True),
        ("always()", True, True),
        ("failure()", True, True),
        ("failure()", False, False),
        ("${{ failure() && env.NONE }}", True, False),
        ("!cancelled()", True, True),
        (False, False, False),
    ],
)
def test_conditions(written: Any, failed: bool, runs: bool) -> None:
    """Success is meant unless a status is asked for."""
    assert condition(written, scope(success=not failed, failure=failed)) is runs


def test_condition_that_is_always_true() -> None:
    """Text beside `${{ }}` in a condition is true whatever it says: here it is an error."""
    with pytest.raises(ExpressionError, match="always true"):
        condition("${{ env.NONE }} == 'x'", scope())
