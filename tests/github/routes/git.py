"""References, branches and comparisons."""

from __future__ import annotations

from tests.github.bare import GitFailed
from tests.github.refusals import Refusal, not_found
from tests.github.routes.table import Answer, Call, found, route
from tests.github.shapes import git as shapes

_READ, _WRITE = "contents:read", "contents:write"


@route("GET ~/git/ref/{ref}", _READ)
def get_ref(call: Call) -> Answer:
    name = f"refs/{call.values['ref']}"
    sha = found(call.github.bare.refs(name).get(name))
    return Answer(200, shapes.ref(call.github, name, sha))


@route("GET ~/git/matching-refs/{ref}", _READ)
def matching_refs(call: Call) -> Answer:
    """All that begin so; none is an empty list."""
    every = call.github.bare.refs(f"refs/{call.values['ref']}")
    return Answer(200, [shapes.ref(call.github, name, sha) for name, sha in every.items()])


@route("POST ~/git/refs", _WRITE)
def create_ref(call: Call) -> Answer:
    name, sha, bare = call.body["ref"], call.body["sha"], call.github.bare
    if name in bare.refs(name):
        raise Refusal(422, "Reference already exists")
    _check_name(name)
    _check_object(call, sha)
    bare.move(name, sha)
    return Answer(201, shapes.ref(call.github, name, sha))


@route("PATCH ~/git/refs/{ref}", _WRITE)
def update_ref(call: Call) -> Answer:
    """Forward, or anywhere with `force`."""
    name, sha, bare = f"refs/{call.values['ref']}", call.body["sha"], call.github.bare
    old = bare.refs(name).get(name)
    if old is None:
        raise Refusal(422, "Reference does not exist")
    _check_object(call, sha)
    if not call.body.get("force") and not bare.is_ancestor(old, sha):
        raise Refusal(422, "Update is not a fast forward")
    bare.move(name, sha)
    return Answer(200, shapes.ref(call.github, name, sha))


@route("DELETE ~/git/refs/{ref}", _WRITE)
def delete_ref(call: Call) -> Answer:
    name = f"refs/{call.values['ref']}"
    if name not in call.github.bare.refs(name):
        raise Refusal(422, "Reference does not exist")
    call.github.bare.git("update-ref", "-d", name)
    return Answer(204)


@route("GET ~/branches/{branch}", _READ)
def get_branch(call: Call) -> Answer:
    name = call.values["branch"]
    sha = call.github.bare.tip(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    return Answer(200, shapes.branch(call.github, name, sha))


@route("GET ~/compare/{basehead}", _READ)
def compare(call: Call) -> Answer:
    base, dots, head = call.values["basehead"].partition("...")
    sides = [call.github.bare.sha(side) for side in (base, head)]
    if not dots or None in sides:
        raise not_found()
    try:
        whole = shapes.comparison(call.github, call.values["basehead"], *map(str, sides))
    except GitFailed:
        raise Refusal(404, f"No common ancestor between {base} and {head}.") from None
    page = call.page(whole["commits"], lambda commit: commit)
    return Answer(200, whole | {"commits": page.body}, page.headers)


def _check_name(name: str) -> None:
    if not name.startswith("refs/") or name.count("/") < 2:
        words = "Reference name must start with 'refs/' and have at least two slashes."
        raise Refusal(422, words)


def _check_object(call: Call, sha: str) -> None:
    if call.github.bare.kind(sha) is None:
        raise Refusal(422, "Object does not exist")
