"""`actions/checkout`: the repository over HTTP, with the job's token, as shallow as GitHub's."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.github.actions.using import ActionCall, ActionFailed


def checkout(call: ActionCall) -> dict[str, str]:
    """Fetch the event's commit, or the ref that was asked for; the token stays unless told."""
    given = call.known(
        repository=None,
        ref="",
        token=None,
        path=".",
        fetch_depth="1",
        fetch_tags="false",
        persist_credentials="true",
        clean="true",
        show_progress="true",
    )
    token = given["token"] or call.job.token
    place = Path(str(given["path"]))
    _git(call, place, "init", "--quiet", ".")
    _git(call, place, "remote", "add", "origin", _url(call, given["repository"]))
    _git(call, place, "config", "--local", *_credentials(call, token))
    sha, branch = _wanted(call, place, str(given["ref"]))
    _fetch(call, place, sha, branch, int(str(given["fetch_depth"])))
    _put(call, place, sha, branch)
    if given["persist_credentials"] != "true":
        _git(call, place, "config", "--local", "--unset-all", _credentials(call, token)[0])
    return {"ref": str(given["ref"]), "commit": _git(call, place, "rev-parse", "HEAD")}


def _git(call: ActionCall, place: Path, *words: str) -> str:
    folder = call.job.machine.workspace / place
    folder.mkdir(parents=True, exist_ok=True)
    return call.run("git", "-C", str(folder), *words)


def _url(call: ActionCall, repository: str | None) -> str:
    github = call.job.github
    return f"{github.web_url}/{repository or github.full_name}"


def _credentials(call: ActionCall, token: str) -> tuple[str, str]:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    call.job.machine.masks.append(secret)
    name = f"http.{call.job.github.web_url}/.extraheader"
    return name, f"AUTHORIZATION: basic {secret}"


def _wanted(call: ActionCall, place: Path, ref: str) -> tuple[str, str]:
    """The commit, and the reference that it is checked out as."""
    event = call.job.event
    if not ref:
        return event.sha, event.ref
    if len(ref) == 40 and not set(ref) - set("0123456789abcdef"):
        return ref, ""
    names = [ref] if ref.startswith("refs/") else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    for line in _git(call, place, "ls-remote", "origin", *names).splitlines():
        sha, name = line.split("\t")
        return sha, name
    raise ActionFailed(f"A branch or tag with the name '{ref}' could not be found")


def _fetch(call: ActionCall, place: Path, sha: str, ref: str, depth: int) -> None:
    """With depth 0 all branches and tags too; then the commit, which may be an older one."""
    target = _remote_name(ref)
    fetch = ["fetch", "--quiet", "--no-tags", "--force"]
    if depth:
        fetch.append(f"--depth={depth}")
    else:
        everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        _git(call, place, *fetch, "origin", *everything)
    _git(call, place, *fetch, "origin", f"+{sha}:{target}" if target else sha)


def _put(call: ActionCall, place: Path, sha: str, ref: str) -> None:
    if ref.startswith("refs/heads/"):
        branch = ref.removeprefix("refs/heads/")
        _git(call, place, "checkout", "--quiet", "-B", branch, _remote_name(ref))
    else:
        _git(call, place, "checkout", "--quiet", "--detach", sha)


def _remote_name(ref: str) -> str:
    if ref.startswith("refs/heads/"):
        return ref.replace("refs/heads/", "refs/remotes/origin/", 1)
    return ref.replace("refs/pull/", "refs/remotes/pull/", 1) if ref else ""
