"""Whether a workflow begins: an event against the filters of `on`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tests.github.actions.workflow_file import Workflow, WorkflowError
from tests.github.events import Event

_PULL_TYPES: Final = ("opened", "synchronize", "reopened")
_KNOWN: Final = frozenset(
    [
        "push",
        "pull_request",
        "workflow_dispatch",
        "schedule",
        "issues",
        "issue_comment",
        "workflow_run",
    ]
)
_FILTERS: Final = frozenset(
    [
        "branches",
        "branches-ignore",
        "tags",
        "tags-ignore",
        "paths",
        "paths-ignore",
        "types",
        "inputs",
        "workflows",
    ]
)


def begins(workflow: Workflow, event: Event, changed: Sequence[str]) -> bool:
    """Whether the event starts a run; `changed` are the paths that it changes."""
    if strange := set(workflow.triggers) - _KNOWN:
        raise WorkflowError(f"on: {', '.join(strange)} is not known to this runner")
    if event.name not in workflow.triggers:
        return False
    filters = workflow.triggers[event.name] or {}
    if event.name == "schedule":
        return any(one["cron"] == event.payload["schedule"] for one in filters)
    if strange := set(filters) - _FILTERS:
        raise WorkflowError(f"on: {', '.join(strange)} is not known to this runner")
    return (
        _is_of_type(event, filters)
        and _is_on_branch(event, filters)
        and _touches(filters, changed)
        and event.payload.get("deleted") is not True
    )


def matches(patterns: Iterable[str], name: str) -> bool:
    """Patterns in order; the last that fits decides, and `!` takes back."""
    fits = False
    for pattern in patterns:
        if re.fullmatch(_regex(pattern.removeprefix("!")), name):
            fits = not pattern.startswith("!")
    return fits


def _is_of_type(event: Event, filters: Mapping[str, Any]) -> bool:
    action = event.payload.get("action")
    default = _PULL_TYPES if event.name == "pull_request" else (action,)
    types = filters.get("types", default)
    return action is None or action in ([types] if isinstance(types, str) else types)


def _is_on_branch(event: Event, filters: Mapping[str, Any]) -> bool:
    ref = event.filtered_ref
    kind, _, name = ref.removeprefix("refs/").partition("/")
    field = "tags" if kind == "tags" else "branches"
    other = "branches" if field == "tags" else "tags"
    if field in filters:
        return matches(filters[field], name)
    if f"{field}-ignore" in filters:
        return not matches(filters[f"{field}-ignore"], name)
    return event.name != "push" or not {other, f"{other}-ignore"} & set(filters)


def _touches(filters: Mapping[str, Any], changed: Sequence[str]) -> bool:
    if "paths" in filters:
        return any(matches(filters["paths"], path) for path in changed)
    if "paths-ignore" in filters:
        return any(not matches(filters["paths-ignore"], path) for path in changed)
    return True


def _regex(pattern: str) -> str:
    """GitHub's patterns: `*` within a part, `**` across parts, `?` and `+` after a character."""
    signs = {r"\*\*/": "(?:.*/)?", r"\*\*": ".*", r"\*": "[^/]*"}
    escaped = re.escape(pattern).replace(r"\?", "?").replace(r"\+", "+")
    escaped = escaped.replace(r"\[", "[").replace(r"\]", "]").replace(r"\-", "-")
    for sign, meaning in signs.items():
        escaped = escaped.replace(sign, f"\0{meaning}\0")
    return escaped.replace("\0", "")
